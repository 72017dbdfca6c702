use async_trait::async_trait;
use mongodb::bson::doc;
use mongodb::options::ReturnDocument;
use photure_domain::api_key::{ApiKey, ApiKeyHash};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::{ApiKeyId, Timestamp, UserId};
use photure_store::{ApiKeyStore, StoreError, StoreResult, api_key};

use crate::audit::record;
use crate::documents::{ApiKeyDocument, binary, date, uuid};
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result};

#[async_trait]
impl ApiKeyStore for MongoStore {
    async fn create_api_key(&self, key: ApiKey, hash: ApiKeyHash, trail: Trail) -> StoreResult<()> {
        self.change(key.user_id, |tx| {
            Box::pin(create(tx, key.clone(), hash, trail.clone()))
        })
        .await
    }

    async fn api_keys_of(&self, user: UserId) -> StoreResult<Vec<ApiKey>> {
        self.look(async |tx| {
            let found = tx
                .collections
                .api_keys
                .find(doc! { "user_id": uuid(user.as_uuid()) })
                .sort(doc! { "created_at": -1, "_id": -1 })
                .session(&mut *tx.session)
                .await?;
            collected(found, tx.session, |key| Ok(key.into_key())).await
        })
        .await
    }

    async fn use_api_key(&self, hash: ApiKeyHash, now: Timestamp) -> StoreResult<ApiKey> {
        self.ask(async |collections| {
            let one = doc! { "hash": binary(&hash) };
            let found = collections.api_keys.find_one(one.clone()).await?;
            let found = found.ok_or(StoreError::NotFound)?.into_key();
            if !api_key::is_to_be_noted(found.last_used_at, now) {
                return Ok(found);
            }
            // What was deleted in between is not found here either.
            let noted = collections
                .api_keys
                .find_one_and_update(one, doc! { "$max": { "last_used_at": date(now) } })
                .return_document(ReturnDocument::After)
                .await?;
            Ok(noted.ok_or(StoreError::NotFound)?.into_key())
        })
        .await
    }

    async fn delete_api_key(&self, user: UserId, id: ApiKeyId, trail: Trail) -> StoreResult<()> {
        self.change(user, |tx| Box::pin(delete(tx, user, id, trail.clone())))
            .await
    }
}

async fn create(tx: &mut Tx<'_>, key: ApiKey, hash: ApiKeyHash, trail: Trail) -> Result<()> {
    let entry = trail.did(AuditAction::ApiKeyCreated).to(key.user_id);
    record(tx, &entry.about(key.id.as_uuid())).await?;
    tx.collections
        .api_keys
        .insert_one(ApiKeyDocument::new(&key, binary(&hash)))
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

async fn delete(tx: &mut Tx<'_>, user: UserId, id: ApiKeyId, trail: Trail) -> Result<()> {
    let one = doc! { "_id": uuid(id.as_uuid()), "user_id": uuid(user.as_uuid()) };
    let keys = &tx.collections.api_keys;
    let deleted = keys.delete_one(one).session(&mut *tx.session).await?;
    if deleted.deleted_count == 0 {
        return Err(StoreError::NotFound.into());
    }
    let entry = trail.did(AuditAction::ApiKeyDeleted).to(user);
    record(tx, &entry.about(id.as_uuid())).await
}
