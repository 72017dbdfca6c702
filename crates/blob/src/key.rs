use photure_domain::media_address::Variant;
use photure_domain::photo::MediaType;
use photure_domain::{Sha256, UserId};
use uuid::Uuid;

use crate::{BlobError, BlobResult};

/// Which blob: the hash of an original, and which of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlobKey {
    /// Of the original, also where a variant is meant.
    pub sha256: Sha256,
    pub variant: Variant,
    /// In the other of the two codings of variants.
    recoded: bool,
    /// Not the original, but the film with this hash beside it.
    film: Option<Sha256>,
}

impl BlobKey {
    /// In the coding in which it is there from the upload on: WebP for a thumb, JPEG for a preview.
    pub const fn new(sha256: Sha256, variant: Variant) -> Self {
        Self {
            sha256,
            variant,
            recoded: false,
            film: None,
        }
    }

    /// The film with the hash `film` that belongs to a photo. Like an original it is what somebody sent, as they sent it; and since its
    /// own hash stands in its name, several may lie beside one original, and each can be told whole from damaged.
    pub const fn film(photo: Sha256, film: Sha256) -> Self {
        Self {
            film: Some(film),
            ..Self::original(photo)
        }
    }

    /// The hash of the film, where it is one.
    pub const fn film_hash(&self) -> Option<Sha256> {
        self.film
    }

    /// The same variant in the other coding, which is made when somebody asks for it. An original has one form.
    #[must_use]
    pub const fn recoded(self) -> Self {
        Self {
            recoded: !matches!(self.variant, Variant::Original),
            ..self
        }
    }

    pub const fn is_recoded(&self) -> bool {
        self.recoded
    }

    /// All that may lie there for a hash but films, which have names of their own; the original last.
    pub fn all(sha256: Sha256) -> [Self; 5] {
        let [thumb, preview] = [Variant::Thumb, Variant::Preview].map(|variant| Self::new(sha256, variant));
        [
            thumb.recoded(),
            preview.recoded(),
            thumb,
            preview,
            Self::original(sha256),
        ]
    }

    /// Of an original or a film only the catalogue knows.
    pub const fn media_type(&self) -> Option<MediaType> {
        match (self.variant, self.recoded) {
            (Variant::Original, _) => None,
            (Variant::Thumb, false) | (Variant::Preview, true) => Some(MediaType::WebP),
            (Variant::Thumb, true) | (Variant::Preview, false) => Some(MediaType::Jpeg),
        }
    }

    pub const fn original(sha256: Sha256) -> Self {
        Self::new(sha256, Variant::Original)
    }

    /// Where it lies below the root of the storage: `originals/<aa>/<bb>/<sha256>`, `variants/<aa>/<bb>/<sha256>/thumb.webp`, and beside
    /// its original `originals/<aa>/<bb>/<sha256>.<sha256 of the film>.mov`.
    /// Of hexadecimal digits and fixed words alone, so that it needs no escaping anywhere.
    pub fn path(&self) -> String {
        let hash = self.sha256.to_string();
        let (aa, bb) = (&hash[..2], &hash[2..4]);
        match self.media_type() {
            None => {
                let film = self.film.map(|film| format!(".{film}{FILM_ENDING}"));
                format!("{ORIGINALS}/{aa}/{bb}/{hash}{}", film.unwrap_or_default())
            }
            Some(coding) => {
                let (variant, ending) = (self.variant.as_str(), coding.extension());
                format!("{VARIANTS}/{aa}/{bb}/{hash}/{variant}.{ending}")
            }
        }
    }

    /// Whether these are the bytes it names, as far as a key can tell: a variant has no hash of its own.
    pub(crate) fn agrees_with(&self, content: Sha256) -> BlobResult<()> {
        match self.variant {
            Variant::Original if content != self.film.unwrap_or(self.sha256) => {
                Err(BlobError::Corrupt("its bytes have another SHA-256"))
            }
            _ => Ok(()),
        }
    }

    /// What an S3 server is told.
    pub(crate) const fn content_type(&self) -> &'static str {
        match self.media_type() {
            None => "application/octet-stream",
            Some(coding) => coding.as_str(),
        }
    }
}

pub(crate) const ORIGINALS: &str = "originals";
pub(crate) const VARIANTS: &str = "variants";
pub(crate) const RECORDS: &str = "records";

/// Which record: a small text that is kept with the blobs and, unlike them, may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKey {
    /// What the catalogue knows of one owner's photo of these bytes, beside the original.
    Sidecar { sha256: Sha256, owner: UserId },
    /// The `.xmp` that an owner sent with a photo of these bytes, as it came.
    Xmp { sha256: Sha256, owner: UserId },
    /// How far the storage has been looked through, and what was found.
    Scrub,
    /// What is to go into an archive that somebody asked for.
    Archive(Uuid),
}

impl RecordKey {
    /// Where it lies below the root: `originals/<aa>/<bb>/<sha256>.<owner>.json` for a sidecar, so that it sorts, and is moved
    /// and copied, with its original.
    pub fn path(&self) -> String {
        match self {
            Self::Sidecar { sha256, owner } => {
                format!("{}.{owner}{SIDECAR_ENDING}", BlobKey::original(*sha256).path())
            }
            Self::Xmp { sha256, owner } => {
                format!("{}.{owner}{XMP_ENDING}", BlobKey::original(*sha256).path())
            }
            Self::Scrub => format!("{RECORDS}/scrub.json"),
            Self::Archive(id) => format!("{ARCHIVES}{id}{SIDECAR_ENDING}"),
        }
    }

    /// What an S3 server is told.
    pub(crate) const fn content_type(&self) -> &'static str {
        match self {
            Self::Xmp { .. } => "application/octet-stream", // what it is, somebody else said
            _ => "application/json",
        }
    }

    /// What an archive of this name is called; `None` for what is none.
    pub(crate) fn archive_of(name: &str) -> Option<Uuid> {
        Uuid::try_parse(name.strip_suffix(SIDECAR_ENDING)?).ok()
    }
}

pub(crate) const ARCHIVES: &str = "records/archives/";
const SIDECAR_ENDING: &str = ".json";
const XMP_ENDING: &str = ".xmp";
/// Whatever the film's type: that only the catalogue knows.
const FILM_ENDING: &str = ".mov";

/// What lies under a path below the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    Blob(BlobKey),
    Sidecar { sha256: Sha256, owner: UserId },
    Xmp { sha256: Sha256, owner: UserId },
}

impl Found {
    /// `None` where no key has that path.
    pub(crate) fn under(path: &str) -> Option<Self> {
        let mut parts = path.split('/');
        let (tree, _, _, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let found = match (tree, parts.next()) {
            (VARIANTS, Some(_)) => BlobKey::all(name.parse().ok()?)
                .into_iter()
                .find(|key| key.path() == path)
                .map(Self::Blob),
            (ORIGINALS, None) => match name.split_once('.') {
                None => Some(Self::Blob(BlobKey::original(name.parse().ok()?))),
                Some((sha256, rest)) => {
                    let (whose, ending) = rest.split_at_checked(rest.rfind('.')?)?;
                    let sha256 = sha256.parse().ok()?;
                    match ending {
                        SIDECAR_ENDING => Some(Self::Sidecar {
                            sha256,
                            owner: whose.parse().ok()?,
                        }),
                        XMP_ENDING => Some(Self::Xmp {
                            sha256,
                            owner: whose.parse().ok()?,
                        }),
                        FILM_ENDING => Some(Self::Blob(BlobKey::film(sha256, whose.parse().ok()?))),
                        _ => None,
                    }
                }
            },
            _ => None,
        }?;
        // There is one way to write a key: upper case and wrong shards are none of ours.
        (found.path() == path).then_some(found)
    }

    pub fn path(&self) -> String {
        match *self {
            Self::Blob(key) => key.path(),
            Self::Sidecar { sha256, owner } => RecordKey::Sidecar { sha256, owner }.path(),
            Self::Xmp { sha256, owner } => RecordKey::Xmp { sha256, owner }.path(),
        }
    }

    /// Of the original that it belongs to.
    pub fn sha256(&self) -> Sha256 {
        match *self {
            Self::Blob(key) => key.sha256,
            Self::Sidecar { sha256, .. } | Self::Xmp { sha256, .. } => sha256,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_hash_in_two_levels_of_folders() {
        let hash = "abcd0000".repeat(8).parse().unwrap();
        let path = |variant| BlobKey::new(hash, variant).path();
        assert_eq!(path(Variant::Original), format!("originals/ab/cd/{hash}"));
        assert_eq!(path(Variant::Thumb), format!("variants/ab/cd/{hash}/thumb.webp"));
        assert_eq!(
            path(Variant::Preview),
            format!("variants/ab/cd/{hash}/preview.jpg")
        );
        let recoded = |variant| BlobKey::new(hash, variant).recoded().path();
        assert_eq!(
            recoded(Variant::Thumb),
            format!("variants/ab/cd/{hash}/thumb.jpg")
        );
        assert_eq!(
            recoded(Variant::Preview),
            format!("variants/ab/cd/{hash}/preview.webp")
        );
        assert_eq!(recoded(Variant::Original), path(Variant::Original));
    }

    #[test]
    fn a_path_reads_back_as_the_key_that_wrote_it() {
        let sha256: Sha256 = "abcd0000".repeat(8).parse().unwrap();
        let owner = UserId::new(Uuid::from_u128(7));
        let blobs = BlobKey::all(sha256).map(Found::Blob);
        for found in blobs
            .into_iter()
            .chain([Found::Sidecar { sha256, owner }, Found::Xmp { sha256, owner }])
            .chain([Found::Blob(BlobKey::film(sha256, Sha256::new([3; 32])))])
        {
            assert_eq!(Found::under(&found.path()), Some(found));
        }
        for none in [
            String::new(),
            format!("originals/ab/cd/{sha256}.json"),
            format!("originals/ab/cd/{sha256}.{owner}.txt"),
            format!("originals/ab/cd/{sha256}.{owner}.mov"),
            format!("originals/ab/cd/{sha256}.{sha256}.mp4"),
            format!(
                "originals/ab/cd/{sha256}.{}.mov",
                sha256.to_string().to_uppercase()
            ),
            format!("originals/ab/ce/{sha256}"),
            format!("originals/ab/cd/{}", sha256.to_string().to_uppercase()),
            format!("originals/ab/cd/{sha256}/thumb.webp"),
            format!("originals/ab/cd/.{sha256}.part"),
            format!("variants/ab/cd/{sha256}"),
            format!("variants/ab/cd/{sha256}/p"),
            format!("variants/ab/cd/{sha256}/.thumb.webp.part"),
            RecordKey::Scrub.path(),
        ] {
            assert_eq!(Found::under(&none), None, "{none}");
        }
    }
}
