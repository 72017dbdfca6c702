use mongodb::bson::{Binary, DateTime, Document, Uuid, doc};
use photure_domain::photo::Usage;
use photure_domain::quota::{Holding, Quota};
use photure_domain::{ClaimId, SegmentId, Sha256, UserId};
use photure_store::Purged;
use photure_store::hash::HashState;
use photure_store::segments::SegmentRow;
use serde::{Deserialize, Serialize};

use super::{Place, binary, bytes, date, id, signed, time, unsigned, uuid};
use crate::Result;

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
    /// Its owner's account was closed, and the library emptied for good.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) gone: bool,
    /// Missing where what holds for everybody holds.
    #[serde(default)]
    quota: Option<QuotaDocument>,
}

/// What was decided for one owner.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct QuotaDocument {
    /// Missing: as much as they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<i64>,
}

impl LibraryDocument {
    /// Of whoever never kept anything.
    pub(crate) fn empty(owner: UserId) -> Self {
        Self {
            owner: uuid(owner.as_uuid()),
            photos: 0,
            bytes: 0,
            versions: Versions::default(),
            gone: false,
            quota: None,
        }
    }

    pub(crate) fn usage(&self) -> Result<Usage> {
        Ok(Usage {
            photos: unsigned(self.photos, "a count of photos")?,
            bytes: unsigned(self.bytes, "a count of bytes")?,
        })
    }

    pub(crate) fn holding(&self) -> Result<Holding> {
        let quota = match self.quota {
            None => Quota::Default,
            Some(QuotaDocument { bytes: None }) => Quota::Unlimited,
            Some(QuotaDocument { bytes: Some(bytes) }) => Quota::Bytes(unsigned(bytes, "a quota")?),
        };
        Ok(Holding {
            owner_id: UserId::new(id(self.owner)),
            usage: self.usage()?,
            quota,
        })
    }
}

/// Makes a library's quota this one.
pub(crate) fn quota_update(quota: Quota) -> Result<Document> {
    let document = match quota {
        Quota::Default => return Ok(doc! { "$unset": { "quota": "" } }),
        Quota::Unlimited => doc! {},
        Quota::Bytes(bytes) => doc! { "bytes": signed(bytes, "a quota")? },
    };
    Ok(doc! { "$set": { "quota": document } })
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

/// What an owner has purged, and what is written of it beside the bytes may not be gone yet.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PurgedDocument {
    #[serde(rename = "_id")]
    what: PurgedKey,
    at: DateTime,
}

#[derive(Debug, Serialize, Deserialize)]
struct PurgedKey {
    sha256: Binary,
    owner: Uuid,
}

impl PurgedDocument {
    pub(crate) fn new(purged: Purged) -> Self {
        Self {
            what: PurgedKey {
                sha256: binary(purged.sha256.as_bytes()),
                owner: uuid(purged.owner_id.as_uuid()),
            },
            at: date(purged.purged_at),
        }
    }

    pub(crate) fn into_purged(self) -> Result<Purged> {
        Ok(Purged {
            sha256: bytes(self.what.sha256, "a hash").map(Sha256::new)?,
            owner_id: UserId::new(id(self.what.owner)),
            purged_at: time(self.at),
        })
    }
}
