use mongodb::bson::{Binary, Uuid};
use photure_domain::film::{Film, FilmType};
use photure_domain::photo::{Camera, FileFacts, Metadata, Photo, Position, Taken};
use photure_domain::timeline::SegmentPhoto;
use photure_domain::{PhotoId, Sha256, UserId};
use serde::{Deserialize, Serialize};

use super::{Place, binary, bytes, id, signed, unsigned, uuid};
use crate::Result;

/// Where a photo lies: what every list asks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shelf {
    Library,
    Archive,
    Trash,
}

impl Shelf {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Archive => "archive",
            Self::Trash => "trash",
        }
    }

    fn of(photo: &Photo) -> Self {
        match (photo.trashed_at, photo.archived) {
            (Some(_), _) => Self::Trash,
            (None, true) => Self::Archive,
            (None, false) => Self::Library,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PhotoDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    owner: Uuid,
    shelf: Shelf,
    sha256: Binary,
    bytes: i64,
    filename: String,
    media_type: photure_domain::photo::MediaType,
    width: u32,
    height: u32,
    taken: Place,
    utc_offset_minutes: Option<i16>,
    camera: Camera,
    position: Option<Position>,
    thumbhash: String,
    color: String,
    uploaded: Place,
    title: Option<String>,
    description: Option<String>,
    favorite: bool,
    rating: Option<u8>,
    archived: bool,
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trashed: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    film: Option<FilmDocument>,
    revision: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct FilmDocument {
    sha256: Binary,
    bytes: i64,
    media_type: FilmType,
}

impl FilmDocument {
    fn new(film: Film) -> Result<Self> {
        Ok(Self {
            sha256: binary(film.sha256.as_bytes()),
            bytes: signed(film.bytes, "the size of a film")?,
            media_type: film.media_type,
        })
    }

    fn into_film(self) -> Result<Film> {
        Ok(Film {
            sha256: Sha256::new(bytes(self.sha256, "a hash")?),
            bytes: unsigned(self.bytes, "the size of a film")?,
            media_type: self.media_type,
        })
    }
}

impl PhotoDocument {
    pub(crate) fn new(photo: &Photo) -> Result<Self> {
        let facts = photo.facts.clone();
        Ok(Self {
            id: uuid(photo.id.as_uuid()),
            owner: uuid(photo.owner_id.as_uuid()),
            shelf: Shelf::of(photo),
            sha256: binary(facts.sha256.as_bytes()),
            bytes: signed(facts.bytes, "the size of a photo")?,
            filename: facts.filename,
            media_type: facts.media_type,
            width: facts.width,
            height: facts.height,
            taken: Place::new(facts.taken.at, photo.id),
            utc_offset_minutes: facts.taken.utc_offset_minutes,
            camera: facts.camera,
            position: facts.position,
            thumbhash: facts.thumbhash,
            color: facts.color,
            uploaded: Place::new(photo.uploaded_at, photo.id),
            title: photo.title.clone(),
            description: photo.description.clone(),
            favorite: photo.favorite,
            rating: photo.rating,
            archived: photo.archived,
            tags: photo.tags.clone(),
            trashed: photo.trashed_at.map(|at| Place::new(at, photo.id)),
            film: photo.film.map(FilmDocument::new).transpose()?,
            revision: signed(photo.revision, "a revision")?,
        })
    }

    pub(crate) fn into_photo(self) -> Result<Photo> {
        Ok(Photo {
            id: PhotoId::new(id(self.id)),
            owner_id: UserId::new(id(self.owner)),
            facts: FileFacts {
                sha256: Sha256::new(bytes(self.sha256, "a hash")?),
                bytes: unsigned(self.bytes, "the size of a photo")?,
                filename: self.filename,
                media_type: self.media_type,
                width: self.width,
                height: self.height,
                taken: Taken {
                    at: self.taken.time(),
                    utc_offset_minutes: self.utc_offset_minutes,
                },
                camera: self.camera,
                position: self.position,
                thumbhash: self.thumbhash,
                color: self.color,
            },
            film: self.film.map(FilmDocument::into_film).transpose()?,
            uploaded_at: self.uploaded.time(),
            title: self.title,
            description: self.description,
            favorite: self.favorite,
            rating: self.rating,
            archived: self.archived,
            tags: self.tags,
            trashed_at: self.trashed.map(Place::time),
            revision: unsigned(self.revision, "a revision")?,
        })
    }
}

/// What a grid shows of a [`PhotoDocument`].
#[derive(Debug, Deserialize)]
pub(crate) struct ShownDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    sha256: Binary,
    taken: Place,
    utc_offset_minutes: Option<i16>,
    width: u32,
    height: u32,
    thumbhash: String,
    favorite: bool,
}

impl ShownDocument {
    pub(crate) fn into_photo(self) -> Result<SegmentPhoto> {
        Ok(SegmentPhoto {
            id: PhotoId::new(id(self.id)),
            sha256: Sha256::new(bytes(self.sha256, "a hash")?),
            taken: Taken {
                at: self.taken.time(),
                utc_offset_minutes: self.utc_offset_minutes,
            },
            width: self.width,
            height: self.height,
            thumbhash: self.thumbhash,
            favorite: self.favorite,
        })
    }
}

/// Where a [`PhotoDocument`] stands in the timeline, and nothing else: read from the index alone.
#[derive(Debug, Deserialize)]
pub(crate) struct KeyDocument {
    pub(crate) taken: Place,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MetadataDocument {
    #[serde(rename = "_id")]
    photo_id: Uuid,
    owner: Uuid,
    /// JSON: group → tag → value.
    groups: String,
}

impl MetadataDocument {
    pub(crate) fn new(photo: &Photo, metadata: &Metadata) -> Result<Self> {
        Ok(Self {
            photo_id: uuid(photo.id.as_uuid()),
            owner: uuid(photo.owner_id.as_uuid()),
            groups: serde_json::to_string(metadata)?,
        })
    }

    pub(crate) fn into_metadata(self) -> Result<Metadata> {
        Ok(serde_json::from_str(&self.groups)?)
    }
}
