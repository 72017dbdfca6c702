use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use photure_imaging::SNIFF_BYTES;
use walkdir::WalkDir;

/// A file as it lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    /// Seconds since 1970.
    pub(super) modified: i64,
}

/// Every file at or below `path`, in the order of names. Links to folders are not followed: they may lead in circles.
pub(super) fn below(path: &Path) -> impl Iterator<Item = Result<Found, (PathBuf, io::Error)>> {
    let root = path.to_owned();
    WalkDir::new(path)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path()))
        .filter_map(move |entry| match entry {
            Ok(entry) if entry.file_type().is_dir() => None,
            Ok(entry) => Some(look_at(entry.path()).map_err(|error| (entry.into_path(), error))),
            Err(error) => {
                let path = error.path().unwrap_or(&root).to_owned();
                Some(Err((path, error.into())))
            }
        })
        .filter(|found| !matches!(found, Ok(None)))
        .filter_map(Result::transpose)
}

/// `None` where it is no file of its own.
pub(super) fn look_at(path: &Path) -> io::Result<Option<Found>> {
    let there = std::fs::metadata(path)?;
    if !there.is_file() {
        return Ok(None);
    }
    let modified = there.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Some(Found {
        path: path.canonicalize()?,
        bytes: there.len(),
        modified: i64::try_from(modified.as_secs()).unwrap_or(i64::MAX),
    }))
}

/// Whether its first bytes are those of a picture. The server looks for itself; this only saves the way.
pub(super) fn is_picture(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?
        .take(SNIFF_BYTES as u64)
        .read_to_end(&mut head)?;
    Ok(photure_imaging::sniff(&head).is_some())
}

/// `.thumbnails`, `.Trash` and their like hold nothing that anybody took.
fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order_and_hidden_ones_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in ["b/2.jpg", "a/1.jpg", ".thumbnails/3.jpg", "c.jpg"] {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        std::os::unix::fs::symlink(&root, root.join("a/circle")).unwrap();
        let names: Vec<_> = below(&root)
            .map(|found| found.unwrap().path.strip_prefix(&root).unwrap().to_owned())
            .collect();
        assert_eq!(names, ["a/1.jpg", "b/2.jpg", "c.jpg"].map(PathBuf::from));
        assert_eq!(below(&root.join("c.jpg")).count(), 1);
        assert!(below(&root.join("nowhere")).next().unwrap().is_err());
    }

    #[test]
    fn bytes_tell_a_picture() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jpg");
        std::fs::write(&path, b"no picture, whatever its name says").unwrap();
        assert!(!is_picture(&path).unwrap());
        std::fs::write(&path, b"\xFF\xD8\xFF\xE0 and so on").unwrap();
        assert!(is_picture(&path).unwrap());
    }
}
