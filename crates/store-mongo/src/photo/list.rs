use mongodb::Cursor;
use mongodb::bson::{Document, doc};
use mongodb::options::Hint;
use photure_domain::photo::Photo;
use photure_domain::{Sha256, UserId};
use photure_store::{ListedBy, PhotoFilter, Position};

use crate::Result;
use crate::collections::Collections;
use crate::documents::{PhotoDocument, Place, Shelf, binary, uuid};
use crate::error::Error;

pub(super) async fn page(
    collections: &Collections,
    owner: UserId,
    filter: PhotoFilter,
    order: ListedBy,
    after: Option<Position>,
    limit: u32,
) -> Result<Vec<Photo>> {
    let query = Query::new(owner, filter, order, after)?;
    if limit == 0 {
        return Ok(Vec::new()); // MongoDB takes no limit for all
    }
    let found = collections
        .photos
        .find(query.filter)
        .sort(query.sort)
        .hint(Hint::Name(query.index));
    photos(found.limit(limit.into()).await?).await
}

/// Reads from the place on that `after` names, which may be taken by now; so one more than is wanted.
pub(super) async fn catalogue(
    collections: &Collections,
    after: Option<(Sha256, UserId)>,
    limit: u32,
) -> Result<Vec<Photo>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let mut found = collections
        .photos
        .find(doc! {})
        .sort(doc! { "sha256": 1, "owner": 1 })
        .hint(Hint::Name("catalogue".into()))
        .limit(i64::from(limit) + i64::from(after.is_some()));
    if let Some((sha256, owner)) = after {
        found = found.min(doc! { "sha256": binary(sha256.as_bytes()), "owner": uuid(owner.as_uuid()) });
    }
    let mut photos = photos(found.await?).await?;
    photos.retain(|photo| after != Some((photo.facts.sha256, photo.owner_id)));
    photos.truncate(limit as usize);
    Ok(photos)
}

pub(super) async fn photos(mut found: Cursor<PhotoDocument>) -> Result<Vec<Photo>> {
    let mut photos = Vec::new();
    while found.advance().await? {
        photos.push(found.deserialize_current()?.into_photo()?);
    }
    Ok(photos)
}

struct Query {
    filter: Document,
    sort: Document,
    /// That which has the photos in this very order, so that no page is sorted.
    index: String,
}

impl Query {
    fn new(owner: UserId, filter: PhotoFilter, order: ListedBy, after: Option<Position>) -> Result<Self> {
        let field = match order {
            ListedBy::TakenAt => "taken",
            ListedBy::UploadedAt => "uploaded",
            ListedBy::TrashedAt if filter.trashed => "trashed",
            ListedBy::TrashedAt => return Err(Error::NotTheTrash),
        };
        let shelves = if filter.trashed {
            &[Shelf::Trash][..]
        } else {
            &[Shelf::Library, Shelf::Archive][..]
        };
        let mut shelves = shelves.iter().map(|shelf| shelf.as_str());
        let mut wanted = doc! { "owner": uuid(owner.as_uuid()) };
        match (shelves.next(), shelves.next()) {
            // The index of each shelf is in order, and MongoDB merges them.
            (Some(one), Some(other)) => wanted.insert("shelf", doc! { "$in": [one, other] }),
            (one, _) => wanted.insert("shelf", one),
        };
        let mut index = field.to_owned();
        if let Some(favorite) = filter.favorite {
            wanted.insert("favorite", favorite);
            index.insert_str(0, "favorite_");
        }
        if let Some(after) = after {
            wanted.insert(field, doc! { "$lt": Place::new(after.time, after.id) });
        }
        Ok(Self {
            filter: wanted,
            sort: doc! { field: -1 },
            index,
        })
    }
}

#[cfg(test)]
mod tests {
    use photure_domain::Timestamp;
    use photure_testkit::{photo, user};

    use super::*;
    use crate::{schema, test_server};

    const PAGE: i64 = 10;

    async fn explained(collections: &Collections, query: Query) -> Document {
        let find = doc! {
            "find": "photos", "filter": query.filter, "sort": query.sort, "hint": query.index, "limit": PAGE,
        };
        let explain = doc! { "explain": find, "verbosity": "executionStats" };
        collections.database.run_command(explain).await.unwrap()
    }

    /// 300 photos in the library, 300 in the trash; of each a third favourites.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_page_is_sorted_or_looks_at_more_than_it_shows() {
        let name = format!("photure_test_{}_pages", std::process::id());
        let url = test_server::database_url(&name).await;
        let collections = Collections::at(&url).await.unwrap();
        schema::migrate(&collections).await.unwrap();
        let at = |n: u64| Timestamp::from_millis(i64::try_from(n).unwrap() / 3 * 3_600_000);
        test_server::fill(&url, (0..600).map(|n| photo(user(1), n, at(n))).collect()).await;
        let any = |n: i64, of: i64| doc! { "$expr": { "$eq": [{ "$mod": [{ "$toLong": "$taken.at" }, of * 3_600_000] }, n * 3_600_000] } };
        let trash = vec![doc! { "$set": { "shelf": "trash", "trashed": "$taken" } }];
        collections.photos.update_many(any(0, 2), trash).await.unwrap();
        collections
            .photos
            .update_many(any(0, 3), doc! { "$set": { "favorite": true } })
            .await
            .unwrap();
        for trashed in [false, true] {
            for favorite in [None, Some(false), Some(true)] {
                for order in [ListedBy::TakenAt, ListedBy::UploadedAt, ListedBy::TrashedAt] {
                    for after in [
                        None,
                        Some(Position {
                            time: at(400),
                            id: photo(user(1), 400, at(400)).id,
                        }),
                    ] {
                        let filter = PhotoFilter { favorite, trashed };
                        let Ok(query) = Query::new(user(1), filter, order, after) else {
                            continue;
                        };
                        let explained = explained(&collections, query).await;
                        let stats = explained.get_document("executionStats").unwrap();
                        let looked_at = stats.get_i32("totalKeysExamined").unwrap();
                        assert_eq!(stats.get_i32("nReturned").unwrap(), 10);
                        assert!(looked_at <= 12, "{filter:?} by {order:?} looked at {looked_at}");
                        assert!(
                            !explained.to_string().contains("\"SORT\""),
                            "{filter:?} by {order:?}"
                        );
                    }
                }
            }
        }
        collections.database.drop().await.unwrap();
    }
}
