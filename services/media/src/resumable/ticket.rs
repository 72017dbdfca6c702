use photure_domain::registration::RoomQuestion;
use photure_domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::UploadMetadata;

/// What is known of an upload before all its bytes are here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ticket {
    pub(crate) owner_id: UserId,
    /// What the owner is called, where that is known.
    #[serde(default)]
    pub(crate) owner_name: Option<String>,
    pub(crate) kind: Kind,
    /// Of the whole file, in bytes; `None` where the client does not know it yet.
    pub(crate) length: Option<u64>,
    pub(crate) metadata: UploadMetadata,
    pub(crate) created_at: Timestamp,
    /// Bytes from here on may be of a chunk whose checksum was not compared.
    pub(crate) unchecked_from: Option<u64>,
}

impl Ticket {
    /// `None` where it is not known yet how much it will be, or where it is no file.
    pub(super) fn room_question(&self) -> Option<RoomQuestion> {
        let bytes = self.length.filter(|_| self.kind != Kind::Partial)?;
        Some(RoomQuestion {
            owner_id: self.owner_id,
            sha256: self.metadata.sha256,
            film_of: self.metadata.live_of,
            bytes,
        })
    }
}

/// What is uploaded (tus, extension *concatenation*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A file.
    Whole,
    /// A part of a file, which becomes nothing by itself.
    Partial,
    /// A file, put together of parts.
    Final,
}
