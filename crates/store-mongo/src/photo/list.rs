use mongodb::Cursor;
use mongodb::bson::{Document, doc};
use mongodb::options::Hint;
use photure_domain::UserId;
use photure_domain::photo::Photo;
use photure_store::{ListedBy, PhotoFilter, Position};

use crate::Result;
use crate::collections::Collections;
use crate::documents::{PhotoDocument, Place, Shelf, uuid};
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
