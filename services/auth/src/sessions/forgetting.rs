use std::sync::Arc;
use std::time::Duration;

use photure_common::service::Kit;
use photure_store::{SessionStore, StoreResult};

/// An ended session is remembered this long, so that an old token of it is still known for what it is.
const REMEMBERED: Duration = Duration::from_secs(7 * 86_400);
const EVERY: Duration = Duration::from_secs(3600);
/// At once: few enough that nobody else waits for the database.
const BATCH: u32 = 500;

/// Forgets sessions that ended a while ago.
#[derive(Debug)]
pub(crate) struct Forgetting {
    pub(crate) store: Arc<dyn SessionStore>,
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
        }
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
