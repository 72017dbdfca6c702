use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use crate::input::Input;
use crate::raster::fit;
use crate::resize::Resize;
use crate::upright::Orientation;
use crate::variants::{PREVIEW_QUALITY, THUMB_EFFORT, THUMB_QUALITY, encoded, on_screen};
use crate::{Encoded, ImagingError, Limits, THUMB_EDGE, ffi, jpeg};

/// What may be made of a preview for who cannot read a variant in the coding in which it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recoding {
    /// JPEG, fits in [`THUMB_EDGE`].
    JpegThumb,
    /// WebP, as large as the preview.
    WebpPreview,
}

/// Makes another variant of a preview as [`crate::process`] gives it: a preview has all that a screen shows, and
/// few of the pixels that a photo has.
///
/// # Errors
/// As of [`crate::process`]; also where the preview is no JPEG.
pub fn recode<S: Read + Seek>(
    preview: &mut S,
    recoding: Recoding,
    limits: &Limits,
) -> Result<Encoded, ImagingError> {
    catch_unwind(AssertUnwindSafe(|| make(preview, recoding, limits)))
        .unwrap_or_else(|_| Err(ImagingError::corrupt("its decoder gave up")))
}

fn make<S: Read + Seek>(
    preview: &mut S,
    recoding: Recoding,
    limits: &Limits,
) -> Result<Encoded, ImagingError> {
    let decoded = jpeg::read(&mut Input::open(preview)?, limits)?.decoded;
    let mut resize = Resize::default();
    let preview = on_screen(decoded, Orientation::from_exif(1), None, &mut resize)?;
    match recoding {
        Recoding::JpegThumb => {
            let (width, height) = preview.size();
            let (width, height) = fit(width, height, THUMB_EDGE);
            let thumb = preview.smaller(&mut resize, width, height)?;
            encoded(&thumb, ffi::turbojpeg::encode(&thumb, PREVIEW_QUALITY))
        }
        Recoding::WebpPreview => encoded(&preview, ffi::webp::encode(&preview, THUMB_QUALITY, THUMB_EFFORT)),
    }
}
