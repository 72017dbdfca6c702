//! The film of a Live Photo: a file of its own, which is taken for the sake of its photo.
//!
//! It comes in a form together with its photo, or as a resumable upload of its own that names the photo by its hash (`live_of`). The latter is a
//! whole upload and no appendix of the photo's: a film is larger than its photo, so that its line breaks as well; all that resumable uploads
//! are good at holds for it; and it is the same way by which a film arrives later, when the photo has long been there. Either way the
//! photo comes first, and each is acknowledged when it is durable itself.

use std::fs::File;
use std::path::PathBuf;

use http::StatusCode;
use photure_blob::{BlobKey, RecordKey};
use photure_domain::film::Film;
use photure_domain::registration::FilmRegistration;
use photure_domain::sidecar::Sidecar;
use photure_domain::{Sha256, UserId};
use photure_imaging::FilmFacts;

use super::settle::{Authority, News, Settler};
use crate::error::{MediaError, MediaResult};
use crate::gallery::Answer;
use crate::serve::copied;
use crate::staging::{Note, Staged};

/// Of two files: refused where the one is no film, or not of the other.
pub(super) async fn belongs_to(film: PathBuf, photo: PathBuf) -> MediaResult<()> {
    let facts = facts(film).await?;
    let opened = move || File::open(photo).map_err(MediaError::Staging);
    let photo = tokio::task::spawn_blocking(opened).await;
    is_half_of(&facts, photo.map_err(MediaError::Task)??).await
}

/// What a film says of itself. No pixel of it is looked at here, nor ever.
async fn facts(film: PathBuf) -> MediaResult<FilmFacts> {
    let reading = tokio::task::spawn_blocking(move || photure_imaging::film(&mut File::open(film)?));
    reading.await.map_err(MediaError::Task)?.map_err(MediaError::Film)
}

async fn is_half_of(film: &FilmFacts, mut photo: File) -> MediaResult<()> {
    let reading = tokio::task::spawn_blocking(move || photure_imaging::content_identifier(&mut photo));
    let ours = reading
        .await
        .map_err(MediaError::Task)?
        .map_err(MediaError::Picture)?;
    match film.content_identifier.as_deref().zip(ours.as_deref()) {
        Some((film, photo)) if film.eq_ignore_ascii_case(photo) => Ok(()),
        _ => Err(MediaError::FilmMismatch),
    }
}

impl Settler {
    /// Stored first, shown then. Gallery has the last word: the photo may be purged at this moment.
    pub(super) async fn attach_film(
        &self,
        staged: &Staged,
        photo: Sha256,
        mut authority: Authority,
    ) -> MediaResult<Answer> {
        let owner = staged.note().owner_id;
        let answer = match self.examined(staged, photo).await {
            Ok(film) => self.keep_film(staged, photo, film, &mut authority).await,
            Err(error) => Err(error),
        };
        match answer {
            // It came together with its photo, and the photo waits for gallery.
            Err(error) if is_unknown(&error) && self.staging.awaits(owner, photo) => {
                Err(MediaError::PhotoOnItsWay)
            }
            answer => answer,
        }
    }

    /// Whether it belongs to that photo, and the photo to who sent it: whose photos there are, nobody else is told.
    async fn examined(&self, staged: &Staged, photo: Sha256) -> MediaResult<Film> {
        let facts = facts(staged.path()).await?;
        let Note {
            owner_id,
            sha256,
            bytes,
            ..
        } = *staged.note();
        let sidecar = RecordKey::Sidecar {
            sha256: photo,
            owner: owner_id,
        };
        if self.blobs.record(sidecar).await?.is_none() {
            return Err(MediaError::NoSuchPhotos);
        }
        let original = self.blobs.open(BlobKey::original(photo), None).await?;
        is_half_of(&facts, copied(original, self.staging.folder().to_owned()).await?).await?;
        Ok(Film {
            sha256,
            bytes,
            media_type: facts.media_type,
        })
    }

    async fn keep_film(
        &self,
        staged: &Staged,
        photo: Sha256,
        film: Film,
        authority: &mut Authority,
    ) -> MediaResult<Answer> {
        let owner_id = staged.note().owner_id;
        let key = BlobKey::film(photo, film.sha256);
        let mut news = News::Film(FilmRegistration {
            owner_id,
            sha256: photo,
            film,
            attestation: self.key.attest_film(owner_id, &photo, &film, self.clock.now()),
        });
        // From storing to showing nothing in this process may take the bytes for released.
        let _held = self.locks.lock(photo).await;
        self.blobs.put_file(key, &staged.path(), film.bytes).await?;
        let answer = self.register(&mut news, authority).await?;
        // Another process may have deleted it with a photo that was purged, and that somebody has uploaded anew since.
        if self.blobs.head(key).await?.is_none() {
            self.blobs.put_file(key, &staged.path(), film.bytes).await?;
        }
        self.note_film(owner_id, photo, film).await;
        Ok(answer)
    }

    /// Says so beside the original too. Where this fails the film is shown all the same, and a scrub mends it.
    async fn note_film(&self, owner: UserId, photo: Sha256, film: Film) {
        let key = RecordKey::Sidecar { sha256: photo, owner };
        let noted = async {
            let text = self.blobs.record(key).await?;
            let there = text.and_then(|text| Sidecar::from_json(&text).ok());
            let Some(sidecar) = there.filter(|sidecar| sidecar.film != Some(film)) else {
                return Ok(());
            };
            let with = Sidecar {
                film: Some(film),
                ..sidecar
            };
            self.blobs.put_record(key, with.to_json().into()).await
        };
        if let Err(error) = noted.await {
            tracing::warn!(sha256 = %photo, %error, "a sidecar does not name its film yet");
        }
    }
}

/// Neither the storage nor gallery knows of such a photo.
fn is_unknown(error: &MediaError) -> bool {
    match error {
        MediaError::NoSuchPhotos | MediaError::Blob(photure_blob::BlobError::NotFound) => true,
        MediaError::GalleryRefused(answer) => answer.status == StatusCode::NOT_FOUND,
        _ => false,
    }
}
