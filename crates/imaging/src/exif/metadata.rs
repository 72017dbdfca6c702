//! Everything the file said, under the names that exiftool made familiar.

use exif::{Context, Field, Tag, Value};
use serde_json::{Value as Json, json};

use super::fields::{Fields, decimals};
use super::position::degrees;
use crate::said::{Groups, text};

/// One text; a description of a few pages fits.
const MAX_TEXT: usize = 16 << 10;

/// More numbers in one field are a table for programs.
const MAX_NUMBERS: usize = 32;

pub(super) fn add(fields: &Fields, groups: &mut Groups) {
    groups.add("File", "ExifByteOrder", json!(fields.byte_order()));
    for field in fields.all() {
        if let (Some(name), Some(value)) = (name(field.tag), value(fields, field)) {
            groups.add("EXIF", &name, value);
        }
    }
}

/// exiftool's name where it is not the standard's; `None` for pointers, thumbnails and what is not for people.
fn name(tag: Tag) -> Option<String> {
    let name = match tag {
        Tag::ExifIFDPointer | Tag::GPSInfoIFDPointer | Tag::InteropIFDPointer | Tag::MakerNote => {
            return None;
        }
        Tag::CFAPattern | Tag::OECF | Tag::SpatialFrequencyResponse | Tag::DeviceSettingDescription => {
            return None;
        }
        Tag::StripOffsets | Tag::StripByteCounts => return None,
        Tag::DateTime => "ModifyDate",
        Tag::DateTimeDigitized => "CreateDate",
        Tag::PhotographicSensitivity => "ISO",
        Tag::ExposureBiasValue => "ExposureCompensation",
        Tag::FocalLengthIn35mmFilm => "FocalLengthIn35mmFormat",
        Tag::PixelXDimension => "ExifImageWidth",
        Tag::PixelYDimension => "ExifImageHeight",
        Tag::ImageLength => "ImageHeight",
        Tag::JPEGInterchangeFormat => "ThumbnailOffset",
        Tag::JPEGInterchangeFormatLength => "ThumbnailLength",
        Tag::BodySerialNumber => "SerialNumber",
        Tag::CameraOwnerName => "OwnerName",
        Tag::LensSpecification => "LensInfo",
        Tag::InteroperabilityIndex => "InteropIndex",
        Tag::InteroperabilityVersion => "InteropVersion",
        Tag::RelatedImageLength => "RelatedImageHeight",
        Tag::Temperature => "AmbientTemperature",
        Tag(Context::Tiff, 0x000B) => "ProcessingSoftware",
        Tag(Context::Tiff, 0x013C) => "HostComputer",
        Tag(Context::Tiff, 0x4746) => "Rating",
        Tag(Context::Tiff, 0x4749) => "RatingPercent",
        Tag(Context::Tiff, 0x9C9B) => "XPTitle",
        Tag(Context::Tiff, 0x9C9C) => "XPComment",
        Tag(Context::Tiff, 0x9C9D) => "XPAuthor",
        Tag(Context::Tiff, 0x9C9E) => "XPKeywords",
        Tag(Context::Tiff, 0x9C9F) => "XPSubject",
        other => return other.description().map(|_| other.to_string()),
    };
    Some(name.to_owned())
}

fn value(fields: &Fields, field: &Field) -> Option<Json> {
    let value = &field.value;
    match field.tag {
        Tag::GPSLatitude | Tag::GPSLongitude | Tag::GPSDestLatitude | Tag::GPSDestLongitude => {
            number(degrees(fields, field.tag)?)
        }
        Tag::GPSTimeStamp => {
            let [hour, minute, second] = fields.three(field.tag)?;
            let whole = format!("{hour:02}:{minute:02}:{:02}", second.trunc());
            let fraction = format!("{:.6}", second.fract());
            let fraction = fraction.trim_start_matches('0').trim_end_matches(['0', '.']);
            Some(json!(whole + fraction))
        }
        Tag::GPSVersionID => {
            let Value::Byte(version) = value else { return None };
            let numbers: Vec<String> = version.iter().take(4).map(u8::to_string).collect();
            Some(json!(numbers.join(" ")))
        }
        // In the units of photographers, not of APEX.
        Tag::ApertureValue | Tag::MaxApertureValue => number((decimals(value).next()?? / 2.0).exp2()),
        Tag::ShutterSpeedValue => number((-decimals(value).next()??).exp2()),
        Tag(Context::Tiff, 0x9C9B..=0x9C9F) => {
            let Value::Byte(bytes) = value else { return None };
            string(text::from_utf16(bytes, false))
        }
        _ => match value {
            Value::Ascii(parts) => string(text::from_bytes(parts.first()?)),
            Value::Undefined(bytes, _) => undefined(fields, field.tag, bytes),
            _ => numbers(value),
        },
    }
}

/// Fields whose bytes mean something to people.
fn undefined(fields: &Fields, tag: Tag, bytes: &[u8]) -> Option<Json> {
    match tag {
        Tag::ExifVersion | Tag::FlashpixVersion | Tag::InteroperabilityVersion => {
            string(text::from_bytes(bytes))
        }
        Tag::UserComment | Tag::GPSProcessingMethod | Tag::GPSAreaInformation => {
            string(text::with_character_set(bytes, fields.byte_order() == "II")?)
        }
        Tag::FileSource | Tag::SceneType => bytes.first().map(|byte| json!(byte)),
        Tag::ComponentsConfiguration => {
            let numbers: Vec<String> = bytes.iter().take(4).map(u8::to_string).collect();
            Some(json!(numbers.join(" ")))
        }
        _ => None,
    }
}

fn string(mut text: String) -> Option<Json> {
    if text.is_empty() {
        return None;
    }
    if text.len() > MAX_TEXT {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        text.push('…');
    }
    Some(json!(text))
}

/// One number, or several with spaces between.
fn numbers(value: &Value) -> Option<Json> {
    let values = decimals(value);
    if values.len() == 1 {
        return values.flatten().next().and_then(number);
    }
    if values.len() == 0 || values.len() > MAX_NUMBERS {
        return None;
    }
    let shown: Option<Vec<String>> = values.map(|value| Some(number(value?)?.to_string())).collect();
    Some(json!(shown?.join(" ")))
}

fn number(value: f64) -> Option<Json> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        Some(json!(value as i64))
    } else {
        serde_json::Number::from_f64(value).map(Json::Number)
    }
}
