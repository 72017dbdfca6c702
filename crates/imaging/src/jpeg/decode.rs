use std::io::{Read, Seek};

use serde_json::{Value, json};

use super::condense::{Condensed, condense};
use super::planes;
use crate::ffi::turbojpeg::{self, Bounds, Channels};
use crate::input::{Input, Window};
use crate::raster::{Contents, Decoded, Pixels, Raster};
use crate::{ImagingError, Limits, PREVIEW_EDGE, color, motion};

pub(crate) fn read<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let condensed = condense(input, limits)?;
    let decoded = decode(&condensed, limits)?;
    let coding = coding(&condensed);
    let rgb_profile = condensed.icc.filter(|_| condensed.frame.components.len() == 3);
    let motion = motion::after_jpeg(input, condensed.xmp.as_deref());
    Ok(Contents {
        exif: condensed.exif,
        xmp: condensed.xmp,
        iptc: condensed.iptc,
        icc: rgb_profile,
        motion,
        coding,
        ..Contents::of(decoded)
    })
}

/// The same of a JPEG that lies somewhere in `input`.
pub(crate) fn read_part<S: Read + Seek>(
    input: &mut Input<'_, S>,
    start: u64,
    length: u64,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let mut window = Window::new(input, start, length);
    read(&mut Input::open(&mut window)?, limits)
}

/// The part that is ours: the walk through the file, without what libjpeg-turbo makes of it.
#[cfg(feature = "fuzzing")]
pub(crate) fn condense_only<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<(), ImagingError> {
    condense(input, limits).map(drop)
}

fn decode(jpeg: &Condensed, limits: &Limits) -> Result<Decoded, ImagingError> {
    let (width, height) = (jpeg.frame.width, jpeg.frame.height);
    // The smallest n/8 that leaves the long edge a preview's: the transform then yields what is wanted, and no more. But where
    // it would leave out little, all is decoded: a resize keeps more of what the eye sees than the two after each other.
    let eighths = match (PREVIEW_EDGE * 8).div_ceil(width.max(height)) {
        few @ ..=4 => few,
        _ => 8,
    };
    if let Some(planes) = planes::decode(&jpeg.bytes, eighths) {
        return Ok(Decoded {
            pixels: Pixels::Planes(planes),
            width,
            height,
        });
    }
    let scaled = |side: u32| (side * eighths).div_ceil(8);
    let ink = jpeg.frame.components.len() == 4;
    let channels = if ink { Channels::Cmyk } else { Channels::Rgb };
    let bounds = Bounds {
        max_pixels: limits.max_pixels,
        // Coefficients and the decoder's few rows beside them.
        max_memory: limits.max_decoder_bytes + (64 << 20),
        max_scans: limits.max_scans,
    };
    let decoded = turbojpeg::decode(&jpeg.bytes, width, height, eighths, channels, bounds);
    let decoded = decoded.map_err(ImagingError::Corrupt)?;
    let rgb = if ink {
        color::cmyk_to_rgb(decoded, jpeg.adobe, jpeg.icc.as_deref())
    } else {
        decoded
    };
    let raster = Raster {
        width: scaled(width),
        height: scaled(height),
        rgb,
    };
    let covered = |side: u32| f64::from(side * eighths) / 8.0;
    Ok(Decoded {
        pixels: Pixels::Rgb(raster, (covered(width), covered(height))),
        width,
        height,
    })
}

/// In the words and numbers of exiftool.
fn coding(jpeg: &Condensed) -> Vec<(&'static str, Value)> {
    let frame = &jpeg.frame;
    let mut facts = vec![
        ("BitsPerSample", json!(8)),
        ("ColorComponents", json!(frame.components.len())),
        ("EncodingProcess", json!(frame.marker - 0xC0)),
    ];
    if let [(h, v), (1, 1), (1, 1)] = frame.components[..] {
        facts.push(("YCbCrSubSampling", json!(format!("{h} {v}"))));
    }
    facts
}
