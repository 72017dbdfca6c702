//! What can be done with photos: the rules and the ports, apart from how it is asked over HTTP.

mod care;
mod check;
mod cursor;
mod edit;
mod intake;
mod list;
mod register;
mod released;
mod retention;
mod revision;
mod see;
mod storage;
mod text;
mod timeline;
mod trash;

use std::sync::Arc;

use photure_domain::media_address::AddressKey;
use photure_domain::{Clock, IdSource};
use photure_store::{PhotoStore, QuotaStore};

use crate::view::Addresses;

pub use intake::taken_in;

pub(crate) use check::{CheckItem, Verdict};
pub(crate) use list::Page;
pub(crate) use released::CLAIM_LIFE;
pub(crate) use retention::keep_purging;
pub(crate) use revision::{Expected, PhotoTag};

/// All photos, and whoever asks is told only of their own.
#[derive(Debug)]
pub(crate) struct Library {
    photos: Arc<dyn PhotoStore>,
    quotas: Arc<dyn QuotaStore>,
    key: AddressKey,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    max_upload_bytes: u64,
    default_quota: Option<u64>,
}

impl Library {
    pub(crate) fn new(
        photos: Arc<dyn PhotoStore>,
        quotas: Arc<dyn QuotaStore>,
        key: AddressKey,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        max_upload_bytes: u64,
        default_quota: Option<u64>,
    ) -> Self {
        Self {
            photos,
            quotas,
            key,
            clock,
            ids,
            max_upload_bytes,
            default_quota,
        }
    }

    /// Signed now.
    pub(crate) fn addresses(&self) -> Addresses {
        Addresses::new(self.key.clone(), self.clock.now())
    }
}
