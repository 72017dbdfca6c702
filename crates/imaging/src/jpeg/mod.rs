//! JPEG: the first picture of a file, whatever surrounds it.

mod condense;
mod decode;
mod frame;

pub(crate) use decode::read;
