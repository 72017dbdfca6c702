//! Walking down from the root, folder by folder, never through a symbolic link.
//!
//! `openat2` with `RESOLVE_BENEATH` would do it in one call, but older container runtimes forbid it; four `openat`s with
//! `O_NOFOLLOW` on names that are never `..` mean the same.

use std::fs::File;
use std::io;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};

use super::steps;
use crate::{BlobError, BlobResult};

pub(super) const FILE_MODE: u32 = 0o640;
pub(super) const FOLDER_MODE: u32 = 0o750;

/// Where a blob lies: the folders from the root's child down to its own, and its name there.
pub(super) fn split(path: &str) -> (Vec<&str>, &str) {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    (parts, name)
}

pub(super) fn open_folder(parent: &File, name: &str) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(parent, name, flags, Mode::empty())?.into())
}

/// The folder, and whether it had to be made.
pub(super) fn ensure_folder(parent: &File, name: &str) -> io::Result<(File, bool)> {
    match open_folder(parent, name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return Ok((found?, false)),
    }
    match steps::make_folder(parent, name) {
        Ok(()) => {
            let folder = open_folder(parent, name)?;
            set_mode(&folder, FOLDER_MODE)?;
            Ok((folder, true))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok((open_folder(parent, name)?, false)),
        Err(error) => Err(error),
    }
}

/// Whatever the umask says. File systems without modes are left as they are.
pub(super) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    match rustix::fs::fchmod(file, Mode::from_raw_mode(mode)) {
        Err(rustix::io::Errno::PERM | rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => Ok(()),
        result => Ok(result?),
    }
}

/// A file to read, and its length; `None` where there is none.
pub(super) fn open_file(folder: &File, name: &str) -> BlobResult<Option<(File, u64)>> {
    // NONBLOCK: a pipe under the name of a blob would hold the thread for ever. Files do not mind it.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file: File = match rustix::fs::openat(folder, name, flags, Mode::empty()) {
        Ok(file) => file.into(),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(error) => return Err(BlobError::from_volume(error.into())),
    };
    let metadata = file.metadata().map_err(BlobError::from_volume)?;
    if !metadata.is_file() {
        return Err(BlobError::Corrupt(
            "there is something under its name that is no file",
        ));
    }
    Ok(Some((file, metadata.len())))
}

pub(super) fn is_file(folder: &File, name: &str) -> io::Result<bool> {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(FileType::from_raw_mode(stat.st_mode).is_file()),
        Err(rustix::io::Errno::NOENT) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What lies in a folder, sorted. Names that are no text are none of ours.
pub(super) fn names(folder: &File) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in rustix::fs::Dir::read_from(folder)? {
        let name = entry?.file_name().to_str().map(str::to_owned);
        names.extend(name.ok().filter(|name| name != "." && name != ".."));
    }
    names.sort_unstable();
    Ok(names)
}

/// Whether there was something to remove.
pub(super) fn remove(folder: &File, name: &str, flags: AtFlags) -> io::Result<bool> {
    match rustix::fs::unlinkat(folder, name, flags) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::NOENT) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The folder that a path leads to; `None` where the way to it ends.
pub(super) fn find_folder(root: &File, path: &str) -> BlobResult<Option<File>> {
    let (folders, _) = split(path);
    let mut folder: Option<File> = None;
    for name in folders {
        match open_folder(folder.as_ref().unwrap_or(root), name) {
            Ok(child) => folder = Some(child),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(BlobError::from_volume(error)),
        }
    }
    Ok(folder)
}
