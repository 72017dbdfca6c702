use std::time::Duration;

use photure_domain::{ClaimId, IdSource};
use tokio::time::Instant;

use super::catalogue::{Catalogue, OrphanClaims};
use super::examine::strays;
use super::finding::{CareError, Finding, Kind};
use super::keeper::Keeper;
use super::survey::{Place, look};

/// Of a claim's life, left for what is under way in a storage that we have stopped waiting for.
const MARGIN: u32 = 4;

impl Keeper {
    /// Removes what nothing refers to: an orphan by a claim, so that whoever uploads the same bytes at that moment stores them anew; and
    /// sidecars of owners who have no such photo. An original that a photo refers to is never touched, whatever became of it.
    pub async fn repair(
        &self,
        catalogue: &dyn Catalogue,
        claims: &dyn OrphanClaims,
        ids: &dyn IdSource,
        place: &Place,
        finding: &mut Finding,
    ) -> Result<(), CareError> {
        match finding.kind {
            Kind::Orphan => {
                finding.mended = self.remove_orphan(catalogue, claims, ids, place).await?;
            }
            Kind::StraySidecar => {
                for key in strays(place) {
                    self.blobs.delete_record(key).await?;
                }
                finding.mended = true;
            }
            _ => {}
        }
        Ok(())
    }

    async fn remove_orphan(
        &self,
        catalogue: &dyn Catalogue,
        claims: &dyn OrphanClaims,
        ids: &dyn IdSource,
        place: &Place,
    ) -> Result<bool, CareError> {
        // Where the catalogue knows nothing at all it is the catalogue that was lost.
        if catalogue.page(None, 1).await?.is_empty() {
            return Err(CareError::EmptyCatalogue);
        }
        let claim = ClaimId::new(ids.next());
        let asked = Instant::now();
        let Some(life) = claims.claim(place.sha256, claim).await? else {
            return Ok(false);
        };
        // From now on nobody can register it; what was put there since we looked is seen.
        let again = look(&*self.blobs, catalogue, place.sha256).await?;
        if again.is_some_and(|again| again != *place) {
            return Ok(false);
        }
        let until = asked + life.saturating_sub(life / MARGIN).max(Duration::from_secs(1));
        let deletion = tokio::time::timeout_at(until, self.blobs.delete_all(&place.sha256));
        match deletion.await {
            Ok(deleted) => deleted?,
            Err(_) => return Ok(false),
        }
        claims.confirm(place.sha256, claim).await?;
        Ok(true)
    }
}
