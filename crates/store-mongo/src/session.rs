use async_trait::async_trait;
use mongodb::bson::{Bson, Document, doc};
use photure_domain::account::{RefreshTokenHash, Session};
use photure_domain::{SessionId, Timestamp};
use photure_store::{Rotation, SessionStore, StoreError, StoreResult};

use crate::documents::{OldTokenDocument, SessionDocument, binary, date, uuid};
use crate::transaction::Tx;
use crate::{MongoStore, Result};

#[async_trait]
impl SessionStore for MongoStore {
    async fn create_session(&self, session: Session, token: RefreshTokenHash) -> StoreResult<()> {
        self.ask(async |collections| {
            collections
                .sessions
                .insert_one(SessionDocument::new(&session, binary(&token)))
                .await?;
            Ok(())
        })
        .await
    }

    async fn rotate(
        &self,
        old: RefreshTokenHash,
        new: RefreshTokenHash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> StoreResult<Rotation> {
        self.change(old, |tx| Box::pin(rotate(tx, old, new, now, expires_at)))
            .await
    }

    async fn session(&self, id: SessionId) -> StoreResult<Session> {
        self.ask(async |collections| {
            let found = collections
                .sessions
                .find_one(doc! { "_id": uuid(id.as_uuid()) })
                .await?;
            Ok(found.ok_or(StoreError::NotFound)?.into_session())
        })
        .await
    }

    async fn session_by_token(&self, token: RefreshTokenHash) -> StoreResult<Session> {
        self.look(async |tx| {
            let (found, _) = by_token(tx, token).await?.ok_or(StoreError::NotFound)?;
            Ok(found.into_session())
        })
        .await
    }

    async fn revoke_session(&self, id: SessionId, now: Timestamp) -> StoreResult<()> {
        self.ask(async |collections| {
            let id = uuid(id.as_uuid());
            let live = doc! { "_id": id, "revoked_at": Bson::Null };
            let revoked = doc! { "$set": { "revoked_at": date(now) } };
            let revoked = collections.sessions.update_one(live, revoked).await?;
            if revoked.matched_count == 0 {
                collections
                    .sessions
                    .find_one(doc! { "_id": id })
                    .await?
                    .ok_or(StoreError::NotFound)?;
            }
            Ok(())
        })
        .await
    }

    /// One session after another: each is forgotten with its tokens, or will be next time.
    async fn forget_sessions(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        let over = |field: &str| doc! { field: { "$lt": date(before) } };
        let over = doc! { "$or": [over("expires_at"), over("revoked_at")] };
        let mut forgotten = 0;
        while forgotten < limit {
            let found = self
                .change((), |tx| Box::pin(forget_one(tx, over.clone())))
                .await?;
            if !found {
                break;
            }
            forgotten += 1;
        }
        Ok(forgotten)
    }
}

async fn rotate(
    tx: &mut Tx<'_>,
    old: RefreshTokenHash,
    new: RefreshTokenHash,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Rotation> {
    let Some((found, is_current)) = by_token(tx, old).await? else {
        return Ok(Rotation::Unknown);
    };
    let token = found.token();
    let rotation = Rotation::of(found.into_session(), is_current, now, expires_at);
    match &rotation {
        Rotation::Rotated(session) => {
            replace(tx, &SessionDocument::new(session, binary(&new))).await?;
            let replaced = OldTokenDocument {
                hash: token,
                session_id: uuid(session.id.as_uuid()),
            };
            tx.collections
                .old_tokens
                .insert_one(replaced)
                .session(&mut *tx.session)
                .await?;
        }
        Rotation::Reused(session) => replace(tx, &SessionDocument::new(session, token)).await?,
        Rotation::Ended(_) | Rotation::Unknown => {}
    }
    Ok(rotation)
}

/// Whether there was one.
async fn forget_one(tx: &mut Tx<'_>, over: Document) -> Result<bool> {
    let forgotten = tx
        .collections
        .sessions
        .find_one_and_delete(over)
        .session(&mut *tx.session)
        .await?;
    let Some(forgotten) = forgotten else {
        return Ok(false);
    };
    let tokens = doc! { "session_id": forgotten.id() };
    tx.collections
        .old_tokens
        .delete_many(tokens)
        .session(&mut *tx.session)
        .await?;
    Ok(true)
}

/// And whether the token is its current one.
async fn by_token(tx: &mut Tx<'_>, token: RefreshTokenHash) -> Result<Option<(SessionDocument, bool)>> {
    let sessions = &tx.collections.sessions;
    let token = binary(&token);
    if let Some(session) = sessions
        .find_one(doc! { "token": &token })
        .session(&mut *tx.session)
        .await?
    {
        return Ok(Some((session, true)));
    }
    let old = tx
        .collections
        .old_tokens
        .find_one(doc! { "_id": &token })
        .session(&mut *tx.session)
        .await?;
    let Some(old) = old else { return Ok(None) };
    let session = sessions
        .find_one(doc! { "_id": old.session_id })
        .session(&mut *tx.session)
        .await?;
    Ok(session.map(|session| (session, false)))
}

async fn replace(tx: &mut Tx<'_>, session: &SessionDocument) -> Result<()> {
    let one = doc! { "_id": session.id() };
    tx.collections
        .sessions
        .replace_one(one, session)
        .session(&mut *tx.session)
        .await?;
    Ok(())
}
