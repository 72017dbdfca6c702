//! What a camera wrote beside the pixels.

mod bounds;
mod fields;
mod metadata;
mod position;
mod text;
mod time;

use std::panic::{AssertUnwindSafe, catch_unwind};

use photure_domain::photo::{Camera, Position, Taken};

use crate::upright::Orientation;
use fields::Fields;
pub(crate) use metadata::Groups;

/// The facts of one EXIF block.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) orientation: Orientation,
    pub(crate) taken: Option<Taken>,
    pub(crate) camera: Camera,
    pub(crate) position: Option<Position>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) rating: Option<u8>,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            orientation: Orientation::from_exif(1),
            taken: None,
            camera: Camera::default(),
            position: None,
            title: None,
            description: None,
            rating: None,
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
        Some(facts(&fields))
    }));
    found.ok().flatten().unwrap_or_default()
}

fn facts(fields: &Fields) -> Facts {
    Facts {
        orientation: Orientation::from_exif(fields.number(exif::Tag::Orientation).unwrap_or(1)),
        taken: time::taken(fields),
        camera: camera(fields),
        position: position::position(fields),
        title: fields.text(fields::XP_TITLE),
        description: fields
            .text(exif::Tag::ImageDescription)
            .filter(|text| !text::is_boilerplate(text)),
        rating: fields
            .number(fields::RATING)
            .and_then(|stars| u8::try_from(stars).ok())
            .filter(|stars| (1..=5).contains(stars)),
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
