//! What fuzzing and reading with hostile eyes have found, each as the smallest file that shows it.

#![allow(clippy::unwrap_used)] // in what tests share, too

mod support;

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use photure_imaging::{Limits, process};
use support::build::{self, scene};
use support::raw::{self, Raw};
use support::{picture, refusal};

/// Counts what is read of it.
struct Counted {
    source: Cursor<Vec<u8>>,
    read: usize,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.read += read;
        Ok(read)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source.seek(to)
    }
}

#[test]
fn many_previews_with_one_endless_header_are_not_read_each_to_its_end() {
    // Sixteen directories below the first, each of which leads to the same four megabytes of fill bytes.
    let length: u32 = 4 << 20;
    let (table, first) = (26, 90);
    let entry = |tag: u16, count: u8, value: u32| {
        [
            &tag.to_le_bytes()[..],
            &[4, 0, count, 0, 0, 0],
            &value.to_le_bytes(),
        ]
        .concat()
    };
    let mut bytes = b"IIU\0\x08\0\0\0\x01\0".to_vec(); // RW2
    bytes.extend(entry(0x014A, 16, table));
    bytes.extend([0; 4]);
    bytes.extend((0..16).flat_map(|index| (first + index * 30_u32).to_le_bytes()));
    let header = first + 16 * 30;
    for _ in 0..16 {
        bytes.extend([2, 0]);
        bytes.extend(entry(0x0201, 1, header));
        bytes.extend(entry(0x0202, 1, length));
        bytes.extend([0; 4]);
    }
    bytes.extend([0xFF, 0xD8]);
    bytes.resize((header + length) as usize, 0xFF);
    let mut source = Counted {
        source: Cursor::new(bytes),
        read: 0,
    };
    let refused = process(&mut source, &Limits::default()).unwrap_err();
    assert_eq!(refused.code(), "unsupported_media_type");
    assert!(source.read < 8 << 20, "{}", source.read);
    let plain = raw::tiff_like(
        Raw::Rw2,
        &build::jpeg(&scene(16, 12)),
        &build::jpeg(&scene(240, 160)),
    );
    assert_eq!(
        picture(&plain).preview.width.max(picture(&plain).preview.height),
        240
    );
}

#[test]
fn a_webp_with_a_large_picture_on_a_small_canvas_is_refused() {
    let vp8 = build::vp8(&build::webp(120, 80));
    let on_canvas =
        |width, height| build::riff(&[(b"VP8X", build::vp8x(width, height, 0)), (b"VP8 ", vp8.clone())]);
    assert_eq!(picture(&on_canvas(120, 80)).width, 120);
    for (width, height) in [(119, 80), (120, 79), (1, 1)] {
        assert_eq!(refusal(&on_canvas(width, height)), "corrupt_image");
    }
}

#[test]
fn a_webp_whose_data_alone_would_fill_the_memory_is_refused_before_it_is_read() {
    let webp = build::webp(120, 80);
    let limits = |max_decoder_bytes| Limits {
        max_decoder_bytes,
        ..Limits::default()
    };
    let read = |limits| process(&mut Cursor::new(&webp[..]), &limits);
    let data = webp.len() as u64;
    assert!(read(limits(data * 2)).is_ok());
    assert_eq!(read(limits(data)).unwrap_err().code(), "image_too_costly");
}
