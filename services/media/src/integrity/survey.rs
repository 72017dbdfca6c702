use futures::stream::{self, Peekable};
use futures::{Stream, StreamExt};
use photure_blob::{BlobStore, Found, Listed, Tree};
use photure_domain::media_address::Variant;
use photure_domain::sidecar::Sidecar;
use photure_domain::{Sha256, Timestamp, UserId};

use super::catalogue::{Catalogue, photos};
use super::finding::CareError;

/// All that is known of one hash.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub sha256: Sha256,
    /// Those that refer to it, one per owner.
    pub photos: Vec<Sidecar>,
    pub original: Option<Listed>,
    pub variants: Vec<Variant>,
    pub sidecars: Vec<UserId>,
    /// Owners whose `.xmp` lies there.
    pub xmps: Vec<UserId>,
    /// The films that lie there, by their own hashes.
    pub films: Vec<Sha256>,
    /// When the last of what lies there was put there.
    pub modified: Option<Timestamp>,
}

/// Every hash behind `after` that catalogue or storage know, in order. `page` photos of the catalogue are in memory at a time.
///
/// The catalogue is read before the storage: what is registered is stored before, so that it is found.
pub(super) fn survey<'a>(
    blobs: &'a dyn BlobStore,
    catalogue: &'a dyn Catalogue,
    after: Option<Sha256>,
    page: u32,
) -> impl Stream<Item = Result<Place, CareError>> + Send + 'a {
    let sources = Sources {
        photos: photos(catalogue, after, page).boxed().peekable(),
        originals: lying(blobs, Tree::Originals, after),
        variants: lying(blobs, Tree::Variants, after),
    };
    stream::try_unfold(sources, |mut sources| async move {
        Ok(sources.next().await?.map(|place| (place, sources)))
    })
}

/// One hash as it is at this moment; `None` where nobody knows it.
pub(super) async fn look(
    blobs: &dyn BlobStore,
    catalogue: &dyn Catalogue,
    sha256: Sha256,
) -> Result<Option<Place>, CareError> {
    let survey = survey(blobs, catalogue, predecessor(sha256), 2);
    let first = std::pin::pin!(survey).next().await.transpose()?;
    Ok(first.filter(|place| place.sha256 == sha256))
}

type Lying<'a> = Peekable<stream::BoxStream<'a, Result<Listed, CareError>>>;

fn lying(blobs: &dyn BlobStore, tree: Tree, after: Option<Sha256>) -> Lying<'_> {
    let listing = blobs.list(tree, after);
    listing
        .map(|listed| listed.map_err(CareError::from))
        .boxed()
        .peekable()
}

struct Sources<'a> {
    photos: Peekable<stream::BoxStream<'a, Result<Sidecar, CareError>>>,
    originals: Lying<'a>,
    variants: Lying<'a>,
}

impl Sources<'_> {
    async fn next(&mut self) -> Result<Option<Place>, CareError> {
        let known = peeked(&mut self.photos, |photo| photo.facts.sha256).await?;
        let original = peeked(&mut self.originals, |listed| listed.found.sha256()).await?;
        let variant = peeked(&mut self.variants, |listed| listed.found.sha256()).await?;
        let Some(sha256) = [known, original, variant].into_iter().flatten().min() else {
            return Ok(None);
        };
        let mut place = Place {
            sha256,
            photos: Vec::new(),
            original: None,
            variants: Vec::new(),
            sidecars: Vec::new(),
            xmps: Vec::new(),
            films: Vec::new(),
            modified: None,
        };
        while peeked(&mut self.photos, |photo| photo.facts.sha256).await? == Some(sha256) {
            place.photos.extend(self.photos.next().await.transpose()?);
        }
        for lying in [&mut self.originals, &mut self.variants] {
            while peeked(lying, |listed| listed.found.sha256()).await? == Some(sha256) {
                if let Some(listed) = lying.next().await.transpose()? {
                    place.take(listed);
                }
            }
        }
        Ok(Some(place))
    }
}

impl Place {
    fn take(&mut self, listed: Listed) {
        self.modified = self.modified.max(Some(listed.modified));
        if let Found::Blob(key) = listed.found
            && let Some(film) = key.film_hash()
        {
            self.films.push(film);
            return;
        }
        match listed.found {
            Found::Blob(key) if key.variant == Variant::Original => self.original = Some(listed),
            // Made for whoever asked, and again when somebody asks: its absence is none.
            Found::Blob(key) if key.is_recoded() => {}
            Found::Blob(key) => self.variants.push(key.variant),
            Found::Sidecar { owner, .. } => self.sidecars.push(owner),
            Found::Xmp { owner, .. } => self.xmps.push(owner),
        }
    }
}

/// The hash of the next item. An error is taken out, and ends it all.
async fn peeked<T: Send, K>(
    items: &mut Peekable<stream::BoxStream<'_, Result<T, CareError>>>,
    key: impl Fn(&T) -> K,
) -> Result<Option<K>, CareError> {
    let mut pinned = std::pin::Pin::new(&mut *items);
    match pinned.as_mut().peek().await {
        None => return Ok(None),
        Some(Ok(item)) => return Ok(Some(key(item))),
        Some(Err(_)) => {}
    }
    match items.next().await {
        Some(Err(error)) => Err(error),
        _ => Ok(None),
    }
}

/// The hash before; `None` for the first of all.
fn predecessor(sha256: Sha256) -> Option<Sha256> {
    let mut bytes = *sha256.as_bytes();
    for byte in bytes.iter_mut().rev() {
        let (less, borrow) = byte.overflowing_sub(1);
        *byte = less;
        if !borrow {
            return Some(Sha256::new(bytes));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_lies_between_a_hash_and_the_one_before() {
        let hash = |text: &str| format!("{text:0>64}").parse::<Sha256>().unwrap();
        assert_eq!(predecessor(hash("0")), None);
        assert_eq!(predecessor(hash("1")), Some(hash("0")));
        assert_eq!(predecessor(hash("ab0100")), Some(hash("ab00ff")));
        let million = format!("1{}", "0".repeat(63));
        assert_eq!(predecessor(hash(&million)), Some(hash(&"f".repeat(63))));
    }
}
