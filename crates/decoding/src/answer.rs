//! A worker's answer is as hostile as the file that it is about: what it may say, and no more.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photure_domain::photo::Position;
use photure_imaging::{Encoded, ImagingError, Limits, PREVIEW_EDGE, Picture, Recoding, THUMB_EDGE};

/// Longest half sentence about a damaged file, in bytes.
const LONGEST_REASON: usize = 300;
/// Longest of what a person reads beside a photo, in bytes: title, description, camera.
const LONGEST_TEXT: usize = 64 << 10;
const MOST_TAGS: usize = 1_000;
/// As JSON, in bytes.
const LONGEST_METADATA: usize = 80 << 10;
/// What a ThumbHash has at least and at most, in bytes.
const THUMBHASH: std::ops::RangeInclusive<usize> = 5..=32;

/// The answer, if it keeps to the rules; else the rule that it broke.
pub(crate) fn checked(
    result: Result<Picture, ImagingError>,
    thumb: Vec<u8>,
    preview: Vec<u8>,
    limits: &Limits,
) -> Result<Result<Picture, ImagingError>, String> {
    match result {
        Ok(mut picture) => {
            picture.thumb.bytes = thumb;
            picture.preview.bytes = preview;
            check(&picture, limits).map_err(|rule| format!("{rule} is not what it can be"))?;
            Ok(Ok(picture))
        }
        Err(refusal) if thumb.is_empty() && preview.is_empty() => plain(refusal).map(Err),
        Err(_) => Err("a refusal with a picture".to_owned()),
    }
}

/// The same of what was made of a preview.
pub(crate) fn checked_recoding(
    result: Result<Encoded, ImagingError>,
    bytes: Vec<u8>,
    recoding: Recoding,
) -> Result<Result<Encoded, ImagingError>, String> {
    match result {
        Ok(mut made) => {
            made.bytes = bytes;
            let (is_of_its_kind, edge) = match recoding {
                Recoding::JpegThumb => (is_jpeg(&made), THUMB_EDGE),
                Recoding::WebpPreview => (is_webp(&made), PREVIEW_EDGE),
            };
            if !(is_of_its_kind && fits(&made, edge)) {
                return Err("what was made of a preview is not what it can be".to_owned());
            }
            Ok(Ok(made))
        }
        Err(refusal) if bytes.is_empty() => plain(refusal).map(Err),
        Err(_) => Err("a refusal with a picture".to_owned()),
    }
}

fn plain(refusal: ImagingError) -> Result<ImagingError, String> {
    match &refusal {
        ImagingError::Corrupt(reason) | ImagingError::TooCostly(reason)
            if reason.len() > LONGEST_REASON || reason.chars().any(char::is_control) =>
        {
            Err("a reason that nobody can read".to_owned())
        }
        _ => Ok(refusal),
    }
}

fn check(picture: &Picture, limits: &Limits) -> Result<(), &'static str> {
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    require(pixels > 0 && pixels <= limits.max_pixels, "the size")?;
    require(is_webp(&picture.thumb), "the thumb")?;
    require(fits(&picture.thumb, THUMB_EDGE), "the size of the thumb")?;
    require(is_jpeg(&picture.preview), "the preview")?;
    require(fits(&picture.preview, PREVIEW_EDGE), "the size of the preview")?;
    require(is_color(&picture.color), "the colour")?;
    require(is_thumbhash(&picture.thumbhash), "the ThumbHash")?;
    require(
        picture.rating.is_none_or(|rating| (1..=5).contains(&rating)),
        "the rating",
    )?;
    require(picture.position.is_none_or(is_on_earth), "the position")?;
    let offset = picture.taken.and_then(|taken| taken.utc_offset_minutes);
    require(
        offset.is_none_or(|minutes| minutes.abs() <= 24 * 60),
        "the offset from UTC",
    )?;
    let camera = &picture.camera;
    let texts = [
        &picture.title,
        &picture.description,
        &camera.make,
        &camera.model,
        &camera.lens,
    ];
    let short = |text: &&Option<String>| text.as_ref().is_none_or(|text| text.len() <= LONGEST_TEXT);
    require(texts.iter().all(short), "a text")?;
    require(picture.tags.len() <= MOST_TAGS, "the number of tags")?;
    require(picture.tags.iter().all(|tag| tag.len() <= LONGEST_TEXT), "a tag")?;
    let numbers = [camera.f_number, camera.exposure, camera.focal_length];
    require(numbers.into_iter().flatten().all(f64::is_finite), "a number")?;
    let metadata = serde_json::to_vec(&picture.metadata).map_err(|_| "the metadata")?;
    require(metadata.len() <= LONGEST_METADATA, "the metadata")
}

fn require(holds: bool, what: &'static str) -> Result<(), &'static str> {
    holds.then_some(()).ok_or(what)
}

fn is_webp(variant: &Encoded) -> bool {
    variant.bytes.starts_with(b"RIFF") && variant.bytes.get(8..12) == Some(b"WEBP")
}

fn is_jpeg(variant: &Encoded) -> bool {
    variant.bytes.starts_with(&[0xFF, 0xD8, 0xFF]) && variant.bytes.ends_with(&[0xFF, 0xD9])
}

fn fits(variant: &Encoded, edge: u32) -> bool {
    (1..=edge).contains(&variant.width) && (1..=edge).contains(&variant.height)
}

fn is_color(color: &str) -> bool {
    color.len() == 7
        && color.strip_prefix('#').is_some_and(|digits| {
            digits
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        })
}

fn is_thumbhash(text: &str) -> bool {
    text.len() <= 2 * THUMBHASH.end()
        && STANDARD
            .decode(text)
            .is_ok_and(|hash| THUMBHASH.contains(&hash.len()))
}

fn is_on_earth(position: Position) -> bool {
    Position::new(position.lat, position.lon, position.altitude) == Some(position)
}
