use async_trait::async_trait;
use photure_domain::account::{NewUser, Role, User, folded};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::link::LinkPurpose;
use photure_domain::{SessionId, UserId};
use photure_store::administration::{AccountChange, AdministrationStore, ChangedAccount};
use photure_store::{Conflict, StoreError, StoreResult};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::account::create;
use crate::audit::record;
use crate::closing::open_account;
use crate::columns::{self, Column};
use crate::session::end_all;
use crate::{Result, SqliteStore, link};

#[async_trait]
impl AdministrationStore for SqliteStore {
    async fn add_user(&self, user: NewUser, role: Role, trail: Trail) -> StoreResult<User> {
        self.write(move |tx| create(tx, user, role, &trail)).await
    }

    async fn users(&self, after: Option<String>, limit: u32) -> StoreResult<Vec<User>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT * FROM users WHERE username_folded > ?1 ORDER BY username_folded LIMIT ?2",
            )?;
            let found = query.query_map(params![after.unwrap_or_default(), limit], columns::user)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn change_account(
        &self,
        user: UserId,
        change: AccountChange,
        trail: Trail,
    ) -> StoreResult<ChangedAccount> {
        self.write(move |tx| {
            let come = change.of(&open_account(tx, user)?, &trail);
            if come.needs_another_admin && !is_another_admin(tx, user)? {
                return Err(StoreError::LastAdmin.into());
            }
            tx.prepare_cached("UPDATE users SET role = ?2, disabled = ?3 WHERE id = ?1")?
                .execute(params![Column(user), come.user.role.as_str(), come.user.disabled])?;
            let ended = if come.ends_sessions {
                end_all(tx, user, None, trail.at)?
            } else {
                Vec::new()
            };
            for entry in &come.entries {
                record(tx, entry)?;
            }
            Ok(ChangedAccount {
                user: come.user,
                ended,
            })
        })
        .await
    }

    async fn rename(
        &self,
        user: UserId,
        username: Option<String>,
        email: Option<String>,
        trail: Trail,
    ) -> StoreResult<User> {
        self.write(move |tx| rename(tx, user, username, email, trail))
            .await
    }

    async fn reset_password(
        &self,
        user: UserId,
        password_hash: String,
        trail: Trail,
    ) -> StoreResult<Vec<SessionId>> {
        self.write(move |tx| {
            let changed = tx
                .prepare_cached("UPDATE users SET password_hash = ?2 WHERE id = ?1")?
                .execute(params![Column(user), password_hash])?;
            if changed == 0 {
                return Err(StoreError::NotFound.into());
            }
            record(tx, &trail.did(AuditAction::PasswordReset).to(user))?;
            link::forget(tx, user, LinkPurpose::ResetPassword)?;
            end_all(tx, user, None, trail.at)
        })
        .await
    }

    async fn revoke_sessions(&self, user: Option<UserId>, trail: Trail) -> StoreResult<Vec<SessionId>> {
        self.write(move |tx| {
            let entry = trail.did(AuditAction::SignedOutEverywhere);
            let Some(user) = user else {
                record(tx, &entry.saying("everyone"))?;
                let mut ending = tx.prepare_cached(
                    "UPDATE sessions SET revoked_at = ?1 WHERE revoked_at IS NULL AND expires_at > ?1 RETURNING id",
                )?;
                let ended = ending.query_map([Column(trail.at)], |row| columns::value(row, "id"))?;
                return Ok(ended.collect::<rusqlite::Result<_>>()?);
            };
            by_id(tx, user)?;
            record(tx, &entry.to(user))?;
            end_all(tx, user, None, trail.at)
        })
        .await
    }
}

fn rename(
    tx: &Transaction<'_>,
    user: UserId,
    username: Option<String>,
    email: Option<String>,
    mut trail: Trail,
) -> Result<User> {
    let before = open_account(tx, user)?;
    if let Some(username) = username.filter(|username| *username != before.username) {
        let username_folded = folded(&username);
        let is_taken = tx
            .prepare_cached("SELECT 1 FROM users WHERE username_folded = ?1 AND id <> ?2")?
            .exists(params![username_folded, Column(user)])?;
        if is_taken {
            return Err(StoreError::Conflict(Conflict::Username).into());
        }
        tx.prepare_cached("UPDATE users SET username = ?2, username_folded = ?3 WHERE id = ?1")?
            .execute(params![Column(user), username, username_folded])?;
        record(tx, &trail.did(AuditAction::UsernameChanged).to(user))?;
        trail = trail.next();
    }
    if let Some(email) = email.filter(|email| *email != before.email) {
        link::change_email(tx, user, &email, &trail)?;
    }
    by_id(tx, user)
}

pub(crate) fn by_id(tx: &Transaction<'_>, user: UserId) -> Result<User> {
    let mut query = tx.prepare_cached("SELECT * FROM users WHERE id = ?1")?;
    let found = query.query_row([Column(user)], columns::user).optional()?;
    Ok(found.ok_or(StoreError::NotFound)?)
}

/// Who stays.
pub(crate) fn is_another_admin(tx: &Transaction<'_>, user: UserId) -> Result<bool> {
    let sql =
        "SELECT 1 FROM users WHERE role = ?1 AND NOT disabled AND closes_at IS NULL AND id <> ?2 LIMIT 1";
    let mut query = tx.prepare_cached(sql)?;
    Ok(query.exists(params![Role::Admin.as_str(), Column(user)])?)
}
