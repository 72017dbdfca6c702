//! Putting a blob in its place.
//!
//! Where staging lies on the same volume, the staged file is fsynced and gets its final name as a second one (`link`),
//! which never replaces anything. Elsewhere, and for bytes from memory, a part file beside the final name is filled, fsynced
//! and renamed.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags};

use super::part::Part;
use super::root::{OpenRoot, Root};
use super::{steps, tree};
use crate::hashing::Hashing;
use crate::{BlobError, BlobKey, BlobResult};

/// How often the folder may be deleted under a `put` before that gives up.
const ATTEMPTS: usize = 20;

pub(super) enum Source<'a> {
    Staged { path: &'a Path, file: File, len: u64 },
    Bytes(&'a [u8]),
}

impl<'a> Source<'a> {
    pub(super) fn staged(path: &'a Path, len: u64) -> BlobResult<Self> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let open = rustix::fs::openat(CWD, path, flags, Mode::empty());
        let file = File::from(open.map_err(|error| BlobError::Staged(error.into()))?);
        let metadata = file.metadata().map_err(BlobError::Staged)?;
        if !metadata.is_file() || metadata.len() != len {
            return Err(BlobError::wrong_length(len, metadata.len()));
        }
        Ok(Self::Staged { path, file, len })
    }

    fn len(&self) -> u64 {
        match self {
            Self::Staged { len, .. } => *len,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

pub(super) fn put(root: &Root, key: BlobKey, source: &Source<'_>) -> BlobResult<()> {
    retrying(root, &key.path(), |place| place.fill(key, source))
}

/// In the place of what is there, unless that is the same.
pub(super) fn replace(root: &Root, path: &str, bytes: &[u8]) -> BlobResult<()> {
    retrying(root, path, |place| place.replace(bytes))
}

fn retrying(root: &Root, path: &str, fill: impl Fn(&Place<'_>) -> Result<(), Failure>) -> BlobResult<()> {
    let open = root.open()?;
    let mut attempt = 1;
    loop {
        match Place::prepare(&open, path).and_then(|place| fill(&place)) {
            Err(Failure::Swept) if attempt < ATTEMPTS => attempt += 1,
            Err(Failure::Swept) => {
                return Err(BlobError::unavailable(
                    "the blob's folder is deleted again and again",
                ));
            }
            Err(Failure::Blob(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
}

enum Failure {
    /// `delete_all` took the empty folder before our first file was in it: once more, from the top.
    Swept,
    Blob(BlobError),
}

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        Self::Blob(error)
    }
}

/// Where a blob belongs, with all its folders there.
struct Place<'a> {
    root: &'a Root,
    path: &'a str,
    /// From the root down to the blob's own folder.
    chain: Vec<File>,
    own: File,
    name: String,
    /// Of the folders that many blobs share.
    shard: String,
    /// Whether the entries of the shared folders may not be fsynced yet.
    shard_is_new: bool,
}

impl<'a> Place<'a> {
    fn prepare(open: &OpenRoot<'a>, path: &'a str) -> Result<Self, Failure> {
        let (folders, name) = tree::split(path);
        let shard = folders[..SHARED.min(folders.len())].join("/");
        let mut shard_is_new = !open.root.is_known(&shard);
        let mut chain = Vec::with_capacity(folders.len());
        let mut own = open.folder.try_clone().map_err(BlobError::from_volume)?;
        for (depth, folder) in folders.iter().enumerate() {
            let (child, made) = tree::ensure_folder(&own, folder).map_err(swept_or)?;
            shard_is_new |= made && depth < SHARED;
            chain.push(std::mem::replace(&mut own, child));
        }
        Ok(Self {
            root: open.root,
            path,
            chain,
            own,
            name: name.to_owned(),
            shard,
            shard_is_new,
        })
    }

    fn fill(&self, key: BlobKey, source: &Source<'_>) -> Result<(), Failure> {
        match self.length()? {
            Some(len) if len == source.len() => return self.keep(),
            Some(len) => {
                tracing::warn!(
                    key = self.path,
                    found = len,
                    wanted = source.len(),
                    "a blob of another length is replaced"
                );
            }
            None => {
                if let Source::Staged { path, file, .. } = source
                    && self.link(path, file)?
                {
                    return self.settle();
                }
            }
        }
        self.copy(key, source)
    }

    fn replace(&self, bytes: &[u8]) -> Result<(), Failure> {
        if self.holds(bytes)? {
            return self.keep();
        }
        let mut part = Part::lock(&self.own, &self.name).map_err(swept_or)?;
        steps::fill(&mut part.file, &mut &*bytes).map_err(BlobError::from_volume)?;
        steps::sync_file(&part.file).map_err(BlobError::from_volume)?;
        part.rename(&self.name).map_err(swept_or)?;
        self.settle()
    }

    fn holds(&self, bytes: &[u8]) -> BlobResult<bool> {
        let Some((mut file, len)) = tree::open_file(&self.own, &self.name)? else {
            return Ok(false);
        };
        if len != bytes.len() as u64 {
            return Ok(false);
        }
        let mut there = Vec::with_capacity(bytes.len());
        file.read_to_end(&mut there).map_err(BlobError::from_volume)?;
        Ok(there == bytes)
    }

    /// Of what is there; `None` where nothing is.
    fn length(&self) -> BlobResult<Option<u64>> {
        Ok(tree::open_file(&self.own, &self.name)?.map(|(_, len)| len))
    }

    /// Whoever put it may not have come to the end of its fsyncs, and we are about to promise that they are done.
    fn keep(&self) -> Result<(), Failure> {
        if let Some((file, _)) = tree::open_file(&self.own, &self.name)? {
            steps::sync_file(&file).map_err(BlobError::from_volume)?;
        }
        self.settle()
    }

    /// `false` where it cannot be done by linking.
    fn link(&self, path: &Path, file: &File) -> Result<bool, Failure> {
        tree::set_mode(file, tree::FILE_MODE).map_err(BlobError::from_volume)?;
        steps::sync_file(file).map_err(BlobError::from_volume)?;
        match steps::link(path, &self.own, &self.name) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if path.exists() {
                    Err(Failure::Swept)
                } else {
                    Err(BlobError::Staged(error).into())
                }
            }
            // Another `put` was faster (`copy` finds that out), staging is on another volume, or this one knows no links.
            Err(error) if cannot_link(&error) => Ok(false),
            Err(error) => Err(BlobError::from_volume(error).into()),
        }
    }

    fn copy(&self, key: BlobKey, source: &Source<'_>) -> Result<(), Failure> {
        let mut part = Part::lock(&self.own, &self.name).map_err(swept_or)?;
        // Whoever held the lock before has put it, most likely.
        if self.length()? == Some(source.len()) {
            return self.keep();
        }
        let written = match source {
            Source::Bytes(bytes) => copy_from(key, &mut part.file, *bytes),
            Source::Staged { file, .. } => {
                let mut file = file;
                file.rewind().map_err(BlobError::Staged)?;
                copy_from(key, &mut part.file, file)
            }
        }?;
        if written != source.len() {
            return Err(BlobError::wrong_length(source.len(), written).into());
        }
        steps::sync_file(&part.file).map_err(BlobError::from_volume)?;
        part.rename(&self.name).map_err(swept_or)?;
        self.settle()
    }

    /// Fsyncs every folder whose entry on the way to the blob may be new.
    fn settle(&self) -> Result<(), Failure> {
        steps::sync_folder(&self.own).map_err(BlobError::from_volume)?;
        for (depth, folder) in self.chain.iter().enumerate().rev() {
            if depth >= SHARED || self.shard_is_new {
                steps::sync_folder(folder).map_err(BlobError::from_volume)?;
            }
        }
        self.root.remember(self.shard.clone());
        Ok(())
    }
}

fn copy_from(key: BlobKey, part: &mut File, source: impl Read) -> BlobResult<u64> {
    let mut source = Hashing::new(source);
    let written = steps::fill(part, &mut source).map_err(BlobError::from_volume)?;
    key.agrees_with(source.finish())?;
    Ok(written)
}

fn swept_or(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound {
        Failure::Swept
    } else {
        BlobError::from_volume(error).into()
    }
}

/// `<kind>/<aa>/<bb>`: the folders that many blobs share, as many as `chain` has below this depth.
const SHARED: usize = 3;

fn cannot_link(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    matches!(
        errno,
        Some(
            Errno::EXIST
                | Errno::XDEV
                | Errno::PERM
                | Errno::MLINK
                | Errno::OPNOTSUPP
                | Errno::NOSYS
                | Errno::ACCESS
        )
    )
}
