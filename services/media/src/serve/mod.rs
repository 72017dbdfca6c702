//! From a signed address to bytes.

mod address;
mod conditional;
mod direct;
mod disposition;
mod form;
mod range;
mod variants;

use std::sync::Arc;

use photure_blob::{BlobError, BlobKey, BlobReader, BlobStore, ByteRange};
use photure_domain::Clock;
use photure_domain::media_address::{AddressKey, Variant};
use photure_domain::photo::MediaType;

pub(crate) use address::{Address, Place};
pub(crate) use conditional::{matches_any, matches_strongly};
pub(crate) use direct::Elsewhere;
pub(crate) use disposition::attachment;
pub(crate) use form::Form;
pub(crate) use range::one_range;
pub(crate) use variants::{VariantMaker, copied};

use crate::error::{MediaError, MediaResult};

/// Gives bytes to whoever holds an address of them.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) key: AddressKey,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) variants: VariantMaker,
    pub(crate) clock: Arc<dyn Clock>,
    /// Below which path nginx serves the originals of a folder, and keeps what it gets of a bucket.
    pub(crate) accel_redirect: Option<String>,
    /// Whether browsers are sent to the bucket.
    pub(crate) to_bucket: bool,
}

/// Bytes that may be given away.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) media_type: Option<&'static str>,
    pub(crate) content: OpenedContent,
}

#[derive(Debug)]
pub(crate) enum OpenedContent {
    /// nginx knows them under this path.
    Named(String),
    /// The storage itself gives them.
    Elsewhere(Elsewhere),
    /// There are `len` of them, and they were not asked for.
    Length(u64),
    Bytes(BlobReader),
}

/// Who gets it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asker<'a> {
    /// Who holds the address, until `expires` and to be kept under a name or not.
    Client { disposition: &'a str, expires: i64 },
    /// nginx, of what it was told to send and does not have.
    Cache,
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

    pub(crate) async fn open(&self, form: &Form, wanted: Wanted, asker: Asker<'_>) -> MediaResult<Opened> {
        match self.try_open(form, wanted, asker).await {
            Err(MediaError::Blob(BlobError::NotFound)) if form.key.variant != Variant::Original => {
                self.variants.make(form.key).await?;
                self.try_open(form, wanted, asker).await
            }
            outcome => outcome,
        }
    }

    async fn try_open(&self, form: &Form, wanted: Wanted, asker: Asker<'_>) -> MediaResult<Opened> {
        let key = form.key;
        let named = match asker {
            Asker::Client { .. } => self.named(key).await?,
            Asker::Cache => None,
        };
        let media_type = match form.media_type {
            Some(media_type) => Some(media_type),
            None => self.sniff(key).await?.map(MediaType::as_str),
        };
        let elsewhere = match asker {
            Asker::Client { disposition, expires } if self.to_bucket && matches!(wanted, Wanted::Body(_)) => {
                self.elsewhere(key, media_type, disposition, expires).await?
            }
            _ => None,
        };
        let content = match (named, elsewhere, wanted) {
            (Some(path), _, _) => OpenedContent::Named(path),
            (_, Some(elsewhere), _) => OpenedContent::Elsewhere(elsewhere),
            (_, _, Wanted::Head) => OpenedContent::Length(self.length(key).await?),
            (_, _, Wanted::Body(range)) => OpenedContent::Bytes(self.bytes(key, range).await?),
        };
        Ok(Opened { media_type, content })
    }

    /// What to tell nginx. An original in a folder is looked for; variants it is sent, since they are small, and what it was sent it may
    /// keep for a while. A variant in a bucket is not looked for: where nginx has it the bucket has nothing to do, and where it has
    /// not it asks us. An original in a bucket it does not get: they are large and seldom asked for twice.
    async fn named(&self, key: BlobKey) -> MediaResult<Option<String>> {
        let Some(prefix) = &self.accel_redirect else {
            return Ok(None);
        };
        let is_original = key.variant == Variant::Original;
        match self.blobs.local_path(key) {
            Some(path) if is_original => {
                self.length(key).await?;
                Ok(Some(format!("{prefix}/{path}")))
            }
            None if !is_original && !self.to_bucket => Ok(Some(format!("{prefix}/cached/{}", key.path()))),
            _ => Ok(None),
        }
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
