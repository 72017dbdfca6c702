//! What a registration must be like. Media made it, but from a stranger's file: what identifies and measures the photo is
//! refused where it makes no sense, and the words the file brought are cut to fit.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photure_common::FieldError;
use photure_domain::photo::{Camera, FileFacts, Metadata, Position};
use photure_domain::registration::Registration;
use serde_json::Value;

use super::text::{DESCRIPTION_CHARS, TITLE_CHARS, file_name, found};
use crate::error::GalleryError;

/// As JSON.
const MAX_METADATA_BYTES: usize = 64 << 10;
const MAX_NAME_CHARS: usize = 200;
const MAX_TAGS: usize = 200;
/// ThumbHash: five bytes of header, then its coefficients.
const THUMBHASH_BYTES: std::ops::RangeInclusive<usize> = 5..=32;
/// No wall clock is further from UTC; `Timestamp::to_civil` can show all of them.
const MAX_OFFSET_MINUTES: u16 = 25 * 60;
/// Far beyond what any decoder takes.
const MAX_EDGE: u32 = 1_000_000;

/// What is catalogued of a registration that does not come over the wire, with the same rules; or why nothing is.
pub fn taken_in(registration: Registration) -> Result<Registration, String> {
    checked(registration).map_err(|error| match error {
        GalleryError::Invalid(faults) => {
            let faults: Vec<_> = faults
                .iter()
                .map(|fault| format!("{} {}", fault.path, fault.message))
                .collect();
            faults.join(", ")
        }
        other => other.to_string(),
    })
}

pub(super) fn checked(registration: Registration) -> Result<Registration, GalleryError> {
    let faults: Vec<FieldError> = rules(&registration)
        .into_iter()
        .filter(|rule| !rule.1)
        .map(|(path, _, message)| FieldError {
            path: path.to_owned(),
            code: "invalid".to_owned(),
            message: message.to_owned(),
        })
        .collect();
    if faults.is_empty() {
        Ok(fitted(registration))
    } else {
        Err(GalleryError::Invalid(faults))
    }
}

/// Where, whether it is kept, and what is wanted.
fn rules(registration: &Registration) -> [(&'static str, bool, &'static str); 10] {
    let FileFacts {
        bytes,
        width,
        height,
        taken,
        position,
        thumbhash,
        color,
        camera,
        ..
    } = &registration.facts;
    let edge = |pixels: &u32| (1..=MAX_EDGE).contains(pixels);
    let offset = taken
        .utc_offset_minutes
        .is_none_or(|minutes| minutes.unsigned_abs() <= MAX_OFFSET_MINUTES);
    [
        (
            "facts.bytes",
            (1..=i64::MAX.unsigned_abs()).contains(bytes),
            "must be at least 1",
        ),
        ("facts.width", edge(width), "must be from 1 to 1000000"),
        ("facts.height", edge(height), "must be from 1 to 1000000"),
        (
            "facts.taken.utc_offset_minutes",
            offset,
            "must lie within 25 hours of UTC",
        ),
        (
            "facts.position",
            position.is_none_or(on_earth),
            "must be a place on Earth",
        ),
        (
            "facts.camera",
            makes_sense(camera),
            "numbers must be finite and not negative",
        ),
        (
            "facts.thumbhash",
            is_thumbhash(thumbhash),
            "must be a ThumbHash in base64",
        ),
        ("facts.color", is_color(color), "must be #rrggbb in lower case"),
        (
            "rating",
            registration.rating.is_none_or(|rating| (1..=5).contains(&rating)),
            "must be from 1 to 5",
        ),
        (
            "metadata",
            is_metadata(&registration.metadata),
            "must be plain values by group and tag, 64 KiB as JSON at most",
        ),
    ]
}

fn on_earth(position: Position) -> bool {
    let Position { lat, lon, altitude } = position;
    Position::new(lat, lon, altitude) == Some(position)
}

fn makes_sense(camera: &Camera) -> bool {
    let numbers = [camera.f_number, camera.exposure, camera.focal_length];
    numbers
        .into_iter()
        .flatten()
        .all(|number| number.is_finite() && number >= 0.0)
}

fn is_thumbhash(text: &str) -> bool {
    STANDARD
        .decode(text)
        .is_ok_and(|hash| THUMBHASH_BYTES.contains(&hash.len()))
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6
        && digits
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_metadata(metadata: &Metadata) -> bool {
    let is_name = |name: &String| {
        (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control)
    };
    let plain = |value: &Value| match value {
        Value::Array(values) => values.iter().all(is_scalar),
        value => is_scalar(value),
    };
    metadata
        .iter()
        .all(|(group, tags)| is_name(group) && tags.iter().all(|(tag, value)| is_name(tag) && plain(value)))
        && serde_json::to_vec(metadata).is_ok_and(|json| json.len() <= MAX_METADATA_BYTES)
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn fitted(mut registration: Registration) -> Registration {
    let name = |text: Option<String>| text.and_then(|text| found(&text, MAX_NAME_CHARS));
    let facts = &mut registration.facts;
    facts.filename =
        file_name(&facts.filename).unwrap_or_else(|| format!("photo.{}", facts.media_type.extension()));
    facts.camera.make = name(facts.camera.make.take());
    facts.camera.model = name(facts.camera.model.take());
    facts.camera.lens = name(facts.camera.lens.take());
    registration.title = registration.title.and_then(|text| found(&text, TITLE_CHARS));
    registration.description = registration
        .description
        .and_then(|text| found(&text, DESCRIPTION_CHARS));
    registration.tags = tags(&registration.tags);
    registration
}

/// Each once, in the file's order.
fn tags(found_tags: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for tag in found_tags.iter().filter_map(|tag| found(tag, MAX_NAME_CHARS)) {
        if kept.len() < MAX_TAGS && !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use photure_domain::photo::Taken;
    use photure_testkit::{photo, time, user};
    use serde_json::json;

    use super::*;

    fn registration() -> Registration {
        let photo = photo(user(1), 1, time("2024-07-28T19:04:05Z"));
        Registration {
            photo_id: None,
            uploaded_at: None,
            owner_id: photo.owner_id,
            facts: photo.facts,
            metadata: photo.metadata,
            title: None,
            description: None,
            rating: None,
            tags: Vec::new(),
            attestation: photure_domain::registration::Attestation {
                expires: 0,
                signature: String::new(),
            },
        }
    }

    fn refused(spoil: impl FnOnce(&mut Registration)) -> Vec<String> {
        let mut registration = registration();
        spoil(&mut registration);
        match checked(registration) {
            Err(GalleryError::Invalid(faults)) => faults.into_iter().map(|fault| fault.path).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn metadata(value: Value) -> Metadata {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn measures_that_make_no_sense_are_refused() {
        assert!(checked(registration()).is_ok());
        assert_eq!(refused(|r| r.facts.bytes = 0), ["facts.bytes"]);
        assert_eq!(refused(|r| r.facts.bytes = u64::MAX), ["facts.bytes"]);
        assert_eq!(refused(|r| r.facts.width = 0), ["facts.width"]);
        assert_eq!(refused(|r| r.facts.height = u32::MAX), ["facts.height"]);
        assert_eq!(refused(|r| r.facts.color = "#6F6A64".into()), ["facts.color"]);
        assert_eq!(refused(|r| r.facts.color = "red;}".into()), ["facts.color"]);
        assert_eq!(
            refused(|r| r.facts.thumbhash = "AAAA".into()),
            ["facts.thumbhash"]
        );
        assert_eq!(
            refused(|r| r.facts.thumbhash = "A".repeat(400)),
            ["facts.thumbhash"]
        );
        assert_eq!(refused(|r| r.rating = Some(6)), ["rating"]);
        assert_eq!(
            refused(|r| r.facts.camera.exposure = Some(-1.0)),
            ["facts.camera"]
        );
        let nowhere = Position {
            lat: 91.0,
            lon: 0.0,
            altitude: None,
        };
        assert_eq!(refused(|r| r.facts.position = Some(nowhere)), ["facts.position"]);
        let offset = |minutes| Taken {
            at: time("2024-07-28T19:04:05Z"),
            utc_offset_minutes: Some(minutes),
        };
        assert_eq!(
            refused(|r| r.facts.taken = offset(i16::MIN)),
            ["facts.taken.utc_offset_minutes"]
        );
    }

    #[test]
    fn metadata_is_plain_values_of_bounded_size() {
        let plain = json!({"EXIF": {"FNumber": 2.8, "ISO": [100, 200], "Note": null, "Make": "🏝"}});
        let mut good = registration();
        good.metadata = metadata(plain);
        assert_eq!(checked(good.clone()).unwrap().metadata, good.metadata);
        for bad in [
            json!({"EXIF": {"Make": {"$gt": ""}}}),
            json!({"EXIF": {"Make": [["deep"]]}}),
            json!({"EXIF": {"": 1}}),
            json!({"EX\u{0}IF": {"Make": 1}}),
            json!({"EXIF": {"Make": "x".repeat(65_536)}}),
        ] {
            assert_eq!(
                refused(|r| r.metadata = metadata(bad.clone())),
                ["metadata"],
                "{bad}"
            );
        }
    }

    #[test]
    fn words_are_cut_to_fit() {
        let mut wordy = registration();
        wordy.facts.filename = "..\\..\\\u{0}".into();
        wordy.facts.camera.make = Some("Canon\0\0".into());
        wordy.facts.camera.lens = Some("\0".into());
        wordy.title = Some("t".repeat(300));
        wordy.tags = ["sea", "", "sea", "sky"].map(String::from).into();
        let fitted = checked(wordy).unwrap();
        assert_eq!(fitted.facts.filename, "photo.jpg");
        assert_eq!(fitted.facts.camera.make.as_deref(), Some("Canon"));
        assert_eq!(fitted.facts.camera.lens, None);
        assert_eq!(fitted.title.map(|title| title.len()), Some(200));
        assert_eq!(fitted.tags, ["sea", "sky"]);
    }
}
