use std::net::IpAddr;

use photure_domain::AuditId;
use photure_domain::account::Client;
use photure_domain::audit::{AuditAction, AuditEntry, Doer};
use photure_testkit::{nth_uuid, user};

use super::support::{later, now};
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
