use photure_domain::photo::Photo;
use photure_domain::{Sha256, UserId};
use photure_store::{ListedBy, PhotoFilter, Position};
use rusqlite::{ToSql, Transaction};

use crate::Result;
use crate::columns::{self, Column};
use crate::error::Error;

pub(super) fn page(
    tx: &Transaction<'_>,
    owner: UserId,
    filter: PhotoFilter,
    order: ListedBy,
    after: Option<Position>,
    limit: u32,
) -> Result<Vec<Photo>> {
    let mut query = tx.prepare_cached(&sql(filter, order, after.is_some())?)?;
    let (owner, favorite) = (Column(owner), filter.favorite);
    let after = after.map(|after| (Column(after.time), Column(after.id)));
    let mut values: Vec<(&str, &dyn ToSql)> = vec![(":owner", &owner), (":limit", &limit)];
    if let Some(favorite) = &favorite {
        values.push((":favorite", favorite));
    }
    if let Some((time, id)) = &after {
        values.extend([(":time", time as &dyn ToSql), (":id", id)]);
    }
    let photos = query.query_map(values.as_slice(), columns::photo)?;
    Ok(photos.collect::<rusqlite::Result<_>>()?)
}

const CATALOGUE: &str = "SELECT * FROM photos INDEXED BY catalogue ORDER BY sha256, owner_id LIMIT :limit";
const CATALOGUE_GOES_ON: &str =
    "SELECT * FROM photos INDEXED BY catalogue WHERE (sha256, owner_id) > (:sha256, :owner)
     ORDER BY sha256, owner_id LIMIT :limit";

pub(super) fn catalogue(
    tx: &Transaction<'_>,
    after: Option<(Sha256, UserId)>,
    limit: u32,
) -> Result<Vec<Photo>> {
    let after = after.map(|(sha256, owner)| (Column(sha256), Column(owner)));
    let mut values: Vec<(&str, &dyn ToSql)> = vec![(":limit", &limit)];
    if let Some((sha256, owner)) = &after {
        values.extend([(":sha256", sha256 as &dyn ToSql), (":owner", owner)]);
    }
    let sql = if after.is_some() {
        CATALOGUE_GOES_ON
    } else {
        CATALOGUE
    };
    let mut query = tx.prepare_cached(sql)?;
    let photos = query.query_map(values.as_slice(), columns::photo)?;
    Ok(photos.collect::<rusqlite::Result<_>>()?)
}

/// Names the index that has the rows in this very order, so that no page is sorted.
fn sql(filter: PhotoFilter, order: ListedBy, goes_on: bool) -> Result<String> {
    let (place, trashed) = if filter.trashed {
        ("trash", "IS NOT NULL")
    } else {
        ("library", "IS NULL")
    };
    let (by, time) = match order {
        ListedBy::TakenAt => ("taken", "taken_at"),
        ListedBy::UploadedAt => ("uploaded", "uploaded_at"),
        ListedBy::TrashedAt if filter.trashed => ("trashed", "trashed_at"),
        ListedBy::TrashedAt => return Err(Error::NotTheTrash),
    };
    let (of, favorite) = match filter.favorite {
        Some(_) => ("_favorite", " AND favorite = :favorite"),
        None => ("", ""),
    };
    let after = if goes_on {
        format!(" AND ({time}, id) < (:time, :id)")
    } else {
        String::new()
    };
    Ok(format!(
        "SELECT * FROM photos INDEXED BY {place}{of}_by_{by} WHERE owner_id = :owner AND trashed_at {trashed}{favorite}{after}
         ORDER BY {time} DESC, id DESC LIMIT :limit"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_is_sorted_or_searched_for() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        let tx = connection.transaction().unwrap();
        crate::migrations::migrate(&tx).unwrap();
        let mut plans = 0;
        for trashed in [false, true] {
            for favorite in [None, Some(false), Some(true)] {
                for order in [ListedBy::TakenAt, ListedBy::UploadedAt, ListedBy::TrashedAt] {
                    for goes_on in [false, true] {
                        let Ok(sql) = sql(PhotoFilter { favorite, trashed }, order, goes_on) else {
                            continue;
                        };
                        let mut query = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
                        let values = rusqlite::params_from_iter(vec![0; query.parameter_count()]);
                        let plan = query.query_map(values, |row| row.get(3)).unwrap();
                        let plan: Vec<String> = plan.collect::<rusqlite::Result<_>>().unwrap();
                        let [step] = plan.as_slice() else {
                            panic!("{sql}: {plan:?}")
                        };
                        assert!(step.starts_with("SEARCH photos USING INDEX"), "{sql}: {step}");
                        assert_eq!(goes_on, step.contains(",id)<(?,?)"), "{sql}: {step}");
                        plans += 1;
                    }
                }
            }
        }
        assert_eq!(plans, 30);
        for (sql, expected) in [
            (CATALOGUE, "SCAN photos USING INDEX catalogue"),
            (
                CATALOGUE_GOES_ON,
                "SEARCH photos USING INDEX catalogue ((sha256,owner_id)>(?,?))",
            ),
        ] {
            let mut query = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let values = rusqlite::params_from_iter(vec![0; query.parameter_count()]);
            let plan = query.query_map(values, |row| row.get(3)).unwrap();
            let plan: Vec<String> = plan.collect::<rusqlite::Result<_>>().unwrap();
            assert_eq!(plan, [expected], "{sql}");
        }
    }
}
