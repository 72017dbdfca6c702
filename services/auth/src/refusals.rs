//! Sign-ins that were refused: the first is written down at once, what follows from the same place is counted and written down together, so
//! that whoever guesses passwords fills no database.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use photure_common::service::Kit;
use photure_domain::audit::{AuditAction, AuditEntry, Trail};
use photure_domain::{Clock, Timestamp, UserId};
use photure_store::{AccountStore, AuditStore, StoreError};
use tokio_util::task::TaskTracker;

/// What is refused again within this is counted.
const WINDOW: Duration = Duration::from_secs(600);
const EVERY: Duration = Duration::from_secs(60);
/// Who comes from more places than this at once is counted as coming from nowhere.
const MAX_PLACES: usize = 4096;

/// What was refused, whose account was meant, where there is such a one, and where the guess came from.
type Place = (AuditAction, Option<UserId>, Option<IpAddr>);

#[derive(Clone, Debug)]
pub(crate) struct Refusals {
    audit: Arc<dyn AuditStore>,
    accounts: Arc<dyn AccountStore>,
    clock: Arc<dyn Clock>,
    tasks: TaskTracker,
    counted: Arc<Mutex<HashMap<Place, Counted>>>,
}

#[derive(Debug)]
struct Counted {
    since: Timestamp,
    /// The latest that is not written down, and how many there are.
    waiting: Option<AuditEntry>,
}

impl Refusals {
    pub(crate) fn new(audit: Arc<dyn AuditStore>, accounts: Arc<dyn AccountStore>, kit: &Kit) -> Self {
        Self {
            audit,
            accounts,
            clock: kit.clock.clone(),
            tasks: kit.tasks.clone(),
            counted: Arc::default(),
        }
    }

    /// Beside the answer: how long it takes must not tell whether there is such an account.
    pub(crate) fn note(&self, login: String, trail: Trail) {
        let this = self.clone();
        self.tasks.spawn(async move {
            // What was typed is not kept: it may be a password in the wrong field.
            let account = match this.accounts.user_by_login(&login).await {
                Ok(found) => Some(found.user.id),
                Err(StoreError::NotFound) => None,
                Err(error) => return tracing::warn!(cause = %error, "a refused sign-in was not written down"),
            };
            let entry = trail.did(AuditAction::SignInRefused);
            let entry = account.into_iter().fold(entry, AuditEntry::to);
            this.note_entry(entry).await;
        });
    }

    /// A wrong code, from somebody who had the password.
    pub(crate) fn note_code(&self, user: UserId, trail: &Trail) {
        let entry = trail.did(AuditAction::SecondFactorRefused).to(user);
        let this = self.clone();
        self.tasks.spawn(async move { this.note_entry(entry).await });
    }

    async fn note_entry(&self, entry: AuditEntry) {
        if let Some(entry) = self.counted(entry) {
            self.write(entry).await;
        }
    }

    /// The entry, where it is to be written down now.
    fn counted(&self, entry: AuditEntry) -> Option<AuditEntry> {
        let Ok(mut counted) = self.counted.lock() else {
            return Some(entry);
        };
        let mut place = (entry.action, entry.account, entry.from.address);
        if counted.len() >= MAX_PLACES && !counted.contains_key(&place) {
            place = (entry.action, None, None);
        }
        let Some(known) = counted.get_mut(&place) else {
            let since = entry.at;
            counted.insert(place, Counted { since, waiting: None });
            return Some(entry);
        };
        let count = known.waiting.as_ref().map_or(0, |waiting| waiting.count);
        known.waiting = Some(AuditEntry {
            count: count.saturating_add(1),
            ..entry
        });
        None
    }

    /// What was counted in windows that are over, or in all.
    fn due(&self, all: bool) -> Vec<AuditEntry> {
        let Ok(mut counted) = self.counted.lock() else {
            return Vec::new();
        };
        let over = self.clock.now().minus(WINDOW);
        let mut due = Vec::new();
        counted.retain(|_, known| {
            let stays = !all && known.since > over;
            if !stays {
                due.extend(known.waiting.take());
            }
            stays
        });
        due
    }

    async fn write(&self, entry: AuditEntry) {
        if let Err(error) = self.audit.record(entry).await {
            tracing::warn!(cause = %error, "a refused sign-in was not written down");
        }
    }

    pub(crate) async fn keep_writing(self, kit: Kit) {
        loop {
            let stops = tokio::select! {
                () = tokio::time::sleep(EVERY) => false,
                () = kit.shutdown.cancelled() => true,
            };
            for entry in self.due(stops) {
                self.write(entry).await;
            }
            if stops {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use photure_domain::account::Client;
    use photure_store_sqlite::SqliteStore;
    use photure_testkit::{TestClock, trail, user};

    use super::*;

    fn refused(n: u8, account: Option<UserId>, at: Timestamp) -> AuditEntry {
        let from = Client {
            device: None,
            address: Some([203, 0, 113, n].into()),
        };
        let entry = Trail { from, at, ..trail() }.did(AuditAction::SignInRefused);
        account.into_iter().fold(entry, AuditEntry::to)
    }

    #[tokio::test]
    async fn the_first_is_written_at_once_and_the_rest_together() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::default());
        let kit = Kit {
            clock: clock.clone(),
            ..Kit::default()
        };
        let store = SqliteStore::open(&folder.path().join("auth.db"), kit.ids.clone()).await;
        let store = Arc::new(store.unwrap());
        let refusals = Refusals::new(store.clone(), store, &kit);
        let mine = |n| refused(n, Some(user(1)), clock.now());
        assert!(refusals.counted(mine(1)).is_some());
        for _ in 0..1000 {
            assert!(refusals.counted(mine(1)).is_none());
        }
        assert!(refusals.counted(mine(2)).is_some(), "another place");
        assert!(refusals.counted(refused(1, None, clock.now())).is_some());
        assert_eq!(refusals.due(false), []);
        clock.advance(WINDOW);
        let [due] = refusals.due(false).try_into().unwrap();
        assert_eq!((due.count, due.account), (1000, Some(user(1))));
        assert!(refusals.counted(mine(1)).is_some(), "it begins anew");
        refusals.counted(mine(1));
        assert_eq!(refusals.due(true).len(), 1, "when Photure stops nothing is lost");

        for n in 0..2 * MAX_PLACES {
            let mut entry = mine(1);
            entry.account = Some(user(100 + n as u64));
            refusals.counted(entry);
        }
        assert!(refusals.counted.lock().unwrap().len() <= MAX_PLACES + 1);
    }
}
