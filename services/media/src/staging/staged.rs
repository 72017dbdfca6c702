use std::fs::File;
use std::io;
use std::path::PathBuf;

use uuid::Uuid;

use super::incoming::Arrived;
use super::writer::blocking;
use super::{Note, Staging, State, remove};

/// A whole file and its note, the holder's own until it is dropped: then it is parked.
#[derive(Debug)]
pub(crate) struct Staged {
    staging: Staging,
    id: Uuid,
    note: Note,
    gone: bool,
}

impl Staged {
    pub(super) fn new(staging: Staging, id: Uuid, note: Note) -> Self {
        Self {
            staging,
            id,
            note,
            gone: false,
        }
    }

    pub(crate) fn id(&self) -> Uuid {
        self.id
    }

    pub(crate) fn note(&self) -> &Note {
        &self.note
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.staging.part(self.id)
    }

    /// It has become a photo, or never will.
    pub(crate) async fn discard(mut self) {
        let (staging, id) = (self.staging.clone(), self.id);
        // The note first: a part without a note is cleared away, whatever happens in between.
        let removed =
            blocking(move || remove(&staging.note(id)).and_then(|()| remove(&staging.part(id)))).await;
        match removed {
            Ok(()) => self.gone = true,
            Err(error) => tracing::warn!(upload = %self.id, %error, "a staged upload cannot be removed now"),
        }
    }

    /// The same bytes in a new file, checked and fsynced anew. After a failed write-back a kernel may say of the old one that it
    /// is on the disk, and it is not; and it may be one that a dead process has left.
    pub(crate) async fn again(self) -> io::Result<Self> {
        let staging = self.staging.clone();
        let (path, note) = (self.path(), self.note.clone());
        let copy = blocking(move || {
            let copy = Arrived::copy_of(&staging, File::open(path)?)?;
            if (copy.content().sha256, copy.content().bytes) != (note.sha256, note.bytes) {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "its bytes are not what its note says",
                ));
            }
            copy.keep_blocking(note)
        });
        match copy.await {
            Ok(copy) => {
                self.discard().await;
                Ok(copy)
            }
            Err(error) => {
                if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::NotFound) {
                    self.discard().await;
                }
                Err(error)
            }
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let mut uploads = self.staging.uploads();
        if self.gone {
            uploads.remove(&self.id);
        } else {
            uploads.insert(self.id, State::Parked(Box::new(self.note.clone())));
        }
    }
}
