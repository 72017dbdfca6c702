use async_trait::async_trait;
use photure_domain::account::{Client, RefreshTokenHash, Session, Successor};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::link::LinkPurpose;
use photure_domain::{SessionId, Timestamp, UserId};
use photure_store::{Presented, Rotation, SessionStore, StoreError, StoreResult};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::audit::record;
use crate::columns::{self, Column};
use crate::{Result, SqliteStore, link};

#[async_trait]
impl SessionStore for SqliteStore {
    async fn create_session(
        &self,
        session: Session,
        token: RefreshTokenHash,
        trail: Trail,
    ) -> StoreResult<()> {
        self.write(move |tx| {
            sign_in(tx, &session)?;
            let entry = trail.did(AuditAction::SignedIn).to(session.user_id);
            record(tx, &entry.about(session.id.as_uuid()))?;
            tx.prepare_cached(
                "INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, revoked_at, device, address, alarm)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                Column(session.id),
                Column(session.user_id),
                Column(session.created_at),
                Column(session.last_used_at),
                Column(session.expires_at),
                session.revoked_at.map(Column),
                session.client.device,
                session.client.address.map(|address| address.to_string()),
                session.alarm,
            ])?;
            give(tx, session.id, token)
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
        self.write(move |tx| {
            let Some((session, presented)) = by_token(tx, old)? else {
                return Ok(Rotation::Unknown);
            };
            let was_revoked = session.revoked_at.is_some();
            let rotation = Rotation::of(session, presented, client, now, expires_at);
            match &rotation {
                Rotation::Rotated(session) => {
                    tx.prepare_cached(
                        "UPDATE refresh_tokens SET current = 0, replaced_at = ?2, successor = ?3, seed = ?4
                         WHERE hash = ?1",
                    )?
                    .execute(params![
                        old,
                        Column(now),
                        successor.hash,
                        successor.seed
                    ])?;
                    give(tx, session.id, successor.hash)?;
                    update(tx, session)?;
                }
                Rotation::Reused(session) => {
                    update(tx, session)?;
                    if !was_revoked {
                        let entry = trail.did(AuditAction::SessionStolen).to(session.user_id);
                        record(tx, &entry.about(session.id.as_uuid()))?;
                    }
                }
                Rotation::Repeated(..) | Rotation::Ended(_) | Rotation::Unknown => {}
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

    async fn sessions_of(&self, user: UserId, now: Timestamp, limit: u32) -> StoreResult<Vec<Session>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT * FROM sessions WHERE user_id = ?1 AND (alarm OR (revoked_at IS NULL AND expires_at > ?2))
                 ORDER BY last_used_at DESC, id DESC LIMIT ?3",
            )?;
            let found = query.query_map(params![Column(user), Column(now), limit], columns::session)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn revoke_session(&self, id: SessionId, now: Timestamp, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            let session = by_id(tx, id)?;
            end(tx, session, now, &trail)
        })
        .await
    }

    async fn end_session(
        &self,
        user: UserId,
        id: SessionId,
        now: Timestamp,
        trail: Trail,
    ) -> StoreResult<()> {
        self.write(move |tx| {
            let session = by_id(tx, id)?;
            if session.user_id != user {
                return Err(StoreError::NotFound.into());
            }
            let seen = Session {
                alarm: false,
                ..session
            };
            end(tx, seen, now, &trail)
        })
        .await
    }

    async fn end_sessions(
        &self,
        user: UserId,
        kept: Option<SessionId>,
        now: Timestamp,
        trail: Trail,
    ) -> StoreResult<Vec<SessionId>> {
        self.write(move |tx| {
            record(tx, &trail.did(AuditAction::SignedOutEverywhere).to(user))?;
            end_all(tx, user, kept, now)
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
        self.write(move |tx| {
            let changed = tx
                .prepare_cached("UPDATE users SET password_hash = ?2 WHERE id = ?1")?
                .execute(params![Column(user), password_hash])?;
            if changed == 0 {
                return Err(StoreError::NotFound.into());
            }
            record(tx, &trail.did(AuditAction::PasswordChanged).to(user))?;
            link::forget(tx, user, LinkPurpose::ResetPassword)?;
            end_all(tx, user, kept, now)
        })
        .await
    }

    async fn revoked_since(&self, since: Timestamp) -> StoreResult<Vec<(SessionId, Timestamp)>> {
        self.read(move |tx| {
            let mut query =
                tx.prepare_cached("SELECT id, revoked_at FROM sessions WHERE revoked_at >= ?1")?;
            let found = query.query_map([Column(since)], |row| {
                Ok((columns::value(row, "id")?, columns::value(row, "revoked_at")?))
            })?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn forget_sessions(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        self.write(move |tx| {
            let forgotten = tx
                .prepare_cached(
                    "DELETE FROM sessions WHERE id IN
                     (SELECT id FROM sessions WHERE expires_at < ?1 OR (revoked_at < ?1 AND NOT alarm) LIMIT ?2)",
                )?
                .execute(params![Column(before), limit])?;
            Ok(u32::try_from(forgotten).unwrap_or(limit))
        })
        .await
    }
}

/// Notes when, and refuses where the account is disabled.
fn sign_in(tx: &Transaction<'_>, session: &Session) -> Result<()> {
    let mut query = tx.prepare_cached(
        "UPDATE users SET signed_in_at = max(coalesce(signed_in_at, ?2), ?2) WHERE id = ?1 RETURNING disabled",
    )?;
    let disabled: Option<bool> = query
        .query_row(
            params![Column(session.user_id), Column(session.created_at)],
            |row| row.get("disabled"),
        )
        .optional()?;
    if disabled.unwrap_or_default() {
        return Err(StoreError::AccountDisabled.into());
    }
    Ok(())
}

/// Writes it down where it goes on until now.
fn end(tx: &Transaction<'_>, session: Session, now: Timestamp, trail: &Trail) -> Result<()> {
    if session.revoked_at.is_none() {
        let entry = trail.did(AuditAction::SignedOut).to(session.user_id);
        record(tx, &entry.about(session.id.as_uuid()))?;
    }
    update(
        tx,
        &Session {
            revoked_at: session.revoked_at.or(Some(now)),
            ..session
        },
    )
}

fn give(tx: &Transaction<'_>, session: SessionId, token: RefreshTokenHash) -> Result<()> {
    tx.prepare_cached("INSERT INTO refresh_tokens (hash, session_id, current) VALUES (?1, ?2, 1)")?
        .execute(params![token, Column(session)])?;
    Ok(())
}

/// And what the token is to it.
fn by_token(tx: &Transaction<'_>, token: RefreshTokenHash) -> Result<Option<(Session, Presented)>> {
    let mut query = tx.prepare_cached(
        "SELECT sessions.*, old.current, old.replaced_at, old.seed, next.current AS is_last
         FROM refresh_tokens AS old JOIN sessions ON id = old.session_id
         LEFT JOIN refresh_tokens AS next ON next.hash = old.successor
         WHERE old.hash = ?1",
    )?;
    let found = query.query_row([token], |row| {
        let is_last = row.get::<_, Option<bool>>("is_last")?.unwrap_or_default();
        let replaced_at = columns::optional(row, "replaced_at")?;
        let presented = match (row.get("current")?, replaced_at, row.get("seed")?) {
            (true, ..) => Presented::Current,
            (false, Some(replaced_at), Some(seed)) if is_last => Presented::Last { replaced_at, seed },
            _ => Presented::Old,
        };
        Ok((columns::session(row)?, presented))
    });
    Ok(found.optional()?)
}

pub(crate) fn end_all(
    tx: &Transaction<'_>,
    user: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<Vec<SessionId>> {
    let mut ending = tx.prepare_cached(
        "UPDATE sessions SET revoked_at = ?3
         WHERE user_id = ?1 AND id IS NOT ?2 AND revoked_at IS NULL AND expires_at > ?3 RETURNING id",
    )?;
    let ended = ending.query_map(params![Column(user), kept.map(Column), Column(now)], |row| {
        columns::value(row, "id")
    })?;
    Ok(ended.collect::<rusqlite::Result<_>>()?)
}

fn by_id(tx: &Transaction<'_>, id: SessionId) -> Result<Session> {
    let mut query = tx.prepare_cached("SELECT * FROM sessions WHERE id = ?1")?;
    let found = query.query_row([Column(id)], columns::session).optional()?;
    Ok(found.ok_or(StoreError::NotFound)?)
}

fn update(tx: &Transaction<'_>, session: &Session) -> Result<()> {
    tx.prepare_cached(
        "UPDATE sessions SET last_used_at = ?2, expires_at = ?3, revoked_at = ?4, device = ?5, address = ?6, alarm = ?7
         WHERE id = ?1",
    )?
    .execute(params![
        Column(session.id),
        Column(session.last_used_at),
        Column(session.expires_at),
        session.revoked_at.map(Column),
        session.client.device,
        session.client.address.map(|address| address.to_string()),
        session.alarm,
    ])?;
    Ok(())
}
