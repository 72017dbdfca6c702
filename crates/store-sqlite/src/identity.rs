use async_trait::async_trait;
use photure_domain::account::{NewUser, Role, User};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::identity::LinkedIdentity;
use photure_domain::{IdentityId, UserId};
use photure_store::{Conflict, IdentityStore, StoreError, StoreResult};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::account::create;
use crate::administration::by_id;
use crate::audit::record;
use crate::columns::{self, Column};
use crate::link::set_email;
use crate::{Result, SqliteStore};

#[async_trait]
impl IdentityStore for SqliteStore {
    async fn identity(&self, issuer: &str, subject: &str) -> StoreResult<LinkedIdentity> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.read(move |tx| {
            let mut query =
                tx.prepare_cached("SELECT * FROM identities WHERE issuer = ?1 AND subject = ?2")?;
            let found = query.query_row([issuer, subject], identity).optional()?;
            Ok(found.ok_or(StoreError::NotFound)?)
        })
        .await
    }

    async fn identities_of(&self, user: UserId) -> StoreResult<Vec<LinkedIdentity>> {
        self.read(move |tx| {
            let mut query =
                tx.prepare_cached("SELECT * FROM identities WHERE user_id = ?1 ORDER BY linked_at, id")?;
            let found = query.query_map([Column(user)], identity)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn create_user_with(
        &self,
        user: NewUser,
        identity: LinkedIdentity,
        email_confirmed: bool,
        trail: Trail,
    ) -> StoreResult<User> {
        self.write(move |tx| {
            refuse_taken(tx, &identity)?;
            let user = create(tx, user, Role::Member, &trail)?;
            insert(tx, &identity, &trail.next())?;
            if email_confirmed {
                set_email(tx, user.id, &user.email, Some(trail.at))?;
            }
            by_id(tx, user.id)
        })
        .await
    }

    async fn link_identity(&self, identity: LinkedIdentity, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            let is_there = tx
                .prepare_cached("SELECT 1 FROM users WHERE id = ?1")?
                .exists([Column(identity.user_id)])?;
            if !is_there {
                return Err(StoreError::NotFound.into());
            }
            refuse_taken(tx, &identity)?;
            insert(tx, &identity, &trail)
        })
        .await
    }

    async fn unlink_identity(&self, user: UserId, id: IdentityId, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            let issuer: Option<String> = tx
                .prepare_cached("DELETE FROM identities WHERE id = ?1 AND user_id = ?2 RETURNING issuer")?
                .query_row(params![Column(id), Column(user)], |row| row.get(0))
                .optional()?;
            let issuer = issuer.ok_or(StoreError::NotFound)?;
            let can_sign_in = tx
                .prepare_cached(
                    "SELECT 1 FROM users WHERE id = ?1 AND password_hash <> ''
                     UNION ALL SELECT 1 FROM identities WHERE user_id = ?1",
                )?
                .exists([Column(user)])?;
            if !can_sign_in {
                return Err(StoreError::LastSignIn.into());
            }
            let entry = trail.did(AuditAction::IdentityUnlinked).to(user);
            record(tx, &entry.about(id.as_uuid()).saying(issuer))
        })
        .await
    }
}

fn refuse_taken(tx: &Transaction<'_>, identity: &LinkedIdentity) -> Result<()> {
    let is_taken = tx
        .prepare_cached("SELECT 1 FROM identities WHERE issuer = ?1 AND subject = ?2")?
        .exists([&identity.issuer, &identity.subject])?;
    if is_taken {
        return Err(StoreError::Conflict(Conflict::Identity).into());
    }
    Ok(())
}

fn insert(tx: &Transaction<'_>, identity: &LinkedIdentity, trail: &Trail) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO identities (id, user_id, issuer, subject, email, linked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        Column(identity.id),
        Column(identity.user_id),
        identity.issuer,
        identity.subject,
        identity.email,
        Column(identity.linked_at),
    ])?;
    let entry = trail.did(AuditAction::IdentityLinked).to(identity.user_id);
    record(
        tx,
        &entry
            .about(identity.id.as_uuid())
            .saying(identity.issuer.as_str()),
    )
}

fn identity(row: &Row<'_>) -> rusqlite::Result<LinkedIdentity> {
    Ok(LinkedIdentity {
        id: columns::value(row, "id")?,
        user_id: columns::value(row, "user_id")?,
        issuer: row.get("issuer")?,
        subject: row.get("subject")?,
        email: row.get("email")?,
        linked_at: columns::value(row, "linked_at")?,
    })
}
