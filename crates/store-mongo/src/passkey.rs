use async_trait::async_trait;
use mongodb::bson::doc;
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::passkey::Passkey;
use photure_domain::{PasskeyId, Timestamp, UserId};
use photure_store::{Conflict, PasskeyStore, StoreError, StoreResult};

use crate::audit::record;
use crate::documents::{PasskeyDocument, binary, date, uuid};
use crate::error::Error;
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result};

#[async_trait]
impl PasskeyStore for MongoStore {
    async fn add_passkey(&self, passkey: Passkey, trail: Trail) -> StoreResult<()> {
        self.change(passkey.user_id, |tx| {
            Box::pin(add(tx, passkey.clone(), trail.clone()))
        })
        .await
    }

    async fn passkeys_of(&self, user: UserId) -> StoreResult<Vec<Passkey>> {
        self.look(async |tx| {
            let found = tx
                .collections
                .passkeys
                .find(doc! { "user_id": uuid(user.as_uuid()) })
                .sort(doc! { "created_at": -1, "_id": -1 })
                .session(&mut *tx.session)
                .await?;
            collected(found, tx.session, PasskeyDocument::into_passkey).await
        })
        .await
    }

    async fn passkey_by_credential(&self, credential_id: Vec<u8>) -> StoreResult<Passkey> {
        self.ask(async |collections| {
            let one = doc! { "credential_id": binary(&credential_id) };
            let found = collections.passkeys.find_one(one).await?;
            found.ok_or(StoreError::NotFound)?.into_passkey()
        })
        .await
    }

    async fn use_passkey(&self, id: PasskeyId, counter: u32, now: Timestamp) -> StoreResult<bool> {
        self.ask(async |collections| {
            let one = doc! { "_id": uuid(id.as_uuid()) };
            let before = if counter == 0 {
                doc! { "$eq": 0 }
            } else {
                doc! { "$lt": i64::from(counter) }
            };
            let counts_on = doc! { "_id": uuid(id.as_uuid()), "counter": before };
            let used = doc! { "$set": { "counter": i64::from(counter), "last_used_at": date(now) } };
            let used = collections.passkeys.update_one(counts_on, used).await?;
            if used.matched_count == 0 {
                collections
                    .passkeys
                    .find_one(one)
                    .await?
                    .ok_or(StoreError::NotFound)?;
            }
            Ok(used.matched_count > 0)
        })
        .await
    }

    async fn remove_passkey(&self, user: UserId, id: PasskeyId, trail: Trail) -> StoreResult<()> {
        self.change(user, |tx| Box::pin(remove(tx, user, id, trail.clone())))
            .await
    }
}

async fn add(tx: &mut Tx<'_>, passkey: Passkey, trail: Trail) -> Result<()> {
    let entry = trail.did(AuditAction::PasskeyAdded).to(passkey.user_id);
    record(tx, &entry.about(passkey.id.as_uuid())).await?;
    let added = tx
        .collections
        .passkeys
        .insert_one(PasskeyDocument::new(&passkey))
        .session(&mut *tx.session)
        .await;
    match added.map_err(Error::from) {
        Ok(_) => Ok(()),
        Err(error) if error.is_duplicate() => Err(StoreError::Conflict(Conflict::Passkey).into()),
        Err(error) => Err(error),
    }
}

async fn remove(tx: &mut Tx<'_>, user: UserId, id: PasskeyId, trail: Trail) -> Result<()> {
    let one = doc! { "_id": uuid(id.as_uuid()), "user_id": uuid(user.as_uuid()) };
    let passkeys = &tx.collections.passkeys;
    let removed = passkeys.delete_one(one).session(&mut *tx.session).await?;
    if removed.deleted_count == 0 {
        return Err(StoreError::NotFound.into());
    }
    let entry = trail.did(AuditAction::PasskeyRemoved).to(user);
    record(tx, &entry.about(id.as_uuid())).await
}
