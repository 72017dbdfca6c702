use async_trait::async_trait;
use photure_domain::account::Client;
use photure_domain::audit::{AuditAction, AuditEntry, Doer};
use photure_domain::{Timestamp, UserId};
use photure_store::{AuditFilter, AuditPlace, AuditStore, StoreResult};
use rusqlite::types::FromSqlError;
use rusqlite::{Row, Transaction, named_params, params};
use uuid::Uuid;

use crate::columns::{self, Column};
use crate::{Result, SqliteStore};

#[async_trait]
impl AuditStore for SqliteStore {
    async fn record(&self, entry: AuditEntry) -> StoreResult<()> {
        self.write(move |tx| record(tx, &entry)).await
    }

    async fn audit(
        &self,
        filter: AuditFilter,
        after: Option<AuditPlace>,
        limit: u32,
    ) -> StoreResult<Vec<AuditEntry>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(&question(filter))?;
            let (at, id) = after.map_or((Timestamp::MAX, vec![0xFF; 17]), |place| {
                (place.at, place.id.as_uuid().into_bytes().to_vec())
            });
            let found = query.query_map(
                named_params! {
                    ":at": Column(at),
                    ":id": id,
                    ":by": filter.by.map(Column),
                    ":account": filter.account.map(Column),
                    ":action": filter.action.map(AuditAction::as_str),
                    ":since": Column(filter.since.unwrap_or(Timestamp::MIN)),
                    ":until": Column(filter.until.unwrap_or(Timestamp::MAX)),
                    ":limit": limit,
                },
                entry,
            )?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }
}

/// One text for each set of what is given, so that each finds its index. Every parameter occurs in each.
fn question(filter: AuditFilter) -> String {
    let condition = |is_given: bool, column: &str| {
        if is_given {
            format!("{column} = :{column}")
        } else {
            format!(":{column} IS NULL")
        }
    };
    let by = condition(filter.by.is_some(), "by").replace("by =", "person =");
    let account = condition(filter.account.is_some(), "account");
    let action = condition(filter.action.is_some(), "action");
    format!(
        "SELECT * FROM audit WHERE {by} AND {account} AND {action} AND (at, id) < (:at, :id) AND at >= :since AND at < :until
         ORDER BY at DESC, id DESC LIMIT :limit"
    )
}

/// Within the step that does it.
pub(crate) fn record(tx: &Transaction<'_>, entry: &AuditEntry) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO audit (id, at, doer, person, action, account, thing, detail, count, device, address, request_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        Column(entry.id),
        Column(entry.at),
        entry.doer.kind(),
        entry.doer.person().map(Column),
        entry.action.as_str(),
        entry.account.map(Column),
        entry.thing.map(|thing| thing.into_bytes().to_vec()),
        entry.detail,
        entry.count,
        entry.from.device,
        entry.from.address.map(|address| address.to_string()),
        entry.request_id,
    ])?;
    Ok(())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let person: Option<UserId> = columns::optional(row, "person")?;
    Ok(AuditEntry {
        id: columns::value(row, "id")?,
        at: columns::value(row, "at")?,
        doer: columns::parsed(row, "doer", |text| {
            Doer::of(text, person).ok_or(FromSqlError::InvalidType)
        })?,
        action: columns::parsed(row, "action", str::parse)?,
        account: columns::optional(row, "account")?,
        thing: row.get::<_, Option<[u8; 16]>>("thing")?.map(Uuid::from_bytes),
        detail: row.get("detail")?,
        count: row.get("count")?,
        from: Client {
            device: row.get("device")?,
            address: columns::optional_parsed(row, "address")?,
        },
        request_id: row.get("request_id")?,
    })
}
