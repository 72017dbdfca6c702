use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use photure_domain::{Sha256, Timestamp};
use rustix::fs::AtFlags;
use uuid::Uuid;

use super::root::{OpenRoot, Root};
use super::tree;
use crate::key::ARCHIVES;
use crate::{BlobError, BlobResult, Found, Listed, Listing, RecordKey, Tree};

/// All of a tree after a hash, one folder of the lowest level (`<kind>/<aa>/<bb>`) after the other.
pub(super) fn listing(root: Arc<Root>, tree: Tree, after: Option<Sha256>) -> Listing {
    let walk = Walk {
        root,
        tree,
        after: after.map(|hash| hash.to_string()),
        begun: false,
        upper: VecDeque::new(),
        lower: VecDeque::new(),
    };
    let folders = stream::try_unfold(walk, |mut walk| async move {
        let step = tokio::task::spawn_blocking(move || walk.next().map(|listed| listed.map(|l| (l, walk))));
        step.await.map_err(BlobError::unavailable)?
    });
    folders
        .map_ok(|listed| stream::iter(listed.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
}

/// Where a listing stands. The root is opened anew for each folder, so that a volume that goes away meanwhile is an outage.
#[derive(Debug)]
struct Walk {
    root: Arc<Root>,
    tree: Tree,
    after: Option<String>,
    begun: bool,
    /// The `aa` that are left.
    upper: VecDeque<String>,
    /// The `aa` and `bb` that are left of the one we are in.
    lower: VecDeque<(String, String)>,
}

impl Walk {
    fn next(&mut self) -> BlobResult<Option<Vec<Listed>>> {
        let root = Arc::clone(&self.root);
        let open = root.open()?;
        loop {
            if let Some((aa, bb)) = self.lower.pop_front() {
                let listed = self.folder(&open, &aa, &bb)?;
                if !listed.is_empty() {
                    return Ok(Some(listed));
                }
            } else if let Some(aa) = self.upper.pop_front() {
                let names = shards(&open, &format!("{}/{aa}/", self.tree.folder()))?;
                let beginning = self.after.as_deref().filter(|after| after.starts_with(&aa));
                let least = beginning.map(|after| after[2..4].to_owned());
                self.lower = names
                    .into_iter()
                    .filter(|bb| least.as_ref().is_none_or(|least| bb >= least))
                    .map(|bb| (aa.clone(), bb))
                    .collect();
            } else if !self.begun {
                self.begun = true;
                let names = shards(&open, &format!("{}/", self.tree.folder()))?;
                let least = self.after.as_ref().map(|after| after[..2].to_owned());
                self.upper = names
                    .into_iter()
                    .filter(|aa| least.as_ref().is_none_or(|least| aa >= least))
                    .collect();
            } else {
                return Ok(None);
            }
        }
    }

    fn folder(&self, open: &OpenRoot<'_>, aa: &str, bb: &str) -> BlobResult<Vec<Listed>> {
        let path = format!("{}/{aa}/{bb}/", self.tree.folder());
        let Some(folder) = tree::find_folder(&open.folder, &path)? else {
            return Ok(Vec::new());
        };
        let mut listed = Vec::new();
        for name in tree::names(&folder).map_err(BlobError::from_volume)? {
            if self
                .after
                .as_deref()
                .is_some_and(|after| name.get(..after.len()).is_none_or(|hash| hash <= after))
            {
                continue;
            }
            match self.tree {
                Tree::Originals => listed.extend(look(&folder, &path, &name)?),
                Tree::Variants => {
                    let own = match tree::open_folder(&folder, &name) {
                        Ok(own) => own,
                        // Swept meanwhile, or nothing of ours.
                        Err(error)
                            if matches!(
                                error.kind(),
                                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                            ) =>
                        {
                            continue;
                        }
                        Err(error) => return Err(BlobError::from_volume(error)),
                    };
                    let path = format!("{path}{name}/");
                    for file in tree::names(&own).map_err(BlobError::from_volume)? {
                        listed.extend(look(&own, &path, &file)?);
                    }
                }
            }
        }
        Ok(listed)
    }
}

/// The folders below `path` whose names are two hexadecimal digits.
fn shards(open: &OpenRoot<'_>, path: &str) -> BlobResult<Vec<String>> {
    let Some(folder) = tree::find_folder(&open.folder, path)? else {
        return Ok(Vec::new());
    };
    let is_shard = |name: &String| name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let names = tree::names(&folder).map_err(BlobError::from_volume)?;
    Ok(names.into_iter().filter(is_shard).collect())
}

/// `None` for what is none of ours, or gone by now.
fn look(folder: &File, path: &str, name: &str) -> BlobResult<Option<Listed>> {
    let Some(found) = Found::under(&format!("{path}{name}")) else {
        return Ok(None);
    };
    let modified = modified(folder, name)?;
    Ok(modified.map(|(len, modified)| Listed { found, len, modified }))
}

pub(super) fn archives(open: &OpenRoot<'_>) -> BlobResult<Vec<(Uuid, Timestamp)>> {
    let Some(folder) = tree::find_folder(&open.folder, ARCHIVES)? else {
        return Ok(Vec::new());
    };
    let mut archives = Vec::new();
    for name in tree::names(&folder).map_err(BlobError::from_volume)? {
        let modified = modified(&folder, &name)?;
        archives.extend(RecordKey::archive_of(&name).zip(modified.map(|(_, modified)| modified)));
    }
    Ok(archives)
}

/// Length and time; `None` where it is gone by now.
fn modified(folder: &File, name: &str) -> BlobResult<Option<(u64, Timestamp)>> {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some((
            u64::try_from(stat.st_size).unwrap_or_default(),
            Timestamp::from_millis(stat.st_mtime.saturating_mul(1000)),
        ))),
        Err(rustix::io::Errno::NOENT) => Ok(None),
        Err(error) => Err(BlobError::from_volume(error.into())),
    }
}
