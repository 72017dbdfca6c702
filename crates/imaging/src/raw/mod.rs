//! Camera raw data, by the largest picture that the camera itself made of it: nobody has developed it better, and it costs
//! what a JPEG costs.

mod canon;
mod fuji;
mod preview;
mod tiffs;

use std::io::{Read, Seek};

use photure_domain::photo::MediaType;

use crate::input::Input;
use crate::raster::Contents;
use crate::{ImagingError, Limits, jpeg};
use preview::Preview;

pub(crate) fn read<S: Read + Seek>(
    media_type: MediaType,
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let found = match media_type {
        MediaType::Cr3 => canon::find(input),
        MediaType::Raf => fuji::find(input),
        _ => tiffs::find(input),
    };
    let found = found.ok_or_else(|| ImagingError::corrupt("its directories make no sense"))?;
    let preview = preview::largest(input, &found.candidates)?;
    let mut contents = jpeg::read_part(input, preview.start, preview.length, limits)?;
    if let Some((width, height)) = found.size.filter(|size| has_shape(preview, *size)) {
        let pixels = u64::from(width) * u64::from(height);
        if pixels > limits.max_pixels {
            return Err(ImagingError::TooManyPixels {
                width,
                height,
                limit: limits.max_pixels,
            });
        }
        contents.decoded.claim(width, height);
    }
    // What stands beside the raw data holds for it; a preview's own facts only where there are no others.
    contents.exif = found.exif.or(contents.exif);
    contents.xmp = found.xmp.or(contents.xmp);
    contents.iptc = found.iptc.or(contents.iptc);
    contents.motion = None;
    contents.coding.clear();
    Ok(contents)
}

/// What a raw file holds.
#[derive(Debug, Default)]
struct Found {
    /// Where pictures may be.
    candidates: Vec<Preview>,
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    iptc: Option<Vec<u8>>,
    /// Of the photo, which may be more than its preview's.
    size: Option<(u32, u32)>,
}

/// Whether a photo of that size looks like its preview: sensors have margins, and some previews are cut to another shape.
fn has_shape(preview: Preview, (width, height): (u32, u32)) -> bool {
    if width < preview.width || height < preview.height {
        return false;
    }
    let ratio = f64::from(width) / f64::from(height);
    let shown = f64::from(preview.width) / f64::from(preview.height);
    (ratio / shown - 1.0).abs() < 0.02
}
