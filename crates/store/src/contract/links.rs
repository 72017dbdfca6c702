use futures::future::join;
use photure_domain::account::{Client, NewUser, Role, Session};
use photure_domain::audit::AuditAction;
use photure_domain::link::{Link, LinkPurpose};
use photure_domain::{SessionId, Timestamp};
use photure_testkit::{nth_uuid, sha256, user};

use super::support::{later, now, refused, trail, written};
use super::{Database, Store};
use crate::Conflict;
use crate::administration::AccountChange;

async fn add(store: &dyn Store, n: u64) {
    let new = NewUser {
        id: user(n),
        username: format!("user-{n}"),
        email: format!("u{n}@example.org"),
        password_hash: Some("the first one".into()),
        created_at: now(),
    };
    store.add_user(new, Role::Member, trail(n)).await.unwrap();
}

async fn sign_in(store: &dyn Store, n: u64, who: u64) -> SessionId {
    let session = Session {
        id: SessionId::new(nth_uuid(n)),
        user_id: user(who),
        client: Client::default(),
        created_at: now(),
        last_used_at: now(),
        expires_at: later(1_000_000),
        revoked_at: None,
        alarm: false,
    };
    let (id, token) = (session.id, *sha256(n).as_bytes());
    store
        .create_session(session, token, photure_testkit::trail())
        .await
        .unwrap();
    id
}

fn link(n: u64, who: u64, purpose: LinkPurpose, email: Option<&str>) -> Link {
    Link {
        hash: *sha256(n).as_bytes(),
        user_id: user(who),
        purpose,
        email: email.map(str::to_owned),
        created_at: later(n),
        expires_at: later(3600),
    }
}

fn resets(n: u64, who: u64) -> Link {
    link(n, who, LinkPurpose::ResetPassword, None)
}

fn confirms(n: u64, who: u64, email: &str) -> Link {
    link(n, who, LinkPurpose::ConfirmEmail, Some(email))
}

async fn is_there(store: &dyn Store, link: &Link) -> bool {
    store.link(link.hash, now()).await.is_ok()
}

async fn email(store: &dyn Store, n: u64) -> (String, Option<Timestamp>) {
    let user = store.user(user(n)).await.unwrap();
    (user.email, user.email_confirmed_at)
}

pub async fn a_link_is_found_until_it_runs_out(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1).await;
    let (one, other) = (resets(1, 1), confirms(2, 1, "Ådä@Example.org"));
    for (n, link) in (10..).zip([&one, &other]) {
        refused!(store.link(link.hash, now()).await, NotFound);
        store.add_link(link.clone(), trail(n)).await.unwrap();
        assert_eq!(&store.link(link.hash, now()).await.unwrap(), link);
        let last = Timestamp::from_millis(later(3600).as_millis() - 1);
        assert!(store.link(link.hash, last).await.is_ok());
        refused!(store.link(link.hash, later(3600)).await, NotFound);
    }
    refused!(store.add_link(resets(3, 9), trail(11)).await, NotFound);
    refused!(store.link(resets(3, 9).hash, now()).await, NotFound);
}

pub async fn a_password_is_reset_once_and_everybody_is_out(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1).await;
    add(&*store, 2).await;
    let (mine, anothers) = (sign_in(&*store, 1, 1).await, sign_in(&*store, 2, 2).await);
    let (first, second, theirs) = (resets(1, 1), resets(2, 1), resets(3, 2));
    let confirming = confirms(4, 1, "u1@example.org");
    for (n, link) in [&first, &second, &theirs, &confirming].into_iter().enumerate() {
        store.add_link(link.clone(), trail(10 + n as u64)).await.unwrap();
    }
    let reset = store.reset_password_by_link(confirming.hash, "x".into(), trail(20));
    refused!(reset.await, NotFound);
    let reset = store.reset_password_by_link(first.hash, "another".into(), trail(21));
    let reset = reset.await.unwrap();
    assert_eq!((reset.user.id, reset.ended), (user(1), vec![mine]));
    assert_eq!(reset.user.email_confirmed_at, None, "it was not sent there");
    let stored = store.user_by_login("user-1").await.unwrap();
    assert_eq!(stored.password_hash.as_deref(), Some("another"));
    assert!(store.session(anothers).await.unwrap().revoked_at.is_none());
    for used in [&first, &second] {
        let again = store.reset_password_by_link(used.hash, "x".into(), trail(22));
        refused!(again.await, NotFound);
    }
    assert!(is_there(&*store, &theirs).await && is_there(&*store, &confirming).await);
    let late = store.reset_password_by_link(theirs.hash, "x".into(), trail(3600));
    refused!(late.await, NotFound);
    let made = |n| trail(n).did(AuditAction::PasswordLinkMade);
    let expected = [
        made(10).to(user(1)),
        made(11).to(user(1)),
        made(12).to(user(2)),
        trail(13).did(AuditAction::EmailLinkMade).to(user(1)),
        trail(21).did(AuditAction::PasswordResetByLink).to(user(1)),
    ];
    assert_eq!(written(&*store).await, expected);
}

pub async fn of_two_with_one_link_one_resets_the_password(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    add(&*one, 1).await;
    for n in 1..6 {
        let link = resets(n, 1);
        one.add_link(link.clone(), trail(10 * n)).await.unwrap();
        let (first, second) = join(
            one.reset_password_by_link(link.hash, "first".into(), trail(10 * n + 1)),
            other.reset_password_by_link(link.hash, "second".into(), trail(10 * n + 2)),
        )
        .await;
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        let stored = one.user_by_login("user-1").await.unwrap().password_hash;
        let expected = if first.is_ok() { "first" } else { "second" };
        assert_eq!(stored.as_deref(), Some(expected));
        refused!(if first.is_ok() { second } else { first }, NotFound);
    }
}

pub async fn whoever_reads_the_mail_has_confirmed_the_address(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1).await;
    let sent = link(1, 1, LinkPurpose::ResetPassword, Some("U1@example.org"));
    store.add_link(sent.clone(), trail(10)).await.unwrap();
    let reset = store.reset_password_by_link(sent.hash, "another".into(), trail(11));
    assert_eq!(reset.await.unwrap().user.email_confirmed_at, Some(later(11)));
    assert_eq!(
        email(&*store, 1).await,
        ("u1@example.org".into(), Some(later(11)))
    );
    let elsewhere = link(2, 1, LinkPurpose::ResetPassword, Some("old@example.org"));
    store.add_link(elsewhere.clone(), trail(20)).await.unwrap();
    let reset = store.reset_password_by_link(elsewhere.hash, "x".into(), trail(21));
    refused!(reset.await, NotFound);
    add(&*store, 2).await;
    store.add_link(resets(3, 1), trail(30)).await.unwrap();
    let disabled = AccountChange {
        role: Some(Role::Member),
        disabled: Some(true),
    };
    store.add_user(admin(), Role::Admin, trail(31)).await.unwrap();
    store.change_account(user(1), disabled, trail(32)).await.unwrap();
    let reset = store.reset_password_by_link(resets(3, 1).hash, "x".into(), trail(33));
    refused!(reset.await, AccountDisabled);
    assert!(is_there(&*store, &resets(3, 1)).await);
    let stored = store.user_by_login("user-1").await.unwrap();
    assert_eq!(stored.password_hash.as_deref(), Some("another"));
}

fn admin() -> NewUser {
    NewUser {
        id: user(9),
        username: "root".into(),
        email: "root@example.org".into(),
        password_hash: Some("none".into()),
        created_at: now(),
    }
}

pub async fn any_other_change_ends_links_that_reset_passwords(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1).await;
    let changes: [&str; 4] = [
        "password changed",
        "password given",
        "address",
        "address, confirmed",
    ];
    for (n, change) in (1..).zip(changes) {
        let link = resets(n, 1);
        store.add_link(link.clone(), trail(100 * n)).await.unwrap();
        let by = trail(100 * n + 1);
        match change {
            "password changed" => {
                let (at, id) = (by.at, user(1));
                drop(store.change_password(id, "x".into(), None, at, by).await.unwrap());
            }
            "password given" => drop(store.reset_password(user(1), "x".into(), by).await.unwrap()),
            "address" => drop(store.change_email(user(1), "new@x.org".into(), by).await.unwrap()),
            _ => {
                let confirming = confirms(50, 1, "newer@x.org");
                store.add_link(confirming.clone(), by).await.unwrap();
                store.confirm_email(confirming.hash, trail(500)).await.unwrap();
            }
        }
        assert!(!is_there(&*store, &link).await, "{change}");
    }
}

pub async fn an_address_is_confirmed(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1).await;
    let (first, again) = (confirms(1, 1, "u1@example.org"), confirms(2, 1, "U1@example.org"));
    store.add_link(first.clone(), trail(10)).await.unwrap();
    store.add_link(again.clone(), trail(11)).await.unwrap();
    store.add_link(resets(3, 1), trail(12)).await.unwrap();
    assert_eq!(
        store.email_link_of(user(1), now()).await.unwrap(),
        Some(again.clone())
    );
    let confirmed = store.confirm_email(first.hash, trail(20)).await.unwrap();
    assert_eq!(confirmed.before, None);
    assert_eq!(confirmed.user.email_confirmed_at, Some(later(20)));
    assert_eq!(confirmed.user, store.user(user(1)).await.unwrap());
    refused!(store.confirm_email(again.hash, trail(21)).await, NotFound);
    assert_eq!(store.email_link_of(user(1), now()).await.unwrap(), None);
    assert!(is_there(&*store, &resets(3, 1)).await, "the address is the same");
    refused!(store.confirm_email(resets(3, 1).hash, trail(22)).await, NotFound);
    let last = written(&*store).await.pop().unwrap();
    assert_eq!(last, trail(20).did(AuditAction::EmailConfirmed).to(user(1)));
}

pub async fn another_address_counts_when_it_is_confirmed(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1).await;
    let mistyped = confirms(1, 1, "nwe@example.org");
    let wanted = confirms(2, 1, "New@example.org");
    store.add_link(mistyped.clone(), trail(10)).await.unwrap();
    store.add_link(wanted.clone(), trail(11)).await.unwrap();
    refused!(store.confirm_email(mistyped.hash, trail(12)).await, NotFound);
    assert_eq!(email(&*store, 1).await, ("u1@example.org".into(), None));
    refused!(store.user_by_login("new@example.org").await, NotFound);
    let confirmed = store.confirm_email(wanted.hash, trail(13)).await.unwrap();
    assert_eq!(confirmed.before.as_deref(), Some("u1@example.org"));
    assert_eq!(
        email(&*store, 1).await,
        ("New@example.org".into(), Some(later(13)))
    );
    assert_eq!(
        store.user_by_login("new@example.org").await.unwrap().user.id,
        user(1)
    );
    refused!(store.user_by_login("u1@example.org").await, NotFound);
    let last = written(&*store).await.pop().unwrap();
    assert_eq!(last, trail(13).did(AuditAction::EmailChanged).to(user(1)));
    store
        .add_link(confirms(3, 1, "third@example.org"), trail(14))
        .await
        .unwrap();
    store.forget_email_links(user(1)).await.unwrap();
    assert_eq!(store.email_link_of(user(1), now()).await.unwrap(), None);
}

pub async fn an_address_that_is_taken_by_then_is_not_confirmed(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    add(&*one, 1).await;
    add(&*one, 2).await;
    let taken = confirms(1, 1, "U2@example.org");
    one.add_link(taken.clone(), trail(10)).await.unwrap();
    refused!(
        one.confirm_email(taken.hash, trail(11)).await,
        Conflict(Conflict::Email)
    );
    assert_eq!(email(&*one, 1).await, ("u1@example.org".into(), None));
    assert!(is_there(&*one, &taken).await);
    let (mine, theirs) = (
        confirms(2, 1, "new@example.org"),
        confirms(3, 2, "NEW@example.org"),
    );
    one.add_link(mine.clone(), trail(12)).await.unwrap();
    one.add_link(theirs.clone(), trail(13)).await.unwrap();
    let (first, second) = join(
        one.confirm_email(mine.hash, trail(14)),
        other.confirm_email(theirs.hash, trail(15)),
    )
    .await;
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    refused!(
        if first.is_ok() { second } else { first },
        Conflict(Conflict::Email)
    );
}

pub async fn an_address_is_changed_where_nobody_can_confirm_it(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1).await;
    add(&*store, 2).await;
    let confirming = confirms(1, 1, "u1@example.org");
    store.add_link(confirming.clone(), trail(10)).await.unwrap();
    store.confirm_email(confirming.hash, trail(11)).await.unwrap();
    let waiting = confirms(2, 1, "waits@example.org");
    store.add_link(waiting.clone(), trail(12)).await.unwrap();
    let taken = store.change_email(user(1), "U2@EXAMPLE.ORG".into(), trail(13));
    refused!(taken.await, Conflict(Conflict::Email));
    assert_eq!(email(&*store, 1).await.1, Some(later(11)));
    let changed = store.change_email(user(1), "New@example.org".into(), trail(14));
    assert_eq!(changed.await.unwrap(), store.user(user(1)).await.unwrap());
    assert_eq!(email(&*store, 1).await, ("New@example.org".into(), None));
    assert!(!is_there(&*store, &waiting).await);
    let nobody = store.change_email(user(9), "x@example.org".into(), trail(15));
    refused!(nobody.await, NotFound);
}

pub async fn links_are_forgotten_when_they_have_run_out(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1).await;
    for n in 1..=5 {
        store.add_link(resets(n, 1), trail(10 * n)).await.unwrap();
    }
    assert_eq!(store.forget_links(later(3600), 9).await.unwrap(), 0);
    let forgotten = [
        store.forget_links(later(3601), 3).await.unwrap(),
        store.forget_links(later(3601), 3).await.unwrap(),
    ];
    assert_eq!(forgotten, [3, 2]);
    assert!(!is_there(&*store, &resets(1, 1)).await);
}
