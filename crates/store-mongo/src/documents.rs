//! What lies in the database. Ids are UUIDs, hashes 32 bytes, times dates; metadata is JSON text, since a file's own names
//! may be no names for MongoDB.

mod account;
mod api_key;
mod audit;
mod counts;
mod factor;
mod identity;
mod invitation;
mod link;
mod organization;
mod passkey;
mod photo;

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, DateTime, Uuid, doc};
use photure_domain::timeline::TimelineKey;
use photure_domain::{PhotoId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::error::Error;

pub(crate) use account::{OldTokenDocument, SessionDocument, SigningKeyDocument, UserDocument};
pub(crate) use api_key::ApiKeyDocument;
pub(crate) use audit::AuditDocument;
pub(crate) use counts::{HashDocument, LibraryDocument, PurgedDocument, SegmentDocument, quota_update};
pub(crate) use factor::{GuessesDocument, TotpDocument};
pub(crate) use identity::IdentityDocument;
pub(crate) use invitation::InvitationDocument;
pub(crate) use link::LinkDocument;
pub(crate) use organization::{MemberDocument, OrganizationDocument};
pub(crate) use passkey::PasskeyDocument;
pub(crate) use photo::{KeyDocument, MetadataDocument, PhotoDocument, Shelf, ShownDocument};

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
