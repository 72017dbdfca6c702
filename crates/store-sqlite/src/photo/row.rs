use photure_domain::photo::{Metadata, Photo};
use photure_domain::{PhotoId, Sha256, UserId};
use photure_store::StoreError;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::Result;
use crate::columns::{self, Column};

pub(super) fn find(tx: &Transaction<'_>, owner: UserId, id: PhotoId) -> Result<Photo> {
    let mut query = tx.prepare_cached("SELECT * FROM photos WHERE id = ?1 AND owner_id = ?2")?;
    let found = query
        .query_row(params![Column(id), Column(owner)], columns::photo)
        .optional()?;
    Ok(found.ok_or(StoreError::NotFound)?)
}

pub(super) fn by_hash(tx: &Transaction<'_>, owner: UserId, sha256: Sha256) -> Result<Option<Photo>> {
    let mut query = tx.prepare_cached("SELECT * FROM photos WHERE owner_id = ?1 AND sha256 = ?2")?;
    Ok(query
        .query_row(params![Column(owner), Column(sha256)], columns::photo)
        .optional()?)
}

pub(super) fn metadata(tx: &Transaction<'_>, owner: UserId, id: PhotoId) -> Result<Metadata> {
    let mut query = tx.prepare_cached(
        "SELECT groups FROM photo_metadata JOIN photos ON id = photo_id WHERE id = ?1 AND owner_id = ?2",
    )?;
    let found: Option<String> = query
        .query_row(params![Column(id), Column(owner)], |row| row.get(0))
        .optional()?;
    Ok(serde_json::from_str(&found.ok_or(StoreError::NotFound)?)?)
}

pub(super) fn insert(tx: &Transaction<'_>, photo: &Photo, metadata: &Metadata) -> Result<()> {
    let Photo { facts, .. } = photo;
    let position = facts.position;
    tx.prepare_cached(
        "INSERT INTO photos VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
         ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34)",
    )?
    .execute(params![
        Column(photo.id),
        Column(photo.owner_id),
        Column(facts.sha256),
        columns::signed(facts.bytes, "the size of a photo")?,
        facts.filename,
        facts.media_type.as_str(),
        facts.width,
        facts.height,
        Column(facts.taken.at),
        facts.taken.utc_offset_minutes,
        facts.camera.make,
        facts.camera.model,
        facts.camera.lens,
        facts.camera.iso,
        facts.camera.f_number,
        facts.camera.exposure,
        facts.camera.focal_length,
        position.map(|position| position.lat),
        position.map(|position| position.lon),
        position.and_then(|position| position.altitude),
        facts.thumbhash,
        facts.color,
        Column(photo.uploaded_at),
        photo.title,
        photo.description,
        photo.favorite,
        photo.rating,
        photo.archived,
        serde_json::to_string(&photo.tags)?,
        photo.trashed_at.map(Column),
        columns::signed(photo.revision, "a revision")?,
        photo.film.map(|film| Column(film.sha256)),
        film_bytes(photo)?,
        photo.film.map(|film| film.media_type.as_str()),
    ])?;
    tx.prepare_cached("INSERT INTO photo_metadata VALUES (?1, ?2)")?
        .execute(params![Column(photo.id), serde_json::to_string(metadata)?])?;
    Ok(())
}

/// Writes what may change of a photo.
pub(super) fn update(tx: &Transaction<'_>, photo: &Photo) -> Result<()> {
    tx.prepare_cached(
        "UPDATE photos SET title = ?2, description = ?3, favorite = ?4, trashed_at = ?5, revision = ?6,
         film_sha256 = ?7, film_bytes = ?8, film_type = ?9 WHERE id = ?1",
    )?
    .execute(params![
        Column(photo.id),
        photo.title,
        photo.description,
        photo.favorite,
        photo.trashed_at.map(Column),
        columns::signed(photo.revision, "a revision")?,
        photo.film.map(|film| Column(film.sha256)),
        film_bytes(photo)?,
        photo.film.map(|film| film.media_type.as_str()),
    ])?;
    Ok(())
}

fn film_bytes(photo: &Photo) -> Result<Option<i64>> {
    let bytes = photo
        .film
        .map(|film| columns::signed(film.bytes, "the size of a film"));
    bytes.transpose()
}

/// And its metadata with it.
pub(super) fn delete(tx: &Transaction<'_>, id: PhotoId) -> Result<()> {
    tx.prepare_cached("DELETE FROM photos WHERE id = ?1")?
        .execute([Column(id)])?;
    Ok(())
}
