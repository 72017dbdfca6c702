//! What a place looks like, without changing anything.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::TryStreamExt;
use photure_blob::{BlobError, BlobKey, BlobStore, RecordKey};
use photure_domain::media_address::Variant;
use photure_domain::sidecar::Sidecar;
use photure_domain::{Sha256, Timestamp, UserId};
use sha2::Digest;

use super::finding::{CareError, Finding, Kind};
use super::survey::Place;

/// What lies there younger than this may belong to an upload that is not registered yet.
const AGE_OF_AN_ORPHAN: Duration = Duration::from_secs(86_400);
/// Photos named in one finding.
const NAMED: usize = 10;

#[derive(Debug, Default)]
pub(super) struct Examined {
    /// Of the original, as far as it was read.
    pub(super) bytes: u64,
    pub(super) findings: Vec<Finding>,
}

/// Reads all of the original, its films, and the sidecars.
pub(super) async fn examine(
    blobs: &dyn BlobStore,
    place: &Place,
    now: Timestamp,
) -> Result<Examined, CareError> {
    let mut examined = Examined::default();
    let is_old = place
        .modified
        .is_none_or(|modified| modified.plus(AGE_OF_AN_ORPHAN) < now);
    let say = |kind, detail: String| Finding {
        kind,
        sha256: place.sha256,
        photo_ids: place
            .photos
            .iter()
            .take(NAMED)
            .map(|photo| photo.photo_id)
            .collect(),
        detail,
        found_at: now,
        mended: false,
    };
    if place.photos.is_empty() {
        if is_old {
            let (kind, detail) = abandoned(place);
            examined.findings.push(say(kind, detail));
        }
        return Ok(examined);
    }
    match original(blobs, place, &mut examined.bytes).await? {
        None => {
            let missing: Vec<_> = [Variant::Thumb, Variant::Preview]
                .into_iter()
                .filter(|variant| !place.variants.contains(variant))
                .map(Variant::as_str)
                .collect();
            if !missing.is_empty() {
                let detail = format!("{} is not there", missing.join(" and "));
                examined.findings.push(say(Kind::MissingVariant, detail));
            }
        }
        Some((kind, detail)) => examined.findings.push(say(kind, detail)),
    }
    let films: BTreeSet<Sha256> = place
        .photos
        .iter()
        .filter_map(|photo| Some(photo.film?.sha256))
        .collect();
    for film in films {
        if let Some((kind, detail)) = film_fault(blobs, place, film, &mut examined.bytes).await? {
            examined.findings.push(say(kind, detail));
        }
    }
    let unsaid = without_sidecar(blobs, place).await?;
    if unsaid > 0 {
        let detail = format!(
            "{unsaid} of {} owners have no readable sidecar",
            place.photos.len()
        );
        examined.findings.push(say(Kind::MissingSidecar, detail));
    }
    let strays = strays(place).count();
    if strays > 0 && is_old {
        let detail = format!("{strays} sidecars of owners who have no such photo");
        examined.findings.push(say(Kind::StraySidecar, detail));
    }
    Ok(examined)
}

/// Owners with a sidecar and without a photo.
pub(super) fn strays(place: &Place) -> impl Iterator<Item = RecordKey> + '_ {
    let owners: BTreeSet<_> = place.photos.iter().map(|photo| photo.owner_id).collect();
    let sha256 = place.sha256;
    let sidecar = move |owner: &UserId| {
        (
            *owner,
            RecordKey::Sidecar {
                sha256,
                owner: *owner,
            },
        )
    };
    let xmp = move |owner: &UserId| {
        (
            *owner,
            RecordKey::Xmp {
                sha256,
                owner: *owner,
            },
        )
    };
    let all = place
        .sidecars
        .iter()
        .map(sidecar)
        .chain(place.xmps.iter().map(xmp));
    all.filter(move |(owner, _)| !owners.contains(owner))
        .map(|(_, key)| key)
}

pub(super) async fn sidecar(blobs: &dyn BlobStore, photo: &Sidecar) -> Result<Option<Sidecar>, CareError> {
    let key = RecordKey::Sidecar {
        sha256: photo.facts.sha256,
        owner: photo.owner_id,
    };
    match blobs.record(key).await {
        Ok(text) => Ok(text.and_then(|text| Sidecar::from_json(&text).ok())),
        Err(BlobError::Corrupt(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn without_sidecar(blobs: &dyn BlobStore, place: &Place) -> Result<usize, CareError> {
    let mut unsaid = 0;
    for photo in &place.photos {
        let there = place.sidecars.contains(&photo.owner_id) && sidecar(blobs, photo).await?.is_some();
        unsaid += usize::from(!there);
    }
    Ok(unsaid)
}

fn abandoned(place: &Place) -> (Kind, String) {
    match (&place.original, place.sidecars.len()) {
        (Some(_), owners @ 1..) => (
            Kind::Unregistered,
            format!("{owners} sidecars name an owner, and the catalogue has no such photo"),
        ),
        (Some(original), 0) => (
            Kind::Orphan,
            format!("an original of {} bytes that no photo refers to", original.len),
        ),
        (None, _) => (
            Kind::Orphan,
            "variants or sidecars without an original".to_owned(),
        ),
    }
}

/// What is wrong with it.
async fn original(
    blobs: &dyn BlobStore,
    place: &Place,
    read: &mut u64,
) -> Result<Option<(Kind, String)>, CareError> {
    let outcome = match place.original {
        None => return Ok(Some((Kind::Missing, "no original is there".to_owned()))),
        Some(_) => hash(blobs, BlobKey::original(place.sha256), read).await,
    };
    match outcome {
        Ok(found) if found == place.sha256 => Ok(None),
        Ok(found) => Ok(Some((
            Kind::Corrupt,
            format!("its bytes have the SHA-256 {found}"),
        ))),
        Err(BlobError::NotFound) => Ok(Some((Kind::Missing, "no original is there".to_owned()))),
        Err(BlobError::Corrupt(why)) => Ok(Some((Kind::Corrupt, why.to_owned()))),
        Err(error) => {
            // A sector that cannot be read is no outage; a volume that is gone is.
            blobs.ready().await?;
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            Ok(Some((
                Kind::Unreadable,
                cause.unwrap_or_else(|| error.to_string()),
            )))
        }
    }
}

/// What is wrong with a film that some photo of this place has.
async fn film_fault(
    blobs: &dyn BlobStore,
    place: &Place,
    film: Sha256,
    read: &mut u64,
) -> Result<Option<(Kind, String)>, CareError> {
    let missing = || Some((Kind::MissingFilm, format!("its film {film} is not there")));
    let corrupt = |why: &str| Some((Kind::CorruptFilm, format!("its film {film}: {why}")));
    if !place.films.contains(&film) {
        return Ok(missing());
    }
    match hash(blobs, BlobKey::film(place.sha256, film), read).await {
        Ok(found) if found == film => Ok(None),
        Ok(found) => Ok(corrupt(&format!("its bytes have the SHA-256 {found}"))),
        Err(BlobError::NotFound) => Ok(missing()),
        Err(BlobError::Corrupt(why)) => Ok(corrupt(why)),
        Err(error) => {
            blobs.ready().await?;
            Ok(corrupt(&error.to_string()))
        }
    }
}

async fn hash(blobs: &dyn BlobStore, key: BlobKey, read: &mut u64) -> Result<Sha256, BlobError> {
    let mut body = blobs.open(key, None).await?.body;
    let mut hasher = sha2::Sha256::new();
    while let Some(chunk) = body.try_next().await? {
        *read += chunk.len() as u64;
        hasher.update(&chunk);
    }
    Ok(Sha256::new(hasher.finalize().into()))
}
