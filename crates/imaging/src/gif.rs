//! The first picture of a GIF.

use std::io::{Read, Seek};

use serde_json::json;
use weezl::{BitOrder, LzwStatus, decode::Decoder};

use crate::input::Input;
use crate::raster::Contents;
use crate::shrink::{Order, Shrink};
use crate::{ImagingError, Limits};

/// First row and step of each pass of an interlaced picture.
const PASSES: [(u32, usize); 4] = [(0, 8), (4, 8), (2, 4), (1, 2)];

pub(crate) fn read<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let screen = Screen::read(input, limits)?;
    let mut transparent = None;
    let decoded = loop {
        match input.byte()? {
            b'!' => match input.byte()? {
                0xF9 => transparent = transparency(input)?,
                _ => skip_blocks(input)?,
            },
            b',' => break frame(input, &screen, transparent, limits)?,
            b';' => return Err(ImagingError::corrupt("it holds no picture")),
            _ => {
                return Err(ImagingError::corrupt(
                    "an unknown block stands before its picture",
                ));
            }
        }
    };
    to_the_end(input)?;
    let coding = vec![("BitsPerSample", json!(screen.bits))];
    Ok(Contents {
        coding,
        ..Contents::of(decoded.finish())
    })
}

struct Screen {
    width: u32,
    height: u32,
    bits: u8,
    palette: Option<Vec<u8>>,
}

impl Screen {
    fn read<S: Read + Seek>(input: &mut Input<'_, S>, limits: &Limits) -> Result<Self, ImagingError> {
        input.skip(6)?; // the signature
        let [w0, w1, h0, h1, flags, _, _] = input.array()?;
        let width = u32::from(u16::from_le_bytes([w0, w1]));
        let height = u32::from(u16::from_le_bytes([h0, h1]));
        check(width, height, limits)?;
        Ok(Self {
            width,
            height,
            bits: (flags & 7) + 1,
            palette: palette(input, flags)?,
        })
    }
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

fn palette<S: Read + Seek>(input: &mut Input<'_, S>, flags: u8) -> Result<Option<Vec<u8>>, ImagingError> {
    (flags & 0x80 != 0)
        .then(|| input.take(3 << ((flags & 7) + 1)))
        .transpose()
}

/// The transparent index of a graphic control extension.
fn transparency<S: Read + Seek>(input: &mut Input<'_, S>) -> Result<Option<u8>, ImagingError> {
    let length = input.byte()?;
    if length != 4 {
        input.skip(u64::from(length))?;
        if length != 0 {
            skip_blocks(input)?;
        }
        return Ok(None);
    }
    let [flags, _, _, index] = input.array()?;
    skip_blocks(input)?;
    Ok((flags & 1 != 0).then_some(index))
}

fn skip_blocks<S: Read + Seek>(input: &mut Input<'_, S>) -> Result<(), ImagingError> {
    loop {
        match input.byte()? {
            0 => return Ok(()),
            length => input.skip(u64::from(length))?,
        }
    }
}

/// Draws the frame on a white screen.
fn frame<S: Read + Seek>(
    input: &mut Input<'_, S>,
    screen: &Screen,
    transparent: Option<u8>,
    limits: &Limits,
) -> Result<Shrink, ImagingError> {
    let [x0, x1, y0, y1, w0, w1, h0, h1, flags] = input.array()?;
    let [left, top, width, height] =
        [[x0, x1], [y0, y1], [w0, w1], [h0, h1]].map(|pair| u32::from(u16::from_le_bytes(pair)));
    check(width, height, limits)?;
    let own = palette(input, flags)?;
    let colours = own.as_ref().or(screen.palette.as_ref());
    let colours = colours.ok_or_else(|| ImagingError::corrupt("it has no palette"))?;
    let mut rgb = [[255; 3]; 256]; // an index outside the palette is as good as transparent
    for (slot, colour) in rgb.iter_mut().zip(colours.chunks_exact(3)) {
        slot.copy_from_slice(colour);
    }
    if let Some(index) = transparent {
        rgb[usize::from(index)] = [255; 3];
    }
    let interlaced = flags & 0x40 != 0;
    let mut shrink = Shrink::new(
        screen.width,
        screen.height,
        if interlaced { Order::Any } else { Order::FromTheTop },
    );
    let mut indices = Indices::open(input)?;
    let mut row = vec![0; width as usize];
    let mut painted = vec![[255; 3]; screen.width as usize];
    let mut draw = |y: u32, shrink: &mut Shrink, indices: &mut Indices<'_, '_, S>| {
        indices.read(&mut row)?;
        let inside = painted.iter_mut().skip(left as usize);
        inside
            .zip(&row)
            .for_each(|(pixel, index)| *pixel = rgb[usize::from(*index)]);
        if let Some(y) = y.checked_add(top).filter(|y| *y < screen.height) {
            shrink.put(y, 0, 1, painted.iter().copied());
        }
        Ok::<_, ImagingError>(())
    };
    let blank = |rows: std::ops::Range<u32>, shrink: &mut Shrink| {
        rows.for_each(|y| shrink.put(y, 0, 1, (0..screen.width).map(|_| [255; 3])));
    };
    blank(0..top.min(screen.height), &mut shrink);
    if interlaced {
        for (first, step) in PASSES {
            for y in (first..height).step_by(step) {
                draw(y, &mut shrink, &mut indices)?;
            }
        }
    } else {
        for y in 0..height {
            draw(y, &mut shrink, &mut indices)?;
        }
    }
    blank((top + height).min(screen.height)..screen.height, &mut shrink);
    indices.finish()?;
    Ok(shrink)
}

/// The colour indices of a picture, as they are decompressed.
struct Indices<'i, 'a, S> {
    input: &'i mut Input<'a, S>,
    decoder: Decoder,
    block: [u8; 255],
    length: usize,
    given: usize,
    ended: bool,
}

impl<'i, 'a, S: Read + Seek> Indices<'i, 'a, S> {
    fn open(input: &'i mut Input<'a, S>) -> Result<Self, ImagingError> {
        let code_size = input.byte()?;
        if !(1..=8).contains(&code_size) {
            return Err(ImagingError::corrupt("its code size makes no sense"));
        }
        let decoder = Decoder::new(BitOrder::Lsb, code_size);
        Ok(Self {
            input,
            decoder,
            block: [0; 255],
            length: 0,
            given: 0,
            ended: false,
        })
    }

    fn next_block(&mut self) -> Result<(), ImagingError> {
        self.length = usize::from(self.input.byte()?);
        self.given = 0;
        self.ended = self.length == 0;
        let mut filled = 0;
        while filled < self.length {
            let data = self.input.buffered()?;
            if data.is_empty() {
                return Err(ImagingError::Truncated);
            }
            let bytes = data.len().min(self.length - filled);
            self.block[filled..filled + bytes].copy_from_slice(&data[..bytes]);
            self.input.consume(bytes);
            filled += bytes;
        }
        Ok(())
    }

    fn read(&mut self, mut row: &mut [u8]) -> Result<(), ImagingError> {
        while !row.is_empty() {
            if self.given == self.length && !self.ended {
                self.next_block()?;
            }
            let result = self
                .decoder
                .decode_bytes(&self.block[self.given..self.length], row);
            self.given += result.consumed_in;
            row = &mut row[result.consumed_out..];
            let stuck = match result.status {
                Ok(LzwStatus::Ok) => false,
                Ok(LzwStatus::NoProgress) => self.ended,
                Ok(LzwStatus::Done) => !row.is_empty(),
                Err(_) => return Err(ImagingError::corrupt("its data makes no sense")),
            };
            if stuck {
                return Err(ImagingError::corrupt("rows are missing"));
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), ImagingError> {
        while !self.ended {
            self.next_block()?;
        }
        Ok(())
    }
}

/// Over the other pictures of an animation; what follows them against the rules is nobody's concern.
fn to_the_end<S: Read + Seek>(input: &mut Input<'_, S>) -> Result<(), ImagingError> {
    loop {
        match input.byte()? {
            b'!' => {
                input.skip(1)?;
                skip_blocks(input)?;
            }
            b',' => {
                let [.., flags] = input.array::<9>()?;
                palette(input, flags)?;
                input.skip(1)?;
                skip_blocks(input)?;
            }
            _ => return Ok(()),
        }
    }
}
