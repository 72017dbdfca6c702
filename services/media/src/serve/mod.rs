//! From a signed address to bytes.

mod address;
mod conditional;
mod disposition;
mod range;
mod variants;

use std::sync::Arc;

use photure_blob::{BlobError, BlobKey, BlobReader, BlobStore, ByteRange};
use photure_domain::Clock;
use photure_domain::media_address::{AddressKey, Variant};
use photure_domain::photo::MediaType;

pub(crate) use address::Address;
pub(crate) use conditional::{matches_any, matches_strongly};
pub(crate) use disposition::attachment;
pub(crate) use range::one_range;
pub(crate) use variants::VariantMaker;

use crate::error::{MediaError, MediaResult};

/// Gives bytes to whoever holds an address of them.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) key: AddressKey,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) variants: VariantMaker,
    pub(crate) clock: Arc<dyn Clock>,
    /// Below which path nginx serves the folder of the storage.
    pub(crate) accel_redirect: Option<String>,
}

/// Bytes that may be given away.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) media_type: Option<MediaType>,
    pub(crate) content: OpenedContent,
}

#[derive(Debug)]
pub(crate) enum OpenedContent {
    /// nginx knows them under this path.
    Named(String),
    /// There are `len` of them, and they were not asked for.
    Length(u64),
    Bytes(BlobReader),
}

/// What of it is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    Head,
    Body(Option<ByteRange>),
}

impl Server {
    /// How many seconds the address is good for yet; nothing is touched before that is known.
    pub(crate) fn verify(&self, path: &str, address: &Address) -> MediaResult<u64> {
        let now = self.clock.now();
        let name = address.download_as.as_deref();
        self.key
            .verify(path, address.expires, &address.signature, name, now)
            .map_err(MediaError::Address)?;
        Ok(u64::try_from(address.expires - now.as_seconds()).unwrap_or(0))
    }

    pub(crate) async fn open(&self, address: &Address, wanted: Wanted) -> MediaResult<Opened> {
        match self.try_open(address, wanted).await {
            Err(MediaError::Blob(BlobError::NotFound)) if address.key.variant != Variant::Original => {
                self.variants.make(address.key.sha256).await?;
                self.try_open(address, wanted).await
            }
            outcome => outcome,
        }
    }

    async fn try_open(&self, address: &Address, wanted: Wanted) -> MediaResult<Opened> {
        let key = address.key;
        let content = match (&self.accel_redirect, self.blobs.local_path(key), wanted) {
            (Some(prefix), Some(path), _) => {
                self.length(key).await?;
                OpenedContent::Named(format!("{prefix}/{path}"))
            }
            (_, _, Wanted::Head) => OpenedContent::Length(self.length(key).await?),
            (_, _, Wanted::Body(range)) => OpenedContent::Bytes(self.bytes(key, range).await?),
        };
        let media_type = match address.media_type {
            Some(media_type) => Some(media_type),
            None => self.sniff(key).await?,
        };
        Ok(Opened { media_type, content })
    }

    async fn length(&self, key: BlobKey) -> MediaResult<u64> {
        Ok(self.blobs.head(key).await?.ok_or(BlobError::NotFound)?.len)
    }

    async fn bytes(&self, key: BlobKey, range: Option<ByteRange>) -> MediaResult<BlobReader> {
        self.blobs.open(key, range).await.map_err(|error| match error {
            BlobError::RangeNotSatisfiable { len } => MediaError::Range { len },
            error => error.into(),
        })
    }

    /// Where the address bears no ending.
    async fn sniff(&self, key: BlobKey) -> MediaResult<Option<MediaType>> {
        let last = photure_imaging::SNIFF_BYTES as u64 - 1;
        let head = ByteRange::Inclusive { first: 0, last };
        let head = self.bytes(key, Some(head)).await?.into_bytes().await?;
        Ok(photure_imaging::sniff(&head))
    }
}
