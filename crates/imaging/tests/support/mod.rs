//! Pictures to test with, sources that are larger than they are, and looking at what came out.
#![allow(dead_code, unreachable_pub)] // each test file is a crate of its own and uses its part

pub mod build;
pub mod raw;
pub mod source;

use std::io::Cursor;
use std::path::PathBuf;

use image::RgbImage;
use photure_imaging::{Encoded, ImagingError, Limits, Picture, process};

pub fn read(bytes: &[u8]) -> Result<Picture, ImagingError> {
    process(&mut Cursor::new(bytes), &Limits::default())
}

#[track_caller]
pub fn picture(bytes: &[u8]) -> Picture {
    read(bytes).unwrap_or_else(|refusal| panic!("refused: {refusal}"))
}

#[track_caller]
pub fn refusal(bytes: &[u8]) -> &'static str {
    match read(bytes) {
        Ok(picture) => panic!("read: {picture:?}"),
        Err(refusal) => refusal.code(),
    }
}

/// The preview, decoded by a decoder that is not the one under test.
pub fn seen(preview: &Encoded) -> RgbImage {
    let decoded = image::load_from_memory_with_format(&preview.bytes, image::ImageFormat::Jpeg);
    let decoded = decoded.unwrap().to_rgb8();
    assert_eq!(decoded.dimensions(), (preview.width, preview.height));
    decoded
}

/// How far two pictures of one size are from each other, of 255.
pub fn distance(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let sum: u64 = one
        .iter()
        .zip(other.iter())
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / one.len() as f64
}

/// The folder of sample photos, where there is one: they are data, and no part of the repository.
#[allow(clippy::disallowed_methods)] // tests have no configuration
pub fn samples() -> Option<PathBuf> {
    std::env::var_os("PHOTURE_SAMPLES").map(PathBuf::from)
}

/// All files of the given folders of samples; empty where there are no samples.
pub fn sample_files(folders: &[&str]) -> Vec<PathBuf> {
    let Some(samples) = samples() else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for folder in folders {
        let folder = samples.join(folder);
        let entries =
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    files.sort();
    assert!(
        !files.is_empty(),
        "PHOTURE_SAMPLES names a folder without samples"
    );
    files
}
