//! What a camera wrote beside the pixels.

mod apple;
mod bounds;
mod fields;
mod metadata;
mod position;
mod time;

use std::panic::{AssertUnwindSafe, catch_unwind};

use photure_domain::photo::Camera;

use crate::said::{Groups, Said, text};
use crate::upright::Orientation;
use fields::Fields;

/// The facts of one EXIF block.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) orientation: Orientation,
    pub(crate) said: Said,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            orientation: Orientation::from_exif(1),
            said: Said::default(),
        }
    }
}

/// Reads a TIFF structure as far as it is sound, and adds all of it to `groups`. A parser that panics on a hostile one
/// costs the facts, not the picture.
pub(crate) fn read(tiff: Vec<u8>, groups: &mut Groups) -> Facts {
    let found = catch_unwind(AssertUnwindSafe(|| {
        if !bounds::are_kept(&tiff) {
            return None;
        }
        let fields = Fields::parse(tiff)?;
        metadata::add(&fields, groups);
        apple::add(&fields, groups);
        Some(facts(&fields))
    }));
    found.ok().flatten().unwrap_or_default()
}

fn facts(fields: &Fields) -> Facts {
    let keywords = fields.text(fields::XP_KEYWORDS).unwrap_or_default();
    Facts {
        orientation: Orientation::from_exif(fields.number(exif::Tag::Orientation).unwrap_or(1)),
        said: Said {
            moments: time::moments(fields),
            camera: camera(fields),
            position: position::position(fields),
            title: fields.text(fields::XP_TITLE),
            description: fields
                .text(exif::Tag::ImageDescription)
                .filter(|text| !text::is_boilerplate(text)),
            stars: fields.number(fields::RATING).map(f64::from),
            tags: keywords.split(';').map(text::clean).collect(),
        },
    }
}

fn camera(fields: &Fields) -> Camera {
    use exif::Tag;
    let positive = |tag| fields.decimal(tag).filter(|value| *value > 0.0);
    // 65535 means "more than fits": then the real one stands elsewhere.
    let iso = [
        Tag::PhotographicSensitivity,
        Tag::RecommendedExposureIndex,
        Tag::StandardOutputSensitivity,
        Tag::ISOSpeed,
    ]
    .into_iter()
    .find_map(|tag| fields.number(tag).filter(|iso| !matches!(iso, 0 | 65_535)));
    Camera {
        make: fields.text(Tag::Make),
        model: fields.text(Tag::Model),
        lens: fields
            .text(Tag::LensModel)
            .filter(|lens| lens.chars().any(char::is_alphanumeric)),
        iso,
        f_number: positive(Tag::FNumber),
        exposure: positive(Tag::ExposureTime),
        focal_length: positive(Tag::FocalLength),
    }
}
