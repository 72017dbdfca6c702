//! What a power cut may find, proved by the order of the steps, and what a full disk leaves behind, proved by failing each.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use photure_domain::Sha256;
use photure_domain::media_address::Variant;
use sha2::Digest;
use tempfile::TempDir;

use super::put::{Source, put};
use super::root::Root;
use super::watch::{Seen, watch};
use crate::{BlobError, BlobKey, BlobResult};

const CONTENT: &[u8] = b"what a camera wrote";

struct Volume {
    folder: TempDir,
    root: Root,
}

/// The three ways into the storage.
#[derive(Clone, Copy, Debug)]
enum Way {
    Linked,
    Replacing,
    Bytes,
}

impl Volume {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let root = Root::begin(folder.path().join("blobs")).unwrap();
        Self { folder, root }
    }

    /// The storage in the state in which this way is taken.
    fn before(way: Way) -> Self {
        let volume = Self::new();
        std::fs::write(volume.staged(), CONTENT).unwrap();
        if matches!(way, Way::Replacing) {
            let path = volume.path(key(way));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &CONTENT[..5]).unwrap();
        }
        volume
    }

    fn staged(&self) -> PathBuf {
        self.folder.path().join("staged")
    }

    fn path(&self, key: BlobKey) -> PathBuf {
        self.root.path().join(key.path())
    }

    fn put(&self, way: Way) -> BlobResult<()> {
        let staged = self.staged();
        let source = match way {
            Way::Linked | Way::Replacing => Source::staged(&staged, CONTENT.len() as u64)?,
            Way::Bytes => Source::Bytes(CONTENT),
        };
        put(&self.root, key(way), &source)
    }

    fn content(&self, way: Way) -> Option<Vec<u8>> {
        std::fs::read(self.path(key(way))).ok()
    }

    /// Every file below the root but the marker.
    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        files.retain(|file| file.file_name().unwrap() != ".photure-storage");
        files
    }
}

fn key(way: Way) -> BlobKey {
    let variant = match way {
        Way::Linked | Way::Replacing => Variant::Original,
        Way::Bytes => Variant::Thumb,
    };
    BlobKey::new(Sha256::new(sha2::Sha256::digest(CONTENT).into()), variant)
}

const WAYS: [Way; 3] = [Way::Linked, Way::Replacing, Way::Bytes];

fn inode(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().ino()
}

#[test]
fn content_is_on_the_disk_before_it_has_its_name_and_every_folder_before_it_is_acknowledged() {
    for way in WAYS {
        let volume = Volume::before(way);
        let (result, steps) = watch(None, || volume.put(way));
        result.unwrap();

        let path = volume.path(key(way));
        let at = |wanted: Seen| {
            steps
                .iter()
                .position(|step| *step == wanted)
                .unwrap_or_else(|| panic!("{way:?}: no {wanted:?} in {steps:?}"))
        };
        let name = path.file_name().unwrap().to_str().unwrap();
        let named = at(Seen::Name(name.to_owned()));
        assert!(at(Seen::SyncFile(inode(&path))) < named, "{way:?}: {steps:?}");
        if !matches!(way, Way::Linked) {
            assert!(
                at(Seen::Filled) < at(Seen::SyncFile(inode(&path))),
                "{way:?}: {steps:?}"
            );
        }
        for folder in path
            .ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(volume.root.path()))
        {
            assert!(
                named < at(Seen::SyncFolder(inode(folder))),
                "{way:?}: {folder:?} in {steps:?}"
            );
        }
    }
}

#[test]
fn what_another_is_still_putting_is_synced_before_it_is_acknowledged_to_us() {
    for way in [Way::Linked, Way::Bytes] {
        let volume = Volume::before(way);
        // The other one has named its file and died, or not come further yet.
        let named = |step: &Seen| matches!(step, Seen::Name(_));
        let (result, steps) = watch(None, || Volume::before(way).put(way));
        result.unwrap();
        let after_name = steps.iter().position(named).unwrap() + 1;
        let (result, _) = watch(Some(after_name), || volume.put(way));
        assert!(result.is_err());
        assert_eq!(volume.content(way).as_deref(), Some(CONTENT));

        let (result, steps) = watch(None, || volume.put(way));
        result.unwrap();
        let path = volume.path(key(way));
        assert!(!steps.iter().any(named), "it was put again: {steps:?}");
        assert!(
            steps.contains(&Seen::SyncFile(inode(&path))),
            "{way:?}: {steps:?}"
        );
        for folder in path
            .ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(volume.root.path()))
        {
            assert!(
                steps.contains(&Seen::SyncFolder(inode(folder))),
                "{way:?}: {folder:?} in {steps:?}"
            );
        }
    }
}

#[test]
fn wherever_it_fails_nothing_half_written_is_visible_and_trying_again_succeeds() {
    for way in WAYS {
        let (result, steps) = watch(None, || Volume::before(way).put(way));
        result.unwrap();
        assert!(steps.len() > 5, "{way:?}: {steps:?}");
        for (n, step) in steps.iter().enumerate() {
            let volume = Volume::before(way);
            let before = volume.content(way);
            let (result, _) = watch(Some(n), || volume.put(way));
            assert!(
                matches!(result, Err(BlobError::StorageFull(_))),
                "{way:?}, step {n}: {result:?}"
            );

            let visible = volume.content(way);
            assert!(
                visible == before || visible.as_deref() == Some(CONTENT),
                "{way:?}, {step:?}"
            );
            let files = volume.files();
            assert!(
                files.iter().all(|file| *file == volume.path(key(way))),
                "{way:?}, {step:?}: {files:?}"
            );

            volume.put(way).unwrap();
            assert_eq!(volume.content(way).as_deref(), Some(CONTENT), "{way:?}, {step:?}");
            assert_eq!(std::fs::read(volume.staged()).unwrap(), CONTENT);
        }
    }
}

#[test]
fn the_shared_folders_are_synced_once_and_not_for_every_photo() {
    let volume = Volume::before(Way::Bytes);
    let (result, first) = watch(None, || volume.put(Way::Bytes));
    result.unwrap();
    let preview = BlobKey::new(key(Way::Bytes).sha256, Variant::Preview);
    let (result, second) = watch(None, || put(&volume.root, preview, &Source::Bytes(CONTENT)));
    result.unwrap();
    let folders = |steps: &[Seen]| {
        steps
            .iter()
            .filter(|step| matches!(step, Seen::SyncFolder(_)))
            .count()
    };
    assert_eq!((folders(&first), folders(&second)), (5, 2));
}
