use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use photure_domain::photo::Taken;
use photure_domain::{Sha256, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What is to be known about a staged file beside its bytes. Once it is there, the upload can be finished without its client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    pub(crate) owner_id: UserId,
    /// As the uploader named it, without folders; empty where there was no name.
    pub(crate) filename: String,
    /// What the client said.
    pub(crate) taken_at: Option<Taken>,
    pub(crate) sha256: Sha256,
    pub(crate) bytes: u64,
    pub(crate) received_at: Timestamp,
    /// How many starts of the process have found it.
    pub(crate) starts: u32,
}

impl Note {
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    }

    /// All or nothing, and durable. `folder` is the one that `path` lies in.
    pub(super) fn write(&self, path: &Path, folder: &File) -> io::Result<()> {
        let draft = path.with_extension("json.new");
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .and_then(|mut file| {
                file.write_all(&serde_json::to_vec(self)?)?;
                file.sync_all()
            });
        let named = written.and_then(|()| std::fs::rename(&draft, path));
        if named.is_err() {
            let _ = std::fs::remove_file(&draft); // a leftover is cleared away later
        }
        named?;
        folder.sync_all()
    }
}
