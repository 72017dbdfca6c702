//! What files say of themselves, in whichever of the ways there are, brought together.

mod groups;
pub(crate) mod text;
pub(crate) mod time;

use photure_domain::photo::{Camera, Position, Taken};

use crate::iptc::Words;
pub(crate) use groups::Groups;

/// More tags, or longer ones, are no person's.
const MAX_TAGS: usize = 256;
const MAX_TAG_CHARS: usize = 200;

/// When something happened, by the kinds that there are (guidelines of the Metadata Working Group, section 5.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moments {
    /// The shutter opened.
    pub(crate) original: Option<Taken>,
    /// It became numbers: for a camera the same, for a scan years later.
    pub(crate) digitized: Option<Taken>,
    /// What the satellites said, which is UTC.
    pub(crate) satellites: Option<Taken>,
}

impl Moments {
    fn or(self, other: Self) -> Self {
        Self {
            original: self.original.or(other.original),
            digitized: self.digitized.or(other.digitized),
            satellites: self.satellites.or(other.satellites),
        }
    }

    pub(crate) fn taken(self) -> Option<Taken> {
        self.original.or(self.digitized).or(self.satellites)
    }
}

/// The facts of one block of EXIF, XMP or IPTC, or of all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Said {
    pub(crate) moments: Moments,
    pub(crate) camera: Camera,
    pub(crate) position: Option<Position>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    /// As written: 0 is none, and -1 is rejected.
    pub(crate) stars: Option<f64>,
    pub(crate) tags: Vec<String>,
}

impl Said {
    /// EXIF first, which cameras wrote when they knew; then XMP; then IPTC. But titles and stars are given later, by people,
    /// and what they use writes XMP.
    pub(crate) fn together(exif: Self, xmp: Self, iptc: Self) -> Self {
        Self {
            moments: exif.moments.or(xmp.moments).or(iptc.moments),
            camera: camera(exif.camera, xmp.camera),
            position: exif.position.or(xmp.position),
            title: xmp.title.or(iptc.title).or(exif.title),
            description: exif.description.or(xmp.description).or(iptc.description),
            stars: xmp.stars.or(exif.stars),
            tags: tags([xmp.tags, iptc.tags, exif.tags]),
        }
    }

    /// 1 to 5.
    pub(crate) fn rating(&self) -> Option<u8> {
        let stars = self.stars?.round();
        (1.0..=5.0).contains(&stars).then_some(stars as u8)
    }
}

impl From<Words> for Said {
    fn from(words: Words) -> Self {
        let moment = |text: Option<String>| text.and_then(|text| time::moment(&text));
        Self {
            moments: Moments {
                original: moment(words.created),
                digitized: moment(words.digitized),
                satellites: None,
            },
            title: words.title,
            description: words.description.filter(|text| !text::is_boilerplate(text)),
            tags: words.keywords,
            ..Self::default()
        }
    }
}

fn camera(exif: Camera, xmp: Camera) -> Camera {
    Camera {
        make: exif.make.or(xmp.make),
        model: exif.model.or(xmp.model),
        lens: exif.lens.or(xmp.lens),
        iso: exif.iso.or(xmp.iso),
        f_number: exif.f_number.or(xmp.f_number),
        exposure: exif.exposure.or(xmp.exposure),
        focal_length: exif.focal_length.or(xmp.focal_length),
    }
}

/// Each once, in the order in which they stand.
fn tags(sources: [Vec<String>; 3]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in sources.into_iter().flatten() {
        let tag = text::clean(&tag);
        let fits = !tag.is_empty() && tag.chars().count() <= MAX_TAG_CHARS && tags.len() < MAX_TAGS;
        if fits && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}
