use std::time::Duration;

use photure_blob::BlobError;
use photure_domain::access::Scope;
use tokio::time::Instant;

use super::settle::{Authority, Settler};
use crate::error::{MediaError, MediaResult};
use crate::staging::Staged;

const EVERY: Duration = Duration::from_secs(60);
/// After a round that met an outage, the next one comes sooner; each time it lasts, half as soon.
const FIRST_AGAIN: Duration = Duration::from_secs(5);

/// Finishes uploads that were interrupted: by a crash, or by an outage of gallery or of the storage.
#[derive(Debug)]
pub(crate) struct Recovery {
    settler: Settler,
}

/// How a round went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    Done,
    /// Something that all uploads need is away.
    Outage,
}

impl Recovery {
    pub(crate) fn new(settler: Settler) -> Self {
        Self { settler }
    }

    /// Until the process is told to stop. What is under way then is brought to its end.
    pub(crate) async fn run(self) {
        let mut again = FIRST_AGAIN;
        let mut warned = false;
        loop {
            let begun = Instant::now();
            let pause = match self.round(&mut warned).await {
                Round::Done => {
                    again = FIRST_AGAIN;
                    EVERY
                }
                Round::Outage => {
                    let pause = again;
                    again = (again * 2).min(EVERY);
                    pause
                }
            };
            tokio::select! {
                () = tokio::time::sleep_until(begun + pause) => {}
                () = self.settler.shutdown.cancelled() => return,
            }
        }
    }

    async fn round(&self, warned: &mut bool) -> Round {
        let staging = self.settler.staging.clone();
        match tokio::task::spawn_blocking(move || staging.remove_leftovers()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "leftovers in the staging folder stay"),
            Err(died) => tracing::error!(%died, "clearing the staging folder failed"),
        }
        self.settler.uploads.expire(self.settler.clock.now()).await;
        let parked = self.settler.staging.parked();
        if parked.is_empty() {
            return Round::Done;
        }
        if !self.settler.tokens.are_to_be_had() {
            if !std::mem::replace(warned, true) {
                tracing::warn!(
                    uploads = parked.len(),
                    "uploads that were cut short wait for their clients: PHOTURE_SERVICE_CREDENTIAL is not set"
                );
            }
            return Round::Done;
        }
        // Before anything is decoded for it.
        if let Err(error) = self.settler.tokens.get("gallery", Scope::PhotosRegister).await {
            tracing::warn!(cause = %error, uploads = parked.len(), "no token to recover uploads with");
            return Round::Outage;
        }
        for id in parked {
            if self.settler.shutdown.is_cancelled() {
                return Round::Done;
            }
            let Some(staged) = self.settler.staging.take(id) else {
                continue;
            };
            if self.finish(staged).await == Round::Outage {
                return Round::Outage;
            }
        }
        Round::Done
    }

    async fn finish(&self, staged: Staged) -> Round {
        let (id, sha256) = (staged.id(), staged.note().sha256);
        match self.again(staged).await {
            Ok(()) => {
                tracing::info!(upload = %id, %sha256, "an interrupted upload was finished");
                Round::Done
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(upload = %id, %sha256, %error, cause, kept = error.is_passing(), "an interrupted upload was not finished");
                if is_outage(&error) {
                    Round::Outage
                } else {
                    Round::Done
                }
            }
        }
    }

    async fn again(&self, staged: Staged) -> MediaResult<()> {
        let staged = staged.again().await.map_err(MediaError::staging)?;
        self.settler.settle(staged, Authority::Service).await.map(drop)
    }
}

/// Of something that the next upload needs too.
fn is_outage(error: &MediaError) -> bool {
    match error {
        MediaError::GalleryAway(cause) => cause.is_passing(),
        MediaError::GalleryRefused(_) | MediaError::NoToken(_) | MediaError::Stopping => error.is_passing(),
        MediaError::Blob(BlobError::Unavailable(_)) | MediaError::NoDecoder(_) => true,
        _ => false,
    }
}
