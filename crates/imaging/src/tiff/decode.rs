use std::io::{Read, Seek};

use serde_json::{Value, json};
use tiff::decoder::{ChunkType, Decoder, DecodingResult};
use tiff::tags::{PlanarConfiguration, Tag};
use tiff::{ColorType, TiffError};

use super::directory::Walk;
use super::{Block, tag};
use crate::color::Inks;
use crate::hdr::srgb_of_linear;
use crate::input::Input;
use crate::raster::{Contents, MAX_ICC_BYTES, MAX_IPTC_BYTES, MAX_XMP_BYTES, over_white};
use crate::shrink::{Order, Shrink};
use crate::{ImagingError, Limits};

/// Offsets of a picture's parts: a strip of one row each is the most there should be.
const MAX_TABLE_BYTES: usize = 4 << 20;
/// As many numbers may one entry hold that describes the picture. The decoder reads these before it can be told its limits, and takes 32
/// bytes for each that is declared.
const MAX_NUMBERS: u32 = 1 << 20;
const ASCII: u16 = 2;
const DESCRIBING: std::ops::RangeInclusive<u16> = 256..=532;

/// The first picture of a TIFF, part by part.
pub(crate) fn read<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let said = said(input).ok_or_else(|| ImagingError::corrupt("its directories make no sense"))?;
    input.go_to(0)?;
    let mut decoder = Decoder::new(&mut *input)
        .map_err(refusal)?
        .with_limits(bounds(limits));
    let (width, height) = decoder.dimensions().map_err(refusal)?;
    if width == 0 || height == 0 {
        return Err(ImagingError::corrupt("it declares no pixels"));
    }
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(ImagingError::TooManyPixels {
            width,
            height,
            limit: limits.max_pixels,
        });
    }
    let color = decoder.colortype().map_err(refusal)?;
    let alpha_first_is_color = decoder
        .find_tag_unsigned_vec::<u16>(Tag::ExtraSamples)
        .map_err(refusal)?
        .unwrap_or_default();
    let pixels = Pixels::of(color, alpha_first_is_color.first().copied(), said.icc.as_deref())?;
    let planar = decoder
        .find_tag_unsigned::<u16>(Tag::PlanarConfiguration)
        .map_err(refusal)?
        == Some(PlanarConfiguration::Planar.to_u16());
    let tiled = decoder.get_chunk_type() == ChunkType::Tile;
    let order = if tiled { Order::Any } else { Order::FromTheTop };
    let mut shrink = Shrink::new(width, height, order);
    let (part_width, part_height) = decoder.chunk_dimensions();
    if part_width == 0 || part_height == 0 {
        return Err(ImagingError::corrupt("its parts have no pixels"));
    }
    let across = width.div_ceil(part_width);
    let down = height.div_ceil(part_height);
    let part_bytes = u64::from(part_width.min(width))
        * u64::from(part_height.min(height))
        * u64::from(color.num_samples())
        * u64::from(color.bit_depth().div_ceil(8));
    // What is read, what it becomes, and what it is compressed from.
    if part_bytes * 3 > limits.max_decoder_bytes {
        let megabytes = (part_bytes * 3) >> 20;
        return Err(ImagingError::TooCostly(format!(
            "decoding it would take {megabytes} MiB"
        )));
    }
    for index in 0..across * down {
        let (wide, high) = decoder.chunk_data_dimensions(index);
        let part = Part {
            left: index % across * part_width,
            top: index / across * part_height,
            width: wide as usize,
            height: high as usize,
        };
        let planes = if planar {
            usize::from(color.num_samples())
        } else {
            1
        };
        let mut samples = Vec::with_capacity(planes);
        for plane in 0..planes {
            let chunk = decoder
                .read_chunk(index + plane as u32 * across * down)
                .map_err(refusal)?;
            let row_samples = part.width * usize::from(color.num_samples()) / planes;
            samples.push(bytes(chunk, color.bit_depth(), row_samples, part.height)?);
        }
        let samples = match &mut samples[..] {
            [only] => std::mem::take(only),
            several => interleaved(several),
        };
        pixels.put(&mut shrink, part, samples)?;
    }
    drop(decoder);
    Ok(Contents {
        exif: Some(said.exif),
        xmp: said.xmp,
        iptc: said.iptc,
        icc: said
            .icc
            .filter(|_| matches!(pixels, Pixels::Rgb { .. } | Pixels::YCbCr)),
        coding: coding(color),
        ..Contents::of(shrink.finish())
    })
}

fn bounds(limits: &Limits) -> tiff::decoder::Limits {
    let mut bounds = tiff::decoder::Limits::default();
    bounds.decoding_buffer_size = limits.max_decoder_bytes as usize;
    bounds.intermediate_buffer_size = limits.max_decoder_bytes as usize;
    bounds.ifd_value_size = MAX_TABLE_BYTES;
    bounds
}

struct Said {
    exif: Vec<u8>,
    xmp: Option<Vec<u8>>,
    iptc: Option<Vec<u8>>,
    icc: Option<Vec<u8>>,
}

fn said<S: Read + Seek>(input: &mut Input<'_, S>) -> Option<Said> {
    let (mut walk, first) = Walk::open(input, 0)?;
    let first = walk.directory(first)?;
    let mut describing = first
        .entries
        .iter()
        .filter(|entry| DESCRIBING.contains(&entry.tag));
    if describing.any(|entry| entry.kind != ASCII && entry.count > MAX_NUMBERS) {
        return None;
    }
    let mut value = |tag, most: u64| {
        let entry = first.entry(tag)?;
        walk.value(entry, most as usize)
    };
    let (xmp, iptc, icc) = (
        value(tag::XMP, MAX_XMP_BYTES),
        value(tag::IPTC, MAX_IPTC_BYTES),
        value(tag::ICC, MAX_ICC_BYTES),
    );
    Some(Said {
        exif: Block::of(&mut walk, &first).to_bytes(),
        xmp,
        iptc,
        icc,
    })
}

/// Where a strip or tile lies in the picture.
#[derive(Clone, Copy)]
struct Part {
    left: u32,
    top: u32,
    width: usize,
    height: usize,
}

enum Pixels {
    /// Samples a pixel; the second may be alpha.
    Grey {
        samples: usize,
        alpha: Alpha,
    },
    Rgb {
        samples: usize,
        alpha: Alpha,
    },
    YCbCr,
    Cmyk {
        samples: usize,
        inks: Inks,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Alpha {
    None,
    Premultiplied,
    Straight,
}

impl Pixels {
    fn of(color: ColorType, extra: Option<u16>, icc: Option<&[u8]>) -> Result<Self, ImagingError> {
        let alpha = match extra {
            Some(1) => Alpha::Premultiplied,
            Some(2) => Alpha::Straight,
            _ => Alpha::None,
        };
        let samples = usize::from(color.num_samples());
        match color {
            ColorType::Gray(_) => Ok(Self::Grey {
                samples,
                alpha: Alpha::None,
            }),
            ColorType::GrayA(_) | ColorType::Multiband { .. } => Ok(Self::Grey { samples, alpha }),
            ColorType::RGB(_) => Ok(Self::Rgb {
                samples,
                alpha: Alpha::None,
            }),
            ColorType::RGBA(_) => Ok(Self::Rgb { samples, alpha }),
            ColorType::YCbCr(8) => Ok(Self::YCbCr),
            ColorType::CMYK(_) | ColorType::CMYKA(_) => Ok(Self::Cmyk {
                samples,
                inks: Inks::of(icc),
            }),
            _ => Err(ImagingError::UnsupportedType),
        }
    }

    fn put(&self, shrink: &mut Shrink, part: Part, samples: Vec<u8>) -> Result<(), ImagingError> {
        let (per_pixel, samples) = match self {
            Self::Grey { samples: count, .. } | Self::Rgb { samples: count, .. } => (*count, samples),
            Self::YCbCr => (3, samples),
            Self::Cmyk { samples: count, inks } => {
                let cmyk = samples
                    .chunks_exact(*count)
                    .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], pixel[3]]);
                (3, inks.to_rgb(&cmyk.collect::<Vec<_>>()))
            }
        };
        let row = part.width * per_pixel;
        if samples.len() < row * part.height {
            return Err(ImagingError::Truncated);
        }
        for (index, row) in samples.chunks_exact(row).take(part.height).enumerate() {
            let y = part.top + index as u32;
            let pixels = row.chunks_exact(per_pixel).map(|pixel| self.pixel(pixel));
            shrink.put(y, part.left, 1, pixels);
        }
        Ok(())
    }

    fn pixel(&self, samples: &[u8]) -> [u8; 3] {
        let blended = |colour: u8, alpha: Alpha, opacity: Option<&u8>| match (alpha, opacity) {
            (Alpha::Premultiplied, Some(opacity)) => colour.saturating_add(255 - opacity),
            (Alpha::Straight, Some(opacity)) => over_white(colour, *opacity),
            _ => colour,
        };
        match self {
            Self::Grey { alpha, .. } => [blended(samples[0], *alpha, samples.get(1)); 3],
            Self::Rgb { alpha, .. } => {
                [0, 1, 2].map(|channel| blended(samples[channel], *alpha, samples.get(3)))
            }
            Self::Cmyk { .. } => [samples[0], samples[1], samples[2]],
            Self::YCbCr => {
                let [y, cb, cr] = [samples[0], samples[1], samples[2]].map(f32::from);
                let (cb, cr) = (cb - 128.0, cr - 128.0);
                [
                    y + 1.402 * cr,
                    y - 0.344_136 * cb - 0.714_136 * cr,
                    y + 1.772 * cb,
                ]
                .map(|value| (value + 0.5).clamp(0.0, 255.0) as u8)
            }
        }
    }
}

/// Eight bits a sample, whatever there were.
fn bytes(chunk: DecodingResult, depth: u8, row: usize, rows: usize) -> Result<Vec<u8>, ImagingError> {
    Ok(match chunk {
        DecodingResult::U8(samples) if depth == 8 => samples,
        DecodingResult::U8(packed) if matches!(depth, 1 | 2 | 4) => {
            let depth = usize::from(depth);
            let (stride, most) = ((row * depth).div_ceil(8), (1 << depth) - 1);
            if packed.len() < stride * rows {
                return Err(ImagingError::Truncated);
            }
            let sample = |line: &[u8], x: usize| {
                let shift = 8 - depth - x * depth % 8;
                (usize::from(line[x * depth / 8] >> shift) & most) * 255 / most
            };
            let lines = packed.chunks_exact(stride).take(rows);
            lines
                .flat_map(|line| (0..row).map(move |x| sample(line, x) as u8))
                .collect()
        }
        DecodingResult::U16(samples) if depth == 16 => {
            samples.into_iter().map(|value| (value >> 8) as u8).collect()
        }
        DecodingResult::U32(samples) if depth == 32 => {
            samples.into_iter().map(|value| (value >> 24) as u8).collect()
        }
        // Floating numbers are light itself.
        DecodingResult::F32(samples) => samples
            .into_iter()
            .map(|value| (srgb_of_linear(value.clamp(0.0, 1.0)) * 255.0 + 0.5) as u8)
            .collect(),
        _ => return Err(ImagingError::UnsupportedType),
    })
}

fn interleaved(planes: &[Vec<u8>]) -> Vec<u8> {
    let length = planes.iter().map(Vec::len).min().unwrap_or(0);
    (0..length)
        .flat_map(|at| planes.iter().map(move |plane| plane[at]))
        .collect()
}

fn coding(color: ColorType) -> Vec<(&'static str, Value)> {
    vec![
        ("BitsPerSample", json!(color.bit_depth())),
        ("ColorComponents", json!(color.num_samples())),
    ]
}

fn refusal(error: TiffError) -> ImagingError {
    match error {
        TiffError::IoError(error) => error.into(),
        TiffError::LimitsExceeded | TiffError::IntSizeError => {
            ImagingError::TooCostly("its parts are too large".into())
        }
        TiffError::UnsupportedError(_) => ImagingError::UnsupportedType,
        other => ImagingError::Corrupt(other.to_string()),
    }
}
