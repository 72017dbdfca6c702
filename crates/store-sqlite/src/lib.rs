//! The embedded database: every port of `photure-store` on one SQLite file. It decides nothing that the ports do not
//! ask, and knows no HTTP.
//!
//! WAL with `synchronous=FULL`, so that what was answered is on the disk. One connection writes, each change in a
//! `BEGIN IMMEDIATE`; a few read beside it. SQL runs on blocking threads alone.

mod account;
mod administration;
mod api_key;
mod audit;
mod closing;
mod columns;
mod connections;
mod error;
mod factor;
mod hash;
mod identity;
mod invitation;
mod link;
mod migrations;
mod organization;
mod passkey;
mod photo;
mod probe;
mod purged;
mod quota;
mod session;
mod signing_key;
mod timeline;

use std::path::Path;
use std::sync::Arc;

use photure_domain::{IdSource, SegmentId};
use photure_store::StoreResult;
use rusqlite::Transaction;

use connections::Connections;
use error::Error;

type Result<T> = std::result::Result<T, Error>;

/// All stores on one file. Clones share it.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    connections: Connections,
    ids: Ids,
}

impl SqliteStore {
    /// Opens the file, makes it where there is none (its folder must be there), and migrates it. Segment ids come from `ids`.
    pub async fn open(path: &Path, ids: Arc<dyn IdSource>) -> StoreResult<Self> {
        let connections = Connections::open(path).await?;
        let store = Self {
            connections,
            ids: Ids(ids),
        };
        store.migrate().await?;
        Ok(store)
    }

    /// Brings the tables up to date, which [`SqliteStore::open`] has done already. Doing it again changes nothing.
    pub async fn migrate(&self) -> StoreResult<()> {
        self.write(migrations::migrate).await
    }

    /// Runs `work` on one moment of the database.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> StoreResult<T> {
        self.connections.read(work).await.map_err(Error::into_answer)
    }

    /// Runs `work`, all of it or nothing.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> StoreResult<T> {
        self.connections.write(work).await.map_err(Error::into_answer)
    }
}

/// Where the ids of new segments come from.
#[derive(Clone, Debug)]
struct Ids(Arc<dyn IdSource>);

impl Ids {
    fn segment(&self) -> SegmentId {
        SegmentId::new(self.0.next())
    }
}
