use photure_domain::photo::{Camera, Metadata, Position, Taken};

use crate::raster::MAX_XMP_BYTES;
use crate::said::{Groups, Said};
use crate::{ImagingError, xmp};

/// What a `.xmp` beside a picture says of it, for a program that writes nothing into pictures themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Sidecar {
    pub taken: Option<Taken>,
    pub camera: Camera,
    pub position: Option<Position>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// 1 to 5.
    pub rating: Option<u8>,
    /// Each once, in the file's order.
    pub tags: Vec<String>,
    /// Group → tag → value, named as `exiftool -j -n -g` names them.
    pub metadata: Metadata,
}

/// Reads the bytes of a `.xmp`.
///
/// # Errors
/// What holds no XMP, or more than 256 KiB of it, is refused.
pub fn sidecar(bytes: &[u8]) -> Result<Sidecar, ImagingError> {
    if bytes.is_empty() {
        return Err(ImagingError::Empty);
    }
    if bytes.len() as u64 > MAX_XMP_BYTES {
        return Err(ImagingError::TooCostly(
            "it is larger than any description".into(),
        ));
    }
    let mut groups = Groups::default();
    let said = xmp::read(bytes, &mut groups).ok_or(ImagingError::UnsupportedType)?;
    let said = Said::together(Said::default(), said, Said::default());
    Ok(Sidecar {
        taken: said.moments.taken(),
        rating: said.rating(),
        camera: said.camera,
        position: said.position,
        title: said.title,
        description: said.description,
        tags: said.tags,
        metadata: groups.into_metadata(),
    })
}
