use std::collections::BTreeSet;

use futures::future::join;
use photure_domain::account::Role;
use photure_domain::api_key::ApiKey;
use photure_domain::audit::{AuditAction, AuditEntry};
use photure_domain::identity::LinkedIdentity;
use photure_domain::link::{Link, LinkPurpose};
use photure_domain::passkey::{Algorithm, Passkey};
use photure_domain::photo::NewPhoto;
use photure_domain::{ApiKeyId, IdentityId, PasskeyId, PhotoId, SessionId};
use photure_testkit::{nth_uuid, photo, sha256, user};

use super::administration::{DISABLED, add, is_live, sign_in, try_to_sign_in};
use super::support::{LIBRARY, all, assert_counts, create, later, now, refused, trail, written};
use super::{Database, Store};
use crate::administration::AccountChange;
use crate::{AuditFilter, Closed, Closing, Conflict, ListedBy, Registered, Room};

/// As its owner asks for it.
const IN_A_WHILE: u64 = 1000;

fn closing(seconds: u64) -> Closing {
    Closing {
        at: later(seconds),
        shuts_out: false,
    }
}

fn shutting(seconds: u64) -> Closing {
    Closing {
        shuts_out: true,
        ..closing(seconds)
    }
}

/// An administrator, and a member who is signed in.
async fn two(store: &dyn Store) -> SessionId {
    add(store, 1, Role::Admin).await;
    add(store, 2, Role::Member).await;
    sign_in(store, 3, 2).await
}

/// The member's account, closed for good.
async fn closed(store: &dyn Store) -> SessionId {
    let session = two(store).await;
    store.close_account(user(2), closing(5), trail(4)).await.unwrap();
    let closed = store.close_due(10, trail(6)).await.unwrap();
    assert_eq!(closed.accounts, [user(2)]);
    session
}

fn of_closing(entries: Vec<AuditEntry>) -> Vec<(AuditAction, Option<String>)> {
    let told = |entry: AuditEntry| {
        assert_eq!(entry.account, Some(user(2)));
        (entry.action, entry.detail)
    };
    entries.into_iter().map(told).collect()
}

pub async fn an_account_closes_when_its_time_is_up(database: &impl Database) {
    let store = database.open().await;
    let session = two(&*store).await;
    let asked = store.close_account(user(2), closing(IN_A_WHILE), trail(4)).await;
    let asked = asked.unwrap();
    assert_eq!(asked.user.closes_at, Some(later(IN_A_WHILE)));
    assert_eq!((asked.user.disabled, asked.ended), (false, vec![]));
    assert_eq!(store.user(user(2)).await.unwrap(), asked.user);
    let again = store
        .close_account(user(2), closing(2 * IN_A_WHILE), trail(5))
        .await;
    assert_eq!(
        again.unwrap().user.closes_at,
        Some(later(IN_A_WHILE)),
        "the earlier one"
    );

    let early = store.close_due(10, trail(IN_A_WHILE - 1)).await.unwrap();
    assert_eq!(early, Closed::default());
    assert!(is_live(&*store, session).await);
    let closed = store.close_due(10, trail(IN_A_WHILE)).await.unwrap();
    assert_eq!((closed.accounts, closed.sessions), (vec![user(2)], vec![session]));
    assert!(store.user(user(2)).await.unwrap().disabled && !is_live(&*store, session).await);
    refused!(try_to_sign_in(&*store, 7, 2).await, AccountDisabled);
    let twice = store.close_due(10, trail(IN_A_WHILE + 1)).await.unwrap();
    assert_eq!(twice, Closed::default(), "once");
    let at = later(IN_A_WHILE);
    assert_eq!(store.closed(at, 10).await.unwrap(), []);
    let after = later(IN_A_WHILE + 1);
    assert_eq!(store.closed(after, 10).await.unwrap(), [user(2)]);
    assert_eq!(
        of_closing(written(&*store).await),
        [
            (AuditAction::AccountClosing, Some(later(IN_A_WHILE).to_string())),
            (AuditAction::AccountClosed, None),
        ]
    );
    refused!(store.close_account(user(9), closing(1), trail(8)).await, NotFound);
}

pub async fn an_account_is_kept(database: &impl Database) {
    let store = database.open().await;
    let session = two(&*store).await;
    store.close_account(user(2), closing(5), trail(4)).await.unwrap();
    let kept = store.keep_account(user(2), trail(5)).await.unwrap();
    assert_eq!((kept.closes_at, kept.disabled), (None, false));
    assert_eq!(
        store.keep_account(user(2), trail(6)).await.unwrap(),
        kept,
        "again"
    );
    assert_eq!(store.close_due(10, trail(100)).await.unwrap(), Closed::default());
    assert!(is_live(&*store, session).await);
    let actions: Vec<_> = of_closing(written(&*store).await)
        .into_iter()
        .map(|told| told.0)
        .collect();
    assert_eq!(actions, [AuditAction::AccountClosing, AuditAction::AccountKept]);
    refused!(store.keep_account(user(9), trail(7)).await, NotFound);
}

pub async fn whoever_is_shut_out_may_come_back(database: &impl Database) {
    let store = database.open().await;
    let session = two(&*store).await;
    let shut = store.close_account(user(2), shutting(5), trail(4)).await.unwrap();
    assert_eq!((shut.user.disabled, shut.ended), (true, vec![session]));
    refused!(try_to_sign_in(&*store, 7, 2).await, AccountDisabled);
    assert!(!store.keep_account(user(2), trail(5)).await.unwrap().disabled);
    sign_in(&*store, 7, 2).await;

    store.change_account(user(2), DISABLED, trail(8)).await.unwrap();
    store.close_account(user(2), shutting(9), trail(9)).await.unwrap();
    let kept = store.keep_account(user(2), trail(10)).await.unwrap();
    assert!(kept.disabled, "it was before");
}

pub async fn the_last_admin_is_not_closed(database: &impl Database) {
    let store = database.open().await;
    two(&*store).await;
    refused!(
        store.close_account(user(1), closing(5), trail(4)).await,
        LastAdmin
    );
    assert_eq!(store.user(user(1)).await.unwrap().closes_at, None);
    let promotion = AccountChange {
        role: Some(Role::Admin),
        disabled: None,
    };
    store.change_account(user(2), promotion, trail(5)).await.unwrap();
    store.close_account(user(1), closing(5), trail(6)).await.unwrap();
    for change in [
        DISABLED,
        AccountChange {
            role: Some(Role::Member),
            disabled: None,
        },
    ] {
        refused!(store.change_account(user(2), change, trail(7)).await, LastAdmin);
    }
    store.close_account(user(1), closing(4), trail(8)).await.unwrap();
}

pub async fn of_two_admins_who_go_at_once_one_stays(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    add(&*one, 1, Role::Admin).await;
    add(&*one, 2, Role::Admin).await;
    let (first, second) = join(
        one.close_account(user(1), closing(5), trail(10)),
        other.close_account(user(2), closing(5), trail(11)),
    )
    .await;
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    refused!(if first.is_ok() { second } else { first }, LastAdmin);
}

pub async fn a_closed_account_is_changed_no_more(database: &impl Database) {
    let store = database.open().await;
    closed(&*store).await;
    let enabled = AccountChange {
        role: None,
        disabled: Some(false),
    };
    refused!(
        store.change_account(user(2), enabled, trail(7)).await,
        AccountClosed
    );
    refused!(store.keep_account(user(2), trail(7)).await, AccountClosed);
    refused!(
        store.close_account(user(2), closing(9), trail(7)).await,
        AccountClosed
    );
    let renamed = store.rename(user(2), Some("eve".into()), None, trail(7)).await;
    refused!(renamed, AccountClosed);
    assert!(store.user(user(2)).await.unwrap().disabled);
}

pub async fn a_closed_account_is_forgotten_with_all_that_is_its_owners(database: &impl Database) {
    let store = database.open().await;
    let session = closed(&*store).await;
    let theirs = belongings(2);
    let others = belongings(1);
    for (n, things) in [(10, &theirs), (15, &others)] {
        let Belongings {
            key,
            passkey,
            identity,
            link,
        } = things.clone();
        let hash = *sha256(key.user_id.as_uuid().as_u128() as u64).as_bytes();
        store.create_api_key(key, hash, trail(n)).await.unwrap();
        store.add_passkey(passkey, trail(n + 1)).await.unwrap();
        store.link_identity(identity, trail(n + 2)).await.unwrap();
        store.add_link(link.clone(), trail(n + 3)).await.unwrap();
        let owner = link.user_id;
        store.begin_totp(owner, vec![1; 40], now()).await.unwrap();
        store
            .take_guess(owner, "here".into(), now())
            .await
            .unwrap()
            .unwrap();
    }
    refused!(store.forget_account(user(1), trail(20)).await, NotFound);
    store.forget_account(user(2), trail(21)).await.unwrap();

    refused!(store.user(user(2)).await, NotFound);
    refused!(store.user_by_login("user-0002").await, NotFound);
    assert_eq!(store.closed(later(1000), 10).await.unwrap(), []);
    refused!(store.forget_account(user(2), trail(22)).await, NotFound);
    for (things, count) in [(theirs, 0), (others, 1)] {
        let owner = things.key.user_id;
        assert_eq!(store.api_keys_of(owner).await.unwrap().len(), count);
        assert_eq!(store.passkeys_of(owner).await.unwrap().len(), count);
        assert_eq!(store.identities_of(owner).await.unwrap().len(), count);
        assert_eq!(store.totp(owner).await.unwrap().iter().count(), count);
        let link = store.link(things.link.hash, now()).await;
        assert_eq!(link.iter().count(), count);
    }
    let ended = store.revoked_since(now()).await.unwrap();
    assert_eq!(
        ended,
        [(session, later(6))],
        "its tokens are still known for ended"
    );
    let entries = store.audit(AuditFilter::default(), None, 1).await.unwrap();
    let last = trail(21).did(AuditAction::AccountDeleted).to(user(2));
    assert_eq!(entries, [last]);
    let again = super::administration::new_user(5, "user-0002");
    store.create_user(again, trail(30)).await.unwrap();
}

#[derive(Clone)]
struct Belongings {
    key: ApiKey,
    passkey: Passkey,
    identity: LinkedIdentity,
    link: Link,
}

fn belongings(owner: u64) -> Belongings {
    let hash = [u8::try_from(owner).unwrap_or_default(); 32];
    Belongings {
        key: ApiKey {
            id: ApiKeyId::new(nth_uuid(owner)),
            user_id: user(owner),
            name: "cron".into(),
            scopes: BTreeSet::new(),
            created_at: now(),
            expires_at: None,
            last_used_at: None,
        },
        passkey: Passkey {
            id: PasskeyId::new(nth_uuid(owner)),
            user_id: user(owner),
            credential_id: hash.to_vec(),
            public_key: vec![0x30, 0x59],
            algorithm: Algorithm::ALL[0],
            counter: 0,
            name: "phone".into(),
            created_at: now(),
            last_used_at: None,
        },
        identity: LinkedIdentity {
            id: IdentityId::new(nth_uuid(owner)),
            user_id: user(owner),
            issuer: "https://id.example.org".into(),
            subject: owner.to_string(),
            email: None,
            linked_at: now(),
        },
        link: Link {
            hash,
            user_id: user(owner),
            purpose: LinkPurpose::ResetPassword,
            email: None,
            created_at: now(),
            expires_at: later(3600),
        },
    }
}

pub async fn an_emptied_library_takes_nothing_more(database: &impl Database) {
    let store = database.open().await;
    for n in 0..7 {
        create(&*store, photo(user(1), n, later(n))).await;
    }
    let same = NewPhoto {
        id: PhotoId::new(nth_uuid(1000)),
        ..photo(user(2), 0, now())
    };
    let kept = create(&*store, same).await;
    let trashed = photo(user(1), 3, now()).id;
    store.trash(user(1), trashed, None, now()).await.unwrap();
    let mut emptied = 0;
    loop {
        let some = store.empty_library(user(1), 3, later(9)).await.unwrap();
        assert!(some <= 3);
        emptied += some;
        if some == 0 {
            break;
        }
    }
    assert_eq!(emptied, 7);
    assert_counts(&*store, user(1), &[]).await;
    assert_eq!(all(&*store, user(1), LIBRARY, ListedBy::TakenAt, 10).await, []);
    refused!(
        store
            .register(photo(user(1), 9, now()), Room::Boundless, later(10))
            .await,
        AccountClosed
    );
    let released: Vec<_> = store.released(10, later(11)).await.unwrap();
    assert_eq!(released.len(), 6, "another has one of them");
    assert_eq!(store.purged(10).await.unwrap().len(), 7);
    assert_counts(&*store, user(2), &[kept]).await;
}

pub async fn registering_and_emptying_at_once_leaves_nothing(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    for n in 0..8 {
        let owner = user(10 + n);
        let (registered, emptied) = join(
            one.register(photo(owner, n, now()), Room::Boundless, now()),
            other.empty_library(owner, 10, later(1)),
        )
        .await;
        match registered {
            Ok(Registered::Created(_)) => {}
            refused => refused!(refused, AccountClosed),
        }
        emptied.unwrap();
        other.empty_library(owner, 10, later(2)).await.unwrap();
        assert_counts(&*one, owner, &[]).await;
        assert_eq!(all(&*one, owner, LIBRARY, ListedBy::TakenAt, 10).await, []);
    }
}

pub async fn an_account_is_renamed(database: &impl Database) {
    let store = database.open().await;
    two(&*store).await;
    let email = "eve@example.org".to_owned();
    let renamed = store
        .rename(user(2), Some("Eve".into()), Some(email.clone()), trail(4))
        .await
        .unwrap();
    assert_eq!((renamed.username.as_str(), &renamed.email), ("Eve", &email));
    assert_eq!(renamed.email_confirmed_at, None);
    assert_eq!(store.user_by_login("eve").await.unwrap().user, renamed);
    refused!(store.user_by_login("user-0002").await, NotFound);
    let same = store.rename(user(2), Some("eve".into()), None, trail(6)).await;
    assert_eq!(
        same.unwrap().username,
        "eve",
        "one's own name, written in another way"
    );
    refused!(
        store
            .rename(user(2), Some("USER-0001".into()), None, trail(7))
            .await,
        Conflict(Conflict::Username)
    );
    let taken = store.rename(user(2), None, Some("U1@example.org".into()), trail(7));
    refused!(taken.await, Conflict(Conflict::Email));
    refused!(store.rename(user(9), None, None, trail(7)).await, NotFound);
    store
        .rename(user(2), Some("eve".into()), None, trail(8))
        .await
        .unwrap();
    let actions: Vec<_> = written(&*store).await.iter().map(|entry| entry.action).collect();
    assert_eq!(
        actions,
        [
            AuditAction::UsernameChanged,
            AuditAction::EmailChanged,
            AuditAction::UsernameChanged,
        ],
        "nothing is written down where nothing changes"
    );
}
