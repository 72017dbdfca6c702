use mongodb::bson::{Document, doc};
use photure_domain::film::Film;
use photure_domain::photo::{NewPhoto, Photo, PhotoEdit};
use photure_domain::{PhotoId, Sha256, Timestamp, UserId};
use photure_store::{Attached, Registered, Room, StoreError, Trashed, change};

use crate::documents::{LibraryDocument, MetadataDocument, PhotoDocument, binary, uuid};
use crate::transaction::Tx;
use crate::{Result, hash, purged, quota, timeline};

pub(super) fn one(owner: UserId, id: PhotoId) -> Document {
    doc! { "_id": uuid(id.as_uuid()), "owner": uuid(owner.as_uuid()) }
}

fn of_bytes(owner: UserId, sha256: Sha256) -> Document {
    doc! { "owner": uuid(owner.as_uuid()), "sha256": binary(sha256.as_bytes()) }
}

pub(super) async fn register(
    tx: &mut Tx<'_>,
    new: NewPhoto,
    room: Room,
    now: Timestamp,
) -> Result<Registered> {
    let collections = tx.collections;
    let sha256 = new.facts.sha256;
    let same = of_bytes(new.owner_id, sha256);
    if let Some(existing) = collections
        .photos
        .find_one(same)
        .session(&mut *tx.session)
        .await?
    {
        return existing.into_photo().map(Registered::Existing);
    }
    if timeline::is_gone(tx, new.owner_id).await? {
        return Err(StoreError::AccountClosed.into());
    }
    let (photo, metadata) = change::catalogued(new);
    hash::refer(tx, sha256, now).await?;
    purged::take_back(tx, sha256, photo.owner_id).await?;
    collections
        .photos
        .insert_one(PhotoDocument::new(&photo)?)
        .session(&mut *tx.session)
        .await?;
    let metadata = MetadataDocument::new(&photo, &metadata)?;
    collections
        .metadata
        .insert_one(metadata)
        .session(&mut *tx.session)
        .await?;
    let library = timeline::follow(tx, None, Some(&photo)).await?;
    quota::admit(library, room)?;
    Ok(Registered::Created(photo))
}

pub(super) async fn attach_film(
    tx: &mut Tx<'_>,
    owner: UserId,
    sha256: Sha256,
    film: Film,
    room: Room,
) -> Result<Attached> {
    let found = tx
        .collections
        .photos
        .find_one(of_bytes(owner, sha256))
        .session(&mut *tx.session)
        .await?;
    let before = found.ok_or(StoreError::NotFound)?.into_photo()?;
    match change::with_film(&before, film) {
        Some(after) => {
            let library = put(tx, &before, &after).await?;
            quota::admit(library, room)?;
            Ok(Attached::Now(after))
        }
        None => Ok(change::has_film(before, film)),
    }
}

pub(super) async fn edit(
    tx: &mut Tx<'_>,
    owner: UserId,
    id: PhotoId,
    edit: PhotoEdit,
    expected: Option<u64>,
) -> Result<Photo> {
    let before = find_expected(tx, owner, id, expected).await?;
    match change::edited(&before, &edit) {
        Some(after) => replace(tx, &before, after).await,
        None => Ok(before),
    }
}

pub(super) async fn trash(
    tx: &mut Tx<'_>,
    owner: UserId,
    id: PhotoId,
    expected: Option<u64>,
    now: Timestamp,
) -> Result<Trashed> {
    let before = find_expected(tx, owner, id, expected).await?;
    match change::trashed(&before, now) {
        Some(after) => replace(tx, &before, after).await.map(Trashed::Now),
        None => Ok(Trashed::Already(before)),
    }
}

pub(super) async fn restore(tx: &mut Tx<'_>, owner: UserId, id: PhotoId) -> Result<Photo> {
    let before = find_expected(tx, owner, id, None).await?;
    match change::restored(&before) {
        Some(after) => replace(tx, &before, after).await,
        None => Ok(before),
    }
}

pub(super) async fn find_expected(
    tx: &mut Tx<'_>,
    owner: UserId,
    id: PhotoId,
    expected: Option<u64>,
) -> Result<Photo> {
    let found = tx
        .collections
        .photos
        .find_one(one(owner, id))
        .session(&mut *tx.session)
        .await?;
    let photo = found.ok_or(StoreError::NotFound)?.into_photo()?;
    change::expect_revision(&photo, expected)?;
    Ok(photo)
}

async fn replace(tx: &mut Tx<'_>, before: &Photo, after: Photo) -> Result<Photo> {
    put(tx, before, &after).await?;
    Ok(after)
}

/// With its owner's figures as they are then.
async fn put(tx: &mut Tx<'_>, before: &Photo, after: &Photo) -> Result<Option<LibraryDocument>> {
    let document = PhotoDocument::new(after)?;
    let one = one(after.owner_id, after.id);
    tx.collections
        .photos
        .replace_one(one, document)
        .session(&mut *tx.session)
        .await?;
    timeline::follow(tx, Some(before), Some(after)).await
}
