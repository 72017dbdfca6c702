//! The database of many machines: every port of `photure-store` on MongoDB. It decides nothing that the ports do not ask,
//! and knows no HTTP.
//!
//! A replica set is needed, one node is enough: what belongs together is one transaction. Writes are acknowledged by the
//! majority and journaled. What comes from people is only ever a typed value in a filter, never an operator or a field's name.

mod account;
mod administration;
mod api_key;
mod audit;
mod closing;
mod collections;
mod documents;
mod error;
mod factor;
mod hash;
mod identity;
mod invitation;
mod link;
mod organization;
mod passkey;
mod photo;
mod probe;
mod purged;
mod quota;
mod schema;
mod session;
mod signing_key;
#[cfg(feature = "test-server")]
pub mod test_server;
mod timeline;
mod transaction;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use photure_domain::{IdSource, SegmentId};
use photure_store::StoreResult;

use collections::Collections;
use error::Error;
use transaction::Turns;

type Result<T> = std::result::Result<T, Error>;

/// All stores in one database. Clones share their connections.
#[derive(Clone, Debug)]
pub struct MongoStore {
    collections: Collections,
    is_migrated: Arc<AtomicBool>,
    turns: Turns,
    ids: Ids,
}

impl MongoStore {
    /// Reads the address, whose path names the database (`photure` where it names none). Nothing is connected yet, so that a service comes up while MongoDB is
    /// away; call [`MongoStore::migrate`] until it succeeds. Segment ids come from `ids`.
    pub async fn connect(url: &str, ids: Arc<dyn IdSource>) -> StoreResult<Self> {
        let collections = Collections::at(url).await?;
        Ok(Self {
            collections,
            is_migrated: Arc::default(),
            turns: Turns::default(),
            ids: Ids(ids),
        })
    }

    /// Makes the collections and indexes that are missing. Until it has succeeded once, every other method answers
    /// [`photure_store::StoreError::Unavailable`].
    pub async fn migrate(&self) -> StoreResult<()> {
        schema::migrate(&self.collections).await?;
        self.is_migrated.store(true, Ordering::Release);
        Ok(())
    }

    fn collections(&self) -> Result<&Collections> {
        if self.is_migrated.load(Ordering::Acquire) {
            Ok(&self.collections)
        } else {
            Err(Error::NotMigrated)
        }
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
