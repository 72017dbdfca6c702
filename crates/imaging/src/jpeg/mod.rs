//! JPEG: the first picture of a file, whatever surrounds it.

mod condense;
mod decode;
mod frame;

#[cfg(feature = "fuzzing")]
pub(crate) use decode::condense_only;
pub(crate) use decode::{read, read_part};
