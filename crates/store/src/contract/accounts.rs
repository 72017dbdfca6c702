use futures::future::join_all;
use photure_domain::account::{NewUser, Role};
use photure_testkit::user;

use super::Database;
use super::support::{now, refused};
use crate::Conflict;

fn new_user(n: u64, username: &str, email: &str) -> NewUser {
    NewUser {
        id: user(n),
        username: username.into(),
        email: email.into(),
        password_hash: Some(format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA${n}")),
        created_at: now(),
    }
}

pub async fn the_first_account_becomes_admin_and_later_ones_members(database: &impl Database) {
    let store = database.open().await;
    let first = store
        .create_user(new_user(1, "Ada", "ada@example.org"), photure_testkit::trail())
        .await
        .unwrap();
    let second = store
        .create_user(new_user(2, "Bob", "bob@example.org"), photure_testkit::trail())
        .await
        .unwrap();
    assert_eq!((first.role, second.role), (Role::Admin, Role::Member));
    assert_eq!(
        (first.username.as_str(), first.email.as_str()),
        ("Ada", "ada@example.org")
    );
    assert_eq!((first.created_at, first.disabled), (now(), false));
    assert_eq!(store.user(user(1)).await.unwrap(), first);
    assert_eq!(store.user(user(2)).await.unwrap(), second);
}

pub async fn there_are_accounts_from_the_first_one_on(database: &impl Database) {
    let store = database.open().await;
    assert!(!store.has_users().await.unwrap());
    store
        .create_user(new_user(1, "Ada", "ada@example.org"), photure_testkit::trail())
        .await
        .unwrap();
    assert!(store.has_users().await.unwrap());
}

pub async fn of_accounts_made_at_once_one_becomes_admin(database: &impl Database) {
    let store = database.open().await;
    let made = join_all((0..16).map(|n| {
        let store = &store;
        async move {
            store
                .create_user(
                    new_user(n, &format!("u{n}"), &format!("u{n}@example.org")),
                    photure_testkit::trail(),
                )
                .await
                .unwrap()
        }
    }))
    .await;
    assert_eq!(made.iter().filter(|user| user.role == Role::Admin).count(), 1);
    for user in made {
        assert_eq!(store.user(user.id).await.unwrap(), user);
    }
}

pub async fn of_one_name_claimed_at_once_one_account_is_made(database: &impl Database) {
    let store = database.open().await;
    let names = ["Zoë", "ZOË", "zoë", "zOË"];
    let answers = join_all((0..16_usize).map(|n| {
        let new = new_user(n as u64, names[n % 4], &format!("u{n}@example.org"));
        store.create_user(new, photure_testkit::trail())
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for answer in answers.into_iter().filter(Result::is_err) {
        refused!(answer, Conflict(Conflict::Username));
    }
}

pub async fn what_is_taken_is_named(database: &impl Database) {
    let store = database.open().await;
    store
        .create_user(new_user(1, "Ada", "ada@example.org"), photure_testkit::trail())
        .await
        .unwrap();
    refused!(
        store
            .create_user(new_user(2, "ADA", "b@example.org"), photure_testkit::trail())
            .await,
        Conflict(Conflict::Username)
    );
    refused!(
        store
            .create_user(new_user(3, "Bob", "ADA@example.ORG"), photure_testkit::trail())
            .await,
        Conflict(Conflict::Email)
    );
    refused!(
        store
            .create_user(new_user(4, "ada", "ada@example.org"), photure_testkit::trail())
            .await,
        Conflict(Conflict::Username)
    );
    for nobody in [2, 3, 4] {
        refused!(store.user(user(nobody)).await, NotFound);
    }
    refused!(store.user_by_login("bob").await, NotFound);
}

pub async fn an_account_is_found_however_its_name_is_written(database: &impl Database) {
    let store = database.open().await;
    let ada = store
        .create_user(
            new_user(1, "Ådä Lovelace", "Ada@Example.org"),
            photure_testkit::trail(),
        )
        .await
        .unwrap();
    store
        .create_user(new_user(2, "bob", "bob@example.org"), photure_testkit::trail())
        .await
        .unwrap();
    for login in [
        "Ådä Lovelace",
        "åDÄ lovelace",
        "ada@example.org",
        "ADA@EXAMPLE.ORG",
    ] {
        let found = store.user_by_login(login).await.unwrap();
        assert_eq!(found.user, ada, "{login}");
        assert_eq!(
            found.password_hash.as_deref(),
            Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$1")
        );
    }
}

pub async fn an_account_that_is_not_there_is_not_found(database: &impl Database) {
    let store = database.open().await;
    refused!(store.user(user(1)).await, NotFound);
    for login in ["", "ada", "ada@example.org", "%", "_", ".*"] {
        refused!(store.user_by_login(login).await, NotFound);
    }
}

pub async fn an_operator_is_a_name_like_any_other(database: &impl Database) {
    let store = database.open().await;
    let operator = r#"{"$gt":""}"#;
    store
        .create_user(new_user(1, "ada", "ada@example.org"), photure_testkit::trail())
        .await
        .unwrap();
    refused!(store.user_by_login(operator).await, NotFound);
    let named = store
        .create_user(
            new_user(2, operator, r#"{"$ne":null}@example.org"#),
            photure_testkit::trail(),
        )
        .await
        .unwrap();
    assert_eq!(named.username, operator);
    assert_eq!(store.user_by_login(operator).await.unwrap().user, named);
    assert_eq!(
        store
            .user_by_login(r#"{"$ne":null}@example.org"#)
            .await
            .unwrap()
            .user,
        named
    );
    refused!(store.user_by_login("' OR 1=1 --").await, NotFound);
}
