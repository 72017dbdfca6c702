use std::time::Duration;

use async_trait::async_trait;
use mongodb::bson::doc;
use photure_store::{StoreProbe, StoreResult};

use crate::error::Error;
use crate::transaction::within;
use crate::{MongoStore, schema};

const TIME_LIMIT: Duration = Duration::from_millis(1_900);

#[async_trait]
impl StoreProbe for MongoStore {
    /// A write that changes nothing: it needs a primary and waits for the majority, and writes nothing to the disk.
    async fn probe(&self) -> StoreResult<()> {
        let write = async {
            let state = &self.collections()?.state;
            let (probe, probed) = (doc! { "_id": schema::PROBE }, doc! { "$set": { "probed": true } });
            state.update_one(probe, probed).await?;
            Ok(())
        };
        within(TIME_LIMIT, write).await.map_err(Error::into_answer)
    }
}
