use async_trait::async_trait;
use mongodb::bson::{Bson, Document, doc};
use photure_domain::account::{Client, RefreshTokenHash, Session, Successor};
use photure_domain::{SessionId, Timestamp, UserId};
use photure_store::{Presented, Rotation, SessionStore, StoreError, StoreResult};

use crate::documents::{OldTokenDocument, SessionDocument, binary, date, uuid};
use crate::transaction::{Tx, collected};
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
        successor: Successor,
        client: Client,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> StoreResult<Rotation> {
        self.change(old, |tx| {
            Box::pin(rotate(tx, old, successor, client.clone(), now, expires_at))
        })
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

    async fn sessions_of(&self, user: UserId, now: Timestamp, limit: u32) -> StoreResult<Vec<Session>> {
        self.look(async |tx| {
            let shown = doc! { "user_id": uuid(user.as_uuid()), "$or": [{ "alarm": true }, live(now)] };
            let found = tx
                .collections
                .sessions
                .find(shown)
                .sort(doc! { "last_used_at": -1, "_id": -1 })
                .limit(i64::from(limit))
                .session(&mut *tx.session)
                .await?;
            collected(found, tx.session, |session| Ok(session.into_session())).await
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

    async fn end_session(&self, user: UserId, id: SessionId, now: Timestamp) -> StoreResult<()> {
        self.ask(async |collections| {
            let one = doc! { "_id": uuid(id.as_uuid()), "user_id": uuid(user.as_uuid()) };
            let first = doc! { "$ifNull": ["$revoked_at", date(now)] };
            let ended = vec![doc! { "$set": { "revoked_at": first, "alarm": false } }];
            let ended = collections.sessions.update_one(one, ended).await?;
            if ended.matched_count == 0 {
                return Err(StoreError::NotFound.into());
            }
            Ok(())
        })
        .await
    }

    async fn end_sessions(
        &self,
        user: UserId,
        kept: Option<SessionId>,
        now: Timestamp,
    ) -> StoreResult<Vec<SessionId>> {
        self.change(user, |tx| Box::pin(end_all(tx, user, kept, now)))
            .await
    }

    async fn change_password(
        &self,
        user: UserId,
        password_hash: String,
        kept: Option<SessionId>,
        now: Timestamp,
    ) -> StoreResult<Vec<SessionId>> {
        self.change(user, |tx| {
            Box::pin(change_password(tx, user, password_hash.clone(), kept, now))
        })
        .await
    }

    async fn revoked_since(&self, since: Timestamp) -> StoreResult<Vec<(SessionId, Timestamp)>> {
        self.look(async |tx| {
            let found = tx
                .collections
                .sessions
                .find(doc! { "revoked_at": { "$gte": date(since) } })
                .session(&mut *tx.session)
                .await?;
            let revoked = |session: SessionDocument| {
                let session = session.into_session();
                Ok(session.revoked_at.map(|at| (session.id, at)))
            };
            let revoked = collected(found, tx.session, revoked).await?;
            Ok(revoked.into_iter().flatten().collect())
        })
        .await
    }

    /// One session after another: each is forgotten with its tokens, or will be next time.
    async fn forget_sessions(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        let over = doc! { "$or": [
            { "expires_at": { "$lt": date(before) } },
            { "revoked_at": { "$lt": date(before) }, "alarm": { "$ne": true } },
        ] };
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

/// Of sessions that go on.
fn live(now: Timestamp) -> Document {
    doc! { "revoked_at": Bson::Null, "expires_at": { "$gt": date(now) } }
}

async fn rotate(
    tx: &mut Tx<'_>,
    old: RefreshTokenHash,
    successor: Successor,
    client: Client,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Rotation> {
    let Some((found, presented)) = by_token(tx, old).await? else {
        return Ok(Rotation::Unknown);
    };
    let token = found.token();
    let rotation = Rotation::of(found.into_session(), presented, client, now, expires_at);
    match &rotation {
        Rotation::Rotated(session) => {
            replace(tx, &SessionDocument::new(session, binary(&successor.hash))).await?;
            tx.collections
                .old_tokens
                .insert_one(OldTokenDocument::new(token, session.id, &successor, now))
                .session(&mut *tx.session)
                .await?;
        }
        Rotation::Reused(session) => replace(tx, &SessionDocument::new(session, token)).await?,
        Rotation::Repeated(..) | Rotation::Ended(_) | Rotation::Unknown => {}
    }
    Ok(rotation)
}

pub(crate) async fn end_all(
    tx: &mut Tx<'_>,
    user: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<Vec<SessionId>> {
    let mut these = doc! { "user_id": uuid(user.as_uuid()) };
    if let Some(kept) = kept {
        these.insert("_id", doc! { "$ne": uuid(kept.as_uuid()) });
    }
    end_those(tx, these, now).await
}

/// Those of `these` that go on.
pub(crate) async fn end_those(
    tx: &mut Tx<'_>,
    mut these: Document,
    now: Timestamp,
) -> Result<Vec<SessionId>> {
    these.extend(live(now));
    let found = tx
        .collections
        .sessions
        .find(these.clone())
        .session(&mut *tx.session)
        .await?;
    let ended = collected(found, tx.session, |session| Ok(session.into_session().id)).await?;
    tx.collections
        .sessions
        .update_many(these, doc! { "$set": { "revoked_at": date(now) } })
        .session(&mut *tx.session)
        .await?;
    Ok(ended)
}

async fn change_password(
    tx: &mut Tx<'_>,
    user: UserId,
    password_hash: String,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<Vec<SessionId>> {
    let one = doc! { "_id": uuid(user.as_uuid()) };
    let changed = doc! { "$set": { "password_hash": password_hash } };
    let changed = tx
        .collections
        .users
        .update_one(one, changed)
        .session(&mut *tx.session)
        .await?;
    if changed.matched_count == 0 {
        return Err(StoreError::NotFound.into());
    }
    end_all(tx, user, kept, now).await
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

/// And what the token is to it.
async fn by_token(tx: &mut Tx<'_>, token: RefreshTokenHash) -> Result<Option<(SessionDocument, Presented)>> {
    let sessions = &tx.collections.sessions;
    let token = binary(&token);
    if let Some(session) = sessions
        .find_one(doc! { "token": &token })
        .session(&mut *tx.session)
        .await?
    {
        return Ok(Some((session, Presented::Current)));
    }
    let old = tx
        .collections
        .old_tokens
        .find_one(doc! { "_id": &token })
        .session(&mut *tx.session)
        .await?;
    let Some(old) = old else { return Ok(None) };
    let session = sessions
        .find_one(doc! { "_id": old.session_id() })
        .session(&mut *tx.session)
        .await?;
    let Some(session) = session else { return Ok(None) };
    let presented = old.presented(&session)?;
    Ok(Some((session, presented)))
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
