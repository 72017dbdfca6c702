//! What faces users' bytes, one parser at a time, for fuzzing alone: nothing here is part of the crate's interface.

use std::io::Cursor;

use photure_domain::photo::MediaType;

use crate::input::Input;
use crate::said::Groups;
use crate::{
    Limits, boxes, date_from_file_name, exif, gif, heif, iptc, jpeg, jxl, motion, png, raw, sniff, tiff,
    webp, xmp,
};
use crate::{bmp, process, sidecar};

/// A parser that must neither panic nor hang nor take more memory than it is allowed, whatever it is given.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub name: &'static str,
    /// Of the seeds only files that end so; all of them where it is empty.
    pub seeds: &'static str,
    pub run: fn(&[u8]),
    /// Panics of others' code are caught in it, and are no finding; one that comes out is.
    pub catches: bool,
}

const fn target(name: &'static str, seeds: &'static str, run: fn(&[u8])) -> Target {
    Target {
        name,
        seeds,
        run,
        catches: matches!(name.as_bytes(), b"jxl" | b"process"),
    }
}

pub const TARGETS: [Target; 17] = [
    target("sniff", "", |bytes| {
        sniff(bytes);
    }),
    target("jpeg-header", "jpg", |bytes| {
        with(bytes, |input| jpeg::condense_only(input, &small()).is_ok());
    }),
    target("exif", "exif", |bytes| {
        let mut groups = Groups::default();
        exif::read(bytes.to_vec(), &mut groups);
        assert!(groups.into_metadata().len() < 100);
    }),
    target("xmp", "xmp", |bytes| {
        let _ = sidecar(bytes);
        xmp::film_from_the_end(bytes);
    }),
    target("iptc", "iptc", |bytes| {
        iptc::resource(bytes);
        iptc::read(bytes, &mut Groups::default());
    }),
    target("tiff", "tif", |bytes| {
        with(bytes, |input| tiff::read(input, &small()).is_ok());
    }),
    target("raw", "raw", |bytes| {
        for kind in [MediaType::Nef, MediaType::Cr3, MediaType::Raf] {
            with(bytes, |input| raw::read(kind, input, &small()).is_ok());
        }
    }),
    target("boxes", "heic", |bytes| {
        let end = bytes.len() as u64;
        boxes::boxes(&mut &*bytes, 0, end);
        motion::in_boxes(&mut &*bytes, end);
        with(bytes, |input| motion::after_jpeg(input, None).is_some());
    }),
    target("png", "png", |bytes| {
        with(bytes, |input| png::read(input, &small()).is_ok());
    }),
    target("gif", "gif", |bytes| {
        with(bytes, |input| gif::read(input, &small()).is_ok());
    }),
    target("webp", "webp", |bytes| {
        with(bytes, |input| webp::read(input, &small()).is_ok());
    }),
    target("bmp", "bmp", |bytes| {
        with(bytes, |input| bmp::read(input, &small()).is_ok());
    }),
    target("heif", "heic", |bytes| {
        with(bytes, |input| heif::read(input, &small()).is_ok());
    }),
    target("jxl", "jxl", |bytes| {
        // Its own panics are caught where pictures are processed, and are no finding.
        let _ = std::panic::catch_unwind(|| with(bytes, |input| jxl::read(input, &small()).is_ok()));
    }),
    target("jpeg", "jpg", |bytes| {
        with(bytes, |input| jpeg::read(input, &small()).is_ok());
    }),
    target("file-name", "", |bytes| {
        date_from_file_name(&String::from_utf8_lossy(bytes));
    }),
    target("process", "", |bytes| {
        let _ = process(&mut Cursor::new(bytes), &small());
    }),
];

/// So that a fuzzer makes many tries a second, and what is beyond is beyond soon.
fn small() -> Limits {
    Limits {
        max_pixels: 1 << 20,
        max_decoder_bytes: 32 << 20,
        max_scans: 20,
    }
}

fn with(bytes: &[u8], read: impl FnOnce(&mut Input<'_, Cursor<&[u8]>>) -> bool) {
    let mut source = Cursor::new(bytes);
    if let Ok(mut input) = Input::open(&mut source) {
        read(&mut input);
    }
}
