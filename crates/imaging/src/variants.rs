use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::planes::{Halved, to_raster};
use crate::raster::{Decoded, Pixels, Raster, fit};
use crate::resize::Resize;
use crate::upright::Orientation;
use crate::{Encoded, ImagingError, PREVIEW_EDGE, THUMB_EDGE, color, ffi};

/// At these, previews and thumbs take the fewest bytes and milliseconds for what the eye sees.
pub(crate) const PREVIEW_QUALITY: u8 = 80;
pub(crate) const THUMB_QUALITY: u8 = 80;
pub(crate) const THUMB_EFFORT: u8 = 2;

/// ThumbHash keeps at most 7×7 frequencies: more pixels than this change nothing.
const HASH_EDGE: u32 = 32;

/// Everything made of the pixels.
#[derive(Debug)]
pub(crate) struct Variants {
    pub(crate) preview: Encoded,
    pub(crate) thumb: Encoded,
    pub(crate) thumbhash: String,
    pub(crate) color: String,
}

impl Variants {
    /// Each from the one before, so that the many pixels of the photo are touched once; turned when it is small.
    pub(crate) fn of(
        decoded: Decoded,
        orientation: Orientation,
        icc: Option<&[u8]>,
    ) -> Result<Self, ImagingError> {
        let mut resize = Resize::default();
        let preview = on_screen(decoded, orientation, icc, &mut resize)?;
        let (width, height) = preview.size();
        let (width, height) = fit(width, height, THUMB_EDGE);
        let thumb = preview.smaller(&mut resize, width, height)?;
        let (width, height) = fit(width, height, HASH_EDGE);
        let tiny = thumb.to_raster(&mut resize, width, height)?;
        Ok(Self {
            thumbhash: thumbhash(&tiny),
            color: dominant_color(&tiny),
            preview: encoded(&preview, ffi::turbojpeg::encode(&preview, PREVIEW_QUALITY))?,
            thumb: encoded(&thumb, ffi::webp::encode(&thumb, THUMB_QUALITY, THUMB_EFFORT))?,
        })
    }
}

/// As large as a preview, upright, in sRGB.
pub(crate) fn on_screen(
    decoded: Decoded,
    orientation: Orientation,
    icc: Option<&[u8]>,
    resize: &mut Resize,
) -> Result<Halved, ImagingError> {
    // A raw photo is larger than what shows it: nothing is enlarged.
    let shown = decoded.shown_edge();
    let (width, height) = fit(decoded.width, decoded.height, PREVIEW_EDGE.min(shown));
    let conversion = icc.and_then(color::Conversion::to_srgb);
    let mut raster = match decoded.pixels {
        Pixels::Planes(planes) if conversion.is_none() => {
            return Ok(Halved::of_planes(&planes, resize, width, height)?.turned(orientation));
        }
        Pixels::Planes(planes) => to_raster(&planes, resize, width, height)?,
        Pixels::Rgb(raster, covered) => resize.raster(raster, covered, (width, height))?,
    };
    if let Some(conversion) = conversion {
        conversion.apply(&mut raster);
    }
    Ok(Halved::of_raster(&orientation.raster(raster)))
}

pub(crate) fn encoded(picture: &Halved, bytes: Result<Vec<u8>, String>) -> Result<Encoded, ImagingError> {
    let bytes = bytes.map_err(|reason| ImagingError::TooCostly(format!("encoding failed: {reason}")))?;
    let (width, height) = picture.size();
    Ok(Encoded { bytes, width, height })
}

fn thumbhash(tiny: &Raster) -> String {
    let rgba: Vec<u8> = tiny
        .rgb
        .chunks_exact(3)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255])
        .collect();
    STANDARD.encode(thumbhash::rgba_to_thumb_hash(
        tiny.width as usize,
        tiny.height as usize,
        &rgba,
    ))
}

/// The mean of the fullest of 512 boxes of colours.
fn dominant_color(tiny: &Raster) -> String {
    let mut boxes = vec![(0_u32, [0_u32; 3]); 512];
    for pixel in tiny.rgb.chunks_exact(3) {
        let [r, g, b] = [0, 1, 2].map(|channel| usize::from(pixel[channel] >> 5));
        let (count, sums) = &mut boxes[r << 6 | g << 3 | b];
        *count += 1;
        sums.iter_mut()
            .zip(pixel)
            .for_each(|(sum, value)| *sum += u32::from(*value));
    }
    let (count, [r, g, b]) = boxes
        .into_iter()
        .max_by_key(|(count, _)| *count)
        .unwrap_or((1, [0; 3]));
    let count = count.max(1);
    format!("#{:02x}{:02x}{:02x}", r / count, g / count, b / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dominant_colour_is_one_that_is_there() {
        let blue = [20, 40, 200].repeat(7);
        let red = [220, 10, 10].repeat(5);
        let raster = Raster {
            width: 4,
            height: 3,
            rgb: [red, blue].concat(),
        };
        assert_eq!(dominant_color(&raster), "#1428c8");
    }
}
