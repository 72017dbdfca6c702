use std::io;

use serde::{Deserialize, Serialize};

/// Why a file gave no picture. `Display` is a sentence for the person who uploaded it.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub enum ImagingError {
    #[error("The file is empty.")]
    Empty,
    #[error(
        "This is not a picture of a supported type. Taken are JPEG, PNG, WebP, GIF, HEIC, HEIF, AVIF, JPEG XL, TIFF, BMP, and \
         camera raw as DNG, CR2, CR3, NEF, ARW, RAF, ORF and RW2."
    )]
    UnsupportedType,
    #[error("This raw photo holds no picture that can be shown.")]
    NoPreview,
    #[error("The picture is cut off before its end. It may not have been copied completely.")]
    Truncated,
    /// What is wrong, as half a sentence.
    #[error("The picture is damaged: {0}.")]
    Corrupt(String),
    #[error("The picture is too large: {width}×{height} pixels, where {limit} in all are allowed.")]
    TooManyPixels { width: u32, height: u32, limit: u64 },
    /// Why, as half a sentence.
    #[error("The picture takes too much memory or time to read: {0}.")]
    TooCostly(String),
    /// Not the file's fault: the disk's.
    #[error("The file could not be read.")]
    Io(
        #[source]
        #[serde(with = "as_text")]
        io::Error,
    ),
}

impl ImagingError {
    /// The stable code that problem responses carry.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty_file",
            Self::UnsupportedType | Self::NoPreview => "unsupported_media_type",
            Self::Truncated => "truncated_image",
            Self::Corrupt(_) => "corrupt_image",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::TooCostly(_) => "image_too_costly",
            Self::Io(_) => "image_unreadable",
        }
    }

    pub(crate) fn corrupt(reason: impl Into<String>) -> Self {
        Self::Corrupt(reason.into())
    }
}

/// A source that ends too early is a truncated picture; anything else is the disk's trouble.
impl From<io::Error> for ImagingError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Truncated
        } else {
            Self::Io(error)
        }
    }
}

/// An error of the system, handed on to another process, is what it says.
mod as_text {
    use std::io;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(error: &io::Error, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(error)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<io::Error, D::Error> {
        String::deserialize(deserializer).map(io::Error::other)
    }
}
