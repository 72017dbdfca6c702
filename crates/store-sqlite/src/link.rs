use async_trait::async_trait;
use photure_domain::account::{User, folded};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::link::{Link, LinkHash, LinkPurpose};
use photure_domain::{Timestamp, UserId};
use photure_store::{ConfirmedEmail, Conflict, LinkStore, ResetByLink, StoreError, StoreResult};
use rusqlite::types::FromSqlError;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::administration::by_id;
use crate::audit::record;
use crate::columns::{self, Column};
use crate::session::end_all;
use crate::{Result, SqliteStore};

#[async_trait]
impl LinkStore for SqliteStore {
    async fn add_link(&self, link: Link, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| add(tx, &link, &trail)).await
    }

    async fn link(&self, hash: LinkHash, now: Timestamp) -> StoreResult<Link> {
        self.read(move |tx| by_hash(tx, hash, now)).await
    }

    async fn email_link_of(&self, user: UserId, now: Timestamp) -> StoreResult<Option<Link>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT * FROM links WHERE user_id = ?1 AND purpose = ?2 AND expires_at > ?3
                 ORDER BY created_at DESC LIMIT 1",
            )?;
            let confirms = LinkPurpose::ConfirmEmail.as_str();
            Ok(query
                .query_row(params![Column(user), confirms, Column(now)], link)
                .optional()?)
        })
        .await
    }

    async fn reset_password_by_link(
        &self,
        hash: LinkHash,
        password_hash: String,
        trail: Trail,
    ) -> StoreResult<ResetByLink> {
        self.write(move |tx| reset_password(tx, hash, &password_hash, &trail))
            .await
    }

    async fn confirm_email(&self, hash: LinkHash, trail: Trail) -> StoreResult<ConfirmedEmail> {
        self.write(move |tx| confirm(tx, hash, &trail)).await
    }

    async fn change_email(&self, user: UserId, email: String, trail: Trail) -> StoreResult<User> {
        self.write(move |tx| change_email(tx, user, &email, &trail)).await
    }

    async fn forget_email_links(&self, user: UserId) -> StoreResult<()> {
        self.write(move |tx| forget(tx, user, LinkPurpose::ConfirmEmail))
            .await
    }

    async fn forget_links(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        self.write(move |tx| {
            let forgotten = tx
                .prepare_cached(
                    "DELETE FROM links WHERE hash IN (SELECT hash FROM links WHERE expires_at < ?1 LIMIT ?2)",
                )?
                .execute(params![Column(before), limit])?;
            Ok(u32::try_from(forgotten).unwrap_or(limit))
        })
        .await
    }
}

fn add(tx: &Transaction<'_>, link: &Link, trail: &Trail) -> Result<()> {
    by_id(tx, link.user_id)?;
    let action = match link.purpose {
        LinkPurpose::ResetPassword => AuditAction::PasswordLinkMade,
        LinkPurpose::ConfirmEmail => {
            // A folded address is compared with folded ones: this is a handful of rows.
            let wanted = link.email.as_deref().map(folded);
            let mut others = tx.prepare_cached("SELECT * FROM links WHERE user_id = ?1 AND purpose = ?2")?;
            let others =
                others.query_map(params![Column(link.user_id), link.purpose.as_str()], self::link)?;
            for other in others.collect::<rusqlite::Result<Vec<_>>>()? {
                if other.email.as_deref().map(folded) != wanted {
                    tx.prepare_cached("DELETE FROM links WHERE hash = ?1")?
                        .execute([other.hash])?;
                }
            }
            AuditAction::EmailLinkMade
        }
    };
    tx.prepare_cached("INSERT INTO links VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![
            link.hash,
            Column(link.user_id),
            link.purpose.as_str(),
            link.email,
            Column(link.created_at),
            Column(link.expires_at),
        ])?;
    record(tx, &trail.did(action).to(link.user_id))
}

fn reset_password(
    tx: &Transaction<'_>,
    hash: LinkHash,
    password_hash: &str,
    trail: &Trail,
) -> Result<ResetByLink> {
    let link = used(tx, hash, LinkPurpose::ResetPassword, trail.at)?;
    let user = by_id(tx, link.user_id)?;
    if user.disabled {
        return Err(StoreError::AccountDisabled.into());
    }
    let is_sent_elsewhere = |email: &String| folded(email) != folded(&user.email);
    if link.email.as_ref().is_some_and(is_sent_elsewhere) {
        return Err(StoreError::NotFound.into());
    }
    tx.prepare_cached("UPDATE users SET password_hash = ?2 WHERE id = ?1")?
        .execute(params![Column(user.id), password_hash])?;
    record(tx, &trail.did(AuditAction::PasswordResetByLink).to(user.id))?;
    if link.email.is_some() && user.email_confirmed_at.is_none() {
        set_email(tx, user.id, &user.email, Some(trail.at))?;
        record(tx, &trail.next().did(AuditAction::EmailConfirmed).to(user.id))?;
    }
    forget(tx, user.id, LinkPurpose::ResetPassword)?;
    Ok(ResetByLink {
        ended: end_all(tx, user.id, None, trail.at)?,
        user: by_id(tx, user.id)?,
    })
}

fn confirm(tx: &Transaction<'_>, hash: LinkHash, trail: &Trail) -> Result<ConfirmedEmail> {
    let link = used(tx, hash, LinkPurpose::ConfirmEmail, trail.at)?;
    let email = link.email.ok_or(StoreError::NotFound)?;
    let user = by_id(tx, link.user_id)?;
    let is_another = folded(&email) != folded(&user.email);
    set_email(tx, user.id, &email, Some(trail.at))?;
    forget(tx, user.id, LinkPurpose::ConfirmEmail)?;
    let action = if is_another {
        forget(tx, user.id, LinkPurpose::ResetPassword)?;
        AuditAction::EmailChanged
    } else {
        AuditAction::EmailConfirmed
    };
    record(tx, &trail.did(action).to(user.id))?;
    Ok(ConfirmedEmail {
        before: is_another.then_some(user.email),
        user: by_id(tx, user.id)?,
    })
}

/// Nobody has shown that it is theirs.
pub(crate) fn change_email(tx: &Transaction<'_>, user: UserId, email: &str, trail: &Trail) -> Result<User> {
    by_id(tx, user)?;
    set_email(tx, user, email, None)?;
    for purpose in LinkPurpose::ALL {
        forget(tx, user, purpose)?;
    }
    record(tx, &trail.did(AuditAction::EmailChanged).to(user))?;
    by_id(tx, user)
}

pub(crate) fn set_email(
    tx: &Transaction<'_>,
    user: UserId,
    email: &str,
    confirmed_at: Option<Timestamp>,
) -> Result<()> {
    let email_folded = folded(email);
    let is_taken = tx
        .prepare_cached("SELECT 1 FROM users WHERE email_folded = ?1 AND id <> ?2")?
        .exists(params![email_folded, Column(user)])?;
    if is_taken {
        return Err(StoreError::Conflict(Conflict::Email).into());
    }
    tx.prepare_cached(
        "UPDATE users SET email = ?2, email_folded = ?3, email_confirmed_at = ?4 WHERE id = ?1",
    )?
    .execute(params![
        Column(user),
        email,
        email_folded,
        confirmed_at.map(Column)
    ])?;
    Ok(())
}

/// The link, which is about to be used for what it is good for.
fn used(tx: &Transaction<'_>, hash: LinkHash, purpose: LinkPurpose, now: Timestamp) -> Result<Link> {
    let link = by_hash(tx, hash, now)?;
    if link.purpose == purpose {
        Ok(link)
    } else {
        Err(StoreError::NotFound.into())
    }
}

fn by_hash(tx: &Transaction<'_>, hash: LinkHash, now: Timestamp) -> Result<Link> {
    let mut query = tx.prepare_cached("SELECT * FROM links WHERE hash = ?1 AND expires_at > ?2")?;
    let found = query.query_row(params![hash, Column(now)], link).optional()?;
    Ok(found.ok_or(StoreError::NotFound)?)
}

/// Whatever of this kind the account has is good for nothing any more.
pub(crate) fn forget(tx: &Transaction<'_>, user: UserId, purpose: LinkPurpose) -> Result<()> {
    tx.prepare_cached("DELETE FROM links WHERE user_id = ?1 AND purpose = ?2")?
        .execute(params![Column(user), purpose.as_str()])?;
    Ok(())
}

fn link(row: &Row<'_>) -> rusqlite::Result<Link> {
    Ok(Link {
        hash: row.get("hash")?,
        user_id: columns::value(row, "user_id")?,
        purpose: columns::parsed(row, "purpose", |text| {
            LinkPurpose::named(text).ok_or(FromSqlError::InvalidType)
        })?,
        email: row.get("email")?,
        created_at: columns::value(row, "created_at")?,
        expires_at: columns::value(row, "expires_at")?,
    })
}
