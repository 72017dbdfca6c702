//! A blob while it is being written: `.<name>.part` beside its final name.
//!
//! The name follows from the key, so that what a dead process left is used up by the next attempt, and nobody needs to
//! search for such files. Whoever writes to it, renames it or removes it holds a lock on it, across processes too: otherwise one could
//! give the final name to what another has half written.

use std::fs::File;
use std::io;

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::{steps, tree};

/// Locked while it lives. Dropped without having been renamed, it is removed.
pub(super) struct Part<'a> {
    folder: &'a File,
    name: String,
    pub(super) file: File,
    renamed: bool,
}

impl<'a> Part<'a> {
    /// Waits for its turn; then the file is empty.
    pub(super) fn lock(folder: &'a File, blob: &str) -> io::Result<Self> {
        let name = name_of(blob);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let mode = Mode::from_raw_mode(tree::FILE_MODE);
            let file: File = rustix::fs::openat(folder, &name, flags, mode)?.into();
            rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
            // While we waited, it may have been renamed: then it is a blob by now, and must not be touched.
            if !has_name(folder, &name, &file)? {
                continue;
            }
            let part = Self {
                folder,
                name,
                file,
                renamed: false,
            };
            part.file.set_len(0)?;
            tree::set_mode(&part.file, tree::FILE_MODE)?;
            return Ok(part);
        }
    }

    pub(super) fn rename(mut self, to: &str) -> io::Result<()> {
        steps::rename(self.folder, &self.name, to)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        if !self.renamed
            && let Err(error) = tree::remove(self.folder, &self.name, AtFlags::empty())
        {
            tracing::warn!(%error, "a part file stays until its blob is put again");
        }
    }
}

/// Removes what a dead process left; whether there was any. What somebody is writing at this moment stays.
pub(super) fn sweep(folder: &File, blob: &str) -> io::Result<bool> {
    let name = name_of(blob);
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file: File = match rustix::fs::openat(folder, &name, flags, Mode::empty()) {
        Ok(file) => file.into(),
        Err(Errno::NOENT) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) if has_name(folder, &name, &file)? => tree::remove(folder, &name, AtFlags::empty()),
        Ok(()) | Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A name that no key has.
fn name_of(blob: &str) -> String {
    format!(".{blob}.part")
}

fn has_name(folder: &File, name: &str, file: &File) -> io::Result<bool> {
    let ours = rustix::fs::fstat(file)?;
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(there) => Ok((there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)),
        Err(Errno::NOENT) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
