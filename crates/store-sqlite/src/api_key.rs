use async_trait::async_trait;
use photure_domain::access::{parse_scopes, write_scopes};
use photure_domain::api_key::{ApiKey, ApiKeyHash};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::{ApiKeyId, Timestamp, UserId};
use photure_store::{ApiKeyStore, StoreError, StoreResult, api_key};
use rusqlite::{OptionalExtension, Row, params};

use crate::SqliteStore;
use crate::audit::record;
use crate::columns::{self, Column};

#[async_trait]
impl ApiKeyStore for SqliteStore {
    async fn create_api_key(&self, key: ApiKey, hash: ApiKeyHash, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            let entry = trail.did(AuditAction::ApiKeyCreated).to(key.user_id);
            record(tx, &entry.about(key.id.as_uuid()))?;
            tx.prepare_cached(
                "INSERT INTO api_keys (id, user_id, hash, name, scopes, created_at, expires_at, last_used_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                Column(key.id),
                Column(key.user_id),
                hash,
                key.name,
                write_scopes(&key.scopes),
                Column(key.created_at),
                key.expires_at.map(Column),
                key.last_used_at.map(Column),
            ])?;
            Ok(())
        })
        .await
    }

    async fn api_keys_of(&self, user: UserId) -> StoreResult<Vec<ApiKey>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT * FROM api_keys WHERE user_id = ?1 ORDER BY created_at DESC, id DESC",
            )?;
            let found = query.query_map([Column(user)], key)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn use_api_key(&self, hash: ApiKeyHash, now: Timestamp) -> StoreResult<ApiKey> {
        let found = self
            .read(move |tx| {
                let mut query = tx.prepare_cached("SELECT * FROM api_keys WHERE hash = ?1")?;
                let found = query.query_row([hash], key).optional()?;
                Ok(found.ok_or(StoreError::NotFound)?)
            })
            .await?;
        if !api_key::is_to_be_noted(found.last_used_at, now) {
            return Ok(found);
        }
        // Reading first keeps the one writer free. What was deleted in between is not found here either.
        self.write(move |tx| {
            let noted = tx
                .prepare_cached("UPDATE api_keys SET last_used_at = max(coalesce(last_used_at, ?2), ?2) WHERE hash = ?1 RETURNING *")?
                .query_row(params![hash, Column(now)], key)
                .optional()?;
            Ok(noted.ok_or(StoreError::NotFound)?)
        })
        .await
    }

    async fn delete_api_key(&self, user: UserId, id: ApiKeyId, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            let deleted = tx
                .prepare_cached("DELETE FROM api_keys WHERE id = ?1 AND user_id = ?2")?
                .execute(params![Column(id), Column(user)])?;
            if deleted == 0 {
                return Err(StoreError::NotFound.into());
            }
            let entry = trail.did(AuditAction::ApiKeyDeleted).to(user);
            record(tx, &entry.about(id.as_uuid()))
        })
        .await
    }
}

fn key(row: &Row<'_>) -> rusqlite::Result<ApiKey> {
    Ok(ApiKey {
        id: columns::value(row, "id")?,
        user_id: columns::value(row, "user_id")?,
        name: row.get("name")?,
        scopes: parse_scopes(&row.get::<_, String>("scopes")?),
        created_at: columns::value(row, "created_at")?,
        expires_at: columns::optional(row, "expires_at")?,
        last_used_at: columns::optional(row, "last_used_at")?,
    })
}
