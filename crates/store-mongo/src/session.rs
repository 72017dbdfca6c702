use async_trait::async_trait;
use mongodb::bson::{Bson, Document, doc};
use photure_domain::account::{Client, RefreshTokenHash, Session, Successor};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::link::LinkPurpose;
use photure_domain::{SessionId, Timestamp, UserId};
use photure_store::{Presented, Rotation, SessionStore, StoreError, StoreResult};

use crate::audit::record;
use crate::documents::{OldTokenDocument, SessionDocument, binary, date, uuid};
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, link};

#[async_trait]
impl SessionStore for MongoStore {
    async fn create_session(
        &self,
        session: Session,
        token: RefreshTokenHash,
        trail: Trail,
    ) -> StoreResult<()> {
        self.change(session.user_id, |tx| {
            Box::pin(create(tx, session.clone(), token, trail.clone()))
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
        trail: Trail,
    ) -> StoreResult<Rotation> {
        self.change(old, |tx| {
            let (client, trail) = (client.clone(), trail.clone());
            Box::pin(rotate(tx, old, successor, client, now, expires_at, trail))
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

    async fn revoke_session(&self, id: SessionId, now: Timestamp, trail: Trail) -> StoreResult<()> {
        let one = doc! { "_id": uuid(id.as_uuid()) };
        self.change(id, |tx| Box::pin(end(tx, one.clone(), false, now, trail.clone())))
            .await
    }

    async fn end_session(
        &self,
        user: UserId,
        id: SessionId,
        now: Timestamp,
        trail: Trail,
    ) -> StoreResult<()> {
        let one = doc! { "_id": uuid(id.as_uuid()), "user_id": uuid(user.as_uuid()) };
        self.change(id, |tx| Box::pin(end(tx, one.clone(), true, now, trail.clone())))
            .await
    }

    async fn end_sessions(
        &self,
        user: UserId,
        kept: Option<SessionId>,
        now: Timestamp,
        trail: Trail,
    ) -> StoreResult<Vec<SessionId>> {
        self.change(user, |tx| {
            Box::pin(sign_out_everywhere(tx, user, kept, now, trail.clone()))
        })
        .await
    }

    async fn change_password(
        &self,
        user: UserId,
        password_hash: String,
        kept: Option<SessionId>,
        now: Timestamp,
        trail: Trail,
    ) -> StoreResult<Vec<SessionId>> {
        self.change(user, |tx| {
            let (password_hash, trail) = (password_hash.clone(), trail.clone());
            Box::pin(change_password(tx, user, password_hash, kept, now, trail))
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
    trail: Trail,
) -> Result<Rotation> {
    let Some((found, presented)) = by_token(tx, old).await? else {
        return Ok(Rotation::Unknown);
    };
    let token = found.token();
    let session = found.into_session();
    let was_revoked = session.revoked_at.is_some();
    let rotation = Rotation::of(session, presented, client, now, expires_at);
    match &rotation {
        Rotation::Rotated(session) => {
            replace(tx, &SessionDocument::new(session, binary(&successor.hash))).await?;
            tx.collections
                .old_tokens
                .insert_one(OldTokenDocument::new(token, session.id, &successor, now))
                .session(&mut *tx.session)
                .await?;
        }
        Rotation::Reused(session) => {
            replace(tx, &SessionDocument::new(session, token)).await?;
            if !was_revoked {
                let entry = trail.did(AuditAction::SessionStolen).to(session.user_id);
                record(tx, &entry.about(session.id.as_uuid())).await?;
            }
        }
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
    trail: Trail,
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
    record(tx, &trail.did(AuditAction::PasswordChanged).to(user)).await?;
    link::forget(tx, user, LinkPurpose::ResetPassword).await?;
    end_all(tx, user, kept, now).await
}

async fn sign_out_everywhere(
    tx: &mut Tx<'_>,
    user: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
    trail: Trail,
) -> Result<Vec<SessionId>> {
    record(tx, &trail.did(AuditAction::SignedOutEverywhere).to(user)).await?;
    end_all(tx, user, kept, now).await
}

/// The account is written to, so that whoever disables it at the same time is met here.
async fn create(tx: &mut Tx<'_>, session: Session, token: RefreshTokenHash, trail: Trail) -> Result<()> {
    let one = doc! { "_id": uuid(session.user_id.as_uuid()) };
    let signed_in = doc! { "$max": { "signed_in_at": date(session.created_at) } };
    let account = tx
        .collections
        .users
        .find_one_and_update(one, signed_in)
        .session(&mut *tx.session)
        .await?;
    if account.is_some_and(|account| account.disabled) {
        return Err(StoreError::AccountDisabled.into());
    }
    tx.collections
        .sessions
        .insert_one(SessionDocument::new(&session, binary(&token)))
        .session(&mut *tx.session)
        .await?;
    let entry = trail.did(AuditAction::SignedIn).to(session.user_id);
    record(tx, &entry.about(session.id.as_uuid())).await
}

/// Writes it down where it goes on until now.
async fn end(tx: &mut Tx<'_>, one: Document, is_seen: bool, now: Timestamp, trail: Trail) -> Result<()> {
    let sessions = &tx.collections.sessions;
    let found = sessions.find_one(one.clone()).session(&mut *tx.session).await?;
    let session = found.ok_or(StoreError::NotFound)?.into_session();
    let mut changed = Document::new();
    if session.revoked_at.is_none() {
        changed.insert("revoked_at", date(now));
        let entry = trail.did(AuditAction::SignedOut).to(session.user_id);
        record(tx, &entry.about(session.id.as_uuid())).await?;
    }
    if is_seen {
        changed.insert("alarm", false);
    }
    if !changed.is_empty() {
        let sessions = &tx.collections.sessions;
        let changed = doc! { "$set": changed };
        sessions
            .update_one(one, changed)
            .session(&mut *tx.session)
            .await?;
    }
    Ok(())
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
