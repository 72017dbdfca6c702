//! What lies beside an original in the storage: enough to make the catalogue's entry again when the catalogue is lost.

use serde::{Deserialize, Serialize};

use crate::film::Film;
use crate::photo::{FileFacts, Photo};
use crate::{PhotoId, Timestamp, UserId};

/// One owner's photo, as the catalogue knew it when this was written: at its upload, and again when a scrub comes by.
///
/// What was written once stays readable: fields are only ever added, with a default, here and in [`FileFacts`]. Fields that a
/// later version has added are passed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sidecar {
    pub version: u32,
    pub photo_id: PhotoId,
    pub owner_id: UserId,
    /// What the owner signed in as; an account that is made again gets this name.
    #[serde(default)]
    pub owner_name: Option<String>,
    pub uploaded_at: Timestamp,
    pub facts: FileFacts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub film: Option<Film>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub favorite: bool,
    #[serde(default)]
    pub rating: Option<u8>,
    #[serde(default)]
    pub archived: bool,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub trashed_at: Option<Timestamp>,
}

impl Sidecar {
    pub const VERSION: u32 = 1;

    /// The catalogue knows no names of people.
    pub fn of(photo: Photo) -> Self {
        Self {
            version: Self::VERSION,
            photo_id: photo.id,
            owner_id: photo.owner_id,
            owner_name: None,
            uploaded_at: photo.uploaded_at,
            facts: photo.facts,
            film: photo.film,
            title: photo.title,
            description: photo.description,
            favorite: photo.favorite,
            rating: photo.rating,
            archived: photo.archived,
            tags: photo.tags,
            trashed_at: photo.trashed_at,
        }
    }

    /// For people too: they may read it one day with nothing but an editor.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    pub fn from_json(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As version 1 wrote it. Never to be changed: such files lie beside people's photos.
    const FIRST: &str = r##"{
      "version": 1,
      "photo_id": "01970000-0000-7000-8000-000000000001",
      "owner_id": "01970000-0000-7000-8000-000000000002",
      "owner_name": "ada",
      "uploaded_at": "2024-08-01T10:00:00.000Z",
      "facts": {
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "bytes": 4401,
        "filename": "IMG_0001.JPG",
        "media_type": "image/jpeg",
        "width": 4000,
        "height": 3000,
        "taken": { "at": "2024-07-28T19:04:05.250Z", "utc_offset_minutes": 120 },
        "camera": { "make": "Apple", "model": "iPhone 12", "lens": null, "iso": 100, "f_number": 1.6, "exposure": 0.01, "focal_length": 4.2 },
        "position": { "lat": 52.5, "lon": 13.4, "altitude": null },
        "thumbhash": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
        "color": "#aabbcc"
      },
      "title": null,
      "description": null,
      "favorite": false,
      "rating": null,
      "archived": false,
      "tags": [],
      "trashed_at": null
    }"##;

    #[test]
    fn what_the_first_version_wrote_is_read() {
        let sidecar = Sidecar::from_json(FIRST.as_bytes()).unwrap();
        assert_eq!((sidecar.version, sidecar.owner_name.as_deref()), (1, Some("ada")));
        assert_eq!(sidecar.facts.filename, "IMG_0001.JPG");
        assert_eq!(Sidecar::from_json(&sidecar.to_json()).unwrap(), sidecar);
    }

    #[test]
    fn what_a_later_version_adds_is_passed_over() {
        let text = FIRST.replacen("\"version\": 1,", "\"version\": 2, \"album\": \"Summer\",", 1);
        assert_eq!(Sidecar::from_json(text.as_bytes()).unwrap().version, 2);
    }
}
