//! Tests watch the steps of one thread here, and let one of them fail.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;

use super::steps::Step;

/// A step that was about to be taken; files and folders by inode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    MakeFolder(String),
    Fill,
    Filled,
    SyncFile(u64),
    Name(String),
    SyncFolder(u64),
}

#[derive(Default)]
struct Watch {
    steps: Vec<Seen>,
    fail_at: Option<usize>,
}

thread_local! {
    static WATCH: RefCell<Watch> = RefCell::default();
}

pub(super) fn before(step: &Step<'_>) -> io::Result<()> {
    let inode = |file: &File| file.metadata().unwrap().ino();
    let seen = match step {
        Step::MakeFolder(name) => Seen::MakeFolder((*name).to_owned()),
        Step::Fill => Seen::Fill,
        Step::Filled => Seen::Filled,
        Step::SyncFile(file) => Seen::SyncFile(inode(file)),
        Step::Name(name) => Seen::Name((*name).to_owned()),
        Step::SyncFolder(folder) => Seen::SyncFolder(inode(folder)),
    };
    WATCH.with_borrow_mut(|watch| {
        watch.steps.push(seen);
        if watch.fail_at == Some(watch.steps.len() - 1) {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    })
}

/// Runs `work` and says which steps it took. The step `fail_at`, counted from 0, is not taken: the disk is full there.
pub(super) fn watch<T>(fail_at: Option<usize>, work: impl FnOnce() -> T) -> (T, Vec<Seen>) {
    WATCH.set(Watch {
        steps: Vec::new(),
        fail_at,
    });
    let result = work();
    (result, WATCH.take().steps)
}
