use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use photure_domain::photo::MediaType;
use serde_json::json;

use crate::input::Input;
use crate::raster::Contents;
use crate::said::{Groups, Said};
use crate::sniff::sniff_all;
use crate::upright::Orientation;
use crate::variants::Variants;
use crate::{
    ImagingError, Limits, Picture, bmp, exif, gif, heif, iptc, jpeg, jxl, png, raw, tiff, webp, xmp,
};

/// Reads a picture from the beginning of `source` to its end: one pass over the file, one decode for both variants.
///
/// It takes processor time (30 to 500 ms for a photo) and waits for `source`: call it on a blocking thread.
///
/// # Errors
/// Every refusal is an [`ImagingError`]; only [`ImagingError::Io`] is not the file's fault.
pub fn process<S: Read + Seek>(source: &mut S, limits: &Limits) -> Result<Picture, ImagingError> {
    catch_unwind(AssertUnwindSafe(|| read(source, limits)))
        .unwrap_or_else(|_| Err(ImagingError::corrupt("its decoder gave up")))
}

fn read<S: Read + Seek>(source: &mut S, limits: &Limits) -> Result<Picture, ImagingError> {
    let mut input = Input::open(source)?;
    let head = input.head()?;
    let media_type = sniff_all(&head, &mut input).ok_or(ImagingError::UnsupportedType)?;
    input.go_to(0)?;
    let contents = match media_type {
        MediaType::Jpeg => jpeg::read(&mut input, limits),
        MediaType::Png => png::read(&mut input, limits),
        MediaType::WebP => webp::read(&mut input, limits),
        MediaType::Gif => gif::read(&mut input, limits),
        MediaType::Heic | MediaType::Heif | MediaType::Avif => heif::read(&mut input, limits),
        MediaType::Jxl => jxl::read(&mut input, limits),
        MediaType::Tiff => tiff::read(&mut input, limits),
        MediaType::Bmp => bmp::read(&mut input, limits),
        MediaType::Dng
        | MediaType::Cr2
        | MediaType::Cr3
        | MediaType::Nef
        | MediaType::Arw
        | MediaType::Raf
        | MediaType::Orf
        | MediaType::Rw2 => raw::read(media_type, &mut input, limits),
    }?;
    picture(media_type, contents)
}

fn picture(media_type: MediaType, contents: Contents) -> Result<Picture, ImagingError> {
    let mut groups = Groups::default();
    groups.add("File", "FileType", json!(file_type(media_type)));
    groups.add("File", "MIMEType", json!(media_type.as_str()));
    groups.add("File", "ImageWidth", json!(contents.decoded.width));
    groups.add("File", "ImageHeight", json!(contents.decoded.height));
    for (name, value) in contents.coding {
        groups.add("File", name, value);
    }
    let exif = contents
        .exif
        .map(|tiff| exif::read(tiff, &mut groups))
        .unwrap_or_default();
    let xmp = contents
        .xmp
        .and_then(|packet| xmp::read(&packet, &mut groups))
        .unwrap_or_default();
    let iptc = contents
        .iptc
        .map(|sets| Said::from(iptc::read(&sets, &mut groups)))
        .unwrap_or_default();
    if let Some(motion) = contents.motion {
        groups.add("MotionPhoto", "VideoOffset", json!(motion.offset));
        groups.add("MotionPhoto", "VideoLength", json!(motion.length));
    }
    let said = Said::together(exif.said, xmp, iptc);
    let orientation = if contents.upright {
        Orientation::from_exif(1)
    } else {
        exif.orientation
    };
    let (width, height) = orientation.size(contents.decoded.width, contents.decoded.height);
    let variants = Variants::of(contents.decoded, orientation, contents.icc.as_deref())?;
    Ok(Picture {
        media_type,
        width,
        height,
        taken: said.moments.taken(),
        rating: said.rating(),
        camera: said.camera,
        position: said.position,
        title: said.title,
        description: said.description,
        tags: said.tags,
        metadata: groups.into_metadata(),
        thumbhash: variants.thumbhash,
        color: variants.color,
        thumb: variants.thumb,
        preview: variants.preview,
    })
}

/// In exiftool's words.
fn file_type(media_type: MediaType) -> &'static str {
    match media_type {
        MediaType::Jpeg => "JPEG",
        MediaType::Png => "PNG",
        MediaType::WebP => "WEBP",
        MediaType::Gif => "GIF",
        MediaType::Heic => "HEIC",
        MediaType::Heif => "HEIF",
        MediaType::Avif => "AVIF",
        MediaType::Jxl => "JXL",
        MediaType::Tiff => "TIFF",
        MediaType::Bmp => "BMP",
        MediaType::Dng => "DNG",
        MediaType::Cr2 => "CR2",
        MediaType::Cr3 => "CR3",
        MediaType::Nef => "NEF",
        MediaType::Arw => "ARW",
        MediaType::Raf => "RAF",
        MediaType::Orf => "ORF",
        MediaType::Rw2 => "RW2",
    }
}
