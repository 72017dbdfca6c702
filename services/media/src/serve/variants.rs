use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;

use futures::TryStreamExt;
use photure_blob::{BlobKey, BlobReader, BlobStore};
use photure_domain::Sha256;
use photure_domain::media_address::Variant;
use photure_imaging::Picture;

use crate::decoder::Decoder;
use crate::error::{MediaError, MediaResult};
use crate::hash_locks::HashLocks;

/// Makes variants again that are missing beside their original: lost, or never restored from a backup.
#[derive(Clone, Debug)]
pub(crate) struct VariantMaker {
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) decoder: Decoder,
    pub(crate) locks: HashLocks,
    /// A folder for nameless copies.
    pub(crate) scratch: PathBuf,
}

impl VariantMaker {
    /// Both, once, however many ask at the same time.
    pub(crate) async fn make(&self, sha256: Sha256) -> MediaResult<()> {
        let _held = self.locks.lock(sha256).await;
        let mut missing = Vec::new();
        for variant in [Variant::Thumb, Variant::Preview] {
            if self.blobs.head(BlobKey::new(sha256, variant)).await?.is_none() {
                missing.push(variant);
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let picture = self.picture(sha256).await?;
        for variant in missing {
            let encoded = if variant == Variant::Thumb {
                &picture.thumb
            } else {
                &picture.preview
            };
            self.blobs
                .put_bytes(BlobKey::new(sha256, variant), encoded.bytes.clone().into())
                .await?;
        }
        tracing::info!(%sha256, "missing variants were made again");
        Ok(())
    }

    /// All that the original tells.
    pub(crate) async fn picture(&self, sha256: Sha256) -> MediaResult<Picture> {
        let original = self.blobs.open(BlobKey::original(sha256), None).await?;
        let file = self.copy(original).await?;
        self.decoder.decode(move || Ok(file)).await
    }

    /// To where a decoder can go back and forth in it.
    async fn copy(&self, original: BlobReader) -> MediaResult<File> {
        let scratch = self.scratch.clone();
        let mut file = blocking(move || tempfile::tempfile_in(scratch)).await?;
        let mut body = original.body;
        while let Some(chunk) = body.try_next().await? {
            file = blocking(move || file.write_all(&chunk).map(|()| file)).await?;
        }
        blocking(move || file.rewind().map(|()| file)).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> MediaResult<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(MediaError::Task)?
        .map_err(MediaError::staging)
}
