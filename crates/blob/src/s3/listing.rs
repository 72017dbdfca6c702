use std::collections::VecDeque;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::Object;
use futures::stream::{self, StreamExt};
use photure_domain::{Sha256, Timestamp};
use uuid::Uuid;

use super::{S3Store, fault, unsigned};
use crate::key::ARCHIVES;
use crate::{BlobError, BlobKey, BlobResult, Found, Listed, Listing, RecordKey, Tree};

/// Keys come in the order of their bytes, which is that of the hashes in them; a server that keeps another is refused.
pub(super) fn listing(store: &S3Store, tree: Tree, after: Option<Sha256>) -> Listing {
    let after = after.map(|hash| {
        // `~` comes after whatever follows a hash in a key.
        let path = match tree {
            Tree::Originals => BlobKey::original(hash).path(),
            Tree::Variants => {
                let path = BlobKey::new(hash, photure_domain::media_address::Variant::Thumb).path();
                path.rsplit_once('/')
                    .map_or_else(String::new, |(own, _)| own.to_owned())
            }
        };
        store.object(&format!("{path}~"))
    });
    pages(store, &format!("{}/", tree.folder()), after)
}

/// An original and its sidecars.
pub(super) fn of_one(store: &S3Store, sha256: Sha256) -> Listing {
    pages(store, &BlobKey::original(sha256).path(), None)
}

pub(super) async fn archives(store: &S3Store) -> BlobResult<Vec<(Uuid, Timestamp)>> {
    let prefix = store.object(ARCHIVES);
    let asked = store
        .client
        .list_objects_v2()
        .bucket(&store.bucket)
        .prefix(&prefix);
    let page = asked.send().await.map_err(fault::from_sdk)?;
    let archive = |object: &Object| {
        let id = RecordKey::archive_of(object.key()?.strip_prefix(&prefix)?)?;
        Some((id, modified(object)))
    };
    Ok(page.contents().iter().filter_map(archive).collect())
}

fn modified(object: &Object) -> Timestamp {
    let millis = object.last_modified().and_then(|time| time.to_millis().ok());
    Timestamp::from_millis(millis.unwrap_or_default())
}

fn pages(store: &S3Store, prefix: &str, after: Option<String>) -> Listing {
    let pages = Pages {
        client: store.client.clone(),
        bucket: store.bucket.clone(),
        root: store.object(""),
        prefix: store.object(prefix),
        after,
        listed: VecDeque::new(),
        is_last: false,
    };
    stream::try_unfold(pages, |mut pages| async move {
        Ok(pages.next().await?.map(|listed| (listed, pages)))
    })
    .boxed()
}

#[derive(Debug)]
struct Pages {
    client: Client,
    bucket: String,
    /// What stands before a path of ours in a key.
    root: String,
    prefix: String,
    /// The last key that was seen: also where the next page begins, so that no token of the server's has to live as long as
    /// whoever reads slowly.
    after: Option<String>,
    listed: VecDeque<Listed>,
    is_last: bool,
}

impl Pages {
    async fn next(&mut self) -> BlobResult<Option<Listed>> {
        loop {
            if let Some(listed) = self.listed.pop_front() {
                return Ok(Some(listed));
            }
            if self.is_last {
                return Ok(None);
            }
            self.turn().await?;
        }
    }

    async fn turn(&mut self) -> BlobResult<()> {
        let asked = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(&self.prefix);
        let answer = asked.set_start_after(self.after.clone()).send().await;
        let page = answer.map_err(fault::from_sdk).map_err(|error| match error {
            BlobError::NotFound => BlobError::unavailable("the bucket is not there"),
            error => error,
        })?;
        self.is_last = page.is_truncated() != Some(true);
        for object in page.contents() {
            let key = object.key().unwrap_or_default();
            if self.after.as_deref().is_some_and(|after| key <= after) {
                return Err(BlobError::unavailable(
                    "the S3 server lists its objects in another order than that of their keys",
                ));
            }
            self.after = Some(key.to_owned());
            let found = key.strip_prefix(&self.root).and_then(Found::under);
            if let Some(found) = found {
                self.listed.push_back(Listed {
                    found,
                    len: unsigned(object.size())?,
                    modified: modified(object),
                });
            }
        }
        if page.contents().is_empty() && !self.is_last {
            return Err(BlobError::unavailable(
                "the S3 server says that there is more, and lists nothing",
            ));
        }
        Ok(())
    }
}
