//! The C libraries. Nothing outside this folder is unsafe, and what these modules offer cannot be misused.

pub(crate) mod de265;
pub(crate) mod malloc;
pub(crate) mod turbojpeg;
pub(crate) mod webp;
