use photure_domain::film::FilmType;
use photure_domain::photo::{Camera, MediaType, Photo, Position};
use photure_domain::{PhotoId, Sha256, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::Addresses;
use crate::etag;
use crate::library::Page;

/// A photo.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Photo)]
pub(crate) struct PhotoView {
    pub(crate) id: PhotoId,
    owner_id: UserId,
    sha256: Sha256,
    /// Of the original.
    bytes: u64,
    /// As the uploader named it, without folders.
    filename: String,
    media_type: MediaType,
    /// Pixels as a person sees them, after orientation.
    width: u32,
    /// Pixels as a person sees them, after orientation.
    height: u32,
    taken_at: Timestamp,
    /// What the wall clock showed; read as UTC where the offset is not known.
    #[schema(example = "2024-07-28T21:04:05.250")]
    taken_at_local: String,
    /// Minutes east of UTC; null where the camera did not know it.
    utc_offset_minutes: Option<i16>,
    uploaded_at: Timestamp,
    title: Option<String>,
    description: Option<String>,
    favorite: bool,
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    rating: Option<u8>,
    archived: bool,
    tags: Vec<String>,
    camera: Camera,
    position: Option<Position>,
    /// The name of the position; always null so far.
    place: Option<String>,
    /// ThumbHash, base64.
    thumbhash: String,
    /// Dominant colour, `#rrggbb`.
    color: String,
    /// Null unless it is in the trash.
    trashed_at: Option<Timestamp>,
    /// The film of a Live Photo; null where the photo has none.
    live: Option<Live>,
    urls: PhotoUrls,
    /// What `If-Match` takes, and what `GET` answers as `ETag`.
    pub(crate) etag: String,
}

/// Signed addresses, good for at least 12 hours. Whoever has one may fetch the bytes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PhotoUrls {
    /// WebP, fits in 512×512.
    thumb: String,
    /// JPEG, long edge 1440.
    preview: String,
    /// The bytes that were uploaded.
    original: String,
}

/// The seconds around a photo, as a film.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Live {
    /// A signed address, good for at least 12 hours, with byte ranges. A browser saves it under the photo's name, or plays it in a page.
    url: String,
    bytes: u64,
    media_type: FilmType,
}

impl PhotoView {
    pub(crate) fn new(photo: Photo, addresses: &Addresses) -> Self {
        let etag = etag::of_photo(&photo, addresses.expiry());
        let facts = photo.facts;
        let live = photo.film.map(|film| Live {
            url: addresses.film(&facts.sha256, &film, &facts.filename),
            bytes: film.bytes,
            media_type: film.media_type,
        });
        Self {
            id: photo.id,
            owner_id: photo.owner_id,
            sha256: facts.sha256,
            bytes: facts.bytes,
            filename: facts.filename,
            media_type: facts.media_type,
            width: facts.width,
            height: facts.height,
            taken_at: facts.taken.at,
            taken_at_local: facts.taken.local(),
            utc_offset_minutes: facts.taken.utc_offset_minutes,
            uploaded_at: photo.uploaded_at,
            title: photo.title,
            description: photo.description,
            favorite: photo.favorite,
            rating: photo.rating,
            archived: photo.archived,
            tags: photo.tags,
            camera: facts.camera,
            position: facts.position,
            place: None,
            thumbhash: facts.thumbhash,
            color: facts.color,
            trashed_at: photo.trashed_at,
            live,
            urls: PhotoUrls {
                thumb: addresses.thumb(&facts.sha256),
                preview: addresses.preview(&facts.sha256),
                original: addresses.original(&facts.sha256, facts.media_type),
            },
            etag,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PhotoList {
    items: Vec<PhotoView>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

impl PhotoList {
    pub(crate) fn new(page: Page, addresses: &Addresses) -> Self {
        let items = page
            .photos
            .into_iter()
            .map(|photo| PhotoView::new(photo, addresses))
            .collect();
        Self {
            items,
            next_cursor: page.next_cursor,
        }
    }
}
