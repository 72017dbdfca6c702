//! From bytes to facts and variants: what a picture is, when and where and with what it was taken, and the two sizes
//! that screens need.
//!
//! No I/O of its own (it reads from the source it is handed), no async, no storage, no rules about users. Only the
//! types of `photure-domain` cross its border.
//!
//! Pixels are hostile. Dimensions are read and checked before anything is decoded; what a file holds beside its
//! picture is skipped, never read into memory; decoders run behind `catch_unwind`. So memory depends on the dimensions
//! of the picture and on its coded size, and not on the size of the file.

mod bmp;
mod boxes;
mod color;
mod error;
mod exif;
mod ffi;
mod file_name;
mod film;
#[cfg(feature = "fuzzing")]
pub mod fuzz;
mod gif;
mod hdr;
mod heif;
mod input;
mod iptc;
mod jpeg;
mod jxl;
mod motion;
mod planes;
mod png;
mod process;
mod raster;
mod raw;
mod recode;
mod resize;
mod said;
mod shrink;
mod sidecar;
mod sniff;
mod taken;
mod tiff;
mod upright;
mod variants;
mod webp;
mod xmp;

use photure_domain::photo::{Camera, MediaType, Metadata, Position, Taken};
use serde::{Deserialize, Serialize};

pub use error::ImagingError;
pub use ffi::malloc::keep_freed_memory;
pub use file_name::date_from_file_name;
pub use film::{FilmFacts, content_identifier, film};
pub use process::process;
pub use recode::{Recoding, recode};
pub use sidecar::{MAX_SIDECAR_BYTES, Sidecar, heed_metadata, sidecar};
pub use sniff::{SNIFF_BYTES, sniff};

/// The thumb fits in a square of this many pixels a side.
pub const THUMB_EDGE: u32 = 512;

/// The long edge of a preview, in pixels.
pub const PREVIEW_EDGE: u32 = 1440;

/// What one picture may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Width times height; 200 million unless told otherwise.
    pub max_pixels: u64,
    /// What a decoder may hold of a picture at once, where the format makes it hold all: progressive JPEG, lossless
    /// WebP, HEIF, JPEG XL, a strip of a TIFF. 512 MiB.
    pub max_decoder_bytes: u64,
    /// Passes over a progressive JPEG; cameras write about ten. 100.
    pub max_scans: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pixels: 200_000_000,
            max_decoder_bytes: 512 << 20,
            max_scans: 100,
        }
    }
}

/// All that is to be known about a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    pub media_type: MediaType,
    /// Pixels as a person sees them, after orientation.
    pub width: u32,
    /// Pixels as a person sees them, after orientation.
    pub height: u32,
    /// When the file says it was taken. The caller falls back on [`date_from_file_name`] and on what else it knows.
    pub taken: Option<Taken>,
    pub camera: Camera,
    pub position: Option<Position>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// 1 to 5.
    pub rating: Option<u8>,
    /// Each once, in the file's order.
    pub tags: Vec<String>,
    /// Group → tag → value, named as `exiftool -j -n -g` names them; at most 64 KiB as JSON.
    pub metadata: Metadata,
    /// ThumbHash, base64 (standard alphabet, padded).
    pub thumbhash: String,
    /// Dominant colour, `#rrggbb`.
    pub color: String,
    /// WebP, fits in [`THUMB_EDGE`], upright, sRGB.
    pub thumb: Encoded,
    /// JPEG, long edge at most [`PREVIEW_EDGE`], upright, sRGB.
    pub preview: Encoded,
}

/// A picture as it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoded {
    /// Not for a document: who hands a picture on sends them beside it.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Encoded({}×{}, {} bytes)",
            self.width,
            self.height,
            self.bytes.len()
        )
    }
}
