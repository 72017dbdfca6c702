//! BMP, row by row: by palette, in 16, 24 and 32 bits, and run-length coded.

use std::io::{Read, Seek};

use serde_json::json;

use crate::input::Input;
use crate::raster::{Contents, over_white};
use crate::shrink::{Order, Shrink};
use crate::{ImagingError, Limits};

/// A row is in memory once; wider ones no screen has shown.
const MAX_ROW_BYTES: u64 = 8 << 20;

pub(crate) fn read<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let header = Header::read(input)?;
    let (width, height) = (header.width, header.height);
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(ImagingError::TooManyPixels {
            width,
            height,
            limit: limits.max_pixels,
        });
    }
    let row_bytes = (u64::from(width) * u64::from(header.bits)).div_ceil(32) * 4;
    if row_bytes > MAX_ROW_BYTES {
        return Err(ImagingError::TooCostly(format!(
            "its rows of {width} pixels are too long"
        )));
    }
    input.go_to(header.pixels_at)?;
    let shrink = match header.coding {
        Coding::Plain => {
            // All of it would be decoded before the end is missed.
            if row_bytes * u64::from(height) > input.remaining() {
                return Err(ImagingError::Truncated);
            }
            let mut shrink = Shrink::new(width, height, Order::FromTheTop);
            for y in 0..height {
                let at = header.pixels_at + u64::from(header.row(y)) * row_bytes;
                let row = input.take_at(at, row_bytes as usize)?;
                header.put(&mut shrink, y, &row);
            }
            shrink
        }
        Coding::Runs => runs(input, &header)?,
    };
    Ok(Contents {
        coding: vec![("BitDepth", json!(header.bits))],
        ..Contents::of(shrink.finish())
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Plain,
    /// Of bytes or of halves of them.
    Runs,
}

#[derive(Debug)]
struct Header {
    width: u32,
    height: u32,
    /// The first row in the file is the uppermost.
    from_the_top: bool,
    bits: u16,
    coding: Coding,
    palette: Vec<[u8; 3]>,
    masks: [u32; 4],
    pixels_at: u64,
}

impl Header {
    fn read<S: Read + Seek>(input: &mut Input<'_, S>) -> Result<Self, ImagingError> {
        input.skip(10)?;
        let pixels_at = u64::from(u32::from_le_bytes(input.array()?));
        let length = u32::from_le_bytes(input.array()?);
        let os2 = length == 12;
        if !matches!(length, 12 | 40 | 52 | 56 | 64 | 108 | 124) {
            return Err(ImagingError::corrupt("its header makes no sense"));
        }
        let fields = input.take(length as usize - 4)?;
        let short = |at: usize| u16::from_le_bytes([fields[at], fields[at + 1]]);
        let long =
            |at: usize| u32::from_le_bytes([fields[at], fields[at + 1], fields[at + 2], fields[at + 3]]);
        let (width, height, bits, compression) = match os2 {
            true => (i32::from(short(0)), i32::from(short(2)), short(6), 0),
            false => (long(0) as i32, long(4) as i32, short(10), long(12)),
        };
        if width <= 0 || height == 0 || height == i32::MIN {
            return Err(ImagingError::corrupt("it declares no pixels"));
        }
        let coding = match (compression, bits) {
            (0, 1 | 4 | 8 | 16 | 24 | 32) | (3 | 6, 16 | 32) => Coding::Plain,
            (1, 8) | (2, 4) if height > 0 => Coding::Runs,
            (4 | 5, _) => return Err(ImagingError::UnsupportedType), // a JPEG or PNG for printers
            _ => return Err(ImagingError::corrupt("it is coded in a way that there is not")),
        };
        let masks = match (compression, length) {
            (3 | 6, 40 | 64) => {
                let mut masks = [0; 4];
                let count = if compression == 6 { 4 } else { 3 };
                for mask in &mut masks[..count] {
                    *mask = u32::from_le_bytes(input.array()?);
                }
                masks
            }
            (3 | 6, 52) => [long(36), long(40), long(44), 0],
            (3 | 6, _) => [long(36), long(40), long(44), long(48)],
            _ if bits == 16 => [0x7C00, 0x03E0, 0x001F, 0],
            _ => [0x00FF_0000, 0x0000_FF00, 0x0000_00FF, 0],
        };
        let palette = match bits {
            1 | 4 | 8 => {
                let used = if os2 { 0 } else { long(28) };
                let most = 1_u32 << bits;
                let colours = if used == 0 { most } else { used.min(most) } as usize;
                let size = if os2 { 3 } else { 4 };
                // Some writers keep fewer colours than they say.
                let room = pixels_at.saturating_sub(input.position()) as usize / size;
                let entries = input.take(colours.min(room) * size)?;
                entries
                    .chunks_exact(size)
                    .map(|bgr| [bgr[2], bgr[1], bgr[0]])
                    .collect()
            }
            _ => Vec::new(),
        };
        Ok(Self {
            width: width.unsigned_abs(),
            height: height.unsigned_abs(),
            from_the_top: height < 0,
            bits,
            coding,
            palette,
            masks,
            pixels_at,
        })
    }

    /// Which row of the file is which of the picture; the same both ways.
    fn row(&self, index: u32) -> u32 {
        if self.from_the_top {
            index
        } else {
            self.height - 1 - index
        }
    }

    /// A colour beyond the palette is black, as everywhere.
    fn colour(&self, index: usize) -> [u8; 3] {
        self.palette.get(index).copied().unwrap_or_default()
    }

    fn put(&self, shrink: &mut Shrink, y: u32, row: &[u8]) {
        let bits = usize::from(self.bits);
        match self.bits {
            24 => shrink.put(y, 0, 1, row.chunks_exact(3).map(|bgr| [bgr[2], bgr[1], bgr[0]])),
            16 => {
                let pixels = row
                    .chunks_exact(2)
                    .map(|pair| u32::from(u16::from_le_bytes([pair[0], pair[1]])));
                shrink.put(y, 0, 1, pixels.map(|pixel| self.masked(pixel)));
            }
            32 => {
                let pixels = row
                    .chunks_exact(4)
                    .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
                shrink.put(y, 0, 1, pixels.map(|pixel| self.masked(pixel)));
            }
            _ => {
                let per_byte = 8 / bits;
                let index = |x: usize| {
                    let shift = 8 - bits * (x % per_byte + 1);
                    usize::from(row[x / per_byte] >> shift) & ((1 << bits) - 1)
                };
                shrink.put(y, 0, 1, (0..self.width as usize).map(|x| self.colour(index(x))));
            }
        }
    }

    fn masked(&self, pixel: u32) -> [u8; 3] {
        let channel = |mask: u32| {
            if mask == 0 {
                return 0;
            }
            let most = u64::from(mask >> mask.trailing_zeros());
            let value = u64::from((pixel & mask) >> mask.trailing_zeros());
            ((value * 255 + most / 2) / most) as u8
        };
        let [r, g, b, a] = self.masks;
        let rgb = [r, g, b].map(channel);
        if a == 0 {
            return rgb;
        }
        rgb.map(|colour| over_white(colour, channel(a)))
    }
}

/// Runs of one colour, and stretches of several; what they leave out is the first of the palette.
fn runs<S: Read + Seek>(input: &mut Input<'_, S>, header: &Header) -> Result<Shrink, ImagingError> {
    let mut shrink = Shrink::new(header.width, header.height, Order::Any);
    let width = header.width as usize;
    let mut row = vec![0_u8; width];
    let (mut x, mut index) = (0_usize, 0_u32);
    let half = |byte: u8, at: usize| {
        if at.is_multiple_of(2) {
            byte >> 4
        } else {
            byte & 15
        }
    };
    let wide = header.bits == 8;
    let finish = |shrink: &mut Shrink, row: &mut [u8], index: u32| {
        let y = header.row(index);
        shrink.put(
            y,
            0,
            1,
            row.iter().map(|colour| header.colour(usize::from(*colour))),
        );
        row.fill(0);
    };
    while index < header.height {
        let [count, value] = input.array()?;
        match (count, value) {
            (0, 0) => {
                finish(&mut shrink, &mut row, index);
                (x, index) = (0, index + 1);
            }
            (0, 1) => break,
            (0, 2) => {
                let [right, down] = input.array()?;
                for _ in 0..down {
                    if index < header.height {
                        finish(&mut shrink, &mut row, index);
                        index += 1;
                    }
                }
                x += usize::from(right);
            }
            (0, count) => {
                let count = usize::from(count);
                let bytes = if wide { count } else { count.div_ceil(2) };
                let stretch = input.take(bytes.next_multiple_of(2))?;
                for at in 0..count {
                    let colour = if wide {
                        stretch[at]
                    } else {
                        half(stretch[at / 2], at)
                    };
                    if let Some(pixel) = row.get_mut(x) {
                        *pixel = colour;
                    }
                    x += 1;
                }
            }
            (count, value) => {
                for at in 0..usize::from(count) {
                    if let Some(pixel) = row.get_mut(x) {
                        *pixel = if wide { value } else { half(value, at) };
                    }
                    x += 1;
                }
            }
        }
    }
    while index < header.height {
        finish(&mut shrink, &mut row, index);
        index += 1;
    }
    Ok(shrink)
}
