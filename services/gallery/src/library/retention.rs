use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Library;
use super::trash::BATCH;
use crate::error::GalleryError;

const PAUSE: Duration = Duration::from_secs(3600);
/// The database may be away when everything starts at once.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(60);

impl Library {
    /// Purges what has been in the trash for `retention`, whoever owns it. Says how many.
    ///
    /// Each batch is one atomic step of the database, so replicas that do this at the same time share the work.
    async fn purge_expired(&self, retention: Duration) -> Result<u64, GalleryError> {
        let now = self.clock.now();
        let mut purged = 0;
        loop {
            let batch = self
                .photos
                .purge_trashed(None, now.minus(retention), BATCH, now)
                .await?;
            purged += u64::from(batch);
            if batch < BATCH {
                return Ok(purged);
            }
        }
    }
}

/// Purges at once, and then hourly, until `shutdown`.
pub(crate) async fn keep_purging(library: Arc<Library>, retention: Duration, shutdown: CancellationToken) {
    let forever = async {
        loop {
            let pause = match library.purge_expired(retention).await {
                Ok(0) => PAUSE,
                Ok(purged) => {
                    tracing::info!(purged, "trash purged");
                    PAUSE
                }
                Err(error) => {
                    tracing::warn!(cause = ?error, "trash not purged");
                    PAUSE_AFTER_FAILURE
                }
            };
            tokio::time::sleep(pause).await;
        }
    };
    shutdown.run_until_cancelled(forever).await;
}
