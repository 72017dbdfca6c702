//! The steps whose order durability depends on, each in one place, so that a test can watch them and let any of them fail.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode};

use super::tree;
#[cfg(test)]
use super::watch::before;

#[cfg_attr(not(test), expect(dead_code, reason = "looked at by tests alone"))]
pub(super) enum Step<'a> {
    MakeFolder(&'a str),
    Fill,
    Filled,
    SyncFile(&'a File),
    Name(&'a str),
    SyncFolder(&'a File),
}

#[cfg(not(test))]
#[inline]
#[expect(clippy::unnecessary_wraps, reason = "in tests a step can fail")]
fn before(_: &Step<'_>) -> io::Result<()> {
    Ok(())
}

pub(super) fn make_folder(parent: &File, name: &str) -> io::Result<()> {
    before(&Step::MakeFolder(name))?;
    Ok(rustix::fs::mkdirat(
        parent,
        name,
        Mode::from_raw_mode(tree::FOLDER_MODE),
    )?)
}

/// Writes all of `source` to `file`; how many bytes that were.
pub(super) fn fill(file: &mut File, source: &mut dyn io::Read) -> io::Result<u64> {
    before(&Step::Fill)?;
    let written = io::copy(source, file)?;
    before(&Step::Filled)?;
    Ok(written)
}

pub(super) fn sync_file(file: &File) -> io::Result<()> {
    before(&Step::SyncFile(file))?;
    file.sync_all()
}

/// Gives the staged file a second, final name. Never replaces what has that name.
pub(super) fn link(staged: &Path, folder: &File, name: &str) -> io::Result<()> {
    before(&Step::Name(name))?;
    Ok(rustix::fs::linkat(CWD, staged, folder, name, AtFlags::empty())?)
}

/// Gives a file its final name, in the place of what had that name.
pub(super) fn rename(folder: &File, from: &str, to: &str) -> io::Result<()> {
    before(&Step::Name(to))?;
    Ok(rustix::fs::renameat(folder, from, folder, to)?)
}

pub(super) fn sync_folder(folder: &File) -> io::Result<()> {
    before(&Step::SyncFolder(folder))?;
    folder.sync_all()
}
