use async_trait::async_trait;
use photure_domain::UserId;
use photure_domain::account::{NewUser, Role, User, folded};
use photure_domain::audit::{AuditAction, Trail};
use photure_store::{AccountStore, Conflict, StoreError, StoreResult, StoredUser};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::audit::record;
use crate::columns::{self, Column};
use crate::{Result, SqliteStore};

#[async_trait]
impl AccountStore for SqliteStore {
    async fn create_user(&self, user: NewUser, trail: Trail) -> StoreResult<User> {
        self.write(move |tx| create(tx, user, Role::Member, &trail)).await
    }

    async fn user(&self, id: UserId) -> StoreResult<User> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached("SELECT * FROM users WHERE id = ?1")?;
            let found = query.query_row([Column(id)], columns::user).optional()?;
            Ok(found.ok_or(StoreError::NotFound)?)
        })
        .await
    }

    async fn user_by_login(&self, login: &str) -> StoreResult<StoredUser> {
        let login = folded(login);
        self.read(move |tx| {
            let mut query = tx.prepare_cached(if login.contains('@') {
                "SELECT * FROM users WHERE email_folded = ?1"
            } else {
                "SELECT * FROM users WHERE username_folded = ?1"
            })?;
            let found = query
                .query_row([login], |row| {
                    Ok(StoredUser {
                        user: columns::user(row)?,
                        password_hash: Some(row.get("password_hash")?)
                            .filter(|hash: &String| !hash.is_empty()),
                    })
                })
                .optional()?;
            Ok(found.ok_or(StoreError::NotFound)?)
        })
        .await
    }

    async fn has_users(&self) -> StoreResult<bool> {
        self.read(|tx| Ok(tx.prepare_cached("SELECT 1 FROM users LIMIT 1")?.exists([])?))
            .await
    }
}

/// With `role`, or as admin where nobody is there yet.
pub(crate) fn create(tx: &Transaction<'_>, new: NewUser, role: Role, trail: &Trail) -> Result<User> {
    let (username_folded, email_folded) = (folded(&new.username), folded(&new.email));
    let exists = |sql: &str, value: &str| tx.prepare_cached(sql)?.exists([value]);
    if exists("SELECT 1 FROM users WHERE username_folded = ?1", &username_folded)? {
        return Err(StoreError::Conflict(Conflict::Username).into());
    }
    if exists("SELECT 1 FROM users WHERE email_folded = ?1", &email_folded)? {
        return Err(StoreError::Conflict(Conflict::Email).into());
    }
    let is_first = !tx.prepare_cached("SELECT 1 FROM users LIMIT 1")?.exists([])?;
    let user = User {
        id: new.id,
        username: new.username,
        email: new.email,
        email_confirmed_at: None,
        role: if is_first { Role::Admin } else { role },
        disabled: false,
        created_at: new.created_at,
        signed_in_at: None,
        closes_at: None,
    };
    tx.prepare_cached(
        "INSERT INTO users (id, username, username_folded, email, email_folded, password_hash, role, disabled, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
            Column(user.id),
            user.username,
            username_folded,
            user.email,
            email_folded,
            new.password_hash.unwrap_or_default(), // empty, where there is none
            user.role.as_str(),
            user.disabled,
            Column(user.created_at),
        ])?;
    let entry = trail.did(AuditAction::AccountCreated).to(user.id);
    record(tx, &entry.saying(user.role.as_str()))?;
    Ok(user)
}
