//! PNG, row by row, without its ancillary chunks.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use png::{ColorType, Transformations};
use serde_json::json;

use crate::input::Input;
use crate::raster::{Contents, MAX_EXIF_BYTES, MAX_ICC_BYTES, MAX_XMP_BYTES, over_white};
use crate::shrink::{Order, Shrink};
use crate::{ImagingError, Limits};

/// A row is in memory a few times over.
const MAX_ROW_BYTES: u64 = 8 << 20;

/// First column, column step, first row, row step of each pass of an interlaced PNG.
const PASSES: [(u32, u32, u32, u32); 7] = [
    (0, 8, 0, 8),
    (4, 8, 0, 8),
    (0, 4, 4, 8),
    (2, 4, 0, 4),
    (0, 2, 2, 4),
    (1, 2, 0, 2),
    (0, 1, 1, 2),
];

pub(crate) fn read<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let mut chunks = Chunks::open(input)?;
    let header = chunks.header;
    let (width, height) = (header.width, header.height);
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
    if u64::from(width) * 8 > MAX_ROW_BYTES {
        return Err(ImagingError::TooCostly(format!(
            "its rows of {width} pixels are too long"
        )));
    }
    let limit = png::Limits {
        bytes: (MAX_ROW_BYTES * 4 + MAX_ICC_BYTES) as usize,
    };
    let mut decoder = png::Decoder::new_with_limits(&mut chunks, limit);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(refusal)?;
    let (color, _) = reader.output_color_type();
    let icc = match color {
        ColorType::Rgb | ColorType::Rgba => reader.info().icc_profile.as_ref().map(|icc| icc.to_vec()),
        _ => None,
    };
    let mut shrink;
    if header.interlaced {
        shrink = Shrink::new(width, height, Order::Any);
        for (column, columns, row, rows) in PASSES {
            if column >= width {
                continue; // a pass without columns has no rows either
            }
            for y in (row..height).step_by(rows as usize) {
                put_row(&mut reader, color, &mut shrink, y, column, columns)?;
            }
        }
    } else {
        shrink = Shrink::new(width, height, Order::FromTheTop);
        for y in 0..height {
            put_row(&mut reader, color, &mut shrink, y, 0, 1)?;
        }
    }
    drop(reader);
    let said = chunks.rest()?;
    let coding = vec![
        ("BitDepth", json!(header.bit_depth)),
        ("ColorType", json!(header.color_type)),
        ("Interlace", json!(u8::from(header.interlaced))),
    ];
    Ok(Contents {
        exif: said.exif,
        xmp: said.xmp,
        icc,
        coding,
        ..Contents::of(shrink.finish())
    })
}

fn put_row<R: BufRead + Seek>(
    reader: &mut png::Reader<R>,
    color: ColorType,
    shrink: &mut Shrink,
    y: u32,
    first: u32,
    every: u32,
) -> Result<(), ImagingError> {
    let row = reader.next_interlaced_row().map_err(refusal)?;
    let row = row.ok_or_else(|| ImagingError::corrupt("rows are missing"))?;
    let data = row.data();
    match color {
        ColorType::Grayscale => shrink.put(y, first, every, data.iter().map(|grey| [*grey; 3])),
        ColorType::GrayscaleAlpha => {
            let pixels = data
                .chunks_exact(2)
                .map(|pixel| [over_white(pixel[0], pixel[1]); 3]);
            shrink.put(y, first, every, pixels);
        }
        ColorType::Rgb => shrink.put(
            y,
            first,
            every,
            data.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]),
        ),
        ColorType::Rgba => {
            let pixels = data
                .chunks_exact(4)
                .map(|pixel| [0, 1, 2].map(|channel| over_white(pixel[channel], pixel[3])));
            shrink.put(y, first, every, pixels);
        }
        ColorType::Indexed => return Err(ImagingError::corrupt("its palette is missing")),
    }
    Ok(())
}

fn refusal(error: png::DecodingError) -> ImagingError {
    match error {
        png::DecodingError::IoError(error) => match error.downcast::<ImagingError>() {
            Ok(refusal) => refusal,
            Err(error) => error.into(),
        },
        png::DecodingError::LimitsExceeded => ImagingError::TooCostly("its chunks are too large".into()),
        other => ImagingError::Corrupt(other.to_string()),
    }
}

#[derive(Clone, Copy)]
struct Header {
    width: u32,
    height: u32,
    bit_depth: u8,
    color_type: u8,
    interlaced: bool,
}

/// The file as if it held nothing but the picture: what `png` reads instead of the file.
struct Chunks<'i, 'a, S> {
    input: &'i mut Input<'a, S>,
    /// Bytes to be given before those of the file: the signature and each kept chunk's length and type.
    head: [u8; 8],
    head_given: usize,
    /// Bytes of the chunk under way, with its checksum.
    left: u64,
    header: Header,
    ended: bool,
    said: Said,
}

/// What is read beside the picture.
#[derive(Default)]
struct Said {
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
}

/// Keyword of the text that is an XMP packet: not compressed, in no language, without a translation.
const XMP: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";

impl<'i, 'a, S: Read + Seek> Chunks<'i, 'a, S> {
    fn open(input: &'i mut Input<'a, S>) -> Result<Self, ImagingError> {
        let head = input.array()?;
        // The header comes first, always, and has 13 bytes.
        let [0, 0, 0, 13, b'I', b'H', b'D', b'R', fields @ ..] = input.peek::<25>()? else {
            return Err(ImagingError::corrupt("it does not begin with its header"));
        };
        let number =
            |at: usize| u32::from_be_bytes([fields[at], fields[at + 1], fields[at + 2], fields[at + 3]]);
        let header = Header {
            width: number(0),
            height: number(4),
            bit_depth: fields[8],
            color_type: fields[9],
            interlaced: fields[12] != 0,
        };
        Ok(Self {
            input,
            head,
            head_given: 0,
            left: 0,
            header,
            ended: false,
            said: Said::default(),
        })
    }

    /// Goes on to the next chunk that the decoder shall see.
    fn next_chunk(&mut self) -> Result<(), ImagingError> {
        loop {
            let head: [u8; 8] = self.input.array()?;
            let [l3, l2, l1, l0, kind @ ..] = head;
            let length = u64::from(u32::from_be_bytes([l3, l2, l1, l0]));
            match &kind {
                b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" => {}
                b"iCCP" if length <= MAX_ICC_BYTES => {}
                b"eXIf" if length <= MAX_EXIF_BYTES && self.said.exif.is_none() => {
                    self.said.exif = Some(self.input.take(length as usize)?);
                    self.input.skip(4)?;
                    continue;
                }
                b"iTXt" if length <= MAX_XMP_BYTES && self.said.xmp.is_none() => {
                    let text = self.input.take(length as usize)?;
                    self.said.xmp = text.strip_prefix(XMP).map(<[u8]>::to_vec);
                    self.input.skip(4)?;
                    continue;
                }
                _ => {
                    self.input.skip(length + 4)?;
                    continue;
                }
            }
            if length + 4 > self.input.remaining() {
                // All of it would be decoded before the end is missed.
                return Err(ImagingError::Truncated);
            }
            self.ended = &kind == b"IEND";
            (self.head, self.head_given, self.left) = (head, 0, length + 4);
            return Ok(());
        }
    }

    /// Skips what the decoder has no need of, to the end of the picture; what it says may stand there.
    fn rest(mut self) -> Result<Said, ImagingError> {
        while !self.ended {
            self.input.skip(self.left)?;
            self.next_chunk()?;
        }
        Ok(self.said)
    }
}

impl<S: Read + Seek> BufRead for Chunks<'_, '_, S> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.head_given == self.head.len() && self.left == 0 && !self.ended {
            self.next_chunk().map_err(io::Error::other)?;
        }
        if self.head_given < self.head.len() {
            return Ok(&self.head[self.head_given..]);
        }
        let data = self.input.buffered().map_err(io::Error::other)?;
        let given = usize::try_from(self.left).map_or(data.len(), |left| data.len().min(left));
        Ok(&data[..given])
    }

    fn consume(&mut self, bytes: usize) {
        if self.head_given < self.head.len() {
            self.head_given += bytes;
        } else {
            self.input.consume(bytes);
            self.left -= bytes as u64;
        }
    }
}

impl<S: Read + Seek> Read for Chunks<'_, '_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let data = self.fill_buf()?;
        let bytes = data.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&data[..bytes]);
        self.consume(bytes);
        Ok(bytes)
    }
}

/// Wanted by the decoder's type, and not used.
impl<S> Seek for Chunks<'_, '_, S> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
