use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::Stream;
use futures::stream;
use photure_common::peer::PeerError;
use photure_domain::access::Scope;
use photure_domain::sidecar::Sidecar;
use photure_domain::{ClaimId, Sha256, UserId};

use super::CareError;
use crate::gallery::Gallery;
use crate::service_token::ServiceTokens;

/// What there should be.
#[async_trait]
pub trait Catalogue: Send + Sync + std::fmt::Debug {
    /// At most `limit` photos of whoever, the trash included, by hash and then by owner, behind `after`. Fewer mean that these are
    /// the last.
    async fn page(&self, after: Option<(Sha256, UserId)>, limit: u32) -> Result<Vec<Sidecar>, CareError>;
}

/// The right to delete what nothing refers to: while a claim lives nobody can register that hash.
#[async_trait]
pub trait OrphanClaims: Send + Sync {
    /// For how long it lives; `None` where it is refused.
    async fn claim(&self, hash: Sha256, claim: ClaimId) -> Result<Option<Duration>, CareError>;

    /// The bytes are gone.
    async fn confirm(&self, hash: Sha256, claim: ClaimId) -> Result<(), CareError>;
}

/// Gallery's, over the wire.
#[derive(Clone, Debug)]
pub(crate) struct GalleryCatalogue {
    pub(crate) gallery: Gallery,
    pub(crate) tokens: Arc<ServiceTokens>,
}

#[async_trait]
impl Catalogue for GalleryCatalogue {
    async fn page(&self, after: Option<(Sha256, UserId)>, limit: u32) -> Result<Vec<Sidecar>, CareError> {
        let token = self.tokens.get("gallery", Scope::CatalogueRead).await;
        let token = token
            .map_err(CareError::catalogue)?
            .ok_or_else(|| CareError::catalogue(PeerError::request("there is no credential to ask with")))?;
        let page = self.gallery.catalogue(&token, after, limit).await;
        let page = self.tokens.heed("gallery", Scope::CatalogueRead, page).await;
        Ok(page.map_err(CareError::catalogue)?.items)
    }
}

/// All photos behind a hash, `page` of them in memory at a time.
pub(super) fn photos(
    catalogue: &dyn Catalogue,
    after: Option<Sha256>,
    page: u32,
) -> impl Stream<Item = Result<Sidecar, CareError>> + Send {
    // Behind a hash is behind its last possible owner.
    let last = UserId::new(uuid::Uuid::max());
    let start = (after.map(|hash| (hash, last)), Vec::new().into_iter(), false);
    stream::try_unfold(start, move |(mut after, mut items, mut is_last)| async move {
        loop {
            if let Some(item) = items.next() {
                return Ok(Some((item, (after, items, is_last))));
            }
            if is_last {
                return Ok(None);
            }
            let next = catalogue.page(after, page).await?;
            is_last = next.len() < page as usize;
            after = next
                .last()
                .map(|photo: &Sidecar| (photo.facts.sha256, photo.owner_id))
                .or(after);
            items = next.into_iter();
        }
    })
}
