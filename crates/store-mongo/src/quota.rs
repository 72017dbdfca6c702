use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use photure_domain::UserId;
use photure_domain::audit::Trail;
use photure_domain::quota::{Holding, Quota};
use photure_store::quota::changed;
use photure_store::{QuotaStore, Room, StoreResult};

use crate::audit::record;
use crate::documents::{LibraryDocument, quota_update, uuid};
use crate::timeline::of;
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result};

#[async_trait]
impl QuotaStore for MongoStore {
    async fn holding(&self, owner: UserId) -> StoreResult<Holding> {
        self.ask(async |collections| {
            let found = collections.libraries.find_one(of(owner)).await?;
            found.unwrap_or_else(|| LibraryDocument::empty(owner)).holding()
        })
        .await
    }

    async fn holdings(&self, after: Option<UserId>, limit: u32) -> StoreResult<Vec<Holding>> {
        if limit == 0 {
            return Ok(Vec::new()); // MongoDB takes no limit for all
        }
        let these = these(after);
        self.look(async |tx| {
            let found = tx
                .collections
                .libraries
                .find(these)
                .sort(doc! { "_id": 1 })
                .limit(i64::from(limit))
                .session(&mut *tx.session)
                .await?;
            collected(found, tx.session, |library| library.holding()).await
        })
        .await
    }

    async fn set_quota(&self, owner: UserId, quota: Quota, trail: Trail) -> StoreResult<Holding> {
        self.change(owner, |tx| Box::pin(set(tx, owner, quota, trail.clone())))
            .await
    }
}

fn these(after: Option<UserId>) -> Document {
    let any = vec![
        doc! { "bytes": { "$gt": 0 } },
        doc! { "quota": { "$exists": true } },
    ];
    let mut these = doc! { "$or": any };
    if let Some(after) = after {
        these.insert("_id", doc! { "$gt": uuid(after.as_uuid()) });
    }
    these
}

async fn set(tx: &mut Tx<'_>, owner: UserId, quota: Quota, trail: Trail) -> Result<Holding> {
    let libraries = &tx.collections.libraries;
    let found = libraries.find_one(of(owner)).session(&mut *tx.session).await?;
    let before = found.unwrap_or_else(|| LibraryDocument::empty(owner)).holding()?;
    if let Some(entry) = changed(owner, before.quota, quota, &trail) {
        libraries
            .update_one(of(owner), quota_update(quota)?)
            .upsert(true)
            .session(&mut *tx.session)
            .await?;
        record(tx, &entry).await?;
    }
    Ok(Holding { quota, ..before })
}

/// Within the step that has taken something in, of the figures that step has made: of two steps at once, the later one sees the earlier.
pub(crate) fn admit(library: Option<LibraryDocument>, room: Room) -> Result<()> {
    let Some(library) = library else {
        return Ok(());
    };
    let Holding { usage, quota, .. } = library.holding()?;
    Ok(room.admits(quota, usage.bytes)?)
}
