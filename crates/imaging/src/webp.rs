//! The still picture of a WebP, or the first of an animation.

use std::io::{Read, Seek};

use serde_json::json;

use crate::ffi;
use crate::input::Input;
use crate::raster::{
    Contents, Decoded, MAX_EXIF_BYTES, MAX_ICC_BYTES, MAX_XMP_BYTES, Pixels, Raster, over_white,
};
use crate::{ImagingError, Limits, PREVIEW_EDGE};

pub(crate) fn read<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let file = File::read(input, limits)?;
    let coding = vec![("Lossless", json!(file.picture.lossless))];
    let decoded = decode(&file)?;
    Ok(Contents {
        exif: file.exif,
        xmp: file.xmp,
        icc: file.icc,
        coding,
        ..Contents::of(decoded)
    })
}

/// Where a frame stands on its canvas, in pixels.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    left: u32,
    top: u32,
}

#[derive(Debug, Default)]
struct Bitstream {
    /// `ALPH`, then `VP8 ` or `VP8L`, each with its head.
    chunks: Vec<u8>,
    width: u32,
    height: u32,
    lossless: bool,
    has_alpha_chunk: bool,
    complete: bool,
}

#[derive(Debug, Default)]
struct File {
    canvas: Option<(u32, u32)>,
    place: Place,
    picture: Bitstream,
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    icc: Option<Vec<u8>>,
}

impl File {
    fn read<S: Read + Seek>(input: &mut Input<'_, S>, limits: &Limits) -> Result<Self, ImagingError> {
        let [_, _, _, _, s0, s1, s2, s3, ..] = input.array::<12>()?;
        let length = u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
        let mut left = length.checked_sub(4).ok_or(ImagingError::Truncated)?;
        if left > input.remaining() {
            return Err(ImagingError::Truncated);
        }
        let mut file = Self::default();
        while left >= 8 {
            let (kind, length) = chunk_head(input)?;
            left = left.saturating_sub(8 + length + (length & 1));
            match &kind {
                b"VP8X" if length >= 10 => {
                    let [_, _, _, _, w0, w1, w2, h0, h1, h2] = input.array()?;
                    let (width, height) = (number(w0, w1, w2) + 1, number(h0, h1, h2) + 1);
                    check(width, height, limits)?;
                    file.canvas = Some((width, height));
                    skip(input, length - 10, length)?;
                }
                b"ANMF" if length >= 16 && !file.picture.complete => {
                    file.frame(input, length, limits)?;
                }
                b"ALPH" | b"VP8 " | b"VP8L" if !file.picture.complete => {
                    file.bitstream(&kind, input, length, limits)?;
                }
                b"EXIF" if length <= MAX_EXIF_BYTES && file.exif.is_none() => {
                    file.exif = Some(side(input, length)?);
                }
                b"XMP " if length <= MAX_XMP_BYTES && file.xmp.is_none() => {
                    file.xmp = Some(side(input, length)?);
                }
                b"ICCP" if length <= MAX_ICC_BYTES && file.icc.is_none() => {
                    file.icc = Some(side(input, length)?);
                }
                _ => skip(input, length, length)?,
            }
        }
        let picture = &file.picture;
        if !picture.complete {
            return Err(ImagingError::corrupt("it holds no picture"));
        }
        // The canvas decides how small it is decoded: a large picture on a small one would be in memory whole.
        if file
            .canvas
            .is_some_and(|(width, height)| width < picture.width || height < picture.height)
        {
            return Err(ImagingError::corrupt("its picture is larger than its canvas"));
        }
        Ok(file)
    }

    /// A frame of an animation, with chunks of its own.
    fn frame<S: Read + Seek>(
        &mut self,
        input: &mut Input<'_, S>,
        length: u64,
        limits: &Limits,
    ) -> Result<(), ImagingError> {
        let [x0, x1, x2, y0, y1, y2, ..] = input.array::<16>()?;
        self.place = Place {
            left: number(x0, x1, x2) * 2,
            top: number(y0, y1, y2) * 2,
        };
        let mut left = length - 16;
        while left >= 8 {
            let (kind, length) = chunk_head(input)?;
            left = left.saturating_sub(8 + length + (length & 1));
            match &kind {
                b"ALPH" | b"VP8 " | b"VP8L" if !self.picture.complete => {
                    self.bitstream(&kind, input, length, limits)?;
                }
                _ => skip(input, length, length)?,
            }
        }
        skip(input, left, length)
    }

    fn bitstream<S: Read + Seek>(
        &mut self,
        kind: &[u8; 4],
        input: &mut Input<'_, S>,
        length: u64,
        limits: &Limits,
    ) -> Result<(), ImagingError> {
        let picture = &mut self.picture;
        let pixels = if kind == b"ALPH" {
            if picture.has_alpha_chunk {
                return Err(ImagingError::corrupt("it has two alpha channels"));
            }
            picture.has_alpha_chunk = true;
            let (width, height) = self
                .canvas
                .ok_or_else(|| ImagingError::corrupt("its header is missing"))?;
            u64::from(width) * u64::from(height)
        } else {
            picture.lossless = kind == b"VP8L";
            let (width, height) = if picture.lossless {
                vp8l_size(input.peek()?)?
            } else {
                vp8_size(input.peek()?)?
            };
            check(width, height, limits)?;
            (picture.width, picture.height) = (width, height);
            picture.complete = true;
            let pixels = u64::from(width) * u64::from(height);
            if picture.lossless && pixels * 4 > limits.max_decoder_bytes {
                let megabytes = (pixels * 4) >> 20;
                return Err(ImagingError::TooCostly(format!(
                    "decoding it would take {megabytes} MiB"
                )));
            }
            pixels
        };
        // Four bytes a pixel hold any picture without compression; and it is in memory twice, the second time as a file of its own.
        if length > pixels * 5 + (64 << 10) || length * 2 > limits.max_decoder_bytes {
            return Err(ImagingError::TooCostly(
                "it holds more data than its pixels can need".into(),
            ));
        }
        picture.chunks.extend(kind);
        picture.chunks.extend((length as u32).to_le_bytes());
        picture.chunks.extend(input.take(length as usize)?);
        if length & 1 == 1 {
            picture.chunks.push(0);
        }
        skip(input, 0, length)
    }
}

fn chunk_head<S: Read + Seek>(input: &mut Input<'_, S>) -> Result<([u8; 4], u64), ImagingError> {
    let [k0, k1, k2, k3, s0, s1, s2, s3] = input.array()?;
    Ok(([k0, k1, k2, k3], u64::from(u32::from_le_bytes([s0, s1, s2, s3]))))
}

/// Skips the rest of a chunk and the byte that makes its `length` even, which writers forget at the end of a file.
fn skip<S: Read + Seek>(input: &mut Input<'_, S>, rest: u64, length: u64) -> Result<(), ImagingError> {
    input.skip(rest)?;
    input.skip((length & 1).min(input.remaining()))
}

fn side<S: Read + Seek>(input: &mut Input<'_, S>, length: u64) -> Result<Vec<u8>, ImagingError> {
    let taken = input.take(length as usize)?;
    skip(input, 0, length)?;
    Ok(taken)
}

fn number(low: u8, middle: u8, high: u8) -> u32 {
    u32::from_le_bytes([low, middle, high, 0])
}

fn check(width: u32, height: u32, limits: &Limits) -> Result<(), ImagingError> {
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
    Ok(())
}

fn vp8_size(head: [u8; 10]) -> Result<(u32, u32), ImagingError> {
    let [_, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1] = head else {
        return Err(ImagingError::corrupt("its data does not begin as it must"));
    };
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    Ok((side(w0, w1), side(h0, h1)))
}

fn vp8l_size(head: [u8; 5]) -> Result<(u32, u32), ImagingError> {
    let [0x2F, b0, b1, b2, b3] = head else {
        return Err(ImagingError::corrupt("its data does not begin as it must"));
    };
    let bits = u32::from_le_bytes([b0, b1, b2, b3]);
    Ok(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
}

impl Bitstream {
    /// A complete file of this picture alone.
    fn file(&self) -> Vec<u8> {
        let mut chunks = Vec::with_capacity(self.chunks.len() + 30);
        if self.has_alpha_chunk && !self.lossless {
            chunks.extend(b"VP8X\x0A\0\0\0\x10\0\0\0");
            chunks.extend(&(self.width - 1).to_le_bytes()[..3]);
            chunks.extend(&(self.height - 1).to_le_bytes()[..3]);
        }
        let mut file = Vec::with_capacity(self.chunks.len() + 42);
        file.extend(b"RIFF");
        file.extend(((chunks.len() + self.chunks.len() + 4) as u32).to_le_bytes());
        file.extend(b"WEBP");
        file.append(&mut chunks);
        file.extend(&self.chunks);
        file
    }
}

fn decode(file: &File) -> Result<Decoded, ImagingError> {
    let picture = &file.picture;
    let (width, height) = file.canvas.unwrap_or((picture.width, picture.height));
    // libwebp scales row by row as it decodes; a whole step keeps a frame's place on its canvas exact enough.
    let step = (width.max(height) / PREVIEW_EDGE).max(1);
    let scaled = (picture.width.div_ceil(step), picture.height.div_ceil(step));
    let (pixels, channels) =
        ffi::webp::decode(&picture.file(), scaled.0, scaled.1).map_err(ImagingError::Corrupt)?;
    let over_white = |pixel: &[u8]| match *pixel {
        [r, g, b, alpha] => [r, g, b].map(|colour| over_white(colour, alpha)),
        _ => [pixel[0], pixel[1], pixel[2]],
    };
    let fills_canvas = (width, height) == (picture.width, picture.height);
    let raster = if fills_canvas {
        let rgb = match channels {
            3 => pixels,
            _ => pixels.chunks_exact(channels).flat_map(over_white).collect(),
        };
        Raster {
            width: scaled.0,
            height: scaled.1,
            rgb,
        }
    } else {
        let mut canvas = Raster::white(width.div_ceil(step), height.div_ceil(step));
        let (left, top) = (
            (file.place.left / step) as usize,
            (file.place.top / step) as usize,
        );
        let row_pixels = canvas.width as usize;
        let rows = canvas.rgb.chunks_exact_mut(row_pixels * 3).skip(top);
        for (to, from) in rows.zip(pixels.chunks_exact(scaled.0 as usize * channels)) {
            let to = to.chunks_exact_mut(3).skip(left);
            to.zip(from.chunks_exact(channels))
                .for_each(|(to, from)| to.copy_from_slice(&over_white(from)));
        }
        canvas
    };
    // The scaler maps the whole picture on the whole raster, so nothing is left over at the edges.
    let covered = match fills_canvas {
        true => (f64::from(raster.width), f64::from(raster.height)),
        false => (
            f64::from(width) / f64::from(step),
            f64::from(height) / f64::from(step),
        ),
    };
    Ok(Decoded {
        pixels: Pixels::Rgb(raster, covered),
        width,
        height,
    })
}
