//! What a file costs in memory, measured by the kernel: decoders in C do not ask Rust's allocator.
//!
//! A process has one peak, so the tests of this file take turns. Linux only.

#![allow(clippy::unwrap_used)] // in what tests share, too

mod support;

use std::io::{Cursor, Read, Seek};
use std::sync::{Mutex, MutexGuard, PoisonError};

use photure_imaging::{ImagingError, Limits, Picture, process};
use proptest::prelude::*;
use support::build::{self, scene};
use support::raw;
use support::source::Padded;

const MB: u64 = 1 << 20;

/// The size of an upload that fills its limit.
const UPLOAD: u64 = 100 * MB;

/// Whoever holds it is the only test that does anything.
struct Turn(#[allow(dead_code)] MutexGuard<'static, ()>);

impl Turn {
    fn take() -> Self {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        Self(ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How much more memory the process has held at once while `work` ran than before, in bytes, and what came of it.
    fn growth<T>(&self, work: impl FnOnce() -> T) -> (u64, T) {
        std::fs::write("/proc/self/clear_refs", "5").expect("the kernel forgets a peak"); // proc(5)
        let before = status("VmRSS:");
        let result = work();
        (status("VmHWM:").saturating_sub(before), result)
    }
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

fn read<S: Read + Seek>(mut source: S) -> Result<Picture, ImagingError> {
    process(&mut source, &Limits::default())
}

#[test]
fn the_measurement_sees_a_file_that_is_read_whole() {
    let turn = Turn::take();
    let mut source = Padded::to(UPLOAD, b"", b"padding", b"");
    let (bytes, length) = turn.growth(|| {
        let mut whole = Vec::new();
        source.read_to_end(&mut whole).unwrap()
    });
    assert_eq!(length as u64, source.length());
    assert!(bytes > 95 * MB, "{bytes}");
}

/// `what` of 100 MB gives the same picture as `plain` and takes at most 2 MB more.
#[track_caller]
fn assert_padding_costs_nothing(turn: &Turn, what: &str, plain: &[u8], padded: Padded) {
    assert!(padded.length() > 95 * MB, "{what}");
    let expected = read(Cursor::new(plain)).unwrap();
    let (alone, _) = turn.growth(|| read(Cursor::new(plain)).unwrap());
    let (bytes, found) = turn.growth(|| read(padded));
    let found = found.unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
    assert_eq!(found.preview, expected.preview, "{what}");
    assert!(bytes < alone + 2 * MB, "{what}: {bytes}, alone {alone}");
}

#[test]
fn a_jpeg_padded_to_100_mb_takes_no_more_memory_than_its_picture() {
    let turn = Turn::take();
    let jpeg = build::jpeg(&scene(1600, 1200));
    let (head, rest) = jpeg.split_at(2);
    let scan_ends = jpeg.len() - 2;
    let application = build::segment(0xEF, &[7; 65_533]);
    let paddings = [
        ("application segments", head, &application[..], rest),
        ("small comments", head, &build::segment(0xFE, b"padding"), rest),
        (
            "XMP",
            head,
            &build::segment(
                0xE1,
                &[&b"http://ns.adobe.com/xap/1.0/\0"[..], &[b' '; 60_000]].concat(),
            ),
            rest,
        ),
        (
            "profiles",
            head,
            &build::segment(0xE2, &[&b"ICC_PROFILE\0\x01\xFF"[..], &[0; 60_000]].concat()),
            rest,
        ),
        (
            "Adobe segments",
            head,
            &build::segment(0xEE, b"Photoshop 3"),
            rest,
        ),
        (
            "JFIF segments",
            head,
            &build::segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
            rest,
        ),
        ("fill bytes", head, &[0xFF; 4096], rest),
        (
            "fill bytes before the end",
            &jpeg[..scan_ends],
            &[0xFF; 4096],
            &jpeg[scan_ends..],
        ),
        (
            "comments before the end",
            &jpeg[..scan_ends],
            &build::segment(0xFE, &[0; 999]),
            &jpeg[scan_ends..],
        ),
        ("a motion photo's video", &jpeg, &[0; 4096], b"end"),
    ];
    for (what, head, pattern, tail) in paddings {
        assert_padding_costs_nothing(&turn, what, &jpeg, Padded::to(UPLOAD, head, pattern, tail));
    }
}

#[test]
fn a_jpeg_padded_within_what_is_decoded_is_refused() {
    let turn = Turn::take();
    let jpeg = build::jpeg(&scene(640, 480));
    let (head, rest) = jpeg.split_at(2);
    let scan_ends = jpeg.len() - 2;
    let table = build::segment(0xDB, &[&[0][..], &[1; 64]].concat());
    for (what, head, pattern, tail) in [
        ("tables", head, &table[..], rest),
        (
            "coded data",
            &jpeg[..scan_ends],
            &[0x55; 4096],
            &jpeg[scan_ends..],
        ),
        (
            "restart markers",
            &jpeg[..scan_ends],
            &[0xFF, 0xD0],
            &jpeg[scan_ends..],
        ),
    ] {
        let (bytes, result) = turn.growth(|| read(Padded::to(UPLOAD, head, pattern, tail)));
        assert_eq!(result.unwrap_err().code(), "image_too_costly", "{what}");
        assert!(bytes < 8 * MB, "{what}: {bytes}");
    }
}

#[test]
fn other_formats_padded_to_100_mb_take_no_more_memory_than_their_picture() {
    let turn = Turn::take();
    let png = build::png(&scene(900, 600));
    let (header, body) = build::png_parts(&png);
    let (data, end) = body.split_at(body.len() - 12);
    let large = build::png_chunk(b"zTXt", &vec![1; 8 << 20]);
    let small = build::png_chunk(b"tEXt", b"Comment\0padding");
    let more_data = build::png_chunk(b"IDAT", &[0; 8192]);
    assert_padding_costs_nothing(
        &turn,
        "large texts",
        &png,
        Padded::to(UPLOAD, header, &large, body),
    );
    assert_padding_costs_nothing(
        &turn,
        "small texts",
        &png,
        Padded::to(UPLOAD, header, &small, body),
    );
    let late = Padded::to(UPLOAD, &[header, data].concat(), &more_data, end);
    assert_padding_costs_nothing(&turn, "data after the picture", &png, late);
    assert_padding_costs_nothing(
        &turn,
        "bytes after the end",
        &png,
        Padded::to(UPLOAD, &png, &[0; 4096], b""),
    );

    let gif = build::gif(&scene(300, 200));
    let blocks_at = gif.windows(2).position(|pair| pair == [b'!', 0xF9]).unwrap();
    let (head, rest) = gif.split_at(blocks_at);
    let comment = [&[255][..], &[b'x'; 255]].concat();
    let commented = [head, &[b'!', 0xFE]].concat();
    let padded = Padded::to(UPLOAD, &commented, &comment, &[&[0], rest].concat());
    assert_padding_costs_nothing(&turn, "a comment", &gif, padded);

    let webp = build::webp(400, 300);
    let chunk = [b"junk", &8000_u32.to_le_bytes()[..], &[0; 8000]].concat();
    let mut padded = Padded::to(UPLOAD, &webp, &chunk, b"");
    let riff = (padded.length() - 8) as u32;
    padded.head[4..8].copy_from_slice(&riff.to_le_bytes());
    assert_padding_costs_nothing(&turn, "unknown chunks", &webp, padded);
}

/// A PNG of so many pixels, all of one row's bytes.
fn large_png(width: u32, height: u32) -> Padded {
    let row = [vec![0], vec![0x7F; width as usize * 3]].concat();
    // One stored block a row: no compressor is needed, and none would make it as large.
    let block = |row: &[u8], last: bool| {
        let mut block = vec![u8::from(last)];
        block.extend((row.len() as u16).to_le_bytes());
        block.extend((!(row.len() as u16)).to_le_bytes());
        block.extend(row);
        block
    };
    let first = build::png_chunk(b"IDAT", &[0x78, 0x01]);
    let rows = build::png_chunk(b"IDAT", &block(&row, false));
    let last = [
        build::png_chunk(b"IDAT", &block(&[], true)),
        build::png_chunk(b"IEND", &[]),
    ]
    .concat();
    let head = [build::png_header(width, height, 8, 2, 0), first].concat();
    Padded::to(rows.len() as u64 * u64::from(height), &head, &rows, &last)
}

#[test]
fn a_png_of_190_megapixels_is_never_in_memory() {
    let turn = Turn::take();
    let (bytes, result) = turn.growth(|| read(large_png(19_000, 10_000)));
    let picture = result.unwrap();
    assert_eq!((picture.width, picture.preview.width), (19_000, 1440));
    assert!(bytes < 48 * MB, "{bytes}");
}

#[test]
fn a_baseline_photo_of_24_megapixels_takes_40_mb() {
    let turn = Turn::take();
    let jpeg = build::jpeg(&scene(6000, 4000));
    let (bytes, _) = turn.growth(|| read(Cursor::new(&jpeg)).unwrap());
    assert!(bytes < 40 * MB, "{bytes}");
}

#[test]
fn exif_that_would_grow_without_end_costs_nothing() {
    let turn = Turn::take();
    let jpeg = build::jpeg(&scene(160, 120));
    // Every directory begins at the same place and is full of pointers to itself.
    let pointers: Vec<(u16, u16, u32, u32)> = (0..5000)
        .map(|index| ([0x8769, 0x8825, 0xA005][index % 3], 4, 1, 8))
        .collect();
    // Every text is the whole of the file.
    let texts: Vec<(u16, u16, u32, u32)> = (0..5000)
        .map(|index| (0x010E + index as u16, 2, 60_000, 0))
        .collect();
    for (what, entries) in [("pointers", pointers), ("texts", texts)] {
        let tiff = build::tiff(&entries);
        let bomb = build::inserted(&jpeg, &build::segment(0xE1, &[b"Exif\0\0", &tiff[..]].concat()));
        let (alone, _) = turn.growth(|| read(Cursor::new(&jpeg)).unwrap());
        let (bytes, picture) = turn.growth(|| read(Cursor::new(&bomb)));
        assert_eq!(picture.unwrap().width, 160, "{what}");
        assert!(bytes < alone + 4 * MB, "{what}: {bytes}, alone {alone}");
    }
}

#[test]
fn a_tiff_whose_width_is_millions_of_numbers_costs_nothing() {
    let turn = Turn::take();
    let numbers = 4_u32 << 20;
    let mut bomb = build::tiff(&[(0x0100, 4, numbers, 64), (0x0101, 3, 1, 2), (0x0102, 3, 1, 8)]);
    bomb.resize(64 + 4 * numbers as usize, 0);
    let (bytes, refused) = turn.growth(|| read(Cursor::new(&bomb)));
    assert_eq!(refused.unwrap_err().code(), "corrupt_image");
    assert!(bytes < 8 * MB, "{bytes}");
}

#[test]
fn no_sample_takes_more_than_it_is_allowed() {
    let turn = Turn::take();
    let allowed = Limits::default().max_decoder_bytes;
    for file in support::sample_files(&["camera", "hostile", "metadata", "orientation"]) {
        let bytes = std::fs::read(&file).unwrap();
        let (taken, _) = turn.growth(|| read(Cursor::new(&bytes)).map(drop));
        assert!(taken < allowed, "{}: {taken}", file.display());
    }
}

/// A megapixel and 16 MB for a decoder: no file may make more of it than this. The rest are rows, tables and variants.
const SMALL: Limits = Limits {
    max_pixels: 1 << 20,
    max_decoder_bytes: 16 << 20,
    max_scans: 20,
};
const MOST: u64 = 64 * MB;

fn originals() -> Vec<Vec<u8>> {
    let mut all = vec![
        build::jpeg(&scene(160, 120)),
        include_bytes!("fixtures/progressive.jpg").to_vec(),
        include_bytes!("fixtures/arithmetic.jpg").to_vec(),
        include_bytes!("fixtures/ycck.jpg").to_vec(),
        build::inserted(&build::jpeg(&scene(60, 40)), &build::orientation(6)),
        build::png(&scene(60, 40)),
        build::png_interlaced(&scene(21, 13)),
        build::gif(&scene(60, 40)),
        build::webp(60, 40),
        include_bytes!("fixtures/8bit.heic").to_vec(),
        include_bytes!("fixtures/pq-10bit.heic").to_vec(),
        include_bytes!("fixtures/alpha.heic").to_vec(),
        include_bytes!("fixtures/8bit.avif").to_vec(),
        include_bytes!("fixtures/lossy.jxl").to_vec(),
        include_bytes!("fixtures/lossless.jxl").to_vec(),
        raw::tiff_like(
            raw::Raw::Nef,
            &build::jpeg(&scene(16, 12)),
            &build::jpeg(&scene(60, 40)),
        ),
        raw::cr3(&build::jpeg(&scene(16, 12)), &build::jpeg(&scene(60, 40))),
        raw::orf(&build::jpeg(&scene(16, 12)), &build::jpeg(&scene(60, 40))),
        raw::motion(&build::jpeg(&scene(60, 40)), b"\0\0\0\x14ftypmp42 and so on"),
    ];
    for format in [image::ImageFormat::Tiff, image::ImageFormat::Bmp] {
        let mut bytes = Cursor::new(Vec::new());
        scene(60, 40).write_to(&mut bytes, format).unwrap();
        all.push(bytes.into_inner());
    }
    all.push(build::riff(&[
        (b"VP8X", build::vp8x(60, 40, 0x18)),
        (b"ALPH", [vec![0], vec![255; 60 * 40]].concat()),
        (b"VP8 ", build::vp8(&build::webp(60, 40))),
        (b"EXIF", build::tiff(&[(0x0112, 3, 1, 6)])),
    ]));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_makes_a_decoder_panic_or_take_more_than_its_bound(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
        early in any::<bool>(),
    ) {
        let turn = Turn::take();
        thread_local!(static ORIGINALS: Vec<Vec<u8>> = originals());
        let mut bytes = ORIGINALS.with(|originals| which.get(originals).clone());
        for (at, value) in changes {
            // Headers are where damage matters most.
            let reach = if early { bytes.len().min(200) } else { bytes.len() };
            let at = at.index(reach);
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            let length = cut.index(bytes.len());
            bytes.truncate(length);
        }
        let (taken, result) = turn.growth(|| process(&mut Cursor::new(&bytes), &SMALL));
        prop_assert!(taken < MOST, "{taken}");
        match result {
            Ok(picture) => prop_assert!(u64::from(picture.width) * u64::from(picture.height) <= SMALL.max_pixels),
            // `process` turns a panic into this refusal; here it is a fault.
            Err(refusal) => prop_assert!(!refusal.to_string().contains("gave up"), "{}", refusal),
        }
    }
}
