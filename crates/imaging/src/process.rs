use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use photure_domain::photo::MediaType;
use serde_json::json;

use crate::exif::{self, Groups};
use crate::input::Input;
use crate::raster::Contents;
use crate::variants::Variants;
use crate::{ImagingError, Limits, Picture, gif, jpeg, png, sniff, webp};

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
    let media_type = sniff(&input.head()?).ok_or(ImagingError::UnsupportedType)?;
    let contents = match media_type {
        MediaType::Jpeg => jpeg::read(&mut input, limits),
        MediaType::Png => png::read(&mut input, limits),
        MediaType::WebP => webp::read(&mut input, limits),
        MediaType::Gif => gif::read(&mut input, limits),
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
    let facts = contents
        .exif
        .map(|tiff| exif::read(tiff, &mut groups))
        .unwrap_or_default();
    let (width, height) = facts
        .orientation
        .size(contents.decoded.width, contents.decoded.height);
    let variants = Variants::of(contents.decoded, facts.orientation, contents.icc.as_deref())?;
    Ok(Picture {
        media_type,
        width,
        height,
        taken: facts.taken,
        camera: facts.camera,
        position: facts.position,
        title: facts.title,
        description: facts.description,
        rating: facts.rating,
        metadata: groups.into_metadata(),
        thumbhash: variants.thumbhash,
        color: variants.color,
        thumb: variants.thumb,
        preview: variants.preview,
    })
}

fn file_type(media_type: MediaType) -> &'static str {
    match media_type {
        MediaType::Jpeg => "JPEG",
        MediaType::Png => "PNG",
        MediaType::WebP => "WEBP",
        MediaType::Gif => "GIF",
    }
}
