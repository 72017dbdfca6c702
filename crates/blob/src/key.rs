use photure_domain::Sha256;
use photure_domain::media_address::Variant;

use crate::{BlobError, BlobResult};

/// Which blob: the hash of an original, and which of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlobKey {
    /// Of the original, also where a variant is meant.
    pub sha256: Sha256,
    pub variant: Variant,
}

impl BlobKey {
    pub const fn new(sha256: Sha256, variant: Variant) -> Self {
        Self { sha256, variant }
    }

    pub const fn original(sha256: Sha256) -> Self {
        Self::new(sha256, Variant::Original)
    }

    /// Where it lies below the root of the storage: `originals/<aa>/<bb>/<sha256>`, `variants/<aa>/<bb>/<sha256>/thumb.webp`.
    /// Of hexadecimal digits and fixed words alone, so that it needs no escaping anywhere.
    pub fn path(&self) -> String {
        let hash = self.sha256.to_string();
        let (aa, bb) = (&hash[..2], &hash[2..4]);
        match self.variant {
            Variant::Original => format!("{ORIGINALS}/{aa}/{bb}/{hash}"),
            Variant::Thumb => format!("{VARIANTS}/{aa}/{bb}/{hash}/thumb.webp"),
            Variant::Preview => format!("{VARIANTS}/{aa}/{bb}/{hash}/preview.jpg"),
        }
    }

    /// Whether these are the bytes it names, as far as a key can tell: a variant has no hash of its own.
    pub(crate) fn agrees_with(&self, content: Sha256) -> BlobResult<()> {
        match self.variant {
            Variant::Original if content != self.sha256 => {
                Err(BlobError::Corrupt("its bytes have another SHA-256"))
            }
            _ => Ok(()),
        }
    }

    /// What an S3 server is told. Of an original only the catalogue knows.
    pub(crate) const fn content_type(&self) -> &'static str {
        match self.variant {
            Variant::Original => "application/octet-stream",
            Variant::Thumb => "image/webp",
            Variant::Preview => "image/jpeg",
        }
    }
}

pub(crate) const ORIGINALS: &str = "originals";
pub(crate) const VARIANTS: &str = "variants";

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
    }
}
