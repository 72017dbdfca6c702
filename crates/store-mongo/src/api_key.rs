use async_trait::async_trait;
use mongodb::bson::doc;
use mongodb::options::ReturnDocument;
use photure_domain::api_key::{ApiKey, ApiKeyHash};
use photure_domain::{ApiKeyId, Timestamp, UserId};
use photure_store::{ApiKeyStore, StoreError, StoreResult, api_key};

use crate::MongoStore;
use crate::documents::{ApiKeyDocument, binary, date, uuid};
use crate::transaction::collected;

#[async_trait]
impl ApiKeyStore for MongoStore {
    async fn create_api_key(&self, key: ApiKey, hash: ApiKeyHash) -> StoreResult<()> {
        self.ask(async |collections| {
            let key = ApiKeyDocument::new(&key, binary(&hash));
            collections.api_keys.insert_one(key).await?;
            Ok(())
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

    async fn delete_api_key(&self, user: UserId, id: ApiKeyId) -> StoreResult<()> {
        self.ask(async |collections| {
            let one = doc! { "_id": uuid(id.as_uuid()), "user_id": uuid(user.as_uuid()) };
            let deleted = collections.api_keys.delete_one(one).await?;
            if deleted.deleted_count == 0 {
                return Err(StoreError::NotFound.into());
            }
            Ok(())
        })
        .await
    }
}
