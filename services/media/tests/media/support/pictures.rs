use photure_domain::Sha256;
use photure_imaging::{Limits, process};
use sha2::Digest;

/// A picture that no other `seed` makes.
pub(crate) fn png(width: u32, height: u32, seed: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    let shade = |value: u32, of: u32| u8::try_from(value * 255 / of).unwrap();
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [shade(x, width), shade(y, height), seed]))
        .collect();
    writer.write_image_data(&pixels).unwrap();
    drop(writer);
    bytes
}

pub(crate) fn small(seed: u8) -> Vec<u8> {
    png(64, 48, seed)
}

pub(crate) fn jpeg(width: u32, height: u32, seed: u8) -> Vec<u8> {
    let mut source = std::io::Cursor::new(png(width, height, seed));
    process(&mut source, &Limits::default()).unwrap().preview.bytes
}

pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256::new(sha2::Sha256::digest(bytes).into())
}
