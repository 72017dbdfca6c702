//! The kept counts: segments, versions and usage. What they become, `photure_store::segments` decides.

use photure_domain::photo::{Photo, Taken, Usage};
use photure_domain::timeline::{Segment, SegmentPhoto, Timeline, TimelineKey, TimelineScope};
use photure_domain::{SegmentId, Timestamp, UserId};
use photure_store::StoreError;
use photure_store::segments::{self, Arrival, Departure, Effect, Packing, SegmentRow};
use photure_store::usage::UsageChange;
use rusqlite::{OptionalExtension, Params, Row, Transaction, params};

use crate::columns::{self, Column};
use crate::{Ids, Result};

/// Lets every count follow a photo that was `before` and is `after`. The photos' rows have changed already.
pub(crate) fn follow(
    tx: &Transaction<'_>,
    ids: &Ids,
    before: Option<&Photo>,
    after: Option<&Photo>,
) -> Result<()> {
    let Some(photo) = after.or(before) else {
        return Ok(());
    };
    for scope in TimelineScope::ALL {
        let effect = segments::effect(scope, before, after);
        if effect != Effect::None {
            let line = Line {
                tx,
                owner: photo.owner_id,
                scope,
            };
            line.follow(ids, effect, TimelineKey::of(photo))?;
        }
    }
    let change = UsageChange::between(before, after);
    if !change.is_nothing() {
        tx.prepare_cached(
            "INSERT INTO usage VALUES (?1, ?2, ?3) ON CONFLICT (owner_id) DO UPDATE
             SET photos = photos + excluded.photos, bytes = bytes + excluded.bytes",
        )?
        .execute(params![Column(photo.owner_id), change.photos, change.bytes])?;
    }
    Ok(())
}

pub(crate) fn read(tx: &Transaction<'_>, owner: UserId, scope: TimelineScope) -> Result<Timeline> {
    let line = Line { tx, owner, scope };
    let rows = line.rows()?;
    Ok(Timeline {
        total: rows.iter().map(|row| u64::from(row.count)).sum(),
        version: line.version()?,
        segments: segments::seen_all(&rows),
    })
}

pub(crate) fn segment(
    tx: &Transaction<'_>,
    owner: UserId,
    id: SegmentId,
) -> Result<(Segment, Vec<SegmentPhoto>)> {
    let mut query = tx.prepare_cached("SELECT * FROM segments WHERE id = ?1 AND owner_id = ?2")?;
    let found = query
        .query_row(params![Column(id), Column(owner)], |row| {
            Ok((row.get("scope")?, segment_row(row)?))
        })
        .optional()?;
    let (scope, row): (String, _) = found.ok_or(StoreError::NotFound)?;
    let scope = TimelineScope::ALL
        .into_iter()
        .find(|known| known.as_str() == scope);
    let line = Line {
        tx,
        owner,
        scope: scope.ok_or(StoreError::NotFound)?,
    };
    let next = line.newer_neighbour(&row)?.map(|next| next.from);
    Ok((segments::seen(row, next), line.photos(&row, next)?))
}

pub(crate) fn usage(tx: &Transaction<'_>, owner: UserId) -> Result<Usage> {
    let mut query = tx.prepare_cached("SELECT photos, bytes FROM usage WHERE owner_id = ?1")?;
    let kept = |row: &Row<'_>| {
        Ok(Usage {
            photos: columns::unsigned(row, "photos")?,
            bytes: columns::unsigned(row, "bytes")?,
        })
    };
    Ok(query
        .query_row([Column(owner)], kept)
        .optional()?
        .unwrap_or_default())
}

pub(crate) fn rebuild(tx: &Transaction<'_>, ids: &Ids, owner: UserId) -> Result<()> {
    for scope in TimelineScope::ALL {
        Line { tx, owner, scope }.rebuild(ids)?;
    }
    tx.execute("DELETE FROM usage WHERE owner_id = ?1", [Column(owner)])?;
    tx.execute(
        "INSERT INTO usage SELECT owner_id, count(*) FILTER (WHERE trashed_at IS NULL),
         sum(bytes + ifnull(film_bytes, 0))
         FROM photos WHERE owner_id = ?1 GROUP BY owner_id",
        [Column(owner)],
    )?;
    Ok(())
}

/// Whether an owner's account was closed and their library emptied.
pub(crate) fn is_gone(tx: &Transaction<'_>, owner: UserId) -> Result<bool> {
    let mut query = tx.prepare_cached("SELECT 1 FROM gone_owners WHERE owner_id = ?1")?;
    Ok(query.exists([Column(owner)])?)
}

/// For good: nothing is counted for them from now on.
pub(crate) fn forget_owner(tx: &Transaction<'_>, owner: UserId, now: Timestamp) -> Result<()> {
    tx.prepare_cached("INSERT OR IGNORE INTO gone_owners VALUES (?1, ?2)")?
        .execute(params![Column(owner), Column(now)])?;
    for table in ["segments", "timelines", "usage", "quotas"] {
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE owner_id = ?1"))?
            .execute([Column(owner)])?;
    }
    Ok(())
}

/// One timeline of one owner.
struct Line<'a> {
    tx: &'a Transaction<'a>,
    owner: UserId,
    scope: TimelineScope,
}

impl Line<'_> {
    fn follow(&self, ids: &Ids, effect: Effect, key: TimelineKey) -> Result<()> {
        let version = self.next_version()?;
        let at = self.at(key)?;
        match (effect, at) {
            (Effect::Appeared, at) => match segments::arrival(at, key, version, || ids.segment()) {
                Arrival::Put(row) => self.put(&row),
                Arrival::Full => {
                    let Some(full) = at else { return Ok(()) };
                    let next = self.newer_neighbour(&full)?.map(|next| next.from);
                    let keys = self.keys(&full, next)?;
                    segments::split(full, &keys, key, version, ids.segment())
                        .iter()
                        .try_for_each(|row| self.put(row))
                }
            },
            (Effect::Changed, Some(row)) => self.put(&SegmentRow { version, ..row }),
            (Effect::Disappeared, Some(row)) => match segments::departure(row, version) {
                Departure::Put(row) => self.put(&row),
                Departure::Emptied => {
                    let (older, newer) = (self.older_neighbour(&row)?, self.newer_neighbour(&row)?);
                    self.delete(&row)?;
                    segments::heir(row, older, newer, version).map_or(Ok(()), |heir| self.put(&heir))
                }
            },
            (Effect::None, _) => Ok(()),
            (Effect::Changed | Effect::Disappeared, None) => Err(crate::error::Error::NoSegment(self.scope)),
        }
    }

    fn rebuild(&self, ids: &Ids) -> Result<()> {
        let mut packing = Packing::new(self.next_version()?);
        let sql = format!(
            "SELECT taken_at, id FROM photos INDEXED BY timeline_{} WHERE owner_id = ?1 AND {} ORDER BY taken_at, id",
            self.scope.as_str(),
            self.shown()
        );
        let mut query = self.tx.prepare_cached(&sql)?;
        for key in query.query_map([Column(self.owner)], key)? {
            packing.push(key?, || ids.segment());
        }
        self.tx
            .prepare_cached("DELETE FROM segments WHERE owner_id = ?1 AND scope = ?2")?
            .execute(params![Column(self.owner), self.scope.as_str()])?;
        packing.finish().iter().try_for_each(|row| self.put(row))
    }

    fn version(&self) -> Result<u64> {
        let mut query = self
            .tx
            .prepare_cached("SELECT version FROM timelines WHERE owner_id = ?1 AND scope = ?2")?;
        let kept = query.query_row(params![Column(self.owner), self.scope.as_str()], |row| {
            columns::unsigned(row, "version")
        });
        Ok(kept.optional()?.unwrap_or_default())
    }

    fn next_version(&self) -> Result<u64> {
        let mut change = self.tx.prepare_cached(
            "INSERT INTO timelines VALUES (?1, ?2, 1) ON CONFLICT (owner_id, scope) DO UPDATE
             SET version = version + 1 RETURNING version",
        )?;
        Ok(
            change.query_row(params![Column(self.owner), self.scope.as_str()], |row| {
                columns::unsigned(row, "version")
            })?,
        )
    }

    /// Newest first.
    fn rows(&self) -> Result<Vec<SegmentRow>> {
        let mut query = self.tx.prepare_cached(
            "SELECT * FROM segments WHERE owner_id = ?1 AND scope = ?2 ORDER BY from_at DESC, from_id DESC",
        )?;
        let rows = query.query_map(params![Column(self.owner), self.scope.as_str()], segment_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The segment that `key` falls into.
    fn at(&self, key: TimelineKey) -> Result<Option<SegmentRow>> {
        self.one_of_month(
            key,
            "SELECT * FROM segments WHERE owner_id = ?1 AND scope = ?2 AND (from_at, from_id) <= (?3, ?4)
             ORDER BY from_at DESC, from_id DESC LIMIT 1",
        )
    }

    fn older_neighbour(&self, row: &SegmentRow) -> Result<Option<SegmentRow>> {
        self.one_of_month(
            row.from,
            "SELECT * FROM segments WHERE owner_id = ?1 AND scope = ?2 AND (from_at, from_id) < (?3, ?4)
             ORDER BY from_at DESC, from_id DESC LIMIT 1",
        )
    }

    fn newer_neighbour(&self, row: &SegmentRow) -> Result<Option<SegmentRow>> {
        self.one_of_month(
            row.from,
            "SELECT * FROM segments WHERE owner_id = ?1 AND scope = ?2 AND (from_at, from_id) > (?3, ?4)
             ORDER BY from_at, from_id LIMIT 1",
        )
    }

    fn one_of_month(&self, key: TimelineKey, sql: &str) -> Result<Option<SegmentRow>> {
        let mut query = self.tx.prepare_cached(sql)?;
        let place = params![
            Column(self.owner),
            self.scope.as_str(),
            Column(key.taken_at),
            Column(key.id)
        ];
        let found = query.query_row(place, segment_row).optional()?;
        Ok(found.filter(|row| row.month() == key.month()))
    }

    fn put(&self, row: &SegmentRow) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO segments (owner_id, scope, from_at, from_id, id, count, version)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE
                 SET from_at = excluded.from_at, from_id = excluded.from_id, count = excluded.count,
                     version = excluded.version",
            )?
            .execute(params![
                Column(self.owner),
                self.scope.as_str(),
                Column(row.from.taken_at),
                Column(row.from.id),
                Column(row.id),
                row.count,
                columns::signed(row.version, "a version")?,
            ])?;
        Ok(())
    }

    fn delete(&self, row: &SegmentRow) -> Result<()> {
        self.tx
            .prepare_cached("DELETE FROM segments WHERE id = ?1")?
            .execute([Column(row.id)])?;
        Ok(())
    }

    /// Of the photos in a segment, oldest first.
    fn keys(&self, row: &SegmentRow, next: Option<TimelineKey>) -> Result<Vec<TimelineKey>> {
        let mut query = self
            .tx
            .prepare_cached(&self.within("taken_at, id", "taken_at, id"))?;
        let keys = query.query_map(self.bounds(row, next), key)?;
        Ok(keys.collect::<rusqlite::Result<_>>()?)
    }

    /// Newest first.
    fn photos(&self, row: &SegmentRow, next: Option<TimelineKey>) -> Result<Vec<SegmentPhoto>> {
        let mut query = self.tx.prepare_cached(&self.within(
            "id, sha256, taken_at, utc_offset_minutes, width, height, thumbhash, favorite",
            "taken_at DESC, id DESC",
        ))?;
        let photos = query.query_map(self.bounds(row, next), segment_photo)?;
        Ok(photos.collect::<rusqlite::Result<_>>()?)
    }

    fn within(&self, columns: &str, order: &str) -> String {
        format!(
            "SELECT {columns} FROM photos INDEXED BY timeline_{} WHERE owner_id = ?1 AND {}
             AND (taken_at, id) >= (?2, ?3) AND (taken_at, id) < (?4, ?5) ORDER BY {order}",
            self.scope.as_str(),
            self.shown()
        )
    }

    /// Where there is no next segment and no next month, the end of all times.
    fn bounds(&self, row: &SegmentRow, next: Option<TimelineKey>) -> impl Params {
        let end = next.or_else(|| segments::month_end(row.from));
        let (end_at, end_id) = end.map_or((i64::MAX, vec![]), |end| {
            (end.taken_at.as_millis(), end.id.as_uuid().into_bytes().to_vec())
        });
        (
            Column(self.owner),
            Column(row.from.taken_at),
            Column(row.from.id),
            end_at,
            end_id,
        )
    }

    fn shown(&self) -> &'static str {
        match self.scope {
            TimelineScope::All => "trashed_at IS NULL AND archived = 0",
            TimelineScope::Favorites => "trashed_at IS NULL AND archived = 0 AND favorite = 1",
        }
    }
}

fn key(row: &Row<'_>) -> rusqlite::Result<TimelineKey> {
    Ok(TimelineKey {
        taken_at: columns::value(row, "taken_at")?,
        id: columns::value(row, "id")?,
    })
}

fn segment_row(row: &Row<'_>) -> rusqlite::Result<SegmentRow> {
    Ok(SegmentRow {
        id: columns::value(row, "id")?,
        from: TimelineKey {
            taken_at: columns::value(row, "from_at")?,
            id: columns::value(row, "from_id")?,
        },
        count: row.get("count")?,
        version: columns::unsigned(row, "version")?,
    })
}

fn segment_photo(row: &Row<'_>) -> rusqlite::Result<SegmentPhoto> {
    Ok(SegmentPhoto {
        id: columns::value(row, "id")?,
        sha256: columns::value(row, "sha256")?,
        taken: Taken {
            at: columns::value(row, "taken_at")?,
            utc_offset_minutes: row.get("utc_offset_minutes")?,
        },
        width: row.get("width")?,
        height: row.get("height")?,
        thumbhash: row.get("thumbhash")?,
        favorite: row.get("favorite")?,
    })
}
