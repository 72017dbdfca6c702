use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;

use futures::TryStreamExt;
use photure_blob::{BlobError, BlobKey, BlobReader, BlobStore};
use photure_domain::Sha256;
use photure_domain::media_address::Variant;
use photure_imaging::{Picture, Recoding};

use crate::decoder::Decoder;
use crate::error::{MediaError, MediaResult};
use crate::hash_locks::HashLocks;

/// Makes variants that are missing beside their original: lost, never restored from a backup, or in a coding that nobody has asked for
/// before.
#[derive(Clone, Debug)]
pub(crate) struct VariantMaker {
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) decoder: Decoder,
    pub(crate) locks: HashLocks,
    /// A folder for nameless copies.
    pub(crate) scratch: PathBuf,
}

impl VariantMaker {
    /// Once, however many ask at the same time.
    pub(crate) async fn make(&self, key: BlobKey) -> MediaResult<()> {
        let _held = self.locks.lock(key.sha256).await;
        match key.variant {
            _ if !key.is_recoded() => self.make_kept(key.sha256).await,
            Variant::Thumb => self.recode(key, Recoding::JpegThumb).await,
            _ => self.recode(key, Recoding::WebpPreview).await,
        }
    }

    /// Thumb and preview, as they are there from the upload on.
    pub(crate) async fn make_both(&self, sha256: Sha256) -> MediaResult<()> {
        let _held = self.locks.lock(sha256).await;
        self.make_kept(sha256).await
    }

    /// Of the preview: it has all that either variant shows.
    async fn recode(&self, key: BlobKey, recoding: Recoding) -> MediaResult<()> {
        if self.blobs.head(key).await?.is_some() {
            return Ok(());
        }
        let preview = BlobKey::new(key.sha256, Variant::Preview);
        let opened = match self.blobs.open(preview, None).await {
            Err(BlobError::NotFound) => {
                self.make_kept(key.sha256).await?;
                self.blobs.open(preview, None).await
            }
            opened => opened,
        };
        let file = self.copy(opened?).await?;
        let made = self.decoder.recode(file, recoding).await?;
        Ok(self.blobs.put_bytes(key, made.bytes.into()).await?)
    }

    async fn make_kept(&self, sha256: Sha256) -> MediaResult<()> {
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

    async fn copy(&self, original: BlobReader) -> MediaResult<File> {
        copied(original, self.scratch.clone()).await
    }
}

/// To a nameless file where a reader can go back and forth in it.
pub(crate) async fn copied(original: BlobReader, scratch: PathBuf) -> MediaResult<File> {
    let mut file = blocking(move || tempfile::tempfile_in(scratch)).await?;
    let mut body = original.body;
    while let Some(chunk) = body.try_next().await? {
        file = blocking(move || file.write_all(&chunk).map(|()| file)).await?;
    }
    blocking(move || file.rewind().map(|()| file)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> MediaResult<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(MediaError::Task)?
        .map_err(MediaError::staging)
}
