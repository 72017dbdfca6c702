use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use photure_blob::{BlobStore, RecordKey, Tree};
use photure_domain::sidecar::Sidecar;
use photure_domain::{Clock, Sha256};

use super::catalogue::Catalogue;
use super::examine::{self, examine};
use super::finding::{CareError, Finding, Kind, Tally};
use super::survey::{Place, look, survey};
use crate::MediaConfig;
use crate::decoder::Decoder;
use crate::hash_locks::HashLocks;
use crate::serve::VariantMaker;

/// Photos of the catalogue in memory at a time.
const PAGE: u32 = 200;

/// Looks after a storage.
#[derive(Clone, Debug)]
pub struct Keeper {
    pub(super) blobs: Arc<dyn BlobStore>,
    pub(super) variants: VariantMaker,
    pub(super) clock: Arc<dyn Clock>,
}

/// What may be made good on the way. Missing variants always are: they are made of what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mending {
    /// Sidecars that are missing, or say something else than the catalogue, are written anew.
    pub sidecars: bool,
}

impl Keeper {
    /// `scratch` is a folder for copies that pictures are read from.
    pub fn new(
        config: &MediaConfig,
        blobs: Arc<dyn BlobStore>,
        scratch: PathBuf,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let variants = VariantMaker {
            blobs: Arc::clone(&blobs),
            decoder: Decoder::new(config),
            locks: HashLocks::default(),
            scratch,
        };
        Self::of(blobs, variants, clock)
    }

    pub(crate) fn of(blobs: Arc<dyn BlobStore>, variants: VariantMaker, clock: Arc<dyn Clock>) -> Self {
        Self {
            blobs,
            variants,
            clock,
        }
    }

    /// Everything, once. `told` hears of each finding as it is made.
    pub async fn check(
        &self,
        catalogue: &dyn Catalogue,
        mending: Mending,
        mut told: impl AsyncFnMut(&Place, &mut Finding) -> Result<(), CareError>,
    ) -> Result<Tally, CareError> {
        self.make_sure(catalogue).await?;
        let mut tally = Tally::default();
        let mut places = std::pin::pin!(survey(&*self.blobs, catalogue, None, PAGE));
        while let Some(place) = places.next().await.transpose()? {
            let Attended {
                bytes,
                place,
                findings,
            } = self.attend(catalogue, place, mending).await?;
            tally.originals += u64::from(bytes > 0);
            tally.bytes += bytes;
            for mut finding in findings {
                told(&place, &mut finding).await?;
                tally.add(&finding);
            }
        }
        Ok(tally)
    }

    /// An outage is never told as a loss: the storage is there, and is not an empty one in the place of the right one.
    pub(crate) async fn make_sure(&self, catalogue: &dyn Catalogue) -> Result<(), CareError> {
        self.blobs.ready().await?;
        if catalogue.page(None, 1).await?.is_empty() {
            return Ok(());
        }
        let first = self.blobs.list(Tree::Originals, None).next().await.transpose()?;
        first.map(drop).ok_or(CareError::EmptyStorage)
    }

    /// Examines one place and makes good what may be. What looks wrong is looked at a second time.
    pub(crate) async fn attend(
        &self,
        catalogue: &dyn Catalogue,
        place: Place,
        mending: Mending,
    ) -> Result<Attended, CareError> {
        let mut place = place;
        let mut examined = examine(&*self.blobs, &place, self.clock.now()).await?;
        if !examined.findings.is_empty() {
            let Some(again) = look(&*self.blobs, catalogue, place.sha256).await? else {
                return Ok(Attended {
                    bytes: examined.bytes,
                    place,
                    findings: Vec::new(),
                });
            };
            place = again;
            examined = examine(&*self.blobs, &place, self.clock.now()).await?;
        }
        let whole = !examined
            .findings
            .iter()
            .any(|finding| matches!(finding.kind, Kind::Missing | Kind::Corrupt | Kind::Unreadable));
        for finding in &mut examined.findings {
            match finding.kind {
                Kind::MissingVariant if whole => match self.variants.make_both(place.sha256).await {
                    Ok(()) => finding.mended = true,
                    Err(error) if error.is_passing() => return Err(CareError::Photo(error.into())),
                    Err(error) => finding.detail = format!("{}, and cannot be made: {error}", finding.detail),
                },
                Kind::MissingSidecar if mending.sidecars => finding.mended = true,
                _ => {}
            }
        }
        if mending.sidecars {
            write_sidecars(&*self.blobs, &place).await?;
        }
        Ok(Attended {
            bytes: examined.bytes,
            place,
            findings: examined.findings,
        })
    }
}

#[derive(Debug)]
pub(crate) struct Attended {
    pub(crate) bytes: u64,
    /// As it was seen last.
    pub(crate) place: Place,
    pub(crate) findings: Vec<Finding>,
}

/// Writes the sidecars of one hash as the catalogue has it at this moment.
pub(crate) async fn renew_sidecars(
    blobs: &dyn BlobStore,
    catalogue: &dyn Catalogue,
    sha256: Sha256,
) -> Result<(), CareError> {
    match look(blobs, catalogue, sha256).await? {
        Some(place) => write_sidecars(blobs, &place).await,
        None => Ok(()),
    }
}

/// The catalogue's word counts, but for what it does not know: the owner's name.
async fn write_sidecars(blobs: &dyn BlobStore, place: &Place) -> Result<(), CareError> {
    if place.original.is_none() {
        return Ok(());
    }
    for photo in &place.photos {
        let there = examine::sidecar(blobs, photo).await?;
        let wanted = Sidecar {
            owner_name: photo
                .owner_name
                .clone()
                .or_else(|| there.as_ref()?.owner_name.clone()),
            ..photo.clone()
        };
        if there.as_ref() != Some(&wanted) {
            let key = RecordKey::Sidecar {
                sha256: place.sha256,
                owner: photo.owner_id,
            };
            blobs.put_record(key, wanted.to_json().into()).await?;
        }
    }
    Ok(())
}
