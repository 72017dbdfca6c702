//! Uploads under way, in a folder that belongs to this process alone.
//!
//! ```text
//! <folder>/<uuid>.part        the bytes; without a note beside it, of an upload that did not come to its end
//! <folder>/<uuid>.json        the note: whose it is, and that all bytes are there, fsynced
//! <folder>/<uuid>.json.new    a note that is being written
//! ```
//!
//! Every upload that is known here is *live*, somebody is working on it, or *parked*, for whoever comes next: the task of
//! recovery, or its own client with the same bytes once more. Files of neither are leftovers, and removed.

mod incoming;
mod note;
mod replace;
mod staged;
mod writer;

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use photure_domain::{IdSource, Sha256, UploadId, UserId};
use rustix::fs::FlockOperation;
use uuid::Uuid;

use incoming::Arrived;
pub(crate) use incoming::Incoming;
pub(crate) use note::Note;
pub(crate) use replace::{Durable, replace};
pub(crate) use staged::Staged;
pub(crate) use writer::{Sink, Writer, blocking};

/// An upload that this many starts of the process have found was most likely the death of some of them.
const MAX_STARTS: u32 = 10;

/// Left free for the database and for variants, in bytes.
const RESERVE: u64 = 2 << 20;

#[derive(Clone, Debug)]
pub(crate) struct Staging(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// Locked as long as it is open.
    handle: File,
    ids: Arc<dyn IdSource>,
    uploads: Mutex<HashMap<Uuid, State>>,
}

#[derive(Debug)]
enum State {
    Live,
    Parked(Box<Note>),
}

impl Staging {
    /// Makes the folder where it is missing, takes it for this process, parks what an earlier one has left there, and removes
    /// what is of no use. Blocks.
    pub(crate) fn open(folder: &Path, ids: Arc<dyn IdSource>) -> io::Result<Self> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o750)
            .create(folder)?;
        let folder = folder.canonicalize()?;
        let handle = File::open(&folder)?;
        lock(&handle)?;
        let staging = Self(Arc::new(Inner {
            folder,
            handle,
            ids,
            uploads: Mutex::default(),
        }));
        staging.find()?;
        staging.remove_leftovers()?;
        Ok(staging)
    }

    /// Bytes that are about to arrive.
    pub(crate) async fn begin(&self) -> io::Result<Incoming> {
        Incoming::begin(self.clone()).await
    }

    /// Whether `bytes` more have room.
    pub(crate) fn has_room_for(&self, bytes: u64) -> io::Result<bool> {
        let volume = rustix::fs::fstatvfs(&self.0.handle)?;
        Ok(volume.f_bavail.saturating_mul(volume.f_frsize) >= bytes.saturating_add(RESERVE))
    }

    /// Those that wait for somebody.
    pub(crate) fn parked(&self) -> Vec<Uuid> {
        let uploads = self.uploads();
        let mut ids: Vec<_> = uploads
            .iter()
            .filter(|(_, state)| matches!(state, State::Parked(_)))
            .map(|(id, _)| *id)
            .collect();
        ids.sort_unstable(); // as they came
        ids
    }

    /// One of those that wait, now the caller's own; `None` where somebody else was faster.
    pub(crate) fn take(&self, id: Uuid) -> Option<Staged> {
        let mut uploads = self.uploads();
        let state = uploads.get_mut(&id)?;
        match std::mem::replace(state, State::Live) {
            State::Parked(note) => Some(Staged::new(self.clone(), id, *note)),
            State::Live => None,
        }
    }

    /// Those of them that are to become the same, now the caller's own.
    pub(crate) fn take_twins(&self, of: &Note) -> Vec<Staged> {
        let what = |note: &Note| (note.owner_id, note.sha256, note.film_of);
        self.take_where(|note| what(note) == what(of))
    }

    /// Whether that photo waits to become one.
    pub(crate) fn awaits(&self, owner: UserId, sha256: Sha256) -> bool {
        let is_it = |note: &Note| (note.owner_id, note.sha256, note.film_of) == (owner, sha256, None);
        let uploads = self.uploads();
        uploads
            .values()
            .any(|state| matches!(state, State::Parked(note) if is_it(note)))
    }

    /// The one that a resumable upload has become.
    pub(crate) fn take_of(&self, upload: UploadId) -> Option<Staged> {
        self.take_where(|note| note.upload == Some(upload)).pop()
    }

    /// The resumable uploads whose bytes are all here.
    pub(crate) fn parked_uploads(&self) -> Vec<UploadId> {
        let uploads = self.uploads();
        uploads
            .values()
            .filter_map(|state| match state {
                State::Parked(note) => note.upload,
                State::Live => None,
            })
            .collect()
    }

    fn take_where(&self, wanted: impl Fn(&Note) -> bool) -> Vec<Staged> {
        let ids: Vec<_> = {
            let uploads = self.uploads();
            let wanted = |state: &State| matches!(state, State::Parked(note) if wanted(note));
            uploads
                .iter()
                .filter(|(_, state)| wanted(state))
                .map(|(id, _)| *id)
                .collect()
        };
        ids.into_iter().filter_map(|id| self.take(id)).collect()
    }

    /// A whole file that lies beside the staged ones on the same volume, and is fsynced. It stays where it is, too. Blocks.
    pub(crate) fn adopt(&self, file: &Path, note: Note) -> io::Result<Staged> {
        Arrived::linked(self, file, &note)?.keep_blocking(note)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// Files of uploads that nobody knows. Blocks.
    pub(crate) fn remove_leftovers(&self) -> io::Result<()> {
        for (id, path) in self.files()? {
            if !self.uploads().contains_key(&id) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Whether uploads can be staged. Blocks.
    pub(crate) fn check(&self) -> io::Result<()> {
        use rustix::fs::{Access, AtFlags, CWD};
        let there = std::fs::metadata(&self.0.folder)?;
        if !there.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(rustix::fs::accessat(
            CWD,
            &self.0.folder,
            Access::WRITE_OK | Access::EXEC_OK,
            AtFlags::empty(),
        )?)
    }

    fn find(&self) -> io::Result<()> {
        for (id, path) in self.files()? {
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let note = match Note::read(&path) {
                Ok(note) => note,
                Err(error) => {
                    // Kept for whoever can read it: an older or newer version of this program.
                    tracing::error!(upload = %id, %error, "the note of a staged upload cannot be read, it stays");
                    self.uploads().insert(id, State::Live);
                    continue;
                }
            };
            let whole = std::fs::metadata(self.part(id)).is_ok_and(|part| part.len() == note.bytes);
            if !whole || note.starts >= MAX_STARTS {
                tracing::warn!(upload = %id, sha256 = %note.sha256, whole, starts = note.starts, "a staged upload is given up");
                continue;
            }
            let note = Note {
                starts: note.starts + 1,
                ..note
            };
            note.write(&self.note(id), &self.0.handle)?;
            self.uploads().insert(id, State::Parked(Box::new(note)));
        }
        Ok(())
    }

    fn files(&self) -> io::Result<Vec<(Uuid, PathBuf)>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.0.folder)? {
            let path = entry?.path();
            if let Some(id) = owner_of(&path) {
                files.push((id, path));
            }
        }
        Ok(files)
    }

    fn part(&self, id: Uuid) -> PathBuf {
        self.0.folder.join(format!("{id}.part"))
    }

    fn note(&self, id: Uuid) -> PathBuf {
        self.0.folder.join(format!("{id}.json"))
    }

    fn uploads(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, State>> {
        self.0.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which upload a file belongs to; `None` for files that are none of ours.
fn owner_of(path: &Path) -> Option<Uuid> {
    let name = path.file_name()?.to_str()?;
    let stem = [".part", ".json", ".json.new"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))?;
    Uuid::try_parse(stem).ok()
}

fn lock(folder: &File) -> io::Result<()> {
    match rustix::fs::flock(folder, FlockOperation::NonBlockingLockExclusive) {
        Err(rustix::io::Errno::WOULDBLOCK) => Err(io::Error::other(
            "another process uses this staging folder: give each its own with PHOTURE_STAGING_DIR",
        )),
        Err(error) => {
            tracing::warn!(%error, "the staging folder cannot be locked; make sure that no other process uses it");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
