use std::fs::File;
use std::io;
use std::path::Path;

use photure_domain::photo::Taken;
use photure_domain::registration::RoomQuestion;
use photure_domain::{Sha256, Timestamp, UploadId, UserId};
use serde::{Deserialize, Serialize};

use super::replace::{Durable, replace};
use crate::upload::Xmp;

/// What is to be known about a staged file beside its bytes. Once it is there, the upload can be finished without its client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    pub(crate) owner_id: UserId,
    /// What the owner is called, where that is known.
    #[serde(default)]
    pub(crate) owner_name: Option<String>,
    /// As the uploader named it, without folders; empty where there was no name.
    pub(crate) filename: String,
    /// What the client said.
    pub(crate) taken_at: Option<Taken>,
    pub(crate) sha256: Sha256,
    pub(crate) bytes: u64,
    pub(crate) received_at: Timestamp,
    /// How many starts of the process have found it.
    pub(crate) starts: u32,
    /// The resumable upload that wants to know what becomes of it.
    pub(crate) upload: Option<UploadId>,
    /// What came with it.
    #[serde(default)]
    pub(crate) xmp: Option<Xmp>,
    /// It is no photo, but the film of the photo with this hash.
    #[serde(default)]
    pub(crate) film_of: Option<Sha256>,
}

impl Note {
    pub(crate) fn room_question(&self) -> RoomQuestion {
        RoomQuestion {
            owner_id: self.owner_id,
            sha256: Some(self.sha256),
            film_of: self.film_of,
            bytes: self.bytes,
        }
    }

    pub(super) fn read(path: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    }

    /// All or nothing, and durable. `folder` is the one that `path` lies in.
    pub(super) fn write(&self, path: &Path, folder: &File) -> io::Result<()> {
        let draft = path.with_extension("json.new");
        replace(path, &draft, &serde_json::to_vec(self)?, Durable::Yes)?;
        folder.sync_all()
    }
}
