use std::time::Duration;

use async_trait::async_trait;
use photure_store::{StoreProbe, StoreResult};

use crate::SqliteStore;
use crate::error::Error;

const TIME_LIMIT: Duration = Duration::from_millis(1_900);
/// A change of the database with all its indexes fits into this.
const ROOM_NEEDED: u64 = 1 << 20;

#[async_trait]
impl StoreProbe for SqliteStore {
    async fn probe(&self) -> StoreResult<()> {
        let path = self.connections.path().to_owned();
        let taken_back = self.write(move |tx| {
            let disk = rustix::fs::statvfs(&path).map_err(|errno| Error::Unreachable(errno.into()))?;
            if disk.f_bavail.saturating_mul(disk.f_frsize) < ROOM_NEEDED {
                return Err(Error::NoRoom(ROOM_NEEDED));
            }
            // Takes the pages for writing, without a write to the disk at each look.
            tx.execute("DELETE FROM usage WHERE owner_id = x''", [])?;
            Ok(())
        });
        tokio::time::timeout(TIME_LIMIT, taken_back)
            .await
            .unwrap_or(Err(Error::Busy.into_answer()))
    }
}
