use async_trait::async_trait;
use photure_domain::account::SigningKey;
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::{KeyId, Timestamp};
use photure_store::{SigningKeyStore, StoreResult};
use rusqlite::{Row, Transaction, params};

use crate::audit::record;
use crate::columns::{self, Column};
use crate::{Result, SqliteStore};

#[async_trait]
impl SigningKeyStore for SqliteStore {
    async fn signing_keys(&self) -> StoreResult<Vec<SigningKey>> {
        self.read(all).await
    }

    async fn renew_signing_key(
        &self,
        candidate: SigningKey,
        since: Timestamp,
        trail: Trail,
    ) -> StoreResult<Vec<SigningKey>> {
        self.write(move |tx| {
            let keys = all(tx)?;
            if keys.iter().any(|key| key.created_at > since) {
                return Ok(keys);
            }
            insert(tx, &candidate)?;
            let entry = trail.did(AuditAction::SigningKeyAdded);
            record(tx, &entry.about(candidate.id.as_uuid()))?;
            all(tx)
        })
        .await
    }

    async fn replace_signing_keys(&self, key: SigningKey, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            tx.execute("DELETE FROM signing_keys", [])?;
            insert(tx, &key)?;
            let entry = trail.did(AuditAction::SigningKeysReplaced);
            record(tx, &entry.about(key.id.as_uuid()))
        })
        .await
    }

    async fn forget_signing_keys(&self, keys: Vec<KeyId>) -> StoreResult<()> {
        self.write(move |tx| {
            let mut forgetting = tx.prepare_cached("DELETE FROM signing_keys WHERE id = ?1")?;
            for key in keys {
                forgetting.execute([Column(key)])?;
            }
            Ok(())
        })
        .await
    }
}

fn insert(tx: &Transaction<'_>, key: &SigningKey) -> Result<()> {
    tx.prepare_cached("INSERT INTO signing_keys VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            Column(key.id),
            key.private_der,
            key.public,
            Column(key.created_at),
        ])?;
    Ok(())
}

fn all(tx: &Transaction<'_>) -> Result<Vec<SigningKey>> {
    let mut query = tx.prepare_cached("SELECT * FROM signing_keys ORDER BY created_at DESC, id DESC")?;
    let keys = query.query_map([], key)?.collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}

fn key(row: &Row<'_>) -> rusqlite::Result<SigningKey> {
    Ok(SigningKey {
        id: columns::value(row, "id")?,
        private_der: row.get("private_der")?,
        public: row.get("public")?,
        created_at: columns::value(row, "created_at")?,
    })
}
