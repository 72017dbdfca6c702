use async_trait::async_trait;
use photure_domain::account::{RefreshTokenHash, Session};
use photure_domain::{SessionId, Timestamp};
use photure_store::{Rotation, SessionStore, StoreError, StoreResult};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::columns::{self, Column};
use crate::{Result, SqliteStore};

#[async_trait]
impl SessionStore for SqliteStore {
    async fn create_session(&self, session: Session, token: RefreshTokenHash) -> StoreResult<()> {
        self.write(move |tx| {
            tx.prepare_cached("INSERT INTO sessions VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![
                    Column(session.id),
                    Column(session.user_id),
                    Column(session.created_at),
                    Column(session.last_used_at),
                    Column(session.expires_at),
                    session.revoked_at.map(Column),
                ])?;
            give(tx, session.id, token)
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
        self.write(move |tx| {
            let Some((session, is_current)) = by_token(tx, old)? else {
                return Ok(Rotation::Unknown);
            };
            let rotation = Rotation::of(session, is_current, now, expires_at);
            match &rotation {
                Rotation::Rotated(session) => {
                    tx.prepare_cached("UPDATE refresh_tokens SET current = 0 WHERE hash = ?1")?
                        .execute([old])?;
                    give(tx, session.id, new)?;
                    update(tx, session)?;
                }
                Rotation::Reused(session) => update(tx, session)?,
                Rotation::Ended(_) | Rotation::Unknown => {}
            }
            Ok(rotation)
        })
        .await
    }

    async fn session(&self, id: SessionId) -> StoreResult<Session> {
        self.read(move |tx| by_id(tx, id)).await
    }

    async fn session_by_token(&self, token: RefreshTokenHash) -> StoreResult<Session> {
        self.read(move |tx| {
            let (session, _) = by_token(tx, token)?.ok_or(StoreError::NotFound)?;
            Ok(session)
        })
        .await
    }

    async fn revoke_session(&self, id: SessionId, now: Timestamp) -> StoreResult<()> {
        self.write(move |tx| {
            let session = by_id(tx, id)?;
            update(
                tx,
                &Session {
                    revoked_at: session.revoked_at.or(Some(now)),
                    ..session
                },
            )
        })
        .await
    }

    async fn forget_sessions(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        self.write(move |tx| {
            let forgotten = tx
                .prepare_cached(
                    "DELETE FROM sessions WHERE id IN
                     (SELECT id FROM sessions WHERE expires_at < ?1 OR revoked_at < ?1 LIMIT ?2)",
                )?
                .execute(params![Column(before), limit])?;
            Ok(u32::try_from(forgotten).unwrap_or(limit))
        })
        .await
    }
}

fn give(tx: &Transaction<'_>, session: SessionId, token: RefreshTokenHash) -> Result<()> {
    tx.prepare_cached("INSERT INTO refresh_tokens VALUES (?1, ?2, 1)")?
        .execute(params![token, Column(session)])?;
    Ok(())
}

/// And whether the token is its current one.
fn by_token(tx: &Transaction<'_>, token: RefreshTokenHash) -> Result<Option<(Session, bool)>> {
    let mut query = tx.prepare_cached(
        "SELECT sessions.*, current FROM refresh_tokens JOIN sessions ON id = session_id WHERE hash = ?1",
    )?;
    Ok(query
        .query_row([token], |row| Ok((columns::session(row)?, row.get("current")?)))
        .optional()?)
}

fn by_id(tx: &Transaction<'_>, id: SessionId) -> Result<Session> {
    let mut query = tx.prepare_cached("SELECT * FROM sessions WHERE id = ?1")?;
    let found = query.query_row([Column(id)], columns::session).optional()?;
    Ok(found.ok_or(StoreError::NotFound)?)
}

fn update(tx: &Transaction<'_>, session: &Session) -> Result<()> {
    tx.prepare_cached(
        "UPDATE sessions SET last_used_at = ?2, expires_at = ?3, revoked_at = ?4 WHERE id = ?1",
    )?
    .execute(params![
        Column(session.id),
        Column(session.last_used_at),
        Column(session.expires_at),
        session.revoked_at.map(Column),
    ])?;
    Ok(())
}
