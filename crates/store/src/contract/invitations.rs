use futures::future::join;
use photure_domain::InvitationId;
use photure_domain::account::{NewUser, Role};
use photure_domain::audit::AuditAction;
use photure_domain::invitation::Invitation;
use photure_testkit::{nth_uuid, sha256, user};

use super::support::{later, now, refused, trail, written};
use super::{Database, Store};
use crate::Conflict;

fn new_user(n: u64) -> NewUser {
    NewUser {
        id: user(n),
        username: format!("user-{n}"),
        email: format!("u{n}@example.org"),
        password_hash: Some("none".into()),
        created_at: now(),
    }
}

fn invitation(n: u64, email: Option<&str>) -> Invitation {
    Invitation {
        id: InvitationId::new(nth_uuid(n)),
        email: email.map(str::to_owned),
        made_by: user(1),
        created_at: later(n / 2),
        expires_at: later(1000),
    }
}

fn hash(n: u64) -> [u8; 32] {
    *sha256(n).as_bytes()
}

/// Somebody who invites, and invitations of these numbers.
async fn invited(store: &dyn Store, numbers: &[u64]) {
    store
        .create_user(new_user(1), photure_testkit::trail())
        .await
        .unwrap();
    for n in numbers {
        let made = store.add_invitation(invitation(*n, None), hash(*n), trail(*n));
        made.await.unwrap();
    }
}

pub async fn invitations_read_back_newest_first_until_they_run_out(database: &impl Database) {
    let store = database.open().await;
    invited(&*store, &[2, 3, 4]).await;
    let sent = invitation(9, Some("Ådä@Example.org"));
    store
        .add_invitation(sent.clone(), hash(9), trail(9))
        .await
        .unwrap();
    let expected = [
        sent.clone(),
        invitation(4, None),
        invitation(3, None),
        invitation(2, None),
    ];
    assert_eq!(store.invitations(now(), 9).await.unwrap(), expected);
    assert_eq!(store.invitations(now(), 2).await.unwrap(), expected[..2]);
    assert_eq!(store.invitation(hash(9), now()).await.unwrap(), sent);
    refused!(store.invitation(hash(9), later(1000)).await, NotFound);
    refused!(store.invitation(hash(8), now()).await, NotFound);
    assert_eq!(store.invitations(later(1000), 9).await.unwrap(), []);
    assert_eq!(store.forget_invitations(later(1000), 9).await.unwrap(), 0);
    assert_eq!(store.forget_invitations(later(1001), 3).await.unwrap(), 3);
    assert_eq!(store.forget_invitations(later(1001), 3).await.unwrap(), 1);
}

pub async fn an_invitation_makes_one_member(database: &impl Database) {
    let store = database.open().await;
    invited(&*store, &[2]).await;
    let taken = NewUser {
        username: "USER-1".into(),
        ..new_user(2)
    };
    refused!(
        store.create_invited(taken, hash(2), trail(10)).await,
        Conflict(Conflict::Username)
    );
    let made = store
        .create_invited(new_user(2), hash(2), trail(11))
        .await
        .unwrap();
    assert_eq!((made.role, made.email_confirmed_at), (Role::Member, None));
    assert_eq!(store.user(user(2)).await.unwrap(), made);
    refused!(
        store.create_invited(new_user(3), hash(2), trail(12)).await,
        NotFound
    );
    refused!(store.user(user(3)).await, NotFound);
    let last = written(&*store).await.pop().unwrap();
    let used = trail(11).next().did(AuditAction::InvitationUsed).to(user(2));
    assert_eq!(last, used.about(nth_uuid(2)));
}

pub async fn of_two_with_one_invitation_one_is_made(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    invited(&*one, &[2, 3, 4, 5, 6]).await;
    for n in 2..7 {
        let (first, second) = join(
            one.create_invited(new_user(10 * n), hash(n), trail(10 * n)),
            other.create_invited(new_user(10 * n + 1), hash(n), trail(10 * n + 1)),
        )
        .await;
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        refused!(if first.is_ok() { second } else { first }, NotFound);
    }
}

pub async fn whoever_was_invited_by_mail_has_confirmed_the_address(database: &impl Database) {
    let store = database.open().await;
    invited(&*store, &[]).await;
    for (n, sent_to, confirmed) in [
        (2, "U2@example.org", Some(later(20))),
        (3, "other@example.org", None),
    ] {
        let made = store.add_invitation(invitation(n, Some(sent_to)), hash(n), trail(n));
        made.await.unwrap();
        let made = store.create_invited(new_user(n), hash(n), trail(10 * n)).await;
        assert_eq!(made.unwrap().email_confirmed_at, confirmed);
    }
}

pub async fn an_invitation_is_withdrawn(database: &impl Database) {
    let store = database.open().await;
    invited(&*store, &[2, 3]).await;
    store
        .withdraw_invitation(invitation(2, None).id, trail(10))
        .await
        .unwrap();
    let again = store.withdraw_invitation(invitation(2, None).id, trail(11));
    refused!(again.await, NotFound);
    refused!(
        store.create_invited(new_user(2), hash(2), trail(12)).await,
        NotFound
    );
    assert_eq!(store.invitations(now(), 9).await.unwrap(), [invitation(3, None)]);
    let made = |n| trail(n).did(AuditAction::InvitationMade).about(nth_uuid(n));
    let withdrawn = trail(10).did(AuditAction::InvitationWithdrawn);
    let expected = [made(2), made(3), withdrawn.about(nth_uuid(2))];
    assert_eq!(written(&*store).await, expected);
}
