//! The documents of `purged`: what is still to be forgotten outside the database.

use mongodb::bson::{Document, doc};
use mongodb::options::Hint;
use photure_domain::photo::Photo;
use photure_domain::{Sha256, Timestamp, UserId};
use photure_store::{Claim, Purged};

use crate::Result;
use crate::collections::Collections;
use crate::documents::{PurgedDocument, binary, date, uuid};
use crate::transaction::Tx;

pub(crate) async fn note(tx: &mut Tx<'_>, photos: &[Photo], now: Timestamp) -> Result<()> {
    if photos.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = photos
        .iter()
        .map(|photo| key(photo.facts.sha256, photo.owner_id))
        .collect();
    let purged = photos.iter().map(|photo| {
        PurgedDocument::new(Purged {
            sha256: photo.facts.sha256,
            owner_id: photo.owner_id,
            purged_at: now,
        })
    });
    tx.collections
        .purged
        .delete_many(doc! { "_id": { "$in": keys } })
        .session(&mut *tx.session)
        .await?;
    tx.collections
        .purged
        .insert_many(purged)
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

/// The owner has it again.
pub(crate) async fn take_back(tx: &mut Tx<'_>, sha256: Sha256, owner: UserId) -> Result<()> {
    tx.collections
        .purged
        .delete_one(doc! { "_id": key(sha256, owner) })
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

pub(crate) async fn list(collections: &Collections, limit: u32) -> Result<Vec<Purged>> {
    if limit == 0 {
        return Ok(Vec::new()); // MongoDB takes no limit for all
    }
    let mut found = collections
        .purged
        .find(doc! {})
        .sort(doc! { "at": 1, "_id": 1 })
        .hint(Hint::Name("in_order".into()))
        .limit(limit.into())
        .await?;
    let mut purged = Vec::new();
    while found.advance().await? {
        purged.push(found.deserialize_current()?.into_purged()?);
    }
    Ok(purged)
}

pub(crate) async fn confirm(collections: &Collections, purged: Purged) -> Result<Claim> {
    let one = doc! { "_id": key(purged.sha256, purged.owner_id), "at": date(purged.purged_at) };
    let deleted = collections.purged.delete_one(one).await?;
    Ok(if deleted.deleted_count == 0 {
        Claim::Refused
    } else {
        Claim::Granted
    })
}

fn key(sha256: Sha256, owner: UserId) -> Document {
    doc! { "sha256": binary(sha256.as_bytes()), "owner": uuid(owner.as_uuid()) }
}
