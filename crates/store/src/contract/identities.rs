use futures::future::join_all;
use photure_domain::IdentityId;
use photure_domain::account::{NewUser, Role};
use photure_domain::audit::AuditAction;
use photure_domain::identity::LinkedIdentity;
use photure_testkit::{nth_uuid, trail, user};

use super::support::{later, now, refused};
use super::{Database, Store};
use crate::{AuditFilter, Conflict};

const ISSUER: &str = "https://id.example.org";

fn identity(n: u64, owner: u64) -> LinkedIdentity {
    LinkedIdentity {
        id: IdentityId::new(nth_uuid(100 + n)),
        user_id: user(owner),
        issuer: ISSUER.into(),
        subject: format!("Subject|{n} — «ü»"),
        email: n.is_multiple_of(2).then(|| format!("{n}@example.org")),
        linked_at: later(n),
    }
}

fn new_user(n: u64, password_hash: Option<&str>) -> NewUser {
    NewUser {
        id: user(n),
        username: format!("person{n}"),
        email: format!("person{n}@example.org"),
        password_hash: password_hash.map(str::to_owned),
        created_at: now(),
    }
}

async fn make(store: &dyn Store, n: u64, password_hash: Option<&str>) {
    store
        .create_user(new_user(n, password_hash), trail())
        .await
        .unwrap();
}

pub async fn an_identity_is_found_by_issuer_and_subject_to_the_byte(database: &impl Database) {
    let store = database.open().await;
    make(&*store, 1, Some("hash")).await;
    let [one, other] = [identity(2, 1), identity(1, 1)];
    store.link_identity(one.clone(), trail()).await.unwrap();
    store.link_identity(other.clone(), trail()).await.unwrap();
    assert_eq!(store.identity(ISSUER, &one.subject).await.unwrap(), one);
    for (issuer, subject) in [
        (ISSUER, "Subject|2"),
        (ISSUER, &one.subject.to_uppercase()),
        (ISSUER, ""),
        ("https://id.example.org/", &one.subject),
        ("https://other.example.org", &one.subject),
    ] {
        refused!(store.identity(issuer, subject).await, NotFound);
    }
    assert_eq!(
        store.identities_of(user(1)).await.unwrap(),
        [other, one],
        "as they were linked"
    );
    assert_eq!(store.identities_of(user(2)).await.unwrap(), []);
    refused!(store.link_identity(identity(3, 9), trail()).await, NotFound);
}

pub async fn an_account_is_made_with_its_identity_or_not_at_all(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    let made = one
        .create_user_with(new_user(1, None), identity(1, 1), true, trail())
        .await
        .unwrap();
    assert_eq!((made.id, made.role), (user(1), Role::Admin), "the first");
    assert!(made.email_confirmed_at.is_some());
    let stored = one.user_by_login("person1").await.unwrap();
    assert_eq!((stored.user, stored.password_hash), (made, None));
    assert_eq!(one.identities_of(user(1)).await.unwrap(), [identity(1, 1)]);

    // The same person in several windows at once.
    let answers = join_all((2..8).map(|n| {
        let store = if n % 2 == 0 { &one } else { &other };
        let mut mine = identity(2, n);
        mine.id = IdentityId::new(nth_uuid(200 + n));
        store.create_user_with(new_user(n, None), mine, false, trail())
    }))
    .await;
    let made: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(made.len(), 1);
    assert_eq!((made[0].role, made[0].email_confirmed_at), (Role::Member, None));
    for answer in &answers {
        assert!(
            matches!(
                answer,
                Ok(_) | Err(crate::StoreError::Conflict(Conflict::Identity))
            ),
            "{answer:?}"
        );
    }
    for n in (2..8).filter(|n| user(*n) != made[0].id) {
        refused!(one.user(user(n)).await, NotFound);
    }
    let same_name = NewUser {
        email: "another@example.org".into(),
        ..new_user(1, None)
    };
    let same_name = NewUser {
        id: user(9),
        ..same_name
    };
    refused!(
        one.create_user_with(same_name, identity(9, 9), false, trail())
            .await,
        Conflict(Conflict::Username)
    );
    refused!(one.identity(ISSUER, &identity(9, 9).subject).await, NotFound);
}

pub async fn an_identity_is_one_persons(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    make(&*one, 1, Some("hash")).await;
    make(&*one, 2, Some("hash")).await;
    let answers = join_all((0..8).map(|n| {
        let store = if n % 2 == 0 { &one } else { &other };
        let mut claimed = identity(1, 1 + n % 2);
        claimed.id = IdentityId::new(nth_uuid(200 + n));
        store.link_identity(claimed, trail())
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let owner = one.identity(ISSUER, &identity(1, 1).subject).await.unwrap();
    for n in [1, 2] {
        let mut again = identity(1, n);
        again.id = IdentityId::new(nth_uuid(300 + n));
        refused!(
            one.link_identity(again, trail()).await,
            Conflict(Conflict::Identity)
        );
    }
    assert_eq!(one.identities_of(owner.user_id).await.unwrap(), [owner]);
}

pub async fn the_last_way_to_sign_in_stays(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    one.create_user_with(new_user(1, None), identity(1, 1), true, trail())
        .await
        .unwrap();
    make(&*one, 2, Some("hash")).await;
    one.link_identity(identity(2, 2), trail()).await.unwrap();
    refused!(
        one.unlink_identity(user(1), identity(1, 1).id, trail()).await,
        LastSignIn
    );
    refused!(
        one.unlink_identity(user(1), identity(2, 2).id, trail()).await,
        NotFound
    );
    one.unlink_identity(user(2), identity(2, 2).id, trail())
        .await
        .unwrap();
    refused!(
        one.unlink_identity(user(2), identity(2, 2).id, trail()).await,
        NotFound
    );
    assert_eq!(one.identities_of(user(2)).await.unwrap(), []);

    // Of two that are taken away at once one stays.
    one.link_identity(identity(3, 1), trail()).await.unwrap();
    let (first, second) = futures::join!(
        one.unlink_identity(user(1), identity(1, 1).id, trail()),
        other.unlink_identity(user(1), identity(3, 1).id, trail()),
    );
    assert_eq!(
        [&first, &second].iter().filter(|answer| answer.is_ok()).count(),
        1,
        "{first:?} {second:?}"
    );
    assert_eq!(one.identities_of(user(1)).await.unwrap().len(), 1);
    // With a password neither is needed.
    one.reset_password(user(1), "hash".into(), trail()).await.unwrap();
    let left = one.identities_of(user(1)).await.unwrap();
    one.unlink_identity(user(1), left[0].id, trail()).await.unwrap();
}

pub async fn linking_and_unlinking_are_written_down(database: &impl Database) {
    let store = database.open().await;
    store
        .create_user_with(new_user(1, Some("hash")), identity(1, 1), false, trail())
        .await
        .unwrap();
    store
        .unlink_identity(user(1), identity(1, 1).id, trail())
        .await
        .unwrap();
    for action in [AuditAction::IdentityLinked, AuditAction::IdentityUnlinked] {
        let filter = AuditFilter {
            action: Some(action),
            ..AuditFilter::default()
        };
        let [entry] = store.audit(filter, None, 10).await.unwrap().try_into().unwrap();
        assert_eq!(entry.account, Some(user(1)), "{action:?}");
        assert_eq!(entry.thing, Some(identity(1, 1).id.as_uuid()), "{action:?}");
        assert_eq!(entry.detail.as_deref(), Some(ISSUER), "{action:?}");
    }
}
