//! What lies beside an original before gallery hears of it, so that a catalogue can be made again from the storage alone.

use photure_blob::{BlobStore, RecordKey};
use photure_domain::registration::Registration;
use photure_domain::sidecar::Sidecar;
use photure_domain::{PhotoId, Sha256, Timestamp, UserId};
use serde::Deserialize;

use super::xmp::Xmp;
use crate::error::MediaResult;
use crate::gallery::Answer;

/// The part of gallery's answer that a sidecar repeats.
#[derive(Debug, Deserialize)]
struct Said {
    id: PhotoId,
    uploaded_at: Timestamp,
}

/// A sidecar that is on its way to agreeing with gallery.
#[derive(Debug)]
pub(super) struct Proposed {
    /// What we would have it say.
    ours: Sidecar,
    /// What it says.
    there: Sidecar,
    is_new: bool,
    /// Our `.xmp` lies there, and did not before.
    is_new_xmp: bool,
}

impl Proposed {
    /// Puts it there, unless there is one: of the photo that the owner has of these bytes, of a try that was cut short, or of one
    /// purged a moment ago. Which of these it is, gallery will say.
    ///
    /// What the owner wrote lies there before what we made of it: a try that was cut short begins with it again.
    pub(super) async fn put(blobs: &dyn BlobStore, ours: Sidecar, xmp: Option<&Xmp>) -> MediaResult<Self> {
        let is_new_xmp = match xmp {
            Some(xmp) if blobs.record(xmp_key(&ours)).await?.is_none() => {
                blobs.put_record(xmp_key(&ours), xmp.bytes()).await?;
                true
            }
            _ => false,
        };
        let there = match blobs.record(key(&ours)).await? {
            Some(text) => Sidecar::from_json(&text).ok(),
            None => None,
        };
        let is_new = there.is_none();
        if is_new {
            blobs.put_record(key(&ours), ours.to_json().into()).await?;
        }
        let there = there.unwrap_or_else(|| ours.clone());
        Ok(Self {
            ours,
            there,
            is_new,
            is_new_xmp,
        })
    }

    /// Gallery has the last word: mostly it has said what was proposed. Where this fails the photo is there all the same, and a scrub
    /// mends the sidecar.
    pub(super) async fn agree(mut self, blobs: &dyn BlobStore, answer: &Answer) {
        let Ok(said) = serde_json::from_slice::<Said>(&answer.body) else {
            return;
        };
        if (self.there.photo_id, self.there.uploaded_at) == (said.id, said.uploaded_at) {
            return;
        }
        self.ours.film = self.there.film;
        self.ours.photo_id = said.id;
        self.ours.uploaded_at = said.uploaded_at;
        let put = blobs
            .put_record(key(&self.ours), self.ours.to_json().into())
            .await;
        if let Err(error) = put {
            tracing::warn!(sha256 = %self.ours.facts.sha256, %error, "a sidecar does not agree with gallery yet");
        }
    }

    /// There will be no such photo: nothing may say that there is.
    pub(super) async fn withdraw(self, blobs: &dyn BlobStore) {
        let beside = [
            (self.is_new, key(&self.ours)),
            (self.is_new_xmp, xmp_key(&self.ours)),
        ];
        for (_, key) in beside.into_iter().filter(|(is_new, _)| *is_new) {
            if let Err(error) = blobs.delete_record(key).await {
                tracing::warn!(sha256 = %self.ours.facts.sha256, %error, "the sidecar of a refused photo stays");
            }
        }
    }
}

/// Gallery has no such photo of this owner and takes none: what a try that was cut short has left beside the bytes would bring it back when
/// the catalogue is made again.
pub(super) async fn forget_try(blobs: &dyn BlobStore, sha256: Sha256, owner: UserId) {
    for key in [
        RecordKey::Sidecar { sha256, owner },
        RecordKey::Xmp { sha256, owner },
    ] {
        if let Err(error) = blobs.delete_record(key).await {
            tracing::warn!(%sha256, %error, "the sidecar of a refused photo stays");
        }
    }
}

fn key(sidecar: &Sidecar) -> RecordKey {
    RecordKey::Sidecar {
        sha256: sidecar.facts.sha256,
        owner: sidecar.owner_id,
    }
}

fn xmp_key(sidecar: &Sidecar) -> RecordKey {
    RecordKey::Xmp {
        sha256: sidecar.facts.sha256,
        owner: sidecar.owner_id,
    }
}

/// What a photo is about to be registered as.
pub(super) fn sidecar(
    registration: &Registration,
    photo_id: PhotoId,
    uploaded_at: Timestamp,
    owner_name: Option<String>,
) -> Sidecar {
    Sidecar {
        version: Sidecar::VERSION,
        photo_id,
        owner_id: registration.owner_id,
        owner_name,
        uploaded_at,
        facts: registration.facts.clone(),
        film: None,
        title: registration.title.clone(),
        description: registration.description.clone(),
        favorite: false,
        rating: registration.rating,
        archived: false,
        tags: registration.tags.clone(),
        trashed_at: None,
    }
}
