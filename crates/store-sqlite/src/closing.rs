use async_trait::async_trait;
use photure_domain::account::{Role, User};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::{OrganizationId, Timestamp, UserId};
use photure_store::administration::ChangedAccount;
use photure_store::{Closed, Closing, ClosingStore, StoreError, StoreResult};
use rusqlite::{Transaction, params};

use crate::administration::{by_id, is_another_admin};
use crate::audit::record;
use crate::columns::{self, Column};
use crate::session::end_all;
use crate::{Result, SqliteStore, organization};

#[async_trait]
impl ClosingStore for SqliteStore {
    async fn close_account(
        &self,
        user: UserId,
        closing: Closing,
        trail: Trail,
    ) -> StoreResult<ChangedAccount> {
        self.write(move |tx| close(tx, user, closing, &trail)).await
    }

    async fn keep_account(&self, user: UserId, trail: Trail) -> StoreResult<User> {
        self.write(move |tx| {
            let found = open_account(tx, user)?;
            if found.closes_at.is_none() {
                return Ok(found);
            }
            tx.prepare_cached(
                "UPDATE users SET closes_at = NULL, disabled = disabled AND NOT reopens, reopens = 0 WHERE id = ?1",
            )?
            .execute([Column(user)])?;
            record(tx, &trail.did(AuditAction::AccountKept).to(user))?;
            by_id(tx, user)
        })
        .await
    }

    async fn close_due(&self, limit: u32, trail: Trail) -> StoreResult<Closed> {
        self.write(move |tx| close_due(tx, limit, trail)).await
    }

    async fn closed(&self, before: Timestamp, limit: u32) -> StoreResult<Vec<UserId>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT id, closed_at FROM users INDEXED BY users_closed_at WHERE closed_at < ?1
                 UNION ALL
                 SELECT id, closed_at FROM organizations INDEXED BY organizations_closed_at WHERE closed_at < ?1
                 ORDER BY closed_at, id LIMIT ?2",
            )?;
            let found = query.query_map(params![Column(before), limit], |row| columns::value(row, "id"))?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn forget_account(&self, user: UserId, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| forget(tx, user, &trail)).await
    }
}

/// The account, whose time is not up.
pub(crate) fn open_account(tx: &Transaction<'_>, user: UserId) -> Result<User> {
    let found = by_id(tx, user)?;
    let is_closed = tx
        .prepare_cached("SELECT 1 FROM users WHERE id = ?1 AND closed_at IS NOT NULL")?
        .exists([Column(user)])?;
    if is_closed {
        return Err(StoreError::AccountClosed.into());
    }
    Ok(found)
}

fn close(tx: &Transaction<'_>, user: UserId, closing: Closing, trail: &Trail) -> Result<ChangedAccount> {
    let before = open_account(tx, user)?;
    let administers = before.role == Role::Admin && !before.disabled;
    if before.closes_at.is_none() && administers && !is_another_admin(tx, user)? {
        return Err(StoreError::LastAdmin.into());
    }
    let at = before.closes_at.map_or(closing.at, |at| at.min(closing.at));
    let shuts = closing.shuts_out && !before.disabled;
    tx.prepare_cached(
        "UPDATE users SET closes_at = ?2, disabled = disabled OR ?3, reopens = reopens OR ?3 WHERE id = ?1",
    )?
    .execute(params![Column(user), Column(at), shuts])?;
    if before.closes_at != Some(at) {
        let entry = trail.did(AuditAction::AccountClosing).to(user);
        record(tx, &entry.saying(at.to_string()))?;
    }
    let ended = if closing.shuts_out {
        end_all(tx, user, None, trail.at)?
    } else {
        Vec::new()
    };
    Ok(ChangedAccount {
        user: by_id(tx, user)?,
        ended,
    })
}

fn close_due(tx: &Transaction<'_>, limit: u32, mut trail: Trail) -> Result<Closed> {
    let mut due = tx.prepare_cached(
        "SELECT id FROM users INDEXED BY users_closes_at
         WHERE closes_at <= ?1 AND closed_at IS NULL ORDER BY closes_at, id LIMIT ?2",
    )?;
    let due = due.query_map(params![Column(trail.at), limit], |row| columns::value(row, "id"))?;
    let mut closed = Closed::default();
    for user in due.collect::<rusqlite::Result<Vec<UserId>>>()? {
        tx.prepare_cached("UPDATE users SET disabled = 1, closed_at = ?2 WHERE id = ?1")?
            .execute(params![Column(user), Column(trail.at)])?;
        record(tx, &trail.did(AuditAction::AccountClosed).to(user))?;
        trail = trail.next();
        closed.sessions.extend(end_all(tx, user, None, trail.at)?);
        closed.accounts.push(user);
    }
    closed.organizations = organization::close_due(tx, limit, trail)?;
    Ok(closed)
}

fn forget(tx: &Transaction<'_>, user: UserId, trail: &Trail) -> Result<()> {
    let gone = tx
        .prepare_cached("DELETE FROM users WHERE id = ?1 AND closed_at IS NOT NULL")?
        .execute([Column(user)])?;
    if gone == 0 {
        let is_gone = organization::forget(tx, OrganizationId::new(user.as_uuid()), trail)?;
        return is_gone.then_some(()).ok_or(StoreError::NotFound.into());
    }
    let trail = &organization::leave_all(tx, user, trail.clone())?;
    for table in [
        "api_keys",
        "totp",
        "recovery_codes",
        "factor_guesses",
        "passkeys",
        "links",
        "identities",
    ] {
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE user_id = ?1"))?
            .execute([Column(user)])?;
    }
    tx.prepare_cached("DELETE FROM invitations WHERE made_by = ?1")?
        .execute([Column(user)])?;
    // That they have ended must be known for as long as their tokens would live.
    tx.prepare_cached(
        "UPDATE sessions SET device = NULL, address = NULL, alarm = 0, revoked_at = coalesce(revoked_at, ?2)
         WHERE user_id = ?1",
    )?
    .execute(params![Column(user), Column(trail.at)])?;
    record(tx, &trail.did(AuditAction::AccountDeleted).to(user))
}
