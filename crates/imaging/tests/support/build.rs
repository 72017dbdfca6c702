//! Files, made byte by byte where no encoder makes them.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// Nothing in it is symmetric: red grows to the right, green downwards, and the upper left corner is blue.
pub fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let corner = x < width / 3 && y < height / 4;
        Rgb([
            (x * 255 / width) as u8,
            (y * 255 / height) as u8,
            if corner { 220 } else { 30 },
        ])
    })
}

/// Four quadrants: red, green above; blue, white below.
pub const QUADRANTS: [[u8; 3]; 4] = [[230, 40, 30], [40, 200, 60], [30, 60, 220], [240, 240, 240]];

pub fn jpeg(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 92)
        .encode_image(image)
        .unwrap();
    bytes
}

pub fn png(image: &RgbImage) -> Vec<u8> {
    written(image, ImageFormat::Png)
}

pub fn png_with_alpha(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let image = RgbaImage::from_fn(width, height, |x, y| Rgba(pixel(x, y)));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub fn gif(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::ImageRgb8(image.clone())
        .to_rgba8()
        .write_to(&mut bytes, ImageFormat::Gif)
        .unwrap();
    bytes.into_inner()
}

fn written(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A lossy WebP of the scene: a thumb is one.
pub fn webp(width: u32, height: u32) -> Vec<u8> {
    assert!(width <= 512 && height <= 512);
    super::picture(&png(&scene(width, height))).thumb.bytes
}

pub fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &length[..], data].concat()
}

/// `jpeg` with `inserted` right after its beginning.
pub fn inserted(jpeg: &[u8], inserted: &[u8]) -> Vec<u8> {
    [&jpeg[..2], inserted, &jpeg[2..]].concat()
}

/// An EXIF segment with nothing but an orientation.
pub fn orientation(number: u16) -> Vec<u8> {
    segment(
        0xE1,
        &[b"Exif\0\0", &tiff(&[(0x0112, 3, 1, u32::from(number))])[..]].concat(),
    )
}

/// A little-endian TIFF structure with one directory: tag, type, count, value or offset.
pub fn tiff(entries: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes
}

pub fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = !0_u32;
    for byte in kind.iter().chain(data) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                0xEDB8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
        }
    }
    [
        &(data.len() as u32).to_be_bytes()[..],
        kind,
        data,
        &(!crc).to_be_bytes(),
    ]
    .concat()
}

/// What follows the signature and the header of a PNG, and both of them.
pub fn png_parts(png: &[u8]) -> (&[u8], &[u8]) {
    png.split_at(33)
}

pub fn png_header(width: u32, height: u32, bit_depth: u8, color_type: u8, interlace: u8) -> Vec<u8> {
    let mut fields = Vec::new();
    fields.extend(width.to_be_bytes());
    fields.extend(height.to_be_bytes());
    fields.extend([bit_depth, color_type, 0, 0, interlace]);
    [b"\x89PNG\r\n\x1a\n", &png_chunk(b"IHDR", &fields)[..]].concat()
}

/// A zlib stream that does not compress.
pub fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x78, 0x01];
    let mut blocks = data.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        bytes.push(u8::from(blocks.peek().is_none()));
        bytes.extend((block.len() as u16).to_le_bytes());
        bytes.extend((!(block.len() as u16)).to_le_bytes());
        bytes.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}

/// An interlaced PNG.
pub fn png_interlaced(image: &RgbImage) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let passes = [
        (0, 8, 0, 8),
        (4, 8, 0, 8),
        (0, 4, 4, 8),
        (2, 4, 0, 4),
        (0, 2, 2, 4),
        (1, 2, 0, 2),
        (0, 1, 1, 2),
    ];
    let mut raw = Vec::new();
    for (x0, dx, y0, dy) in passes {
        if x0 >= width {
            continue;
        }
        for y in (y0..height).step_by(dy) {
            raw.push(0);
            (x0..width)
                .step_by(dx)
                .for_each(|x| raw.extend(image.get_pixel(x, y).0));
        }
    }
    [
        png_header(width, height, 8, 2, 1),
        png_chunk(b"IDAT", &zlib_stored(&raw)),
        png_chunk(b"IEND", &[]),
    ]
    .concat()
}

/// A GIF of a screen and one frame on it, row after row of palette indices; 256 colours at most.
pub struct Gif<'a> {
    pub screen: (u16, u16),
    pub frame: (u16, u16, u16, u16),
    pub palette: &'a [[u8; 3]; 4],
    pub transparent: Option<u8>,
    pub interlaced: bool,
    pub rows: Vec<Vec<u8>>,
}

impl Gif<'_> {
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"GIF89a".to_vec();
        bytes.extend(self.screen.0.to_le_bytes());
        bytes.extend(self.screen.1.to_le_bytes());
        bytes.extend([0x81, 0, 0]);
        bytes.extend(self.palette.iter().flatten());
        if let Some(index) = self.transparent {
            bytes.extend([b'!', 0xF9, 4, 1, 0, 0, index, 0]);
        }
        bytes.push(b',');
        let (left, top, width, height) = self.frame;
        [left, top, width, height]
            .iter()
            .for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend([u8::from(self.interlaced) << 6, 2]);
        let order: Vec<usize> = if self.interlaced {
            let passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
            passes
                .iter()
                .flat_map(|(first, step)| (*first..self.rows.len()).step_by(*step))
                .collect()
        } else {
            (0..self.rows.len()).collect()
        };
        let indices: Vec<u8> = order.into_iter().flat_map(|row| self.rows[row].clone()).collect();
        let packed = weezl::encode::Encoder::new(weezl::BitOrder::Lsb, 2)
            .encode(&indices)
            .unwrap();
        for block in packed.chunks(255) {
            bytes.push(block.len() as u8);
            bytes.extend(block);
        }
        bytes.extend([0, b';']);
        bytes
    }
}

pub fn riff(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend(*kind);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend(data);
        body.extend(vec![0; data.len() % 2]);
    }
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

/// The one chunk of a simple lossy WebP.
pub fn vp8(webp: &[u8]) -> Vec<u8> {
    assert_eq!(&webp[12..16], b"VP8 ");
    let length = u32::from_le_bytes(webp[16..20].try_into().unwrap()) as usize;
    webp[20..20 + length].to_vec()
}

pub fn vp8x(width: u32, height: u32, flags: u8) -> Vec<u8> {
    [
        &[flags, 0, 0, 0],
        &(width - 1).to_le_bytes()[..3],
        &(height - 1).to_le_bytes()[..3],
    ]
    .concat()
}
