use std::sync::Arc;
use std::time::Duration;

use photure_common::service::Kit;
use photure_store::{FactorStore, GUESSES_COUNT, InvitationStore, LinkStore, SessionStore, StoreResult};

/// An ended session is remembered this long, so that an old token of it is still known for what it is.
const REMEMBERED: Duration = Duration::from_secs(7 * 86_400);
const EVERY: Duration = Duration::from_secs(3600);
/// At once: few enough that nobody else waits for the database.
const BATCH: u32 = 500;

/// Forgets sessions that ended a while ago, what was tried at second factors, and links and invitations that have run out.
#[derive(Debug)]
pub(crate) struct Forgetting {
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) factors: Arc<dyn FactorStore>,
    pub(crate) links: Arc<dyn LinkStore>,
    pub(crate) invitations: Arc<dyn InvitationStore>,
    pub(crate) kit: Kit,
}

impl Forgetting {
    pub(crate) async fn run(self) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = self.kit.shutdown.cancelled() => return,
            }
            match self.forget().await {
                Ok(0) => {}
                Ok(forgotten) => tracing::info!(forgotten, "ended sessions forgotten"),
                Err(error) => tracing::warn!(cause = %error, "ended sessions not forgotten"),
            }
            if let Err(error) = self.forget_attempts().await {
                tracing::warn!(cause = %error, "attempts at second factors not forgotten");
            }
            if let Err(error) = self.forget_links().await {
                tracing::warn!(cause = %error, "links not forgotten");
            }
        }
    }

    async fn forget_links(&self) -> StoreResult<()> {
        let now = self.kit.clock.now();
        let goes_on = |forgotten| forgotten >= BATCH && !self.kit.shutdown.is_cancelled();
        while goes_on(self.links.forget_links(now, BATCH).await?) {}
        while goes_on(self.invitations.forget_invitations(now, BATCH).await?) {}
        Ok(())
    }

    async fn forget_attempts(&self) -> StoreResult<()> {
        let before = self.kit.clock.now().minus(GUESSES_COUNT);
        while self.factors.forget_attempts(before, BATCH).await? >= BATCH && !self.kit.shutdown.is_cancelled()
        {
        }
        Ok(())
    }

    /// All that are due, batch by batch.
    pub(super) async fn forget(&self) -> StoreResult<u32> {
        let before = self.kit.clock.now().minus(REMEMBERED);
        let mut all = 0;
        loop {
            let forgotten = self.store.forget_sessions(before, BATCH).await?;
            all += forgotten;
            if forgotten < BATCH || self.kit.shutdown.is_cancelled() {
                return Ok(all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use photure_domain::account::{Client, NewUser, Session};
    use photure_domain::{Clock, SessionId, Timestamp};
    use photure_store::{AccountStore, StoreError};
    use photure_store_sqlite::SqliteStore;
    use photure_testkit::{TestClock, nth_uuid, user};

    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    async fn add(store: &SqliteStore, n: u8, now: Timestamp, lives: Duration) -> SessionId {
        let id = SessionId::new(nth_uuid(u64::from(n)));
        let session = Session {
            id,
            user_id: user(1),
            client: Client::default(),
            created_at: now,
            last_used_at: now,
            expires_at: now.plus(lives),
            revoked_at: None,
            alarm: false,
        };
        store
            .create_session(session, [n; 32], photure_testkit::trail())
            .await
            .unwrap();
        id
    }

    #[tokio::test]
    async fn what_ended_a_week_ago_is_forgotten_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::default());
        let kit = Kit {
            clock: clock.clone(),
            ..Kit::default()
        };
        let store = Arc::new(
            SqliteStore::open(&folder.path().join("auth.db"), kit.ids.clone())
                .await
                .unwrap(),
        );
        let start = clock.now();
        let ada = NewUser {
            id: user(1),
            username: "ada".into(),
            email: "ada@example.org".into(),
            password_hash: None,
            created_at: start,
        };
        store.create_user(ada, photure_testkit::trail()).await.unwrap();
        let revoked = add(&store, 1, start, 30 * DAY).await;
        let ran_out = add(&store, 2, start, DAY).await;
        let goes_on = add(&store, 3, start, 30 * DAY).await;
        let just_ended = add(&store, 4, start, 30 * DAY).await;
        store
            .revoke_session(revoked, start, photure_testkit::trail())
            .await
            .unwrap();
        let forgetting = Forgetting {
            store: store.clone(),
            factors: store.clone(),
            links: store.clone(),
            invitations: store.clone(),
            kit,
        };
        assert_eq!(forgetting.forget().await.unwrap(), 0);

        clock.advance(9 * DAY);
        store
            .revoke_session(just_ended, clock.now(), photure_testkit::trail())
            .await
            .unwrap();
        assert_eq!(forgetting.forget().await.unwrap(), 2);
        for (session, is_there) in [
            (revoked, false),
            (ran_out, false),
            (goes_on, true),
            (just_ended, true),
        ] {
            let found = store.session(session).await;
            assert_eq!(found.is_ok(), is_there, "{session}");
            assert!(is_there || matches!(found, Err(StoreError::NotFound)));
        }
    }
}
