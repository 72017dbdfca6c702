//! What lies in the database. Ids are UUIDs, hashes 32 bytes, times dates; metadata is JSON text, since a file's own names
//! may be no names for MongoDB.

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, DateTime, Uuid, doc};
use photure_domain::account::{Role, Session, SigningKey, User};
use photure_domain::photo::{Camera, FileFacts, Metadata, Photo, Position, Taken};
use photure_domain::timeline::{SegmentPhoto, TimelineKey};
use photure_domain::{ClaimId, KeyId, PhotoId, SegmentId, SessionId, Sha256, Timestamp, UserId};
use photure_store::hash::HashState;
use photure_store::segments::SegmentRow;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::error::Error;

pub(crate) fn uuid(id: uuid::Uuid) -> Uuid {
    Uuid::from_bytes(id.into_bytes())
}

fn id(id: Uuid) -> uuid::Uuid {
    uuid::Uuid::from_bytes(id.bytes())
}

pub(crate) fn date(time: Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millis())
}

fn time(date: DateTime) -> Timestamp {
    Timestamp::from_millis(date.timestamp_millis())
}

pub(crate) fn binary(bytes: &[u8]) -> Binary {
    Binary {
        subtype: BinarySubtype::Generic,
        bytes: bytes.to_vec(),
    }
}

fn bytes<const N: usize>(binary: Binary, what: &'static str) -> Result<[u8; N]> {
    binary.bytes.try_into().map_err(|_| Error::Nonsense(what))
}

pub(crate) fn signed(number: u64, what: &'static str) -> Result<i64> {
    i64::try_from(number).map_err(|_| Error::TooLarge(what))
}

pub(crate) fn unsigned(number: i64, what: &'static str) -> Result<u64> {
    u64::try_from(number).map_err(|_| Error::Nonsense(what))
}

/// A place in a list. MongoDB compares documents field by field: by time, then by id, so that one index and one
/// comparison keep the order.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    at: DateTime,
    id: Uuid,
}

impl Place {
    pub(crate) fn new(at: Timestamp, id: PhotoId) -> Self {
        Self {
            at: date(at),
            id: uuid(id.as_uuid()),
        }
    }

    pub(crate) fn of(key: TimelineKey) -> Self {
        Self::new(key.taken_at, key.id)
    }

    pub(crate) fn time(self) -> Timestamp {
        time(self.at)
    }

    pub(crate) fn key(self) -> TimelineKey {
        TimelineKey {
            taken_at: self.time(),
            id: PhotoId::new(id(self.id)),
        }
    }
}

impl From<Place> for Bson {
    fn from(place: Place) -> Self {
        doc! { "at": place.at, "id": place.id }.into()
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UserDocument {
    #[serde(rename = "_id")]
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(crate) username_folded: String,
    pub(crate) email: String,
    pub(crate) email_folded: String,
    pub(crate) password_hash: String,
    pub(crate) role: Role,
    pub(crate) disabled: bool,
    pub(crate) created_at: DateTime,
}

impl UserDocument {
    pub(crate) fn into_user(self) -> User {
        User {
            id: UserId::new(id(self.id)),
            username: self.username,
            email: self.email,
            role: self.role,
            disabled: self.disabled,
            created_at: time(self.created_at),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SessionDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    user_id: Uuid,
    created_at: DateTime,
    last_used_at: DateTime,
    expires_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<DateTime>,
    /// SHA-256 of its current refresh token.
    token: Binary,
}

impl SessionDocument {
    pub(crate) fn new(session: &Session, token: Binary) -> Self {
        Self {
            id: uuid(session.id.as_uuid()),
            user_id: uuid(session.user_id.as_uuid()),
            created_at: date(session.created_at),
            last_used_at: date(session.last_used_at),
            expires_at: date(session.expires_at),
            revoked_at: session.revoked_at.map(date),
            token,
        }
    }

    pub(crate) fn id(&self) -> Uuid {
        self.id
    }

    pub(crate) fn token(&self) -> Binary {
        self.token.clone()
    }

    pub(crate) fn into_session(self) -> Session {
        Session {
            id: SessionId::new(id(self.id)),
            user_id: UserId::new(id(self.user_id)),
            created_at: time(self.created_at),
            last_used_at: time(self.last_used_at),
            expires_at: time(self.expires_at),
            revoked_at: self.revoked_at.map(time),
        }
    }
}

/// A refresh token that was replaced, so that its return is noticed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OldTokenDocument {
    #[serde(rename = "_id")]
    pub(crate) hash: Binary,
    pub(crate) session_id: Uuid,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SigningKeyDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    private_der: Binary,
    public: Binary,
    created_at: DateTime,
}

impl SigningKeyDocument {
    pub(crate) fn new(key: &SigningKey) -> Self {
        Self {
            id: uuid(key.id.as_uuid()),
            private_der: binary(&key.private_der),
            public: binary(&key.public),
            created_at: date(key.created_at),
        }
    }

    pub(crate) fn into_key(self) -> Result<SigningKey> {
        Ok(SigningKey {
            id: KeyId::new(id(self.id)),
            private_der: self.private_der.bytes,
            public: bytes(self.public, "a public key")?,
            created_at: time(self.created_at),
        })
    }
}

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
    revision: i64,
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

/// An owner's figures. Everyone who changes one of their photos changes this too, one after another.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LibraryDocument {
    #[serde(rename = "_id")]
    pub(crate) owner: Uuid,
    #[serde(default)]
    pub(crate) photos: i64,
    #[serde(default)]
    pub(crate) bytes: i64,
    /// Of each timeline.
    #[serde(default)]
    pub(crate) versions: Versions,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Versions {
    #[serde(default)]
    pub(crate) all: i64,
    #[serde(default)]
    pub(crate) favorites: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SegmentDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    owner: Uuid,
    pub(crate) scope: String,
    from: Place,
    count: u32,
    version: i64,
}

impl SegmentDocument {
    pub(crate) fn new(owner: UserId, scope: &str, row: &SegmentRow) -> Result<Self> {
        Ok(Self {
            id: uuid(row.id.as_uuid()),
            owner: uuid(owner.as_uuid()),
            scope: scope.into(),
            from: Place::of(row.from),
            count: row.count,
            version: signed(row.version, "a version")?,
        })
    }

    pub(crate) fn into_row(self) -> Result<SegmentRow> {
        Ok(SegmentRow {
            id: SegmentId::new(id(self.id)),
            from: self.from.key(),
            count: self.count,
            version: unsigned(self.version, "a version")?,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HashDocument {
    #[serde(rename = "_id")]
    sha256: Binary,
    refs: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    released_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_until: Option<DateTime>,
}

impl HashDocument {
    pub(crate) fn new(sha256: Sha256, state: HashState) -> Result<Self> {
        Ok(Self {
            sha256: binary(sha256.as_bytes()),
            refs: signed(state.refs, "a count of photos")?,
            released_at: state.released_at.map(date),
            claim: state.claim.map(|(claim, _)| uuid(claim.as_uuid())),
            claimed_until: state.claim.map(|(_, until)| date(until)),
        })
    }

    pub(crate) fn sha256(&self) -> Result<Sha256> {
        bytes(self.sha256.clone(), "a hash").map(Sha256::new)
    }

    pub(crate) fn state(&self) -> Result<HashState> {
        let claim = self.claim.map(|claim| ClaimId::new(id(claim)));
        Ok(HashState {
            refs: unsigned(self.refs, "a count of photos")?,
            released_at: self.released_at.map(time),
            claim: claim.zip(self.claimed_until.map(time)),
        })
    }
}
