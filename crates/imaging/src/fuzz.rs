//! What faces users' bytes, one parser at a time, for fuzzing alone: nothing here is part of the crate's interface.

use std::io::Cursor;
use std::panic::catch_unwind;

use photure_domain::photo::MediaType;

use crate::input::Input;
use crate::raster::Raster;
use crate::said::Groups;
use crate::{
    Limits, PREVIEW_EDGE, SNIFF_BYTES, THUMB_EDGE, bmp, boxes, color, content_identifier,
    date_from_file_name, exif, film, gif, heif, iptc, jpeg, jxl, motion, png, process, raw, sidecar, sniff,
    tiff, webp, xmp,
};

/// A parser that must neither panic nor hang nor take more memory than it is allowed, whatever it is given.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub name: &'static str,
    /// Of the seeds those of these kinds; all of them where there are none.
    pub seeds: &'static [&'static str],
    /// Bytes of the longest input worth trying.
    pub longest: usize,
    pub run: fn(&[u8]),
    /// Panics of others' code are caught in it, and are no finding; those of ours are.
    pub catches: bool,
}

pub const fn target(name: &'static str, seeds: &'static [&'static str], run: fn(&[u8])) -> Target {
    Target {
        name,
        seeds,
        longest: 1 << 16,
        run,
        catches: false,
    }
}

pub const TARGETS: [Target; 19] = [
    Target {
        longest: SNIFF_BYTES,
        ..target("sniff", &[], |bytes| {
            sniff(bytes);
        })
    },
    target("jpeg-header", &["jpg"], |bytes| {
        with(bytes, |input| jpeg::condense_only(input, &small()).is_ok());
    }),
    target("exif", &["exif"], |bytes| {
        let mut groups = Groups::default();
        exif::read(bytes.to_vec(), &mut groups);
        assert_kept(groups);
    }),
    target("xmp", &["xmp"], |bytes| {
        let mut groups = Groups::default();
        xmp::read(bytes, &mut groups);
        assert_kept(groups);
        let _ = sidecar(bytes);
        xmp::film_from_the_end(bytes);
    }),
    target("iptc", &["iptc"], |bytes| {
        let mut groups = Groups::default();
        iptc::read(bytes, &mut groups);
        if let Some(sets) = iptc::resource(bytes) {
            iptc::read(&sets, &mut groups);
        }
        assert_kept(groups);
    }),
    Target {
        catches: true,
        ..target("colours", &["icc"], |bytes| {
            let mut raster = Raster::white(4, 4);
            if let Some(profile) = color::Conversion::to_srgb(bytes) {
                profile.apply(&mut raster);
            }
            assert_eq!(raster.rgb.len(), 48);
            assert_eq!(color::cmyk_to_rgb(vec![7; 64], true, Some(bytes)).len(), 48);
        })
    },
    target("tiff", &["tif"], |bytes| {
        with(bytes, |input| tiff::read(input, &small()).is_ok());
    }),
    target(
        "raw",
        &["cr2", "cr3", "dng", "nef", "orf", "raf", "rw2", "tif"],
        |bytes| {
            for kind in [MediaType::Nef, MediaType::Cr3, MediaType::Raf] {
                with(bytes, |input| raw::read(kind, input, &small()).is_ok());
            }
        },
    ),
    target("boxes", &["heic", "avif", "cr3", "motion"], |bytes| {
        let end = bytes.len() as u64;
        boxes::boxes(&mut &*bytes, 0, end);
        motion::in_boxes(&mut &*bytes, end);
        with(bytes, |input| motion::after_jpeg(input, None).is_some());
    }),
    target("film", &["mov", "live"], |bytes| {
        let _ = film(&mut Cursor::new(bytes));
        let _ = content_identifier(&mut Cursor::new(bytes));
    }),
    target("png", &["png"], |bytes| {
        with(bytes, |input| png::read(input, &small()).is_ok());
    }),
    target("gif", &["gif"], |bytes| {
        with(bytes, |input| gif::read(input, &small()).is_ok());
    }),
    target("webp", &["webp"], |bytes| {
        with(bytes, |input| webp::read(input, &small()).is_ok());
    }),
    target("bmp", &["bmp"], |bytes| {
        with(bytes, |input| bmp::read(input, &small()).is_ok());
    }),
    target("heif", &["heic", "avif", "heif"], |bytes| {
        with(bytes, |input| heif::read(input, &small()).is_ok());
    }),
    Target {
        catches: true,
        ..target("jxl", &["jxl"], |bytes| {
            // Its own panics are caught where pictures are processed.
            let _ = catch_unwind(|| with(bytes, |input| jxl::read(input, &small()).is_ok()));
        })
    },
    target("jpeg", &["jpg"], |bytes| {
        with(bytes, |input| jpeg::read(input, &small()).is_ok());
    }),
    Target {
        longest: 256,
        ..target("file-name", &["name"], |bytes| {
            date_from_file_name(&String::from_utf8_lossy(bytes));
        })
    },
    Target {
        catches: true,
        ..target("process", &[], |bytes| {
            let limits = small();
            if let Ok(picture) = process(&mut Cursor::new(bytes), &limits) {
                let pixels = u64::from(picture.width) * u64::from(picture.height);
                assert!((1..=limits.max_pixels).contains(&pixels));
                assert!(picture.thumb.width.max(picture.thumb.height) <= THUMB_EDGE);
                assert!(picture.preview.width.max(picture.preview.height) <= PREVIEW_EDGE);
            }
        })
    },
];

/// So that a fuzzer makes many tries a second, and what is beyond is beyond soon.
fn small() -> Limits {
    Limits {
        max_pixels: 1 << 17,
        max_decoder_bytes: 16 << 20,
        max_scans: 20,
    }
}

fn with(bytes: &[u8], read: impl FnOnce(&mut Input<'_, Cursor<&[u8]>>) -> bool) {
    let mut source = Cursor::new(bytes);
    if let Ok(mut input) = Input::open(&mut source) {
        read(&mut input);
    }
}

/// What is kept of what a file says is a document of at most 64 KiB.
fn assert_kept(groups: Groups) {
    let document = serde_json::to_vec(&groups.into_metadata());
    assert!(document.is_ok_and(|document| document.len() <= 64 << 10));
}
