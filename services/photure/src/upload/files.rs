use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use photure_imaging::{MAX_SIDECAR_BYTES, SNIFF_BYTES};
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

/// Endings under which phones put the halves of a Live Photo.
const PICTURES: [&str; 8] = ["HEIC", "heic", "JPG", "jpg", "JPEG", "jpeg", "HEIF", "heif"];
const FILMS: [&str; 4] = ["MOV", "mov", "MP4", "mp4"];

/// The film of a picture: one of its name beside it, and of its identifier in it.
pub(super) fn film_beside(picture: &Path) -> io::Result<Option<PathBuf>> {
    let films: Vec<_> = beside(picture, &FILMS).collect();
    if films.is_empty() {
        return Ok(None);
    }
    let identifier = photure_imaging::content_identifier(&mut File::open(picture)?);
    let Some(identifier) = identifier.map_err(io::Error::other)? else {
        return Ok(None);
    };
    let belongs = |film: &PathBuf| {
        let facts = File::open(film).map(|mut file| photure_imaging::film(&mut file));
        let said = facts
            .ok()
            .and_then(Result::ok)
            .and_then(|facts| facts.content_identifier);
        said.is_some_and(|said| said.eq_ignore_ascii_case(&identifier))
    };
    Ok(films.into_iter().find(belongs))
}

/// The picture that a film is the film of.
pub(super) fn picture_beside(film: &Path) -> Option<PathBuf> {
    if !FILMS
        .iter()
        .any(|ending| film.extension().is_some_and(|own| own == *ending))
    {
        return None;
    }
    beside(film, &PICTURES)
        .find(|picture| film_beside(picture).is_ok_and(|found| found.as_deref() == Some(film)))
}

fn beside(path: &Path, endings: &'static [&str]) -> impl Iterator<Item = PathBuf> + use<> {
    let path = path.to_owned();
    endings
        .iter()
        .map(move |ending| path.with_extension(ending))
        .filter(|path| path.is_file())
}

/// What lies beside a picture: `IMG_1.jpg.xmp`, else `IMG_1.xmp`. `None` where there is none, `Err` with its path where it cannot be used.
pub(super) fn sidecar_of(picture: &Path) -> Result<Option<Vec<u8>>, PathBuf> {
    let mut appended = picture.as_os_str().to_owned();
    appended.push(".");
    let beside = ["xmp", "XMP"].into_iter().flat_map(|ending| {
        let mut appended = appended.clone();
        appended.push(ending);
        [(0, PathBuf::from(appended)), (1, picture.with_extension(ending))]
    });
    let mut beside: Vec<_> = beside.filter(|(_, path)| path.is_file()).collect();
    beside.sort();
    let Some((_, path)) = beside.into_iter().next() else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    let read = File::open(&path).and_then(|file| file.take(MAX_SIDECAR_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) if photure_imaging::sidecar(&bytes).is_ok() => Ok(Some(bytes)),
        _ => Err(path),
    }
}

/// `.thumbnails`, `.Trash` and their like hold nothing that anybody took.
fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use photure_testkit::live;

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
    fn what_lies_beside_a_picture_bears_its_name() {
        const XMP: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>"#;
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("IMG_1.jpg");
        let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        assert_eq!(sidecar_of(&picture), Ok(None));
        put("IMG_1.XMP", &format!("{XMP}<!-- short -->"));
        assert_eq!(
            sidecar_of(&picture),
            Ok(Some(format!("{XMP}<!-- short -->").into_bytes()))
        );
        put("IMG_1.jpg.xmp", XMP);
        assert_eq!(
            sidecar_of(&picture),
            Ok(Some(XMP.as_bytes().to_vec())),
            "the whole name counts more"
        );
        put("IMG_1.jpg.xmp", "no XMP");
        assert_eq!(sidecar_of(&picture), Err(folder.path().join("IMG_1.jpg.xmp")));
    }

    #[test]
    fn the_halves_of_a_live_photo_find_each_other_by_name_and_identifier() {
        const ID: &str = "7B0E4E3C-6B0C-4F4C-9C75-1D0A2D6E1F11";
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let put = |name: &str, bytes: &[u8]| std::fs::write(at(name), bytes).unwrap();
        put("IMG_1.HEIC", &live::heic(ID, false));
        assert_eq!(film_beside(&at("IMG_1.HEIC")).unwrap(), None);
        put("IMG_1.MP4", b"a film of another time");
        put("IMG_1.MOV", &live::film(ID, 100));
        put("IMG_2.MOV", &live::film(ID, 100));
        put("IMG_3.HEIC", &live::heic(ID, false));
        put("IMG_3.MOV", &live::film("another", 100));
        assert_eq!(film_beside(&at("IMG_1.HEIC")).unwrap(), Some(at("IMG_1.MOV")));
        assert_eq!(picture_beside(&at("IMG_1.MOV")), Some(at("IMG_1.HEIC")));
        assert_eq!(picture_beside(&at("IMG_1.MP4")), None);
        assert_eq!(picture_beside(&at("IMG_2.MOV")), None, "of another name");
        assert_eq!(film_beside(&at("IMG_3.HEIC")).unwrap(), None, "of another moment");
        assert_eq!(picture_beside(&at("IMG_3.MOV")), None);
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
