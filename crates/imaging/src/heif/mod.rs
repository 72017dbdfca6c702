//! HEIC, HEIF and AVIF through libheif, whose planes are shrunk before they become RGB: so neither a full picture of three
//! bytes a pixel is made, nor are ten bits cut before the tone is mapped.

mod exif;
mod planes;
mod source;

use std::io::{Read, Seek};

use libheif_rs::{
    ColorSpace, DecodingOptions, HeifContext, HeifError, HeifErrorCode, HeifErrorSubCode, Image, ImageHandle,
    LibHeif, RgbChroma, SecurityLimits,
};
use serde_json::json;

use crate::input::Input;
use crate::raster::{Contents, MAX_EXIF_BYTES, MAX_ICC_BYTES, MAX_XMP_BYTES};
use crate::{ImagingError, Limits, ffi, motion};
pub(crate) use exif::exif;
use source::Source;

/// Beside a picture's planes: boxes, coded data, one tile.
const BESIDE: u64 = 16 << 20;

pub(crate) fn read<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let end = input.length();
    let motion = motion::in_boxes(input, end);
    input.go_to(0)?;
    ffi::de265::decode_in_the_calling_thread();
    let trouble = source::Trouble::default(); // outlives what is reading
    let library = LibHeif::new();
    let mut context = HeifContext::new().map_err(refusal)?;
    context.set_max_decoding_threads(0);
    context.set_security_limits(&security(limits)).map_err(refusal)?;
    context
        .read_reader(Box::new(Source::new(input, &trouble)))
        .map_err(|error| trouble.or(refusal(error)))?;
    let handle = context.primary_image_handle().map_err(refusal)?;
    check(&handle, limits)?;
    let image = decode(&library, &handle).map_err(|error| trouble.or(error))?;
    let shrunk = planes::shrink(&handle, &image)?;
    let (mut exif, mut xmp) = (None, None);
    for id in metadata_ids(&handle) {
        let bytes = handle.metadata_size(id) as u64;
        match (handle.metadata_type(id), handle.metadata_content_type(id)) {
            (Some("Exif"), _) if exif.is_none() && bytes <= MAX_EXIF_BYTES => {
                exif = handle.metadata(id).ok().and_then(|item| tiff_of_exif(&item));
            }
            (Some("mime"), Some("application/rdf+xml")) if xmp.is_none() && bytes <= MAX_XMP_BYTES => {
                xmp = handle.metadata(id).ok();
            }
            _ => {}
        }
    }
    Ok(Contents {
        exif,
        xmp,
        icc: shrunk.icc,
        upright: true,
        motion,
        coding: vec![("BitsPerSample", json!(shrunk.depth))],
        ..Contents::of(shrunk.decoded)
    })
}

fn security(limits: &Limits) -> SecurityLimits {
    let mut security = SecurityLimits::new();
    security.set_max_image_size_pixels(limits.max_pixels);
    security.set_max_memory_block_size(limits.max_decoder_bytes);
    security.set_max_total_memory(limits.max_decoder_bytes + BESIDE);
    security.set_max_color_profile_size(MAX_ICC_BYTES as u32);
    security
}

/// What the file declares, before any of it is decoded.
fn check(handle: &ImageHandle, limits: &Limits) -> Result<(), ImagingError> {
    let stored = |side: i32| u32::try_from(side).unwrap_or(0);
    let sizes = [
        (handle.width(), handle.height()),
        (stored(handle.ispe_width()), stored(handle.ispe_height())),
    ];
    if handle.width() == 0 || handle.height() == 0 {
        return Err(ImagingError::corrupt("it declares no pixels"));
    }
    for (width, height) in sizes {
        let pixels = u64::from(width) * u64::from(height);
        if pixels > limits.max_pixels {
            return Err(ImagingError::TooManyPixels {
                width,
                height,
                limit: limits.max_pixels,
            });
        }
        // Without colour subsampling it may be three planes; with it, half of that.
        let sample = if handle.luma_bits_per_pixel() > 8 { 2 } else { 1 };
        let bytes = pixels * sample * 3 / 2;
        if bytes > limits.max_decoder_bytes {
            let megabytes = bytes >> 20;
            return Err(ImagingError::TooCostly(format!(
                "decoding it would take {megabytes} MiB"
            )));
        }
    }
    Ok(())
}

/// In the colours in which it is coded, where those are ones that can be shrunk.
fn decode(library: &LibHeif, handle: &ImageHandle) -> Result<Image, ImagingError> {
    let decode = |space| {
        let mut options =
            DecodingOptions::new().ok_or_else(|| ImagingError::TooCostly("no memory to decode it".into()))?;
        options.set_num_library_threads(0);
        options.set_num_codec_threads(1);
        library.decode(handle, space, Some(options)).map_err(refusal)
    };
    let image = decode(ColorSpace::Undefined)?;
    match image.color_space() {
        Some(ColorSpace::YCbCr(_) | ColorSpace::Monochrome | ColorSpace::Rgb(RgbChroma::C444)) => Ok(image),
        _ => {
            drop(image);
            decode(ColorSpace::Rgb(RgbChroma::C444))
        }
    }
}

fn metadata_ids(handle: &ImageHandle) -> Vec<libheif_rs::ItemId> {
    const MAX_BLOCKS: usize = 64;
    let count = usize::try_from(handle.number_of_metadata_blocks(0)).unwrap_or(0);
    let mut ids = vec![0; count.min(MAX_BLOCKS)];
    let found = handle.metadata_block_ids(&mut ids, 0);
    ids.truncate(found);
    ids
}

/// Behind four bytes that say how far behind them it begins.
fn tiff_of_exif(item: &[u8]) -> Option<Vec<u8>> {
    let skipped = u32::from_be_bytes(*item.first_chunk()?) as usize;
    Some(item.get(skipped.checked_add(4)?..)?.to_vec())
}

fn refusal(error: HeifError) -> ImagingError {
    use HeifErrorCode as Code;
    use HeifErrorSubCode as Sub;
    match (error.code, error.sub_code) {
        (_, Sub::SecurityLimitExceeded) | (Code::MemoryAllocationError, _) => {
            ImagingError::TooCostly(error.message)
        }
        (_, Sub::EndOfData) => ImagingError::Truncated,
        (Code::UnsupportedFeature | Code::UnsupportedFileType, _) => ImagingError::UnsupportedType,
        _ => ImagingError::Corrupt(error.message),
    }
}

#[cfg(test)]
mod tests {
    use libheif_rs::{CompressionFormat, LibHeif};

    #[test]
    fn libheif_reads_with_the_codecs_of_photure_and_writes_with_none() {
        let library = LibHeif::new();
        let decoders = |format| -> Vec<String> {
            let found = library.decoder_descriptors(8, format);
            found.iter().map(|found| found.id().to_owned()).collect()
        };
        let hint = "does .cargo/config.toml still name codecs.cmake?";
        assert_eq!(decoders(Some(CompressionFormat::Hevc)), ["libde265"], "{hint}");
        assert_eq!(decoders(Some(CompressionFormat::Av1)), ["dav1d"], "{hint}");
        for format in [CompressionFormat::Hevc, CompressionFormat::Av1] {
            let encoders = library.encoder_descriptors(8, Some(format), None);
            let others = encoders.iter().filter(|found| found.id() != "mask"); // libheif's own
            assert_eq!(others.count(), 0, "{hint}");
        }
    }
}
