use photure_domain::film::Film;
use photure_domain::photo::{NewPhoto, Photo, PhotoEdit};
use photure_domain::{PhotoId, Sha256, Timestamp, UserId};
use photure_store::{Attached, Registered, Room, StoreError, Trashed, change};
use rusqlite::{Transaction, params};

use super::row;
use crate::columns::{self, Column};
use crate::{Ids, Result, hash, purged, quota, timeline};

pub(super) fn register(
    tx: &Transaction<'_>,
    ids: &Ids,
    new: NewPhoto,
    room: Room,
    now: Timestamp,
) -> Result<Registered> {
    if let Some(existing) = row::by_hash(tx, new.owner_id, new.facts.sha256)? {
        return Ok(Registered::Existing(existing));
    }
    if timeline::is_gone(tx, new.owner_id)? {
        return Err(StoreError::AccountClosed.into());
    }
    hash::refer(tx, new.facts.sha256, now)?;
    purged::take_back(tx, new.facts.sha256, new.owner_id)?;
    let (photo, metadata) = change::catalogued(new);
    row::insert(tx, &photo, &metadata)?;
    timeline::follow(tx, ids, None, Some(&photo))?;
    quota::admit(tx, photo.owner_id, room)?;
    Ok(Registered::Created(photo))
}

pub(super) fn attach_film(
    tx: &Transaction<'_>,
    ids: &Ids,
    owner: UserId,
    sha256: Sha256,
    film: Film,
    room: Room,
) -> Result<Attached> {
    let before = row::by_hash(tx, owner, sha256)?.ok_or(StoreError::NotFound)?;
    match change::with_film(&before, film) {
        Some(after) => {
            let after = replace(tx, ids, &before, after)?;
            quota::admit(tx, owner, room)?;
            Ok(Attached::Now(after))
        }
        None => Ok(change::has_film(before, film)),
    }
}

pub(super) fn edit(
    tx: &Transaction<'_>,
    ids: &Ids,
    owner: UserId,
    id: PhotoId,
    edit: &PhotoEdit,
    expected: Option<u64>,
) -> Result<Photo> {
    let before = find_expected(tx, owner, id, expected)?;
    match change::edited(&before, edit) {
        Some(after) => replace(tx, ids, &before, after),
        None => Ok(before),
    }
}

pub(super) fn trash(
    tx: &Transaction<'_>,
    ids: &Ids,
    owner: UserId,
    id: PhotoId,
    expected: Option<u64>,
    now: Timestamp,
) -> Result<Trashed> {
    let before = find_expected(tx, owner, id, expected)?;
    match change::trashed(&before, now) {
        Some(after) => replace(tx, ids, &before, after).map(Trashed::Now),
        None => Ok(Trashed::Already(before)),
    }
}

pub(super) fn restore(tx: &Transaction<'_>, ids: &Ids, owner: UserId, id: PhotoId) -> Result<Photo> {
    let before = row::find(tx, owner, id)?;
    match change::restored(&before) {
        Some(after) => replace(tx, ids, &before, after),
        None => Ok(before),
    }
}

pub(super) fn purge(
    tx: &Transaction<'_>,
    ids: &Ids,
    owner: UserId,
    id: PhotoId,
    expected: Option<u64>,
    now: Timestamp,
) -> Result<()> {
    let photo = find_expected(tx, owner, id, expected)?;
    forget(tx, ids, &photo, now)
}

pub(super) fn purge_trashed(
    tx: &Transaction<'_>,
    ids: &Ids,
    owner: Option<UserId>,
    before: Timestamp,
    limit: u32,
    now: Timestamp,
) -> Result<u32> {
    let photos: Vec<Photo> = match owner {
        Some(owner) => tx
            .prepare_cached(
                "SELECT * FROM photos INDEXED BY trash_by_trashed
                 WHERE owner_id = ?1 AND trashed_at <= ?2 ORDER BY trashed_at, id LIMIT ?3",
            )?
            .query_map(params![Column(owner), Column(before), limit], columns::photo)?
            .collect::<rusqlite::Result<_>>()?,
        None => tx
            .prepare_cached(
                "SELECT * FROM photos INDEXED BY trash_of_all
                 WHERE trashed_at <= ?1 ORDER BY trashed_at, id LIMIT ?2",
            )?
            .query_map(params![Column(before), limit], columns::photo)?
            .collect::<rusqlite::Result<_>>()?,
    };
    photos.iter().try_for_each(|photo| forget(tx, ids, photo, now))?;
    Ok(u32::try_from(photos.len()).unwrap_or(limit))
}

/// Without following them in the timelines, which went first.
pub(super) fn empty_library(tx: &Transaction<'_>, owner: UserId, limit: u32, now: Timestamp) -> Result<u32> {
    timeline::forget_owner(tx, owner, now)?;
    let photos: Vec<Photo> = tx
        .prepare_cached("SELECT * FROM photos WHERE owner_id = ?1 LIMIT ?2")?
        .query_map(params![Column(owner), limit], columns::photo)?
        .collect::<rusqlite::Result<_>>()?;
    for photo in &photos {
        row::delete(tx, photo.id)?;
        release(tx, photo, now)?;
    }
    Ok(u32::try_from(photos.len()).unwrap_or(limit))
}

fn find_expected(tx: &Transaction<'_>, owner: UserId, id: PhotoId, expected: Option<u64>) -> Result<Photo> {
    let photo = row::find(tx, owner, id)?;
    change::expect_revision(&photo, expected)?;
    Ok(photo)
}

fn replace(tx: &Transaction<'_>, ids: &Ids, before: &Photo, after: Photo) -> Result<Photo> {
    row::update(tx, &after)?;
    timeline::follow(tx, ids, Some(before), Some(&after))?;
    Ok(after)
}

fn forget(tx: &Transaction<'_>, ids: &Ids, photo: &Photo, now: Timestamp) -> Result<()> {
    row::delete(tx, photo.id)?;
    timeline::follow(tx, ids, Some(photo), None)?;
    release(tx, photo, now)
}

/// Its row is gone; its bytes are, where nobody else has them.
fn release(tx: &Transaction<'_>, photo: &Photo, now: Timestamp) -> Result<()> {
    purged::note(tx, photo.facts.sha256, photo.owner_id, now)?;
    hash::unrefer(tx, photo.facts.sha256, now)
}
