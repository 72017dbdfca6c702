use futures::future::join;
use photure_domain::SessionId;
use photure_domain::account::{Client, NewUser, Role, Session, User};
use photure_domain::audit::AuditAction;
use photure_testkit::{nth_uuid, user};

use super::support::{later, now, refused, trail, written};
use super::{Database, Store};
use crate::administration::AccountChange;
use crate::{AuditFilter, Conflict, StoreResult};

pub(super) fn new_user(n: u64, username: &str) -> NewUser {
    NewUser {
        id: user(n),
        username: username.into(),
        email: format!("u{n}@example.org"),
        password_hash: Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$1".into()),
        created_at: now(),
    }
}

pub(super) async fn add(store: &dyn Store, n: u64, role: Role) -> User {
    let new = new_user(n, &format!("user-{n:04}"));
    store.add_user(new, role, trail(n)).await.unwrap()
}

pub(super) async fn sign_in(store: &dyn Store, n: u64, who: u64) -> SessionId {
    try_to_sign_in(store, n, who).await.unwrap()
}

pub(super) async fn try_to_sign_in(store: &dyn Store, n: u64, who: u64) -> StoreResult<SessionId> {
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
    let (id, token) = (session.id, *photure_testkit::sha256(n).as_bytes());
    store
        .create_session(session, token, photure_testkit::trail())
        .await?;
    Ok(id)
}

pub(super) async fn is_live(store: &dyn Store, id: SessionId) -> bool {
    store.session(id).await.unwrap().revoked_at.is_none()
}

pub(super) const DISABLED: AccountChange = AccountChange {
    role: None,
    disabled: Some(true),
};
const MEMBER: AccountChange = AccountChange {
    role: Some(Role::Member),
    disabled: None,
};

pub async fn an_account_is_added_with_its_role(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(
        add(&*store, 1, Role::Member).await.role,
        Role::Admin,
        "the first one"
    );
    let member = add(&*store, 2, Role::Member).await;
    let admin = add(&*store, 3, Role::Admin).await;
    assert_eq!((member.role, admin.role), (Role::Member, Role::Admin));
    assert_eq!(store.user(user(3)).await.unwrap(), admin);
    refused!(
        store
            .add_user(new_user(4, "USER-0003"), Role::Member, trail(4))
            .await,
        Conflict(Conflict::Username)
    );
    let entries = store.audit(AuditFilter::default(), None, 9).await.unwrap();
    let created = |n| trail(n).did(AuditAction::AccountCreated).to(user(n));
    let expected = [
        created(3).saying("admin"),
        created(2).saying("member"),
        created(1).saying("admin"),
    ];
    assert_eq!(entries, expected, "what was refused is not written down");
}

pub async fn accounts_are_listed_by_name_page_by_page(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.users(None, 10).await.unwrap(), []);
    for (n, name) in ["Zoë", "ada", "Bob", "ÅSA", "bobby", "Ольга"]
        .into_iter()
        .enumerate()
    {
        let n = n as u64;
        store
            .add_user(new_user(n, name), Role::Member, trail(n))
            .await
            .unwrap();
    }
    let names = |users: &[User]| -> Vec<String> { users.iter().map(|user| user.username.clone()).collect() };
    let all = store.users(None, 10).await.unwrap();
    assert_eq!(names(&all), ["ada", "Bob", "bobby", "Zoë", "ÅSA", "Ольга"]);
    for limit in 1..4 {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.users(after, limit).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(photure_domain::account::folded(&last.username));
            seen.extend(page);
        }
        assert_eq!(names(&seen), names(&all));
    }
    let from = store.users(Some("bob".into()), 1).await.unwrap();
    assert_eq!(
        names(&from),
        ["bobby"],
        "a place, whether or not somebody stands there"
    );
}

pub async fn a_role_is_changed_and_written_down(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1, Role::Admin).await;
    add(&*store, 2, Role::Member).await;
    let session = sign_in(&*store, 1, 2).await;
    let promotion = AccountChange {
        role: Some(Role::Admin),
        disabled: None,
    };
    let changed = store.change_account(user(2), promotion, trail(10)).await.unwrap();
    assert_eq!((changed.user.role, changed.ended), (Role::Admin, vec![]));
    assert_eq!(store.user(user(2)).await.unwrap(), changed.user);
    assert!(is_live(&*store, session).await);
    let again = store.change_account(user(2), promotion, trail(11)).await.unwrap();
    assert_eq!(again.user, changed.user);
    let demoted = store.change_account(user(2), MEMBER, trail(12)).await.unwrap();
    assert_eq!((demoted.user.role, demoted.ended), (Role::Member, vec![session]));
    assert!(
        !is_live(&*store, session).await,
        "its tokens still say that it is an admin's"
    );
    refused!(store.change_account(user(9), MEMBER, trail(13)).await, NotFound);
    let role = |n, role| trail(n).did(AuditAction::RoleChanged).to(user(2)).saying(role);
    assert_eq!(written(&*store).await, [role(10, "admin"), role(12, "member")]);
}

pub async fn a_disabled_account_is_signed_out(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1, Role::Admin).await;
    add(&*store, 2, Role::Member).await;
    let (mine, other) = (sign_in(&*store, 1, 2).await, sign_in(&*store, 2, 1).await);
    let changed = store.change_account(user(2), DISABLED, trail(10)).await.unwrap();
    assert_eq!((changed.user.disabled, changed.ended), (true, vec![mine]));
    assert!(store.user_by_login("user-0002").await.unwrap().user.disabled);
    assert!(is_live(&*store, other).await && !is_live(&*store, mine).await);
    assert_eq!(store.revoked_since(later(10)).await.unwrap(), [(mine, later(10))]);
    refused!(try_to_sign_in(&*store, 3, 2).await, AccountDisabled);
    let enabled = AccountChange {
        disabled: Some(false),
        ..DISABLED
    };
    let changed = store.change_account(user(2), enabled, trail(11)).await.unwrap();
    assert_eq!((changed.user.disabled, changed.ended), (false, vec![]));
    assert!(!is_live(&*store, mine).await, "what has ended has ended");
    let did = |n, action| trail(n).did(action).to(user(2));
    let expected = [
        did(10, AuditAction::AccountDisabled),
        did(11, AuditAction::AccountEnabled),
    ];
    assert_eq!(written(&*store).await, expected);
}

pub async fn the_last_admin_stays(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1, Role::Admin).await;
    add(&*store, 2, Role::Admin).await;
    let session = sign_in(&*store, 1, 1).await;
    store.change_account(user(2), DISABLED, trail(10)).await.unwrap();
    for change in [DISABLED, MEMBER] {
        refused!(store.change_account(user(1), change, trail(11)).await, LastAdmin);
    }
    let kept = store.user(user(1)).await.unwrap();
    assert_eq!((kept.role, kept.disabled), (Role::Admin, false));
    assert!(is_live(&*store, session).await);
    assert_eq!(written(&*store).await.len(), 1);
    store.change_account(user(2), MEMBER, trail(12)).await.unwrap();
}

pub async fn of_two_admins_who_remove_each_other_one_stays(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    add(&*one, 1, Role::Admin).await;
    add(&*one, 2, Role::Admin).await;
    let answers = join(
        one.change_account(user(1), MEMBER, trail(10)),
        other.change_account(user(2), DISABLED, trail(11)),
    )
    .await;
    let (first, second) = (answers.0, answers.1);
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    refused!(if first.is_ok() { second } else { first }, LastAdmin);
}

pub async fn a_reset_password_ends_all_sessions(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1, Role::Admin).await;
    let session = sign_in(&*store, 1, 1).await;
    let reset = store.reset_password(user(1), "another".into(), trail(10)).await;
    assert_eq!(reset.unwrap(), [session]);
    assert!(!is_live(&*store, session).await);
    let stored = store.user_by_login("user-0001").await.unwrap();
    assert_eq!(stored.password_hash.as_deref(), Some("another"));
    refused!(
        store.reset_password(user(2), "x".into(), trail(11)).await,
        NotFound
    );
    let expected = [trail(10).did(AuditAction::PasswordReset).to(user(1))];
    assert_eq!(written(&*store).await, expected);
}

pub async fn sessions_of_one_or_of_all_are_revoked(database: &impl Database) {
    let store = database.open().await;
    add(&*store, 1, Role::Admin).await;
    add(&*store, 2, Role::Member).await;
    let (one, two, three) = (
        sign_in(&*store, 1, 1).await,
        sign_in(&*store, 2, 2).await,
        sign_in(&*store, 3, 2).await,
    );
    let of_two = store.revoke_sessions(Some(user(2)), trail(10)).await;
    let mut of_two = of_two.unwrap();
    of_two.sort();
    assert_eq!(of_two, [two, three]);
    let rest = store.revoke_sessions(None, trail(11)).await.unwrap();
    assert_eq!(rest, [one]);
    refused!(store.revoke_sessions(Some(user(9)), trail(12)).await, NotFound);
    let ended = |n| trail(n).did(AuditAction::SignedOutEverywhere);
    let expected = [ended(10).to(user(2)), ended(11).saying("everyone")];
    assert_eq!(written(&*store).await, expected);
}

pub async fn whoever_signs_in_while_they_are_disabled_is_out(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    add(&*one, 1, Role::Admin).await;
    for n in 2..10 {
        add(&*one, n, Role::Member).await;
        let (disabled, session) = join(
            one.change_account(user(n), DISABLED, trail(100 + n)),
            try_to_sign_in(&*other, n, n),
        )
        .await;
        disabled.unwrap();
        match session {
            Ok(session) => assert!(!is_live(&*one, session).await, "it was there before"),
            Err(error) => refused!(Err::<(), _>(error), AccountDisabled),
        }
    }
}
