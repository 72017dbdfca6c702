use std::sync::Arc;
use std::time::Duration;

use photure_blob::{BlobStore, RecordKey};
use photure_common::peer::PeerError;
use photure_domain::access::Scope;
use photure_domain::registration::PurgedPhoto;
use photure_domain::{ClaimId, IdSource, Sha256};
use secrecy::SecretString;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::archive::Archives;
use crate::closed::ClosedLibraries;
use crate::error::MediaError;
use crate::gallery::Gallery;
use crate::hash_locks::HashLocks;
use crate::integrity::{CareError, GalleryCatalogue, renew_sidecars};
use crate::service_token::ServiceTokens;

/// A deletion begins only while its claim is good for this long yet.
const ENOUGH_TO_BEGIN: Duration = Duration::from_secs(5);

/// Deletes the bytes that nothing refers to any more.
///
/// Gallery grants a claim on a released hash for some time, in which it registers no photo of that hash. Deletion has to be over by
/// then: who registers afterwards has stored the bytes anew and must keep them.
#[derive(Debug)]
pub(crate) struct Sweeper {
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) gallery: Gallery,
    pub(crate) tokens: Arc<ServiceTokens>,
    pub(crate) locks: HashLocks,
    pub(crate) catalogue: GalleryCatalogue,
    pub(crate) archives: Archives,
    pub(crate) closed: ClosedLibraries,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) every: Duration,
    pub(crate) shutdown: CancellationToken,
}

#[derive(Debug, thiserror::Error)]
enum SweepError {
    #[error("auth gives no token")]
    NoToken(#[source] PeerError),
    #[error("gallery does not answer as it should")]
    Gallery(#[source] PeerError),
    #[error("the storage failed")]
    Blob(#[source] photure_blob::BlobError),
    #[error("the libraries of closed accounts are not empty yet")]
    Closed(#[source] PeerError),
    #[error("old archives stay")]
    Archives(#[source] MediaError),
    #[error("a sidecar could not be written again")]
    Sidecar(#[source] CareError),
    /// The bytes may be half gone; the claim lapses, and a later one finishes it.
    #[error("the claim is running out before the bytes are deleted")]
    TooSlow,
}

impl Sweeper {
    /// Until the process is told to stop. A deletion under way is brought to its end.
    pub(crate) async fn run(self) {
        if !self.tokens.are_to_be_had() {
            tracing::warn!(
                "bytes of purged photos and the photos of deleted accounts stay: PHOTURE_SERVICE_CREDENTIAL is not set"
            );
            return;
        }
        let mut ticks = tokio::time::interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.shutdown.cancelled() => return,
            }
            // One that fails keeps no other from its work.
            tell(self.closed.empty().await.map_err(SweepError::Closed));
            tell(self.round().await);
            tell(self.forget_purged().await);
            tell(self.archives.tidy().await.map_err(SweepError::Archives));
        }
    }

    /// Takes the sidecars of what owners have purged away, also where another's photo keeps the bytes: a catalogue made again from the
    /// storage must not bring back what somebody deleted for good.
    async fn forget_purged(&self) -> Result<(), SweepError> {
        loop {
            let Some(token) = self
                .tokens
                .get("gallery", Scope::BlobsSweep)
                .await
                .map_err(SweepError::NoToken)?
            else {
                return Ok(());
            };
            let purged = self.gallery.purged(&token).await;
            let purged = self.tokens.heed("gallery", Scope::BlobsSweep, purged).await;
            let mut forgotten = 0;
            for photo in purged.map_err(SweepError::Gallery)?.items {
                if self.shutdown.is_cancelled() {
                    return Ok(());
                }
                forgotten += u32::from(self.forget(&token, &photo).await?);
            }
            if forgotten == 0 {
                return Ok(());
            }
            tracing::info!(forgotten, "sidecars of purged photos were deleted");
        }
    }

    /// Deleted first and confirmed then: a death in between does it again. Where the owner has uploaded the photo once more meanwhile,
    /// through another process, its sidecar is written again.
    async fn forget(&self, token: &SecretString, photo: &PurgedPhoto) -> Result<bool, SweepError> {
        let _held = self.locks.lock(photo.sha256).await;
        let (sha256, owner) = (photo.sha256, photo.owner_id);
        for beside in [
            RecordKey::Xmp { sha256, owner },
            RecordKey::Sidecar { sha256, owner },
        ] {
            self.blobs.delete_record(beside).await.map_err(SweepError::Blob)?;
        }
        let confirmed = self
            .gallery
            .confirm_purged(token, photo)
            .await
            .map_err(SweepError::Gallery)?;
        if !confirmed.granted {
            renew_sidecars(&*self.blobs, &self.catalogue, photo.sha256)
                .await
                .map_err(SweepError::Sidecar)?;
        }
        Ok(confirmed.granted)
    }

    /// Page after page, as long as there is something to delete.
    async fn round(&self) -> Result<(), SweepError> {
        loop {
            let Some(token) = self
                .tokens
                .get("gallery", Scope::BlobsSweep)
                .await
                .map_err(SweepError::NoToken)?
            else {
                return Ok(());
            };
            let released = self.gallery.released(&token).await;
            let released = self.tokens.heed("gallery", Scope::BlobsSweep, released).await;
            let mut deleted = 0;
            for item in released.map_err(SweepError::Gallery)?.items {
                if self.shutdown.is_cancelled() {
                    return Ok(());
                }
                deleted += u32::from(self.sweep(&token, item.sha256).await?);
            }
            if deleted == 0 {
                return Ok(());
            }
            tracing::info!(deleted, "bytes that nothing refers to were deleted");
        }
    }

    /// Whether it is gone for good.
    async fn sweep(&self, token: &SecretString, hash: Sha256) -> Result<bool, SweepError> {
        let _held = self.locks.lock(hash).await;
        let claim = ClaimId::new(self.ids.next());
        let asked = Instant::now();
        let answer = self
            .gallery
            .claim(token, &hash, claim)
            .await
            .map_err(SweepError::Gallery)?;
        if !answer.granted {
            return Ok(false);
        }
        // A quarter is left for what is under way in a storage that we have stopped waiting for.
        let until = asked + Duration::from_secs(answer.lives_for_seconds) * 3 / 4;
        if Instant::now() + ENOUGH_TO_BEGIN > until {
            return Err(SweepError::TooSlow);
        }
        let deletion = tokio::time::timeout_at(until, self.blobs.delete_all(&hash));
        deletion
            .await
            .map_err(|_| SweepError::TooSlow)?
            .map_err(SweepError::Blob)?;
        let confirmed = self
            .gallery
            .confirm(token, &hash, claim)
            .await
            .map_err(SweepError::Gallery)?;
        Ok(confirmed.granted)
    }
}

fn tell(outcome: Result<(), SweepError>) {
    if let Err(error) = outcome {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::warn!(%error, cause, "sweeping stopped for now");
    }
}
