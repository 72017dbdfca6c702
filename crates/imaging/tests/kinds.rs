//! The kinds of files beyond those that browsers show.

#![allow(clippy::unwrap_used)] // in what tests share, too

mod support;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use photure_domain::photo::MediaType;
use photure_imaging::{Limits, Picture, process};
use support::build::{self, QUADRANTS, scene};
use support::raw::{self, Raw};
use support::{distance, picture, refusal, seen};

fn quadrants(image: &RgbImage) -> [[u8; 3]; 4] {
    let (width, height) = image.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| image.get_pixel(width * x / 4, height * y / 4).0)
}

#[track_caller]
fn assert_quadrants(picture: &Picture, expected: [[u8; 3]; 4], tolerance: u8) {
    let found = quadrants(&seen(&picture.preview));
    let pairs = found.iter().flatten().zip(expected.iter().flatten());
    let far = pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(far <= tolerance, "{found:?}, where {expected:?} was expected");
}

#[test]
fn heic_avif_and_jpeg_xl_show_their_colours() {
    let all: [(&[u8], MediaType); 4] = [
        (include_bytes!("fixtures/8bit.heic"), MediaType::Heic),
        (include_bytes!("fixtures/8bit.avif"), MediaType::Avif),
        (include_bytes!("fixtures/lossy.jxl"), MediaType::Jxl),
        (include_bytes!("fixtures/lossless.jxl"), MediaType::Jxl),
    ];
    for (bytes, media_type) in all {
        let picture = picture(bytes);
        assert_eq!(
            (picture.media_type, picture.width, picture.height),
            (media_type, 61, 43)
        );
        assert_quadrants(&picture, QUADRANTS, 14);
    }
}

#[test]
fn what_is_transparent_stands_on_white() {
    let picture = picture(include_bytes!("fixtures/alpha.heic"));
    let [red, green, blue, _] = QUADRANTS;
    assert_quadrants(&picture, [red, green, blue, [255; 3]], 14);
}

#[test]
fn high_dynamic_range_is_not_burnt_out() {
    let picture = picture(include_bytes!("fixtures/pq-10bit.heic"));
    let greys = quadrants(&seen(&picture.preview));
    for [r, g, b] in greys {
        assert!(r.abs_diff(g) <= 3 && g.abs_diff(b) <= 3, "{greys:?}");
    }
    let [dark, wall, lamp, sun] = greys.map(|grey| grey[1]);
    // 20 of 203 candela in sRGB is 89; a white wall is bright, and what is brighter can still be told from it.
    assert!(dark.abs_diff(89) <= 4, "{greys:?}");
    assert!(
        (215..=240).contains(&wall) && lamp > wall + 8 && sun >= lamp && sun > 250,
        "{greys:?}"
    );
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn tiff_and_bmp_are_read_in_all_depths() {
    for (width, height) in [(61, 43), (3001, 1999)] {
        let rgb = DynamicImage::ImageRgb8(scene(width, height));
        let codings = [
            rgb.clone(),
            DynamicImage::ImageRgba8(rgb.to_rgba8()),
            DynamicImage::ImageRgb16(rgb.to_rgb16()),
        ];
        let tiffs = codings.iter().map(|image| written(image, ImageFormat::Tiff));
        let bmps = codings[..2].iter().map(|image| written(image, ImageFormat::Bmp));
        let all = tiffs.map(|bytes| (bytes, MediaType::Tiff));
        for (bytes, media_type) in all.chain(bmps.map(|bytes| (bytes, MediaType::Bmp))) {
            let picture = picture(&bytes);
            assert_eq!(
                (picture.media_type, picture.width, picture.height),
                (media_type, width, height)
            );
            let (w, h) = (picture.preview.width, picture.preview.height);
            let expected = rgb
                .resize_exact(w, h, image::imageops::FilterType::Lanczos3)
                .to_rgb8();
            let far = distance(&seen(&picture.preview), &expected);
            assert!(far < 4.0, "{media_type:?}: {far}");
        }
    }
}

#[test]
fn a_bmp_may_be_made_of_runs_or_of_a_palette() {
    // Four by two pixels, the lower row first: white, white, white, black above black, black, white, white.
    let header = |compression: u32, bits: u16, pixels: &[u8]| {
        let mut bytes = b"BM\0\0\0\0\0\0\0\0\x3e\0\0\0\x28\0\0\0\x04\0\0\0\x02\0\0\0\x01\0".to_vec();
        bytes.extend(bits.to_le_bytes());
        bytes.extend(compression.to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(2_u32.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend([255, 255, 255, 0, 0, 0, 0, 0]);
        bytes.extend(pixels);
        bytes
    };
    let files = [
        header(0, 8, &[1, 1, 0, 0, 0, 0, 0, 1]),
        header(0, 4, &[0x11, 0x00, 0, 0, 0x00, 0x01, 0, 0]),
        header(0, 1, &[0b1100_0000, 0, 0, 0, 0b0001_0000, 0, 0, 0]),
        header(1, 8, &[2, 1, 2, 0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 1]),
        header(2, 4, &[2, 0x11, 2, 0, 0, 0, 0, 4, 0x00, 0x01, 0, 1]),
    ];
    for bytes in files {
        let image = seen(&picture(&bytes).preview);
        let whites = |y| {
            (0..4)
                .map(|x| image.get_pixel(x, y).0)
                .map(|[r, _, _]| r > 128)
                .collect::<Vec<_>>()
        };
        assert_eq!(whites(0), [true, true, true, false]);
        assert_eq!(whites(1), [false, false, true, true]);
    }
}

#[test]
fn raw_photos_are_shown_by_their_largest_preview() {
    let small = build::jpeg(&scene(160, 120));
    let large = build::jpeg(&scene(600, 400));
    for (name, bytes, media_type) in [
        ("dng", raw::tiff_like(Raw::Dng, &small, &large), MediaType::Dng),
        ("cr2", raw::tiff_like(Raw::Cr2, &small, &large), MediaType::Cr2),
        ("nef", raw::tiff_like(Raw::Nef, &small, &large), MediaType::Nef),
        ("arw", raw::tiff_like(Raw::Arw, &small, &large), MediaType::Arw),
        ("orf", raw::orf(&small, &large), MediaType::Orf),
        ("rw2", raw::tiff_like(Raw::Rw2, &small, &large), MediaType::Rw2),
        ("raf", raw::raf(&large), MediaType::Raf),
        ("cr3", raw::cr3(&small, &large), MediaType::Cr3),
    ] {
        let picture = picture(&bytes);
        assert_eq!(picture.media_type, media_type, "{name}");
        let turned = name != "raf";
        let shown = if turned { (400, 600) } else { (600, 400) };
        assert_eq!((picture.preview.width, picture.preview.height), shown, "{name}");
        let size = match name {
            "raf" => (600, 400),
            _ => (4000, 6000), // of the photo, which its facts give
        };
        assert_eq!((picture.width, picture.height), size, "{name}");
        if turned {
            assert_eq!(picture.camera.model.as_deref(), Some("Model X"), "{name}");
            assert!(picture.taken.is_some(), "{name}");
            let upright = image::imageops::rotate90(&scene(600, 400));
            assert!(distance(&seen(&picture.preview), &upright) < 4.0, "{name}");
        }
        for cut in [bytes.len() / 2, bytes.len() - 1] {
            let code = refusal(&bytes[..cut]);
            assert!(
                ["truncated_image", "corrupt_image"].contains(&code),
                "{name} {cut}: {code}"
            );
        }
    }
}

#[test]
fn raw_data_that_is_a_lossless_jpeg_is_no_preview() {
    let lossless = b"\xFF\xD8\xFF\xC3\0\x0b\x0e\x10\0\x10\0\x01\x01\x11\0\xFF\xD9";
    let bytes = raw::tiff_like(Raw::Dng, &build::jpeg(&scene(160, 120)), lossless);
    let picture = picture(&bytes);
    assert_eq!((picture.preview.width, picture.preview.height), (120, 160));
    assert_eq!(
        refusal(&raw::tiff_like(Raw::Dng, lossless, lossless)),
        "unsupported_media_type"
    );
}

#[test]
fn a_file_cut_off_anywhere_is_refused_or_read_and_costs_nothing_else() {
    let small = DynamicImage::ImageRgb8(scene(20, 15));
    let files = [
        include_bytes!("fixtures/8bit.heic").to_vec(),
        include_bytes!("fixtures/8bit.avif").to_vec(),
        include_bytes!("fixtures/lossy.jxl").to_vec(),
        include_bytes!("fixtures/lossless.jxl").to_vec(),
        written(&small, ImageFormat::Tiff),
        written(&small, ImageFormat::Bmp),
    ];
    for whole in files {
        picture(&whole);
        for length in 1..whole.len() {
            let code = refusal(&whole[..length]);
            assert!(
                ["unsupported_media_type", "truncated_image", "corrupt_image"].contains(&code),
                "{code} at {length} of {}",
                whole.len()
            );
        }
    }
}

#[test]
fn pixels_are_counted_before_anything_is_decoded() {
    let limits = Limits {
        max_pixels: 61 * 43 - 1,
        ..Limits::default()
    };
    let image = DynamicImage::ImageRgb8(scene(61, 43));
    for bytes in [
        include_bytes!("fixtures/8bit.heic").to_vec(),
        include_bytes!("fixtures/8bit.avif").to_vec(),
        include_bytes!("fixtures/lossy.jxl").to_vec(),
        written(&image, ImageFormat::Tiff),
        written(&image, ImageFormat::Bmp),
    ] {
        let refused = process(&mut Cursor::new(&bytes), &limits).unwrap_err();
        assert_eq!(refused.code(), "too_many_pixels", "{refused}");
    }
}

#[test]
fn a_decoder_that_wants_too_much_memory_is_not_begun() {
    let limits = Limits {
        max_decoder_bytes: 2000,
        ..Limits::default()
    };
    for bytes in [
        &include_bytes!("fixtures/8bit.heic")[..],
        include_bytes!("fixtures/8bit.avif"),
        include_bytes!("fixtures/lossy.jxl"),
        &written(&DynamicImage::ImageRgb8(scene(61, 43)), ImageFormat::Tiff),
    ] {
        let refused = process(&mut Cursor::new(bytes), &limits).unwrap_err();
        assert_eq!(refused.code(), "image_too_costly", "{refused}");
    }
}
