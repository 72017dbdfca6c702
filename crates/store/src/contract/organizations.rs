use futures::future::join;
use photure_domain::account::NewUser;
use photure_domain::audit::AuditAction;
use photure_domain::organization::{Manager, Organization, OrganizationRole};
use photure_domain::{OrganizationId, UserId};
use photure_testkit::{nth_uuid, user};

use super::support::{later, now, refused, trail, written};
use super::{Database, Store};
use crate::administration::AdministrationStore;
use crate::{Closing, Conflict};

use OrganizationRole::{Admin, Member, Owner};

const FAMILY: OrganizationId = OrganizationId::new(nth_uuid(0xF000_0001));

fn family() -> Organization {
    Organization {
        id: FAMILY,
        name: "Familie Ådahl".into(),
        created_at: now(),
        closes_at: None,
    }
}

fn by(n: u64) -> Manager {
    Manager::Member(user(n))
}

async fn people(store: &dyn Store, numbers: &[u64]) {
    for n in numbers {
        let new = NewUser {
            id: user(*n),
            username: format!("User-{n}"),
            email: format!("u{n}@example.org"),
            password_hash: Some("none".into()),
            created_at: now(),
        };
        store.create_user(new, photure_testkit::trail()).await.unwrap();
    }
}

/// Of the first person, with these in it.
async fn founded(store: &dyn Store, members: &[(u64, OrganizationRole)]) {
    people(store, &[1, 2, 3, 4]).await;
    store
        .create_organization(family(), user(1), trail(1))
        .await
        .unwrap();
    for (n, role) in members {
        let added = store.add_member(FAMILY, user(*n), *role, by(1), trail(10 + n));
        added.await.unwrap();
    }
}

async fn roles(store: &dyn Store) -> Vec<(UserId, OrganizationRole)> {
    let members = store.members(FAMILY).await.unwrap();
    members
        .into_iter()
        .map(|member| (member.user_id, member.role))
        .collect()
}

pub async fn an_organization_reads_back(database: &impl Database) {
    let store = database.open().await;
    people(&*store, &[1, 2]).await;
    let nobody = store.create_organization(family(), user(9), trail(8));
    refused!(nobody.await, NotFound);
    refused!(store.organization(FAMILY).await, NotFound);
    store
        .create_organization(family(), user(1), trail(1))
        .await
        .unwrap();
    assert_eq!(store.organization(FAMILY).await.unwrap(), family());
    assert_eq!(store.role_in(FAMILY, user(1)).await.unwrap(), Owner);
    refused!(store.role_in(FAMILY, user(2)).await, NotFound);
    let members = store.members(FAMILY).await.unwrap();
    assert_eq!(
        (members[0].username.as_str(), members[0].joined_at),
        ("User-1", now())
    );
    let made = trail(1).did(AuditAction::OrganizationCreated).to(user(1));
    let made = made.about(FAMILY.as_uuid()).saying("Familie Ådahl");
    assert_eq!(written(&*store).await, [made]);
    let elsewhere = OrganizationId::new(nth_uuid(0xF000_0002));
    refused!(store.members(elsewhere).await, NotFound);
    refused!(store.role_in(elsewhere, user(1)).await, NotFound);
}

pub async fn organizations_are_listed(database: &impl Database) {
    let store = database.open().await;
    people(&*store, &[1, 2]).await;
    let named = |n: u64, name: &str| Organization {
        id: OrganizationId::new(nth_uuid(0xF000_0000 + n)),
        name: name.into(),
        ..family()
    };
    let all = [named(1, "B"), named(2, "A"), named(3, "C")];
    for (n, each) in (1..).zip(&all) {
        let owner = user(if n == 3 { 2 } else { 1 });
        let made = store.create_organization(each.clone(), owner, trail(n));
        made.await.unwrap();
    }
    let joined = store.add_member(all[0].id, user(2), Member, by(1), trail(9));
    joined.await.unwrap();
    let of = async |n| store.organizations_of(user(n)).await.unwrap();
    assert_eq!(of(1).await, [(all[1].clone(), Owner), (all[0].clone(), Owner)]);
    assert_eq!(of(2).await, [(all[0].clone(), Member), (all[2].clone(), Owner)]);
    assert_eq!(of(3).await, []);
    let counted = [(all[0].clone(), 2), (all[1].clone(), 1), (all[2].clone(), 1)];
    assert_eq!(store.organizations(None, 9).await.unwrap(), counted);
    assert_eq!(store.organizations(None, 2).await.unwrap(), counted[..2]);
    let rest = store.organizations(Some(all[0].id), 9);
    assert_eq!(rest.await.unwrap(), counted[1..]);
}

pub async fn members_are_added_changed_and_removed(database: &impl Database) {
    let store = database.open().await;
    founded(&*store, &[(2, Member)]).await;
    let again = store.add_member(FAMILY, user(2), Admin, by(1), trail(20));
    refused!(again.await, Conflict(Conflict::Member));
    let nobody = store.add_member(FAMILY, user(9), Member, by(1), trail(21));
    refused!(nobody.await, NotFound);
    let changed = store.change_member(FAMILY, user(2), Admin, by(1), trail(22));
    let changed = changed.await.unwrap();
    assert_eq!(
        (changed.username.as_str(), changed.role, changed.joined_at),
        ("User-2", Admin, later(12))
    );
    store
        .change_member(FAMILY, user(2), Admin, by(1), trail(23))
        .await
        .unwrap();
    store
        .remove_member(FAMILY, user(2), by(1), trail(24))
        .await
        .unwrap();
    let again = store.remove_member(FAMILY, user(2), by(1), trail(25));
    refused!(again.await, NotFound);
    assert_eq!(roles(&*store).await, [(user(1), Owner)]);
    refused!(store.role_in(FAMILY, user(2)).await, NotFound);
    let about = |n: u64, action| trail(n).did(action).to(user(2)).about(FAMILY.as_uuid());
    assert_eq!(
        written(&*store).await[1..],
        [
            about(12, AuditAction::MemberAdded).saying("member"),
            about(22, AuditAction::MemberChanged).saying("admin"),
            about(24, AuditAction::MemberRemoved),
        ]
    );
}

pub async fn nobody_in_an_organization_does_more_than_their_role(database: &impl Database) {
    let store = database.open().await;
    founded(&*store, &[(2, Admin), (3, Member)]).await;
    let stranger = store.add_member(FAMILY, user(4), Member, by(4), trail(20));
    refused!(stranger.await, NotFound);
    let member = store.add_member(FAMILY, user(4), Member, by(3), trail(21));
    refused!(member.await, NotAllowed);
    for (target, role) in [(1, Member), (3, Owner), (2, Owner)] {
        let beyond = store.change_member(FAMILY, user(target), role, by(2), trail(22));
        refused!(beyond.await, NotAllowed);
    }
    refused!(
        store.remove_member(FAMILY, user(1), by(2), trail(23)).await,
        NotAllowed
    );
    refused!(
        store.remove_member(FAMILY, user(2), by(3), trail(24)).await,
        NotAllowed
    );
    let renamed = store.rename_organization(FAMILY, "Ours".into(), by(3), trail(25));
    refused!(renamed.await, NotAllowed);
    refused!(
        store
            .close_organization(FAMILY, later(99), by(2), trail(26))
            .await,
        NotAllowed
    );
    refused!(
        store.keep_organization(FAMILY, by(2), trail(27)).await,
        NotAllowed
    );
    // What they may.
    let renamed = store.rename_organization(FAMILY, "Ours".into(), by(2), trail(28));
    assert_eq!(renamed.await.unwrap().name, "Ours");
    assert_eq!(store.organization(FAMILY).await.unwrap().name, "Ours");
    let added = store.add_member(FAMILY, user(4), Admin, by(2), trail(29));
    added.await.unwrap();
    let left = store.remove_member(FAMILY, user(3), by(3), trail(30));
    left.await.unwrap();
    let down = store.change_member(FAMILY, user(4), Member, by(4), trail(31));
    down.await.unwrap();
    // Whoever looks after everything does as its owner does, without being in it.
    let from_above = Manager::Administrator(user(3));
    let raised = store.change_member(FAMILY, user(4), Owner, from_above, trail(32));
    raised.await.unwrap();
    assert_eq!(
        roles(&*store).await,
        [(user(1), Owner), (user(2), Admin), (user(4), Owner)]
    );
}

pub async fn an_organization_has_an_owner(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    founded(&*one, &[(2, Member)]).await;
    let left = one.remove_member(FAMILY, user(1), by(1), trail(20));
    refused!(left.await, LastOwner);
    let down = one.change_member(FAMILY, user(1), Admin, by(1), trail(21));
    refused!(down.await, LastOwner);
    let from_above = Manager::Administrator(user(3));
    let down = one.change_member(FAMILY, user(1), Admin, from_above, trail(22));
    refused!(down.await, LastOwner);
    for round in 0..5 {
        let up = one.change_member(FAMILY, user(2), Owner, from_above, trail(30 + round));
        up.await.unwrap();
        let up = one.change_member(FAMILY, user(1), Owner, from_above, trail(40 + round));
        up.await.unwrap();
        let (first, second) = join(
            one.change_member(FAMILY, user(1), Admin, by(1), trail(50 + round)),
            other.change_member(FAMILY, user(2), Admin, by(2), trail(60 + round)),
        )
        .await;
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        refused!(if first.is_ok() { second } else { first }, LastOwner);
    }
}

pub async fn an_organization_closes_when_its_time_is_up(database: &impl Database) {
    let store = database.open().await;
    founded(&*store, &[(2, Member)]).await;
    let closing = store.close_organization(FAMILY, later(100), by(1), trail(20));
    assert_eq!(closing.await.unwrap().closes_at, Some(later(100)));
    let kept = store.keep_organization(FAMILY, by(1), trail(21));
    assert_eq!(kept.await.unwrap().closes_at, None);
    for (n, at, then) in [(22, 100, 100), (23, 200, 100)] {
        let closing = store.close_organization(FAMILY, later(at), by(1), trail(n));
        assert_eq!(
            closing.await.unwrap().closes_at,
            Some(later(then)),
            "the earlier time stays"
        );
    }
    let library = FAMILY.library();
    assert_eq!(store.close_due(9, trail(99)).await.unwrap().organizations, []);
    let nothing = store.forget_account(library, trail(98));
    refused!(nothing.await, NotFound);
    assert_eq!(store.role_in(FAMILY, user(2)).await.unwrap(), Member);
    assert_eq!(
        store.close_due(9, trail(100)).await.unwrap().organizations,
        [FAMILY]
    );
    assert_eq!(store.close_due(9, trail(101)).await.unwrap().organizations, []);
    refused!(store.role_in(FAMILY, user(1)).await, NotFound);
    refused!(store.organization(FAMILY).await, NotFound);
    refused!(store.members(FAMILY).await, NotFound);
    refused!(store.keep_organization(FAMILY, by(1), trail(102)).await, NotFound);
    assert_eq!(store.organizations_of(user(1)).await.unwrap(), []);
    assert_eq!(store.organizations(None, 9).await.unwrap(), []);
    assert_eq!(store.closed(later(100), 9).await.unwrap(), []);
    assert_eq!(store.closed(later(101), 9).await.unwrap(), [library]);
    store.forget_account(library, trail(103)).await.unwrap();
    assert_eq!(store.closed(later(999), 9).await.unwrap(), []);
    refused!(store.forget_account(library, trail(104)).await, NotFound);
    assert!(store.user(user(1)).await.is_ok(), "people stay");
    let actions = written(&*store).await.into_iter().skip(2);
    let actions: Vec<_> = actions.map(|entry| (entry.action, entry.thing)).collect();
    let about = |action| (action, Some(FAMILY.as_uuid()));
    assert_eq!(
        actions,
        [
            about(AuditAction::OrganizationClosing),
            about(AuditAction::OrganizationKept),
            about(AuditAction::OrganizationClosing),
            about(AuditAction::OrganizationClosed),
            about(AuditAction::OrganizationDeleted),
        ]
    );
}

pub async fn whoever_is_forgotten_leaves_an_heir(database: &impl Database) {
    let store = database.open().await;
    founded(&*store, &[(3, Member), (2, Admin), (4, Admin)]).await;
    let go = async |n: u64| {
        let closing = Closing {
            at: later(100 * n),
            shuts_out: false,
        };
        store
            .close_account(user(n), closing, trail(100 * n))
            .await
            .unwrap();
        store.close_due(9, trail(100 * n + 1)).await.unwrap();
        store.forget_account(user(n), trail(100 * n + 2)).await.unwrap();
    };
    // The first person administers the installation, too.
    let role = crate::administration::AccountChange {
        role: Some(photure_domain::account::Role::Admin),
        disabled: None,
    };
    AdministrationStore::change_account(&*store, user(4), role, trail(50))
        .await
        .unwrap();
    go(1).await;
    assert_eq!(
        roles(&*store).await,
        [(user(2), Owner), (user(3), Member), (user(4), Admin)],
        "the longest of the admins"
    );
    go(3).await;
    assert_eq!(roles(&*store).await, [(user(2), Owner), (user(4), Admin)]);
    let last = written(&*store).await;
    let inherited = last
        .iter()
        .find(|entry| entry.action == AuditAction::OrganizationInherited);
    let inherited = inherited.unwrap();
    assert_eq!(
        (inherited.account, inherited.thing),
        (Some(user(2)), Some(FAMILY.as_uuid()))
    );
    let left = store.remove_member(FAMILY, user(4), by(2), trail(60));
    left.await.unwrap();
    go(2).await;
    refused!(store.organization(FAMILY).await, NotFound);
    assert_eq!(
        store.closed(later(999), 9).await.unwrap(),
        [FAMILY.library()],
        "nobody is left in it"
    );
}
