use async_trait::async_trait;
use photure_domain::account::SigningKey;
use photure_store::{SigningKeyStore, StoreResult};
use rusqlite::{Row, Transaction, params};

use crate::columns::{self, Column};
use crate::{Result, SqliteStore};

#[async_trait]
impl SigningKeyStore for SqliteStore {
    async fn signing_keys(&self) -> StoreResult<Vec<SigningKey>> {
        self.read(all).await
    }

    async fn ensure_signing_key(&self, candidate: SigningKey) -> StoreResult<Vec<SigningKey>> {
        self.write(move |tx| {
            let keys = all(tx)?;
            if !keys.is_empty() {
                return Ok(keys);
            }
            tx.prepare_cached("INSERT INTO signing_keys VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![
                    Column(candidate.id),
                    candidate.private_der,
                    candidate.public,
                    Column(candidate.created_at),
                ])?;
            Ok(vec![candidate])
        })
        .await
    }
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
