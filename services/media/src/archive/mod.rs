//! Many originals as one file: a ZIP that is made while it is sent, and so takes no room anywhere.
//!
//! Who may see the photos gallery decides when the archive is asked for; what is to go into it is kept for a day, as a record in the
//! storage, and whoever has its signed address may fetch it as often as they like meanwhile.

mod names;
mod plan;
mod zipping;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use photure_blob::{BlobStore, RecordKey};
use photure_common::peer::PeerError;
use photure_domain::media_address::AddressKey;
use photure_domain::{Clock, IdSource, PhotoId, Timestamp, UserId};
use secrecy::SecretString;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::error::{MediaError, MediaResult};
use crate::gallery::Gallery;
pub(crate) use plan::Plan;

/// Beyond this many an archive is no selection any more.
pub(crate) const MAX_PHOTOS: usize = 10_000;
/// As many are asked for at once.
const AT_ONCE: usize = 500;
/// As many archives are made at the same time: each holds a thread while its reader reads.
const MADE_AT_ONCE: usize = 8;
/// An address lives for a day at most; then nobody can ask for it any more.
const KEPT: Duration = Duration::from_secs(25 * 3600);

#[derive(Clone, Debug)]
pub(crate) struct Archives {
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) gallery: Gallery,
    pub(crate) key: AddressKey,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    turns: Arc<Semaphore>,
}

impl Archives {
    pub(crate) fn new(
        blobs: Arc<dyn BlobStore>,
        gallery: Gallery,
        key: AddressKey,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self {
            blobs,
            gallery,
            key,
            clock,
            ids,
            turns: Arc::new(Semaphore::new(MADE_AT_ONCE)),
        }
    }

    /// Notes down what goes into it, of what the bearer may see. Photos that are not to be seen are named in it as missing; where
    /// there is none to be seen at all, there is no archive.
    pub(crate) async fn plan(
        &self,
        owner_id: UserId,
        bearer: &SecretString,
        photo_ids: &[PhotoId],
    ) -> MediaResult<(Uuid, Plan)> {
        let mut seen = HashSet::new();
        let distinct: Vec<_> = photo_ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        let mut selected = Vec::with_capacity(distinct.len());
        for some in distinct.chunks(AT_ONCE) {
            let answer = self.gallery.selection(bearer, some).await;
            selected.extend(answer.map_err(refused)?.items);
        }
        if selected.is_empty() {
            return Err(MediaError::NoSuchPhotos);
        }
        let plan = Plan::new(owner_id, self.clock.now(), photo_ids, selected);
        let id = self.ids.next();
        let text = serde_json::to_vec(&plan).unwrap_or_default();
        self.blobs.put_record(RecordKey::Archive(id), text.into()).await?;
        Ok((id, plan))
    }

    /// `None` where there is none, or none any more.
    pub(crate) async fn find(&self, id: Uuid) -> MediaResult<Option<Plan>> {
        let text = self.blobs.record(RecordKey::Archive(id)).await?;
        let plan: Option<Plan> = text.and_then(|text| serde_json::from_slice(&text).ok());
        Ok(plan.filter(|plan| !self.is_over(plan.made_at)))
    }

    /// A signed address that needs nobody's token.
    pub(crate) fn address(&self, id: Uuid) -> String {
        self.key.sign_path(&path(id), self.clock.now())
    }

    pub(crate) fn verify(&self, id: Uuid, expires: i64, signature: &str) -> MediaResult<()> {
        let now = self.clock.now();
        self.key
            .verify(&path(id), expires, signature, None, now)
            .map_err(MediaError::Address)
    }

    /// The file, as it is made.
    pub(crate) async fn open(
        &self,
        plan: Plan,
    ) -> MediaResult<impl Stream<Item = std::io::Result<Bytes>> + Send + 'static> {
        // Better no archive than one in which everything is missing.
        self.blobs.ready().await?;
        let turn = Arc::clone(&self.turns).try_acquire_owned();
        let turn = turn.map_err(|_| MediaError::TooManyArchives)?;
        Ok(zipping::stream(Arc::clone(&self.blobs), plan, turn))
    }

    /// Removes what nobody can ask for any more.
    pub(crate) async fn tidy(&self) -> MediaResult<()> {
        for (id, modified) in self.blobs.archives().await? {
            if self.is_over(modified) {
                self.blobs.delete_record(RecordKey::Archive(id)).await?;
            }
        }
        Ok(())
    }

    fn is_over(&self, made_at: Timestamp) -> bool {
        made_at.plus(KEPT) < self.clock.now()
    }
}

pub(crate) fn path(id: Uuid) -> String {
    format!("/api/v1/archives/{id}")
}

/// Gallery's refusal of the token is the caller's to hear.
fn refused(error: PeerError) -> MediaError {
    match error {
        PeerError::Refused { status, .. } if status == http::StatusCode::UNAUTHORIZED => {
            MediaError::TokenRefused
        }
        error => MediaError::GalleryAway(error),
    }
}
