use std::collections::{HashMap, HashSet};

use photure_domain::photo::Photo;
use photure_domain::{PhotoId, Sha256, UserId};

use super::Library;
use crate::error::GalleryError;

pub(crate) const MAX_ITEMS: usize = 1000;
pub(crate) const MAX_REF_CHARS: usize = 200;

/// A file that a client thinks of sending.
#[derive(Clone, Debug)]
pub(crate) struct CheckItem {
    /// The client's own name for it.
    pub(crate) reference: String,
    /// As it was written: one that is none is that item's fault, not the batch's.
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}

/// What would become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accept,
    Duplicate {
        photo_id: PhotoId,
        trashed: bool,
        has_film: bool,
    },
    /// With the code that the upload would be refused with.
    Rejected(&'static str),
}

impl Library {
    /// One verdict per item, in their order.
    pub(crate) async fn check(
        &self,
        owner: UserId,
        items: &[CheckItem],
    ) -> Result<Vec<Verdict>, GalleryError> {
        bounded(items)?;
        let hashes: HashSet<Sha256> = items.iter().filter_map(|item| item.sha256.parse().ok()).collect();
        let hashes: Vec<Sha256> = hashes.into_iter().collect();
        let known: HashMap<Sha256, Photo> = self
            .photos
            .photos_by_hash(owner, &hashes)
            .await?
            .into_iter()
            .map(|photo| (photo.facts.sha256, photo))
            .collect();
        let mut left = Left::default();
        if known.len() < hashes.len() {
            left.bytes = self.holding(owner).await?.left(self.default_quota);
        }
        let verdict = |item: &CheckItem| match item.sha256.parse::<Sha256>() {
            Err(_) => Verdict::Rejected("invalid_sha256"),
            Ok(hash) => match known.get(&hash) {
                Some(photo) => Verdict::Duplicate {
                    photo_id: photo.id,
                    trashed: photo.trashed_at.is_some(),
                    has_film: photo.film.is_some(),
                },
                None if item.bytes == 0 => Verdict::Rejected("empty_file"),
                None if item.bytes > self.max_upload_bytes => Verdict::Rejected("payload_too_large"),
                None if !left.takes(hash, item.bytes) => Verdict::Rejected("quota_exceeded"),
                None => Verdict::Accept,
            },
        };
        Ok(items.iter().map(verdict).collect())
    }
}

/// What may still come, while one item after the other is accepted.
#[derive(Debug, Default)]
struct Left {
    /// `None` is no limit.
    bytes: Option<u64>,
    taken: HashSet<Sha256>,
}

impl Left {
    /// The same file again takes no more room.
    fn takes(&mut self, hash: Sha256, bytes: u64) -> bool {
        let Some(left) = self.bytes.filter(|_| !self.taken.contains(&hash)) else {
            return true;
        };
        let rest = left.checked_sub(bytes);
        if rest.is_some() {
            self.bytes = rest;
            self.taken.insert(hash);
        }
        rest.is_some()
    }
}

fn bounded(items: &[CheckItem]) -> Result<(), GalleryError> {
    if items.len() > MAX_ITEMS {
        return Err(GalleryError::field(
            "items",
            "too_many",
            format!("must be at most {MAX_ITEMS}"),
        ));
    }
    let long = items
        .iter()
        .position(|item| item.reference.chars().count() > MAX_REF_CHARS);
    long.map_or(Ok(()), |index| {
        let message = format!("must have at most {MAX_REF_CHARS} characters");
        Err(GalleryError::field(
            format!("items[{index}].ref"),
            "too_long",
            message,
        ))
    })
}
