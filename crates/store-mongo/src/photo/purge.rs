use std::collections::BTreeMap;

use mongodb::bson::{Document, doc};
use mongodb::options::Hint;
use photure_domain::photo::Photo;
use photure_domain::{PhotoId, Sha256, Timestamp, UserId};
use photure_store::StoreResult;
use photure_store::usage::UsageChange;

use super::{change, list};
use crate::documents::{PhotoDocument, Shelf, date, uuid};
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, hash, purged, timeline};

/// So many photos of one owner are purged in one step: others of the same owner wait no longer than for that.
const AT_ONCE: u32 = 100;

pub(super) async fn one(
    tx: &mut Tx<'_>,
    owner: UserId,
    id: PhotoId,
    expected: Option<u64>,
    now: Timestamp,
) -> Result<()> {
    let photo = change::find_expected(tx, owner, id, expected).await?;
    delete(tx, std::slice::from_ref(&photo), now).await?;
    timeline::follow(tx, Some(&photo), None).await?;
    Ok(())
}

pub(super) async fn trashed(
    store: &MongoStore,
    owner: Option<UserId>,
    before: Timestamp,
    limit: u32,
    now: Timestamp,
) -> StoreResult<u32> {
    let mut purged = 0;
    while purged < limit {
        let due = store.ask(async |collections| {
            let found = collections
                .photos
                .find(due(owner, before))
                .sort(doc! { "trashed": 1 });
            let index = if owner.is_some() {
                "trashed"
            } else {
                "trash_of_all"
            };
            let at_most = AT_ONCE.min(limit - purged).into();
            list::photos(found.hint(Hint::Name(index.into())).limit(at_most).await?).await
        });
        let mut owners: BTreeMap<UserId, Vec<PhotoId>> = BTreeMap::new();
        for photo in due.await? {
            owners.entry(photo.owner_id).or_default().push(photo.id);
        }
        if owners.is_empty() {
            break;
        }
        for (owner, photos) in owners {
            purged += store
                .change(owner, |tx| {
                    Box::pin(of_one(tx, owner, photos.clone(), before, now))
                })
                .await?;
        }
    }
    Ok(purged)
}

/// Those of `photos` that are still due: none of them is in a timeline.
async fn of_one(
    tx: &mut Tx<'_>,
    owner: UserId,
    photos: Vec<PhotoId>,
    before: Timestamp,
    now: Timestamp,
) -> Result<u32> {
    let ids: Vec<_> = photos.iter().map(|id| uuid(id.as_uuid())).collect();
    let mut still_due = due(Some(owner), before);
    still_due.insert("_id", doc! { "$in": ids });
    let found = tx
        .collections
        .photos
        .find(still_due)
        .session(&mut *tx.session)
        .await?;
    let photos = collected(found, tx.session, PhotoDocument::into_photo).await?;
    delete(tx, &photos, now).await?;
    let mut usage = UsageChange::default();
    for photo in &photos {
        let change = UsageChange::between(Some(photo), None);
        usage = UsageChange {
            photos: usage.photos + change.photos,
            bytes: usage.bytes + change.bytes,
        };
    }
    timeline::change_library(tx, owner, std::iter::empty(), usage).await?;
    Ok(u32::try_from(photos.len()).unwrap_or(AT_ONCE))
}

/// Without following them in the timelines, which go first.
pub(super) async fn all_of(tx: &mut Tx<'_>, owner: UserId, limit: u32, now: Timestamp) -> Result<u32> {
    timeline::forget_owner(tx, owner).await?;
    let found = tx
        .collections
        .photos
        .find(doc! { "owner": uuid(owner.as_uuid()) })
        .limit(AT_ONCE.min(limit).into())
        .session(&mut *tx.session)
        .await?;
    let photos = collected(found, tx.session, PhotoDocument::into_photo).await?;
    delete(tx, &photos, now).await?;
    Ok(u32::try_from(photos.len()).unwrap_or(AT_ONCE))
}

fn due(owner: Option<UserId>, before: Timestamp) -> Document {
    // Everything up to that millisecond, whatever the id.
    let after = Timestamp::from_millis(before.as_millis() + 1);
    let mut due = doc! { "shelf": Shelf::Trash.as_str(), "trashed": { "$lt": { "at": date(after) } } };
    if let Some(owner) = owner {
        due.insert("owner", uuid(owner.as_uuid()));
    }
    due
}

async fn delete(tx: &mut Tx<'_>, photos: &[Photo], now: Timestamp) -> Result<()> {
    let ids: Vec<_> = photos.iter().map(|photo| uuid(photo.id.as_uuid())).collect();
    let any = doc! { "_id": { "$in": ids } };
    tx.collections
        .photos
        .delete_many(any.clone())
        .session(&mut *tx.session)
        .await?;
    tx.collections
        .metadata
        .delete_many(any)
        .session(&mut *tx.session)
        .await?;
    purged::note(tx, photos, now).await?;
    let hashes: Vec<Sha256> = photos.iter().map(|photo| photo.facts.sha256).collect();
    hash::unrefer(tx, &hashes, now).await
}
