//! The seconds around a photo that a phone records with it: what Apple calls a Live Photo. A film is a file of its own, kept beside the
//! original, and is part of its photo: it comes after it, goes with it, and is nothing without it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Sha256;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Film {
    pub sha256: Sha256,
    pub bytes: u64,
    pub media_type: FilmType,
}

/// What a film's file is, by its own brand. Both are shown by browsers, and neither is ever run by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum FilmType {
    #[serde(rename = "video/quicktime")]
    QuickTime,
    #[serde(rename = "video/mp4")]
    Mp4,
}

impl FilmType {
    pub const ALL: [Self; 2] = [Self::QuickTime, Self::Mp4];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QuickTime => "video/quicktime",
            Self::Mp4 => "video/mp4",
        }
    }

    /// Without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::QuickTime => "mov",
            Self::Mp4 => "mp4",
        }
    }

    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.extension() == extension)
    }
}

impl std::str::FromStr for FilmType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

impl Film {
    /// What it is saved as: its photo's name, with its own ending.
    pub fn name_beside(&self, photo: &str) -> String {
        let stem = match photo.rfind('.') {
            Some(dot) if dot > 0 => &photo[..dot],
            _ => photo,
        };
        format!("{stem}.{}", self.media_type.extension())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_called_like_its_photo() {
        let film = Film {
            sha256: Sha256::new([7; 32]),
            bytes: 1,
            media_type: FilmType::QuickTime,
        };
        for (photo, name) in [
            ("IMG_1.HEIC", "IMG_1.mov"),
            ("a.b.jpg", "a.b.mov"),
            ("photo", "photo.mov"),
            (".heic", ".heic.mov"),
            ("Čaj.jpg", "Čaj.mov"),
        ] {
            assert_eq!(film.name_beside(photo), name);
        }
    }
}
