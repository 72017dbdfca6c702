use std::collections::BTreeSet;
use std::net::IpAddr;

use photure_domain::access::Scope;
use photure_domain::account::Client;
use photure_domain::account::{NewUser, Session, Successor};
use photure_domain::api_key::ApiKey;
use photure_domain::audit::{AuditAction, AuditEntry, Doer};
use photure_domain::{ApiKeyId, AuditId, SessionId};
use photure_testkit::{nth_uuid, user};

use super::support::{later, now, refused, trail, written};
use super::{Database, Store};
use crate::{AuditFilter, AuditPlace};

fn entry(n: u64) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(nth_uuid(n)),
        at: later(n / 3),
        doer: match n % 5 {
            0 => Doer::Stranger,
            1 | 2 => Doer::Person(user(n % 5)),
            3 => Doer::Program(user(1)),
            _ => Doer::Operator,
        },
        action: AuditAction::ALL[n as usize % AuditAction::ALL.len()],
        account: n.is_multiple_of(2).then(|| user(n % 4)),
        thing: n.is_multiple_of(3).then(|| nth_uuid(n + 1000)),
        detail: n.is_multiple_of(7).then(|| "— «admin»".into()),
        count: n as u32 + 1,
        from: Client {
            device: n.is_multiple_of(2).then(|| "Browser/1.0 (ℵ)".into()),
            address: n
                .is_multiple_of(3)
                .then(|| "2001:db8::7".parse::<IpAddr>().unwrap()),
        },
        request_id: n.is_multiple_of(4).then(|| format!("request-{n}")),
    }
}

/// In an order of their own.
async fn recorded(store: &dyn Store, n: u64) -> Vec<AuditEntry> {
    for nth in 0..n {
        store.record(entry(nth * 7 % n)).await.unwrap();
    }
    (0..n).rev().map(entry).collect()
}

pub async fn entries_read_back_newest_first(database: &impl Database) {
    let store = database.open().await;
    let all = AuditFilter::default();
    assert_eq!(store.audit(all, None, 10).await.unwrap(), []);
    let expected = recorded(&*store, 50).await;
    assert_eq!(store.audit(all, None, 100).await.unwrap(), expected);
    assert_eq!(store.audit(all, None, 3).await.unwrap(), expected[..3]);
}

pub async fn entries_are_found_by_what_they_say(database: &impl Database) {
    let store = database.open().await;
    let all = recorded(&*store, 50).await;
    let found = async |filter, expected: &dyn Fn(&AuditEntry) -> bool| {
        let expected: Vec<_> = all.iter().filter(|entry| expected(entry)).cloned().collect();
        assert!(!expected.is_empty(), "{filter:?}");
        assert_eq!(
            store.audit(filter, None, 100).await.unwrap(),
            expected,
            "{filter:?}"
        );
    };
    let none = AuditFilter::default();
    let (by, action) = (Some(user(1)), Some(AuditAction::SignedIn));
    found(AuditFilter { by, ..none }, &|entry| entry.doer.person() == by).await;
    found(AuditFilter { action, ..none }, &|entry| {
        entry.action == AuditAction::SignedIn
    })
    .await;
    let account = Some(user(2));
    found(AuditFilter { account, ..none }, &|entry| entry.account == account).await;
    let (since, until) = (Some(later(4)), Some(later(9)));
    found(AuditFilter { since, until, ..none }, &|entry| {
        entry.at >= later(4) && entry.at < later(9)
    })
    .await;
    let narrow = AuditFilter {
        by,
        account,
        since,
        until,
        ..none
    };
    found(narrow, &|entry| {
        entry.doer.person() == by && entry.account == account && entry.at >= later(4) && entry.at < later(9)
    })
    .await;
    let nobody = AuditFilter {
        by: Some(user(99)),
        ..none
    };
    assert_eq!(store.audit(nobody, None, 9).await.unwrap(), []);
}

pub async fn pages_of_entries_make_up_the_whole(database: &impl Database) {
    let store = database.open().await;
    let all = recorded(&*store, 50).await;
    let none = AuditFilter::default();
    for (filter, limit) in [
        (none, 1),
        (none, 7),
        (
            AuditFilter {
                by: Some(user(1)),
                since: Some(now()),
                ..none
            },
            4,
        ),
    ] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.audit(filter, after, limit).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(AuditPlace::from(last));
            seen.extend(page);
        }
        let fits = |entry: &&AuditEntry| filter.by.is_none() || entry.doer.person() == filter.by;
        let expected: Vec<_> = all.iter().filter(fits).cloned().collect();
        assert_eq!(seen, expected, "{filter:?} by {limit}");
    }
}

pub async fn what_people_do_is_written_down_in_the_same_step(database: &impl Database) {
    let store = database.open().await;
    let ada = NewUser {
        id: user(1),
        username: "ada".into(),
        email: "ada@example.org".into(),
        password_hash: Some("hash".into()),
        created_at: now(),
    };
    let session = |n| Session {
        id: SessionId::new(nth_uuid(n)),
        user_id: user(1),
        client: Client::default(),
        created_at: later(n),
        last_used_at: now(),
        expires_at: later(1_000_000),
        revoked_at: None,
        alarm: false,
    };
    let token = |n| *photure_testkit::sha256(n).as_bytes();
    let key = ApiKey {
        id: ApiKeyId::new(nth_uuid(50)),
        user_id: user(1),
        name: "key".into(),
        scopes: BTreeSet::from([Scope::PhotosRead]),
        created_at: now(),
        expires_at: None,
        last_used_at: None,
    };
    store.create_user(ada, trail(0)).await.unwrap();
    for n in 1..=4 {
        store
            .create_session(session(n), token(n), trail(n))
            .await
            .unwrap();
    }
    assert_eq!(store.user(user(1)).await.unwrap().signed_in_at, Some(later(4)));
    let (key_id, id) = (key.id, |n| session(n).id);
    store.create_api_key(key, token(50), trail(5)).await.unwrap();
    store.delete_api_key(user(1), key_id, trail(6)).await.unwrap();
    refused!(store.delete_api_key(user(1), key_id, trail(7)).await, NotFound);
    store
        .end_session(user(1), id(1), later(8), trail(8))
        .await
        .unwrap();
    store
        .end_session(user(1), id(1), later(9), trail(9))
        .await
        .unwrap();
    refused!(
        store.end_session(user(2), id(2), later(9), trail(9)).await,
        NotFound
    );
    store.revoke_session(id(2), later(10), trail(10)).await.unwrap();
    store.revoke_session(id(2), later(11), trail(11)).await.unwrap();
    let successor = |n| Successor {
        hash: token(n),
        seed: token(n + 100),
    };
    let rotate = |old, new, at| {
        store.rotate(
            token(old),
            successor(new),
            Client::default(),
            later(at),
            later(2_000_000),
            trail(at),
        )
    };
    rotate(3, 30, 100).await.unwrap();
    rotate(3, 31, 200).await.unwrap();
    rotate(3, 32, 300).await.unwrap();
    store
        .change_password(user(1), "other".into(), None, later(400), trail(400))
        .await
        .unwrap();
    refused!(
        store
            .change_password(user(9), "other".into(), None, later(401), trail(401))
            .await,
        NotFound
    );
    store
        .end_sessions(user(1), None, later(500), trail(500))
        .await
        .unwrap();
    let did = |n, action| trail(n).did(action).to(user(1));
    let expected = [
        did(5, AuditAction::ApiKeyCreated).about(key_id.as_uuid()),
        did(6, AuditAction::ApiKeyDeleted).about(key_id.as_uuid()),
        did(8, AuditAction::SignedOut).about(id(1).as_uuid()),
        did(10, AuditAction::SignedOut).about(id(2).as_uuid()),
        did(200, AuditAction::SessionStolen).about(id(3).as_uuid()),
        did(400, AuditAction::PasswordChanged),
        did(500, AuditAction::SignedOutEverywhere),
    ];
    assert_eq!(
        written(&*store).await,
        expected,
        "and what changed nothing is not"
    );
    let all = store.audit(AuditFilter::default(), None, 100).await.unwrap();
    let first: Vec<_> = all.into_iter().rev().take(5).collect();
    let mut expected = vec![did(0, AuditAction::AccountCreated).saying("admin")];
    expected.extend((1..=4).map(|n| did(n, AuditAction::SignedIn).about(id(n).as_uuid())));
    assert_eq!(first, expected);
}
