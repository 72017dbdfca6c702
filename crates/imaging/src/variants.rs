use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::raster::{Decoded, Raster, fit};
use crate::upright::Orientation;
use crate::{Encoded, ImagingError, PREVIEW_EDGE, THUMB_EDGE, color, ffi};

/// At these, previews and thumbs take the fewest bytes and milliseconds for what the eye sees.
const PREVIEW_QUALITY: u8 = 82;
const THUMB_QUALITY: u8 = 80;
const THUMB_EFFORT: u8 = 2;

/// ThumbHash keeps at most 7×7 frequencies: more pixels than this change nothing.
const HASH_EDGE: u32 = 50;

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
        // A raw photo is larger than what shows it: nothing is enlarged.
        let shown = decoded.covered.0.max(decoded.covered.1).ceil() as u32;
        let (width, height) = fit(decoded.width, decoded.height, PREVIEW_EDGE.min(shown));
        let mut preview = resize(decoded.raster, decoded.covered, width, height)?;
        if let Some(icc) = icc {
            color::to_srgb(&mut preview, icc);
        }
        let preview = orientation.apply(preview);
        let thumb = smaller(&preview, fit(preview.width, preview.height, THUMB_EDGE))?;
        let tiny = smaller(&thumb, fit(thumb.width, thumb.height, HASH_EDGE))?;
        Ok(Self {
            thumbhash: thumbhash(&tiny),
            color: dominant_color(&tiny),
            preview: encoded(&preview, ffi::turbojpeg::encode(&preview, PREVIEW_QUALITY))?,
            thumb: encoded(&thumb, ffi::webp::encode(&thumb, THUMB_QUALITY, THUMB_EFFORT))?,
        })
    }
}

fn encoded(raster: &Raster, bytes: Result<Vec<u8>, String>) -> Result<Encoded, ImagingError> {
    let bytes = bytes.map_err(|reason| ImagingError::TooCostly(format!("encoding failed: {reason}")))?;
    Ok(Encoded {
        bytes,
        width: raster.width,
        height: raster.height,
    })
}

fn smaller(raster: &Raster, (width, height): (u32, u32)) -> Result<Raster, ImagingError> {
    if (width, height) == (raster.width, raster.height) {
        return Ok(raster.clone());
    }
    let rgb = scale(
        raster,
        (f64::from(raster.width), f64::from(raster.height)),
        width,
        height,
    )?;
    Ok(Raster { width, height, rgb })
}

fn resize(raster: Raster, covered: (f64, f64), width: u32, height: u32) -> Result<Raster, ImagingError> {
    if covered == (f64::from(width), f64::from(height)) && (width, height) == (raster.width, raster.height) {
        return Ok(raster);
    }
    let rgb = scale(&raster, covered, width, height)?;
    Ok(Raster { width, height, rgb })
}

fn scale(raster: &Raster, covered: (f64, f64), width: u32, height: u32) -> Result<Vec<u8>, ImagingError> {
    let failed = |reason: String| ImagingError::TooCostly(format!("resizing failed: {reason}"));
    let source = ImageRef::new(raster.width, raster.height, &raster.rgb, PixelType::U8x3);
    let source = source.map_err(|error| failed(error.to_string()))?;
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(0.0, 0.0, covered.0, covered.1);
    Resizer::new()
        .resize(&source, &mut target, &options)
        .map_err(|error| failed(error.to_string()))?;
    Ok(target.into_vec())
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

    #[test]
    fn a_resize_keeps_to_what_the_picture_covers() {
        // Nine columns, of which the last is half outside: what it repeats must not move the edge between the halves.
        let row: Vec<u8> = (0..9).flat_map(|x| [if x < 4 { 0 } else { 255 }; 3]).collect();
        let raster = Raster {
            width: 9,
            height: 1,
            rgb: row,
        };
        let scaled = resize(raster, (8.0, 1.0), 2, 1).unwrap();
        assert!(scaled.rgb[0] < 40 && scaled.rgb[3] > 215, "{:?}", scaled.rgb);
    }
}
