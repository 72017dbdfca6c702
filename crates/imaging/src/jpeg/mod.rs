//! JPEG: the first picture of a file, whatever surrounds it.

mod baseline;
mod bits;
mod condense;
mod decode;
mod exif;
mod frame;
mod headers;
mod huffman;
mod planes;
mod progressive;
mod transform;

#[cfg(feature = "fuzzing")]
pub(crate) use decode::condense_only;
pub(crate) use decode::{read, read_part};
pub(crate) use exif::exif;
