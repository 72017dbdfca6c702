use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use photure_common::identity::ended_session;
use photure_common::service::Kit;
use photure_domain::{Clock, SessionId, Timestamp};
use photure_store::{SessionStore, StoreResult};

/// What another replica has ended is seen after so long.
const EVERY: Duration = Duration::from_secs(10);
/// While nothing is known yet no token can be verified.
const FIRST: Duration = Duration::from_secs(1);

/// Sessions that have ended while access tokens of theirs may not have run out. Kept in memory and published beside the keys, so that no
/// request needs the database to know whether its session goes on.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    store: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
    /// How long an access token is good.
    lives: Duration,
    known: Arc<RwLock<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    is_loaded: bool,
    sessions: HashMap<SessionId, Timestamp>,
}

impl Ended {
    pub(crate) fn new(store: Arc<dyn SessionStore>, clock: Arc<dyn Clock>, lives: Duration) -> Self {
        Self {
            store,
            clock,
            lives,
            known: Arc::default(),
        }
    }

    /// These have ended: it counts here at once, and elsewhere within half a minute.
    pub(crate) fn add(&self, sessions: impl IntoIterator<Item = SessionId>, at: Timestamp) {
        if let Ok(mut known) = self.known.write() {
            for session in sessions {
                known.sessions.entry(session).or_insert(at);
            }
        }
    }

    pub(crate) fn contains(&self, session: SessionId) -> bool {
        self.known
            .read()
            .is_ok_and(|known| known.sessions.contains_key(&session))
    }

    /// Whether the database has told.
    pub(crate) fn is_loaded(&self) -> bool {
        self.known.read().is_ok_and(|known| known.is_loaded)
    }

    /// As everyone may read them.
    pub(crate) fn published(&self) -> Vec<String> {
        let known = self.known.read();
        known
            .map(|known| known.sessions.keys().copied().map(ended_session).collect())
            .unwrap_or_default()
    }

    /// Takes what all replicas have ended from the database, and lets go of what no token speaks for any more.
    pub(crate) async fn load(&self) -> StoreResult<()> {
        let since = self.clock.now().minus(self.lives);
        let revoked = self.store.revoked_since(since).await?;
        if let Ok(mut known) = self.known.write() {
            known.sessions.retain(|_, at| *at >= since);
            known.sessions.extend(revoked);
            known.is_loaded = true;
        }
        Ok(())
    }

    pub(crate) async fn keep_loading(self, kit: Kit) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(if self.is_loaded() { EVERY } else { FIRST }) => {}
                () = kit.shutdown.cancelled() => return,
            }
            if let Err(error) = self.load().await {
                tracing::warn!(cause = %error, "ended sessions not loaded");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use photure_store_sqlite::SqliteStore;
    use photure_testkit::{TestClock, nth_uuid};

    use super::*;

    #[tokio::test]
    async fn what_no_token_speaks_for_any_more_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::default());
        let path = folder.path().join("auth.db");
        let store = SqliteStore::open(&path, Kit::default().ids).await.unwrap();
        let ended = Ended::new(Arc::new(store), clock.clone(), Duration::from_secs(900));
        assert!(!ended.is_loaded());
        let (one, other) = (SessionId::new(nth_uuid(1)), SessionId::new(nth_uuid(2)));
        ended.add([one], clock.now());
        clock.advance(Duration::from_secs(800));
        ended.add([other], clock.now());
        ended.load().await.unwrap();
        assert_eq!(ended.published().len(), 2);
        clock.advance(Duration::from_secs(101));
        ended.load().await.unwrap();
        assert_eq!(ended.published(), [ended_session(other)]);
        assert!(!ended.contains(one) && ended.contains(other));
    }
}
