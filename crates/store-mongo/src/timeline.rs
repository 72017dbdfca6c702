//! The kept counts: segments, versions and usage. What they become, `photure_store::segments` decides.

use mongodb::bson::{Document, doc};
use mongodb::options::{Hint, ReturnDocument};
use photure_domain::photo::{Photo, Usage};
use photure_domain::timeline::{Segment, SegmentPhoto, Timeline, TimelineKey, TimelineScope};
use photure_domain::{SegmentId, UserId};
use photure_store::StoreError;
use photure_store::segments::{self, Arrival, Departure, Effect, Packing, SegmentRow};
use photure_store::usage::UsageChange;

use crate::Result;
use crate::collections::Collections;
use crate::documents::{
    KeyDocument, LibraryDocument, Place, SegmentDocument, Shelf, ShownDocument, unsigned, uuid,
};
use crate::error::Error;
use crate::transaction::{Tx, collected};

/// Lets every count follow a photo that was `before` and is `after`. The photo's document has changed already. Answers the owner's
/// figures as they are then, where they change.
pub(crate) async fn follow(
    tx: &mut Tx<'_>,
    before: Option<&Photo>,
    after: Option<&Photo>,
) -> Result<Option<LibraryDocument>> {
    let Some(photo) = after.or(before) else {
        return Ok(None);
    };
    let effects = TimelineScope::ALL.map(|scope| (scope, segments::effect(scope, before, after)));
    let changed = effects
        .iter()
        .filter(|(_, effect)| *effect != Effect::None)
        .map(|(scope, _)| *scope);
    let usage = UsageChange::between(before, after);
    let Some(library) = change_library(tx, photo.owner_id, changed, usage).await? else {
        return Ok(None);
    };
    for (scope, effect) in effects {
        let version = version(&library, scope)?;
        Line {
            owner: photo.owner_id,
            scope,
        }
        .follow(tx, effect, TimelineKey::of(photo), version)
        .await?;
    }
    Ok(Some(library))
}

/// Adds to an owner's figures, and one to the version of each of the timelines. `None` where that is nothing.
pub(crate) async fn change_library(
    tx: &mut Tx<'_>,
    owner: UserId,
    timelines: impl Iterator<Item = TimelineScope>,
    usage: UsageChange,
) -> Result<Option<LibraryDocument>> {
    let mut more = Document::new();
    for scope in timelines {
        more.insert(format!("versions.{}", scope.as_str()), 1_i64);
    }
    if !usage.is_nothing() {
        more.insert("photos", usage.photos);
        more.insert("bytes", usage.bytes);
    }
    if more.is_empty() {
        return Ok(None);
    }
    let library = tx
        .collections
        .libraries
        .find_one_and_update(of(owner), doc! { "$inc": more })
        .upsert(true)
        .return_document(ReturnDocument::After)
        .session(&mut *tx.session)
        .await?;
    Ok(library)
}

pub(crate) async fn read(tx: &mut Tx<'_>, owner: UserId, scope: TimelineScope) -> Result<Timeline> {
    let library = tx
        .collections
        .libraries
        .find_one(of(owner))
        .session(&mut *tx.session)
        .await?;
    let line = Line { owner, scope };
    let rows = tx
        .collections
        .segments
        .find(line.filter())
        .sort(doc! { "from": -1 })
        .hint(Hint::Name("timeline".into()))
        .session(&mut *tx.session)
        .await?;
    let rows = collected(rows, tx.session, SegmentDocument::into_row).await?;
    Ok(Timeline {
        total: rows.iter().map(|row| u64::from(row.count)).sum(),
        version: library.map_or(Ok(0), |library| version(&library, scope))?,
        segments: segments::seen_all(&rows),
    })
}

pub(crate) async fn segment(
    tx: &mut Tx<'_>,
    owner: UserId,
    id: SegmentId,
) -> Result<(Segment, Vec<SegmentPhoto>)> {
    let one = doc! { "_id": uuid(id.as_uuid()), "owner": uuid(owner.as_uuid()) };
    let found = tx
        .collections
        .segments
        .find_one(one)
        .session(&mut *tx.session)
        .await?;
    let found = found.ok_or(StoreError::NotFound)?;
    let scope = TimelineScope::ALL
        .into_iter()
        .find(|scope| scope.as_str() == found.scope);
    let line = Line {
        owner,
        scope: scope.ok_or(Error::Nonsense("a timeline"))?,
    };
    let row = found.into_row()?;
    let next = line.newer_neighbour(tx, &row).await?.map(|next| next.from);
    let photos = line.photos(tx, &row, next).await?;
    Ok((segments::seen(row, next), photos))
}

pub(crate) async fn usage(collections: &Collections, owner: UserId) -> Result<Usage> {
    let Some(library) = collections.libraries.find_one(of(owner)).await? else {
        return Ok(Usage::default());
    };
    library.usage()
}

pub(crate) async fn rebuild(tx: &mut Tx<'_>, owner: UserId) -> Result<()> {
    // First of all, so that whoever changes this library meanwhile begins anew.
    let library = change_library(tx, owner, TimelineScope::ALL.into_iter(), UsageChange::default()).await?;
    let library = library.ok_or(Error::Nonsense("a library"))?;
    for scope in TimelineScope::ALL {
        Line { owner, scope }
            .rebuild(tx, version(&library, scope)?)
            .await?;
    }
    let count_of = |shelves: [&str; 2]| doc! { "$sum": { "$cond": [{ "$in": ["$shelf", shelves.to_vec()] }, 1_i64, 0_i64] } };
    let count = [
        doc! { "$match": { "owner": uuid(owner.as_uuid()) } },
        doc! { "$group": {
            "_id": "$owner",
            "photos": count_of([Shelf::Library.as_str(), Shelf::Archive.as_str()]),
            "bytes": { "$sum": { "$add": ["$bytes", { "$ifNull": ["$film.bytes", 0_i64] }] } },
        } },
    ];
    let mut counted = tx
        .collections
        .photos
        .aggregate(count)
        .with_type::<LibraryDocument>()
        .session(&mut *tx.session)
        .await?;
    let counted = counted.next(tx.session).await.transpose()?;
    let (photos, bytes) = counted.map_or((0, 0), |counted| (counted.photos, counted.bytes));
    let kept = doc! { "$set": { "photos": photos, "bytes": bytes } };
    tx.collections
        .libraries
        .update_one(of(owner), kept)
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

/// Whether an owner's account was closed and their library emptied. Whoever empties it at the same time is met where the figures change.
pub(crate) async fn is_gone(tx: &mut Tx<'_>, owner: UserId) -> Result<bool> {
    let libraries = &tx.collections.libraries;
    let found = libraries.find_one(of(owner)).session(&mut *tx.session).await?;
    Ok(found.is_some_and(|library| library.gone))
}

/// For good: nothing is counted for them from now on.
pub(crate) async fn forget_owner(tx: &mut Tx<'_>, owner: UserId) -> Result<()> {
    let gone = doc! { "$set": { "gone": true, "photos": 0_i64, "bytes": 0_i64 }, "$unset": { "versions": "", "quota": "" } };
    let libraries = &tx.collections.libraries;
    libraries
        .update_one(of(owner), gone)
        .upsert(true)
        .session(&mut *tx.session)
        .await?;
    let theirs = doc! { "owner": uuid(owner.as_uuid()) };
    let segments = &tx.collections.segments;
    segments.delete_many(theirs).session(&mut *tx.session).await?;
    Ok(())
}

pub(crate) fn of(owner: UserId) -> Document {
    doc! { "_id": uuid(owner.as_uuid()) }
}

fn version(library: &LibraryDocument, scope: TimelineScope) -> Result<u64> {
    let version = match scope {
        TimelineScope::All => library.versions.all,
        TimelineScope::Favorites => library.versions.favorites,
    };
    unsigned(version, "a version")
}

/// One timeline of one owner.
struct Line {
    owner: UserId,
    scope: TimelineScope,
}

impl Line {
    async fn follow(&self, tx: &mut Tx<'_>, effect: Effect, key: TimelineKey, version: u64) -> Result<()> {
        if effect == Effect::None {
            return Ok(());
        }
        let ids = tx.ids;
        let at = self.at(tx, key).await?;
        match (effect, at) {
            (Effect::Appeared, at) => match segments::arrival(at, key, version, || ids.segment()) {
                Arrival::Put(row) => self.put(tx, &row).await,
                Arrival::Full => {
                    let Some(full) = at else { return Ok(()) };
                    let next = self.newer_neighbour(tx, &full).await?.map(|next| next.from);
                    let keys = self.keys(tx, &full, next).await?;
                    for row in segments::split(full, &keys, key, version, ids.segment()) {
                        self.put(tx, &row).await?;
                    }
                    Ok(())
                }
            },
            (Effect::Changed, Some(row)) => self.put(tx, &SegmentRow { version, ..row }).await,
            (Effect::Disappeared, Some(row)) => match segments::departure(row, version) {
                Departure::Put(row) => self.put(tx, &row).await,
                Departure::Emptied => {
                    let older = self.older_neighbour(tx, &row).await?;
                    let newer = self.newer_neighbour(tx, &row).await?;
                    let gone = doc! { "_id": uuid(row.id.as_uuid()) };
                    tx.collections
                        .segments
                        .delete_one(gone)
                        .session(&mut *tx.session)
                        .await?;
                    match segments::heir(row, older, newer, version) {
                        Some(heir) => self.put(tx, &heir).await,
                        None => Ok(()),
                    }
                }
            },
            (Effect::None, _) => Ok(()),
            (Effect::Changed | Effect::Disappeared, None) => Err(Error::NoSegment(self.scope)),
        }
    }

    async fn rebuild(&self, tx: &mut Tx<'_>, version: u64) -> Result<()> {
        let ids = tx.ids;
        let mut packing = Packing::new(version);
        let mut keys = self.find_keys(tx, self.shown()).await?;
        while let Some(found) = keys.next(tx.session).await {
            packing.push(found?.taken.key(), || ids.segment());
        }
        tx.collections
            .segments
            .delete_many(self.filter())
            .session(&mut *tx.session)
            .await?;
        let rows = packing.finish();
        let rows: Vec<_> = rows.iter().map(|row| self.document(row)).collect::<Result<_>>()?;
        if !rows.is_empty() {
            tx.collections
                .segments
                .insert_many(rows)
                .session(&mut *tx.session)
                .await?;
        }
        Ok(())
    }

    fn filter(&self) -> Document {
        doc! { "owner": uuid(self.owner.as_uuid()), "scope": self.scope.as_str() }
    }

    /// The segment that `key` falls into.
    async fn at(&self, tx: &mut Tx<'_>, key: TimelineKey) -> Result<Option<SegmentRow>> {
        self.one_of_month(tx, key, "$lte", -1).await
    }

    async fn older_neighbour(&self, tx: &mut Tx<'_>, row: &SegmentRow) -> Result<Option<SegmentRow>> {
        self.one_of_month(tx, row.from, "$lt", -1).await
    }

    async fn newer_neighbour(&self, tx: &mut Tx<'_>, row: &SegmentRow) -> Result<Option<SegmentRow>> {
        self.one_of_month(tx, row.from, "$gt", 1).await
    }

    async fn one_of_month(
        &self,
        tx: &mut Tx<'_>,
        key: TimelineKey,
        comparison: &'static str,
        direction: i32,
    ) -> Result<Option<SegmentRow>> {
        let mut filter = self.filter();
        filter.insert("from", doc! { comparison: Place::of(key) });
        let found = tx
            .collections
            .segments
            .find_one(filter)
            .sort(doc! { "from": direction })
            .hint(Hint::Name("timeline".into()))
            .session(&mut *tx.session)
            .await?;
        let row = found.map(SegmentDocument::into_row).transpose()?;
        Ok(row.filter(|row| row.month() == key.month()))
    }

    async fn put(&self, tx: &mut Tx<'_>, row: &SegmentRow) -> Result<()> {
        let one = doc! { "_id": uuid(row.id.as_uuid()) };
        tx.collections
            .segments
            .replace_one(one, self.document(row)?)
            .upsert(true)
            .session(&mut *tx.session)
            .await?;
        Ok(())
    }

    fn document(&self, row: &SegmentRow) -> Result<SegmentDocument> {
        SegmentDocument::new(self.owner, self.scope.as_str(), row)
    }

    /// Of the photos in a segment, oldest first.
    async fn keys(
        &self,
        tx: &mut Tx<'_>,
        row: &SegmentRow,
        next: Option<TimelineKey>,
    ) -> Result<Vec<TimelineKey>> {
        let keys = self.find_keys(tx, self.within(row, next)).await?;
        collected(keys, tx.session, |found| Ok(found.taken.key())).await
    }

    async fn find_keys(
        &self,
        tx: &mut Tx<'_>,
        filter: Document,
    ) -> Result<mongodb::SessionCursor<KeyDocument>> {
        let keys = tx
            .collections
            .photos
            .clone_with_type::<KeyDocument>()
            .find(filter)
            .sort(doc! { "taken": 1 })
            .projection(doc! { "_id": 0, "taken": 1 })
            .hint(self.hint())
            .session(&mut *tx.session)
            .await?;
        Ok(keys)
    }

    /// Newest first.
    async fn photos(
        &self,
        tx: &mut Tx<'_>,
        row: &SegmentRow,
        next: Option<TimelineKey>,
    ) -> Result<Vec<SegmentPhoto>> {
        let shown = doc! {
            "sha256": 1, "taken": 1, "utc_offset_minutes": 1, "width": 1, "height": 1, "thumbhash": 1, "favorite": 1,
        };
        let photos = tx
            .collections
            .photos
            .clone_with_type::<ShownDocument>()
            .find(self.within(row, next))
            .sort(doc! { "taken": -1 })
            .projection(shown)
            .hint(self.hint())
            .session(&mut *tx.session)
            .await?;
        collected(photos, tx.session, ShownDocument::into_photo).await
    }

    fn within(&self, row: &SegmentRow, next: Option<TimelineKey>) -> Document {
        let mut range = doc! { "$gte": Place::of(row.from) };
        if let Some(end) = next.or_else(|| segments::month_end(row.from)) {
            range.insert("$lt", Place::of(end));
        }
        let mut filter = self.shown();
        filter.insert("taken", range);
        filter
    }

    fn shown(&self) -> Document {
        let owner = uuid(self.owner.as_uuid());
        match self.scope {
            TimelineScope::All => doc! { "owner": owner, "shelf": Shelf::Library.as_str() },
            TimelineScope::Favorites => {
                doc! { "owner": owner, "shelf": Shelf::Library.as_str(), "favorite": true }
            }
        }
    }

    fn hint(&self) -> Hint {
        Hint::Name(match self.scope {
            TimelineScope::All => "taken".into(),
            TimelineScope::Favorites => "favorite_taken".into(),
        })
    }
}
