use async_trait::async_trait;
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::passkey::{Algorithm, Passkey};
use photure_domain::{PasskeyId, Timestamp, UserId};
use photure_store::{Conflict, PasskeyStore, StoreError, StoreResult};
use rusqlite::types::FromSqlError;
use rusqlite::{OptionalExtension, Row, params};

use crate::SqliteStore;
use crate::audit::record;
use crate::columns::{self, Column};

#[async_trait]
impl PasskeyStore for SqliteStore {
    async fn add_passkey(&self, passkey: Passkey, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            let entry = trail.did(AuditAction::PasskeyAdded).to(passkey.user_id);
            record(tx, &entry.about(passkey.id.as_uuid()))?;
            let added = tx
                .prepare_cached(
                    "INSERT INTO passkeys VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (credential_id) DO NOTHING",
                )?
                .execute(params![
                    Column(passkey.id),
                    Column(passkey.user_id),
                    passkey.credential_id,
                    passkey.public_key,
                    passkey.algorithm.number(),
                    passkey.counter,
                    passkey.name,
                    Column(passkey.created_at),
                    passkey.last_used_at.map(Column),
                ])?;
            if added == 0 {
                return Err(StoreError::Conflict(Conflict::Passkey).into());
            }
            Ok(())
        })
        .await
    }

    async fn passkeys_of(&self, user: UserId) -> StoreResult<Vec<Passkey>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT * FROM passkeys WHERE user_id = ?1 ORDER BY created_at DESC, id DESC",
            )?;
            let found = query.query_map([Column(user)], passkey)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn passkey_by_credential(&self, credential_id: Vec<u8>) -> StoreResult<Passkey> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached("SELECT * FROM passkeys WHERE credential_id = ?1")?;
            let found = query.query_row([credential_id], passkey).optional()?;
            Ok(found.ok_or(StoreError::NotFound)?)
        })
        .await
    }

    async fn use_passkey(&self, id: PasskeyId, counter: u32, now: Timestamp) -> StoreResult<bool> {
        self.write(move |tx| {
            let used = tx
                .prepare_cached(
                    "UPDATE passkeys SET counter = ?2, last_used_at = ?3
                     WHERE id = ?1 AND (?2 > counter OR (?2 = 0 AND counter = 0))",
                )?
                .execute(params![Column(id), counter, Column(now)])?;
            let is_there = tx
                .prepare_cached("SELECT 1 FROM passkeys WHERE id = ?1")?
                .exists([Column(id)])?;
            if !is_there {
                return Err(StoreError::NotFound.into());
            }
            Ok(used > 0)
        })
        .await
    }

    async fn remove_passkey(&self, user: UserId, id: PasskeyId, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            let removed = tx
                .prepare_cached("DELETE FROM passkeys WHERE id = ?1 AND user_id = ?2")?
                .execute(params![Column(id), Column(user)])?;
            if removed == 0 {
                return Err(StoreError::NotFound.into());
            }
            let entry = trail.did(AuditAction::PasskeyRemoved).to(user);
            record(tx, &entry.about(id.as_uuid()))
        })
        .await
    }
}

fn passkey(row: &Row<'_>) -> rusqlite::Result<Passkey> {
    Ok(Passkey {
        id: columns::value(row, "id")?,
        user_id: columns::value(row, "user_id")?,
        credential_id: row.get("credential_id")?,
        public_key: row.get("public_key")?,
        algorithm: Algorithm::numbered(row.get("algorithm")?).ok_or(FromSqlError::InvalidType)?,
        counter: row.get("counter")?,
        name: row.get("name")?,
        created_at: columns::value(row, "created_at")?,
        last_used_at: columns::optional(row, "last_used_at")?,
    })
}
