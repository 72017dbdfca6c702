use async_trait::async_trait;
use mongodb::bson::doc;
use photure_domain::account::SigningKey;
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::{KeyId, Timestamp};
use photure_store::{SigningKeyStore, StoreResult};

use crate::audit::record;
use crate::documents::{SigningKeyDocument, uuid};
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, schema};

#[async_trait]
impl SigningKeyStore for MongoStore {
    async fn signing_keys(&self) -> StoreResult<Vec<SigningKey>> {
        self.look(async |tx| all(tx).await).await
    }

    async fn renew_signing_key(
        &self,
        candidate: SigningKey,
        since: Timestamp,
        trail: Trail,
    ) -> StoreResult<Vec<SigningKey>> {
        self.change(schema::SIGNING_KEYS_TURN, |tx| {
            Box::pin(renew(tx, candidate.clone(), since, trail.clone()))
        })
        .await
    }

    async fn replace_signing_keys(&self, key: SigningKey, trail: Trail) -> StoreResult<()> {
        self.change(schema::SIGNING_KEYS_TURN, |tx| {
            Box::pin(replace(tx, key.clone(), trail.clone()))
        })
        .await
    }

    async fn forget_signing_keys(&self, keys: Vec<KeyId>) -> StoreResult<()> {
        let keys: Vec<_> = keys.into_iter().map(|key| uuid(key.as_uuid())).collect();
        self.ask(async |collections| {
            let these = doc! { "_id": { "$in": keys } };
            collections.signing_keys.delete_many(these).await?;
            Ok(())
        })
        .await
    }
}

async fn renew(
    tx: &mut Tx<'_>,
    candidate: SigningKey,
    since: Timestamp,
    trail: Trail,
) -> Result<Vec<SigningKey>> {
    tx.take_turn(schema::SIGNING_KEYS_TURN).await?;
    let keys = all(tx).await?;
    if keys.iter().any(|key| key.created_at > since) {
        return Ok(keys);
    }
    insert(tx, &candidate).await?;
    let entry = trail.did(AuditAction::SigningKeyAdded);
    record(tx, &entry.about(candidate.id.as_uuid())).await?;
    all(tx).await
}

async fn replace(tx: &mut Tx<'_>, key: SigningKey, trail: Trail) -> Result<()> {
    tx.take_turn(schema::SIGNING_KEYS_TURN).await?;
    tx.collections
        .signing_keys
        .delete_many(doc! {})
        .session(&mut *tx.session)
        .await?;
    insert(tx, &key).await?;
    let entry = trail.did(AuditAction::SigningKeysReplaced);
    record(tx, &entry.about(key.id.as_uuid())).await
}

async fn insert(tx: &mut Tx<'_>, key: &SigningKey) -> Result<()> {
    let key = SigningKeyDocument::new(key);
    tx.collections
        .signing_keys
        .insert_one(key)
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

async fn all(tx: &mut Tx<'_>) -> Result<Vec<SigningKey>> {
    let newest_first = doc! { "created_at": -1, "_id": -1 };
    let keys = tx
        .collections
        .signing_keys
        .find(doc! {})
        .sort(newest_first)
        .session(&mut *tx.session)
        .await?;
    collected(keys, tx.session, SigningKeyDocument::into_key).await
}
