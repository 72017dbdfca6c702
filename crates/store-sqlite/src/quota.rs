use async_trait::async_trait;
use photure_domain::UserId;
use photure_domain::audit::Trail;
use photure_domain::quota::{Holding, Quota};
use photure_store::quota::changed;
use photure_store::{QuotaStore, Room, StoreResult};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::audit::record;
use crate::columns::{self, Column};
use crate::{Result, SqliteStore, timeline};

#[async_trait]
impl QuotaStore for SqliteStore {
    async fn holding(&self, owner: UserId) -> StoreResult<Holding> {
        self.read(move |tx| holding(tx, owner)).await
    }

    async fn holdings(&self, after: Option<UserId>, limit: u32) -> StoreResult<Vec<Holding>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT owner_id FROM usage WHERE owner_id > ?1 AND bytes > 0
                 UNION SELECT owner_id FROM quotas WHERE owner_id > ?1 ORDER BY owner_id LIMIT ?2",
            )?;
            let after = after.map_or_else(Vec::new, |after| after.as_uuid().into_bytes().to_vec());
            let owners = query.query_map(params![after, limit], |row| columns::value(row, "owner_id"))?;
            let owners: Vec<UserId> = owners.collect::<rusqlite::Result<_>>()?;
            owners.into_iter().map(|owner| holding(tx, owner)).collect()
        })
        .await
    }

    async fn set_quota(&self, owner: UserId, quota: Quota, trail: Trail) -> StoreResult<Holding> {
        self.write(move |tx| {
            let before = holding(tx, owner)?;
            if let Some(entry) = changed(owner, before.quota, quota, &trail) {
                put(tx, owner, quota)?;
                record(tx, &entry)?;
            }
            Ok(Holding { quota, ..before })
        })
        .await
    }
}

/// Within the step that has taken something in.
pub(crate) fn admit(tx: &Transaction<'_>, owner: UserId, room: Room) -> Result<()> {
    if room == Room::Boundless {
        return Ok(());
    }
    let Holding { usage, quota, .. } = holding(tx, owner)?;
    Ok(room.admits(quota, usage.bytes)?)
}

fn holding(tx: &Transaction<'_>, owner: UserId) -> Result<Holding> {
    Ok(Holding {
        owner_id: owner,
        usage: timeline::usage(tx, owner)?,
        quota: find(tx, owner)?,
    })
}

fn find(tx: &Transaction<'_>, owner: UserId) -> Result<Quota> {
    let mut query = tx.prepare_cached("SELECT bytes FROM quotas WHERE owner_id = ?1")?;
    let quota = |row: &Row<'_>| {
        Ok(match row.get::<_, Option<i64>>("bytes")? {
            None => Quota::Unlimited,
            Some(_) => Quota::Bytes(columns::unsigned(row, "bytes")?),
        })
    };
    Ok(query
        .query_row([Column(owner)], quota)
        .optional()?
        .unwrap_or_default())
}

fn put(tx: &Transaction<'_>, owner: UserId, quota: Quota) -> Result<()> {
    let bytes = match quota {
        Quota::Default => {
            tx.prepare_cached("DELETE FROM quotas WHERE owner_id = ?1")?
                .execute([Column(owner)])?;
            return Ok(());
        }
        Quota::Unlimited => None,
        Quota::Bytes(bytes) => Some(columns::signed(bytes, "a quota")?),
    };
    tx.prepare_cached("INSERT OR REPLACE INTO quotas VALUES (?1, ?2)")?
        .execute(params![Column(owner), bytes])?;
    Ok(())
}
