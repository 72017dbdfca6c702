use async_trait::async_trait;
use mongodb::bson::doc;
use photure_domain::account::SigningKey;
use photure_store::{SigningKeyStore, StoreResult};

use crate::documents::SigningKeyDocument;
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, schema};

#[async_trait]
impl SigningKeyStore for MongoStore {
    async fn signing_keys(&self) -> StoreResult<Vec<SigningKey>> {
        self.look(async |tx| all(tx).await).await
    }

    async fn ensure_signing_key(&self, candidate: SigningKey) -> StoreResult<Vec<SigningKey>> {
        self.change(schema::SIGNING_KEYS_TURN, |tx| {
            Box::pin(ensure(tx, candidate.clone()))
        })
        .await
    }
}

async fn ensure(tx: &mut Tx<'_>, candidate: SigningKey) -> Result<Vec<SigningKey>> {
    tx.take_turn(schema::SIGNING_KEYS_TURN).await?;
    let keys = all(tx).await?;
    if !keys.is_empty() {
        return Ok(keys);
    }
    let key = SigningKeyDocument::new(&candidate);
    tx.collections
        .signing_keys
        .insert_one(key)
        .session(&mut *tx.session)
        .await?;
    Ok(vec![candidate])
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
