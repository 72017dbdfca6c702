//! What is refused, with which code, and that damage never costs more than the file.

#![allow(clippy::unwrap_used)] // in what tests share, too

mod support;

use std::io::Cursor;

use photure_imaging::{ImagingError, Limits, process};
use support::build::{self, scene};
use support::{picture, read, refusal};

#[test]
fn what_is_no_picture_is_refused() {
    assert_eq!(refusal(b""), "empty_file");
    let others: [&[u8]; 6] = [
        b"hello, I am a photo.jpg\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2\0\0\0\x08moov",
        b"%PDF-1.7\n",
        b"RIFF\x10\0\0\0AVI LIST\0\0\0\0\0\0\0\0",
        b"\xFF",
    ];
    for bytes in others {
        assert_eq!(refusal(bytes), "unsupported_media_type", "{bytes:?}");
    }
}

#[test]
fn refusals_are_sentences_with_stable_codes() {
    let all = [
        (ImagingError::Empty, "empty_file"),
        (ImagingError::UnsupportedType, "unsupported_media_type"),
        (ImagingError::Truncated, "truncated_image"),
        (ImagingError::Corrupt("it has no palette".into()), "corrupt_image"),
        (
            ImagingError::TooManyPixels {
                width: 1,
                height: 2,
                limit: 1,
            },
            "too_many_pixels",
        ),
        (
            ImagingError::TooCostly("it is coded in more than 100 passes".into()),
            "image_too_costly",
        ),
    ];
    for (error, code) in all {
        assert_eq!(error.code(), code);
        let sentence = error.to_string();
        assert!(
            sentence.ends_with('.') && sentence.starts_with(char::is_uppercase),
            "{sentence}"
        );
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let files = [
        build::jpeg(&scene(40, 30)),
        include_bytes!("fixtures/progressive.jpg").to_vec(),
        build::png(&scene(40, 30)),
        build::png_interlaced(&scene(9, 7)),
        build::gif(&scene(20, 15)),
        build::webp(40, 30),
    ];
    for whole in files {
        picture(&whole);
        for length in 0..whole.len() {
            let code = refusal(&whole[..length]);
            let expected = match length {
                0 => &["empty_file"][..],
                1..12 => &["unsupported_media_type", "truncated_image"],
                _ => &["truncated_image", "corrupt_image"],
            };
            assert!(expected.contains(&code), "{code} at {length} of {}", whole.len());
        }
    }
}

#[test]
fn a_truncated_jpeg_is_called_truncated() {
    let jpeg = build::jpeg(&scene(400, 300));
    for length in [20, 300, jpeg.len() / 2, jpeg.len() - 2, jpeg.len() - 1] {
        assert_eq!(refusal(&jpeg[..length]), "truncated_image", "{length}");
    }
}

#[test]
fn pixels_are_counted_before_anything_is_decoded() {
    let png = [
        build::png_header(17_000, 17_000, 8, 2, 0),
        build::png_chunk(b"IEND", &[]),
    ]
    .concat();
    let jpeg = [
        b"\xFF\xD8".to_vec(),
        build::segment(
            0xC0,
            &[8, 0x42, 0x68, 0x42, 0x68, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1],
        ),
    ]
    .concat();
    let gif = [b"GIF89a", &[0x68, 0x42, 0x68, 0x42, 0, 0, 0][..]].concat();
    let webp = build::riff(&[(b"VP8X", build::vp8x(16_384, 16_384, 0)), (b"VP8 ", vec![0; 10])]);
    for bytes in [png, jpeg, gif, webp] {
        assert_eq!(refusal(&bytes), "too_many_pixels");
    }
    let limits = Limits {
        max_pixels: 40 * 30 - 1,
        ..Limits::default()
    };
    let webp = build::webp(40, 30);
    for bytes in [
        build::jpeg(&scene(40, 30)),
        build::png(&scene(40, 30)),
        build::gif(&scene(40, 30)),
        webp,
    ] {
        let refused = process(&mut Cursor::new(&bytes), &limits).unwrap_err();
        assert!(
            matches!(
                refused,
                ImagingError::TooManyPixels {
                    width: 40,
                    height: 30,
                    limit: 1199
                }
            ),
            "{refused:?}"
        );
        let exactly = Limits {
            max_pixels: 40 * 30,
            ..Limits::default()
        };
        process(&mut Cursor::new(&bytes), &exactly).unwrap();
    }
}

/// A few hundred bytes that declare what a decoder would reserve gigabytes for.
fn progressive(width: u16, height: u16, scans: usize) -> Vec<u8> {
    let [w1, w0] = width.to_be_bytes();
    let [h1, h0] = height.to_be_bytes();
    let table = build::segment(0xC4, &[&[0x00, 1][..], &[0; 15], &[0]].concat());
    let scan = [build::segment(0xDA, &[1, 1, 0x00, 0, 0, 0]), vec![0; 8]].concat();
    let mut bytes = b"\xFF\xD8".to_vec();
    bytes.extend(build::segment(0xDB, &[&[0][..], &[1; 64]].concat()));
    bytes.extend(build::segment(
        0xC2,
        &[8, h1, h0, w1, w0, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0],
    ));
    bytes.extend(table);
    bytes.extend(scan.repeat(scans));
    bytes.extend([0xFF, 0xD9]);
    bytes
}

#[test]
fn a_progressive_jpeg_that_would_take_gigabytes_is_refused() {
    assert_eq!(refusal(&progressive(14_000, 14_000, 1)), "image_too_costly");
    assert_eq!(refusal(&progressive(64, 64, 101)), "image_too_costly");
    let small = Limits {
        max_decoder_bytes: 919,
        ..Limits::default()
    };
    let bytes = include_bytes!("fixtures/progressive.jpg");
    let refused = process(&mut Cursor::new(bytes), &small).unwrap_err();
    assert_eq!(refused.code(), "image_too_costly");
}

#[test]
fn contradictions_are_refused() {
    let jpeg = build::jpeg(&scene(40, 30));
    let frame_at = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let frame = &jpeg[frame_at..frame_at + 19];
    let changed = |offset: usize, value: u8| {
        let mut jpeg = jpeg.clone();
        jpeg[frame_at + offset] = value;
        jpeg
    };
    let two_frames = [&jpeg[..frame_at], frame, &jpeg[frame_at..]].concat();
    let nested = build::inserted(&jpeg, b"\xFF\xD8");
    let no_picture = [&jpeg[..frame_at], b"\xFF\xD9"].concat();
    for (bytes, code) in [
        (two_frames, "corrupt_image"),
        (nested, "corrupt_image"),
        (no_picture, "corrupt_image"),
        (changed(4, 12), "unsupported_media_type"), // twelve bits a sample
        (changed(1, 0xC3), "unsupported_media_type"), // lossless
        (changed(9, 2), "corrupt_image"),
        (changed(11, 0x50), "corrupt_image"),
        (
            jpeg.iter()
                .copied()
                .take(frame_at)
                .chain([0xFF, 0xC0, 0, 1])
                .collect(),
            "corrupt_image",
        ),
    ] {
        assert_eq!(refusal(&bytes), code);
    }
    let png = build::png(&scene(40, 30));
    let (_, body) = build::png_parts(&png);
    assert_eq!(refusal(&[&png[..8], body].concat()), "corrupt_image");
    assert_eq!(
        refusal(&[&build::png_header(41, 31, 8, 2, 0)[..], body].concat()),
        "corrupt_image"
    );
    assert_eq!(refusal(&build::riff(&[(b"EXIF", vec![0; 4])])), "corrupt_image");
}

#[test]
fn what_stands_beside_the_picture_does_not_matter() {
    let jpeg = build::jpeg(&scene(40, 30));
    let expected = picture(&jpeg).preview;
    let garbage = [
        build::segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
        build::segment(0xE1, b"Exif\0\0II*\0\xFF\xFF\xFF\xFF"),
        build::segment(0xE1, b"Exif\0\0"),
        build::segment(0xE1, b""),
        build::segment(0xE2, b"ICC_PROFILE\0\x02\x03half a profile"),
        build::segment(0xFE, b"a comment"),
        build::segment(0xED, &[0xFF; 60_000]),
        vec![0xFF; 1000],
        [build::segment(0xFE, b""), b"bytes between segments".to_vec()].concat(),
    ];
    for garbage in garbage {
        assert_eq!(picture(&build::inserted(&jpeg, &garbage)).preview, expected);
    }
    assert_eq!(
        picture(&[&jpeg[..], b"a motion photo's video"].concat()).preview,
        expected
    );
}

#[test]
fn an_exif_directory_that_points_to_itself_costs_nothing() {
    let mut tiff = build::tiff(&[(0x0112, 3, 1, 6), (0x8769, 4, 1, 8), (0x8825, 4, 1, 8)]);
    let end = tiff.len();
    tiff[end - 4..].copy_from_slice(&8_u32.to_le_bytes());
    let jpeg = build::jpeg(&scene(40, 30));
    let looped = build::inserted(&jpeg, &build::segment(0xE1, &[b"Exif\0\0", &tiff[..]].concat()));
    assert_eq!(picture(&looped).width, 30, "what is sound is used");
}

#[test]
fn every_sample_gives_a_picture_or_a_clear_refusal() {
    for file in support::sample_files(&["camera", "hostile", "metadata", "orientation"]) {
        let bytes = std::fs::read(&file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        let folder = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let result = read(&bytes).map_err(|refusal| refusal.code());
        match (folder, name) {
            (_, "truncated.jpg" | "truncated.gif") => {
                assert_eq!(result.unwrap_err(), "truncated_image", "{name}");
            }
            ("hostile", name) if name.contains("exif") || name == "looks-like-svg.webp" => {
                assert!(result.is_ok(), "{name}");
            }
            (_, "bomb-17000x17000.avif") => assert_eq!(result.unwrap_err(), "too_many_pixels", "{name}"),
            ("hostile", _) => {} // read as far as sound
            (_, name) if name.ends_with(".xmp") => {
                assert_eq!(result.unwrap_err(), "unsupported_media_type", "{name}");
            }
            _ => assert!(result.is_ok(), "{name}: {result:?}"),
        }
    }
}
