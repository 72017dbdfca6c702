use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use photure_domain::Sha256;
use photure_domain::media_address::Variant;
use rustix::fs::{Access, AtFlags, CWD, Mode, OFlags};

use super::{part, steps, tree};
use crate::key::{ORIGINALS, RECORDS, VARIANTS};
use crate::{BlobError, BlobKey, BlobResult, OpenError};

const MARKER: &str = ".photure-storage";
const MARKER_TEXT: &str =
    "Photure keeps original photos in this folder. Without this file it takes the volume for not mounted.\n";
pub(super) const STAGING: &str = "staging";

/// What may be in a folder without a marker that is taken as Photure's all the same: a new volume, or one that was restored
/// from a backup without its hidden files.
const OURS: [&str; 5] = [ORIGINALS, VARIANTS, RECORDS, STAGING, "lost+found"];

/// The folder that all blobs lie below.
#[derive(Debug)]
pub(super) struct Root {
    path: PathBuf,
    /// `<kind>/<aa>/<bb>` of which every folder's entry is known to be fsynced: 131,072 at most.
    known: Mutex<HashSet<String>>,
}

/// The root as it is mounted at this moment. Opened anew for each operation: a root held open would be the old one after the
/// volume was detached, and take writes that nobody finds again.
#[derive(Debug)]
pub(super) struct OpenRoot<'a> {
    pub(super) folder: File,
    pub(super) root: &'a Root,
}

impl Root {
    /// Whether there is a storage already: its marker, or originals from a backup that left the marker out.
    pub(super) fn is_begun(path: &Path) -> io::Result<bool> {
        let folder = match open_path(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            folder => folder?,
        };
        Ok(tree::is_file(&folder, MARKER)? || path.join(ORIGINALS).is_dir())
    }

    /// Makes the folder and its marker where that is safe.
    pub(super) fn begin(path: PathBuf) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Folder {
            folder: path.clone(),
            source,
        };
        make_with_parents(&path).map_err(failed)?;
        let folder = open_path(&path).map_err(failed)?;
        if !tree::is_file(&folder, MARKER).map_err(failed)? {
            if !holds_only_ours(&path).map_err(failed)? {
                return Err(OpenError::NotOurs { folder: path });
            }
            mark(&folder).map_err(failed)?;
            tracing::info!(folder = %path.display(), "a new storage was begun");
        }
        Ok(Self {
            path,
            known: Mutex::default(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// [`BlobError::Unavailable`] where the folder or its marker is not there.
    pub(super) fn open(&self) -> BlobResult<OpenRoot<'_>> {
        let folder = open_path(&self.path).map_err(BlobError::unavailable)?;
        if !tree::is_file(&folder, MARKER).map_err(BlobError::unavailable)? {
            return Err(BlobError::unavailable(
                "the storage's marker is gone: its volume is not mounted",
            ));
        }
        Ok(OpenRoot { folder, root: self })
    }

    pub(super) fn is_known(&self, shard: &str) -> bool {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(shard)
    }

    pub(super) fn remember(&self, shard: String) {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(shard);
    }
}

impl OpenRoot<'_> {
    /// A blob to read, and its length; `None` where there is none.
    pub(super) fn blob(&self, key: BlobKey) -> BlobResult<Option<(File, u64)>> {
        self.file(&key.path())
    }

    pub(super) fn file(&self, path: &str) -> BlobResult<Option<(File, u64)>> {
        match tree::find_folder(&self.folder, path)? {
            Some(folder) => tree::open_file(&folder, tree::split(path).1),
            None => Ok(None),
        }
    }

    /// The sidecars first: bytes that nobody owns are found and swept, while a sidecar would say that somebody does. Then the
    /// variants: an original without variants can have them made again.
    pub(super) fn delete_all(&self, sha256: Sha256) -> BlobResult<()> {
        self.delete_sidecars(sha256)?;
        for key in BlobKey::all(sha256) {
            self.delete_file(&key.path())?;
        }
        self.remove_variants_folder(sha256)
            .map_err(BlobError::from_volume)
    }

    pub(super) fn delete_file(&self, path: &str) -> BlobResult<()> {
        match tree::find_folder(&self.folder, path)? {
            Some(folder) => delete(&folder, tree::split(path).1).map_err(BlobError::from_volume),
            None => Ok(()),
        }
    }

    fn delete_sidecars(&self, sha256: Sha256) -> BlobResult<()> {
        let original = BlobKey::original(sha256).path();
        let Some(folder) = tree::find_folder(&self.folder, &original)? else {
            return Ok(());
        };
        let beginning = format!("{sha256}.");
        for name in tree::names(&folder).map_err(BlobError::from_volume)? {
            // A part alone is one that a dead process left; `delete` sweeps it with its sidecar's name.
            let whole = name
                .strip_prefix('.')
                .and_then(|part| part.strip_suffix(".part"))
                .unwrap_or(&name);
            if whole.starts_with(&beginning) {
                delete(&folder, whole).map_err(BlobError::from_volume)?;
            }
        }
        Ok(())
    }

    /// The one folder of which there is one per photo. The shards above stay.
    fn remove_variants_folder(&self, sha256: Sha256) -> io::Result<()> {
        use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty};
        let path = BlobKey::new(sha256, Variant::Thumb).path();
        let (folders, _) = tree::split(&path);
        let [kind, aa, bb, own] = folders[..] else {
            return Ok(());
        };
        let open = |parent: &File, name| match tree::open_folder(parent, name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            result => result.map(Some),
        };
        let Some(kind) = open(&self.folder, kind)? else {
            return Ok(());
        };
        let Some(aa) = open(&kind, aa)? else { return Ok(()) };
        let Some(bb) = open(&aa, bb)? else { return Ok(()) };
        match tree::remove(&bb, own, AtFlags::REMOVEDIR) {
            Ok(true) => steps::sync_folder(&bb),
            Ok(false) => Ok(()),
            // Somebody is putting a variant there at this moment, which comes after this deletion then.
            Err(error) if matches!(error.kind(), DirectoryNotEmpty | AlreadyExists) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether files could be made here: not on a volume that was mounted read-only after an error.
    pub(super) fn check_writable(&self) -> BlobResult<()> {
        let access = Access::WRITE_OK | Access::EXEC_OK;
        rustix::fs::accessat(&self.folder, ".", access, AtFlags::empty())
            .map_err(|error| BlobError::unavailable(io::Error::from(error)))
    }
}

fn delete(folder: &File, name: &str) -> io::Result<()> {
    let blob = tree::remove(folder, name, AtFlags::empty())?;
    let part = part::sweep(folder, name)?;
    if blob || part {
        steps::sync_folder(folder)
    } else {
        Ok(())
    }
}

/// The root itself may be a symbolic link: that is the operator's own choice.
fn open_path(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(CWD, path, flags, Mode::empty())?.into())
}

/// Each new folder's entry is fsynced in its parent, or a power cut could take the whole storage.
fn make_with_parents(path: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        match std::fs::DirBuilder::new().mode(tree::FOLDER_MODE).create(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        if let Some(parent) = folder.parent() {
            open_path(parent)?.sync_all()?;
        }
    }
    Ok(())
}

fn holds_only_ours(path: &Path) -> io::Result<bool> {
    for entry in std::fs::read_dir(path)? {
        let name = entry?.file_name();
        if !OURS.iter().any(|ours| name == *ours) && name != MARKER {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The marker counts by being there; its text is for people. So two processes may make it at once.
fn mark(folder: &File) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut marker: File =
        rustix::fs::openat(folder, MARKER, flags, Mode::from_raw_mode(tree::FILE_MODE))?.into();
    io::Write::write_all(&mut marker, MARKER_TEXT.as_bytes())?;
    marker.sync_all()?;
    folder.sync_all()
}
