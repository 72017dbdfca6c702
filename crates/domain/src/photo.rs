//! A photo as the catalogue knows it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::film::Film;
use crate::{PhotoId, Sha256, Timestamp, UserId};

/// What the catalogue keeps of one photo.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    pub id: PhotoId,
    pub owner_id: UserId,
    pub facts: FileFacts,
    pub film: Option<Film>,
    pub uploaded_at: Timestamp,
    pub title: Option<String>,
    pub description: Option<String>,
    pub favorite: bool,
    /// 1 to 5.
    pub rating: Option<u8>,
    pub archived: bool,
    pub tags: Vec<String>,
    pub trashed_at: Option<Timestamp>,
    /// Grows by one with each change; the ETag is made of it.
    pub revision: u64,
}

impl Photo {
    /// What it takes in the storage, its film included.
    pub fn bytes(&self) -> u64 {
        self.facts
            .bytes
            .saturating_add(self.film.map_or(0, |film| film.bytes))
    }
}

/// What the file itself told, found by media when it was uploaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileFacts {
    pub sha256: Sha256,
    pub bytes: u64,
    /// As the uploader named it, without folders.
    pub filename: String,
    pub media_type: MediaType,
    /// Pixels as a person sees them, after orientation.
    pub width: u32,
    pub height: u32,
    pub taken: Taken,
    pub camera: Camera,
    pub position: Option<Position>,
    /// ThumbHash, base64 (standard alphabet, padded).
    pub thumbhash: String,
    /// Dominant colour, `#rrggbb`.
    pub color: String,
}

/// A photo to be catalogued.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPhoto {
    pub id: PhotoId,
    pub owner_id: UserId,
    pub facts: FileFacts,
    /// Everything the file said, by group, as exiftool groups it.
    pub metadata: Metadata,
    pub title: Option<String>,
    pub description: Option<String>,
    pub rating: Option<u8>,
    pub tags: Vec<String>,
    pub film: Option<Film>,
    pub uploaded_at: Timestamp,
}

/// Group → tag → value, e.g. `EXIF` → `FNumber` → `2.8`.
pub type Metadata = std::collections::BTreeMap<String, std::collections::BTreeMap<String, serde_json::Value>>;

/// When a photo was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// Where the offset is unknown, the wall clock is read as UTC.
    pub at: Timestamp,
    /// Minutes east of UTC; `None` where the camera did not know it.
    pub utc_offset_minutes: Option<i16>,
}

impl Taken {
    /// What the wall clock showed: `2024-07-28T21:04:05.250`.
    pub fn local(self) -> String {
        format!("{:.3}", self.at.to_civil(self.utc_offset_minutes.unwrap_or(0)))
    }
}

/// The formats that are taken. What a file is, its bytes decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum MediaType {
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "image/webp")]
    WebP,
    #[serde(rename = "image/gif")]
    Gif,
    #[serde(rename = "image/heic")]
    Heic,
    #[serde(rename = "image/heif")]
    Heif,
    #[serde(rename = "image/avif")]
    Avif,
    #[serde(rename = "image/jxl")]
    Jxl,
    #[serde(rename = "image/tiff")]
    Tiff,
    #[serde(rename = "image/bmp")]
    Bmp,
    #[serde(rename = "image/x-adobe-dng")]
    Dng,
    #[serde(rename = "image/x-canon-cr2")]
    Cr2,
    #[serde(rename = "image/x-canon-cr3")]
    Cr3,
    #[serde(rename = "image/x-nikon-nef")]
    Nef,
    #[serde(rename = "image/x-sony-arw")]
    Arw,
    #[serde(rename = "image/x-fujifilm-raf")]
    Raf,
    #[serde(rename = "image/x-olympus-orf")]
    Orf,
    #[serde(rename = "image/x-panasonic-rw2")]
    Rw2,
}

impl MediaType {
    pub const ALL: [Self; 18] = [
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Gif,
        Self::Heic,
        Self::Heif,
        Self::Avif,
        Self::Jxl,
        Self::Tiff,
        Self::Bmp,
        Self::Dng,
        Self::Cr2,
        Self::Cr3,
        Self::Nef,
        Self::Arw,
        Self::Raf,
        Self::Orf,
        Self::Rw2,
    ];

    /// Cameras' raw data has no registered names: these are exiftool's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Heic => "image/heic",
            Self::Heif => "image/heif",
            Self::Avif => "image/avif",
            Self::Jxl => "image/jxl",
            Self::Tiff => "image/tiff",
            Self::Bmp => "image/bmp",
            Self::Dng => "image/x-adobe-dng",
            Self::Cr2 => "image/x-canon-cr2",
            Self::Cr3 => "image/x-canon-cr3",
            Self::Nef => "image/x-nikon-nef",
            Self::Arw => "image/x-sony-arw",
            Self::Raf => "image/x-fujifilm-raf",
            Self::Orf => "image/x-olympus-orf",
            Self::Rw2 => "image/x-panasonic-rw2",
        }
    }

    /// The extension a file of this type usually bears, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Heic => "heic",
            Self::Heif => "heif",
            Self::Avif => "avif",
            Self::Jxl => "jxl",
            Self::Tiff => "tif",
            Self::Bmp => "bmp",
            Self::Dng => "dng",
            Self::Cr2 => "cr2",
            Self::Cr3 => "cr3",
            Self::Nef => "nef",
            Self::Arw => "arw",
            Self::Raf => "raf",
            Self::Orf => "orf",
            Self::Rw2 => "rw2",
        }
    }

    /// What a sensor saw, which only the pictures embedded beside it show.
    pub const fn is_raw(self) -> bool {
        matches!(
            self,
            Self::Dng | Self::Cr2 | Self::Cr3 | Self::Nef | Self::Arw | Self::Raf | Self::Orf | Self::Rw2
        )
    }

    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.extension() == extension)
    }
}

impl std::str::FromStr for MediaType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Camera {
    pub make: Option<String>,
    pub model: Option<String>,
    pub lens: Option<String>,
    pub iso: Option<u32>,
    pub f_number: Option<f64>,
    /// Seconds.
    pub exposure: Option<f64>,
    /// Millimetres.
    pub focal_length: Option<f64>,
}

/// WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// Metres above sea level.
    pub altitude: Option<f64>,
}

impl Position {
    /// `None` for what is nowhere on Earth, and for 0,0, which cameras write when they do not know.
    pub fn new(lat: f64, lon: f64, altitude: Option<f64>) -> Option<Self> {
        let on_earth = lat.abs() <= 90.0 && lon.abs() <= 180.0; // false for NaN
        let known = lat != 0.0 || lon != 0.0;
        (on_earth && known).then_some(Self {
            lat,
            lon,
            altitude: altitude.filter(|metres| metres.is_finite()),
        })
    }
}

/// What a person may change. `None` leaves a field as it is; `Some(None)` empties it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhotoEdit {
    pub title: Option<Option<String>>,
    pub description: Option<Option<String>>,
    pub favorite: Option<bool>,
}

impl PhotoEdit {
    /// Whether it would leave `photo` as it is: then nothing is written and the ETag stays.
    pub fn changes_nothing_in(&self, photo: &Photo) -> bool {
        self.title.as_ref().is_none_or(|title| *title == photo.title)
            && self
                .description
                .as_ref()
                .is_none_or(|text| *text == photo.description)
            && self.favorite.is_none_or(|favorite| favorite == photo.favorite)
    }

    pub fn apply(&self, photo: &mut Photo) {
        if let Some(title) = &self.title {
            photo.title.clone_from(title);
        }
        if let Some(description) = &self.description {
            photo.description.clone_from(description);
        }
        if let Some(favorite) = self.favorite {
            photo.favorite = favorite;
        }
    }
}

/// What one owner's library holds: `photos` without the trash, `bytes` with it, since the trash takes room too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub photos: u64,
    pub bytes: u64,
}
