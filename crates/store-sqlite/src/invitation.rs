use async_trait::async_trait;
use photure_domain::account::{NewUser, Role, User, folded};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::invitation::{Invitation, InvitationHash};
use photure_domain::{InvitationId, Timestamp};
use photure_store::{InvitationStore, StoreError, StoreResult};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::account::create;
use crate::administration::by_id;
use crate::audit::record;
use crate::columns::{self, Column};
use crate::link::set_email;
use crate::{Result, SqliteStore};

#[async_trait]
impl InvitationStore for SqliteStore {
    async fn add_invitation(
        &self,
        invitation: Invitation,
        hash: InvitationHash,
        trail: Trail,
    ) -> StoreResult<()> {
        self.write(move |tx| {
            tx.prepare_cached("INSERT INTO invitations VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![
                    Column(invitation.id),
                    hash,
                    invitation.email,
                    Column(invitation.made_by),
                    Column(invitation.created_at),
                    Column(invitation.expires_at),
                ])?;
            let entry = trail.did(AuditAction::InvitationMade);
            record(tx, &entry.about(invitation.id.as_uuid()))
        })
        .await
    }

    async fn invitations(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Invitation>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT * FROM invitations WHERE expires_at > ?1 ORDER BY created_at DESC, id DESC LIMIT ?2",
            )?;
            let found = query.query_map(params![Column(now), limit], invitation)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn invitation(&self, hash: InvitationHash, now: Timestamp) -> StoreResult<Invitation> {
        self.read(move |tx| by_hash(tx, hash, now)).await
    }

    async fn create_invited(&self, user: NewUser, hash: InvitationHash, trail: Trail) -> StoreResult<User> {
        self.write(move |tx| create_invited(tx, user, hash, &trail)).await
    }

    async fn withdraw_invitation(&self, id: InvitationId, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            let withdrawn = tx
                .prepare_cached("DELETE FROM invitations WHERE id = ?1")?
                .execute([Column(id)])?;
            if withdrawn == 0 {
                return Err(StoreError::NotFound.into());
            }
            let entry = trail.did(AuditAction::InvitationWithdrawn);
            record(tx, &entry.about(id.as_uuid()))
        })
        .await
    }

    async fn forget_invitations(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        self.write(move |tx| {
            let forgotten = tx
                .prepare_cached(
                    "DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE expires_at < ?1 LIMIT ?2)",
                )?
                .execute(params![Column(before), limit])?;
            Ok(u32::try_from(forgotten).unwrap_or(limit))
        })
        .await
    }
}

fn create_invited(tx: &Transaction<'_>, new: NewUser, hash: InvitationHash, trail: &Trail) -> Result<User> {
    let invitation = by_hash(tx, hash, trail.at)?;
    let user = create(tx, new, Role::Member, trail)?;
    if invitation.email.as_deref().map(folded) == Some(folded(&user.email)) {
        set_email(tx, user.id, &user.email, Some(trail.at))?;
    }
    tx.prepare_cached("DELETE FROM invitations WHERE id = ?1")?
        .execute([Column(invitation.id)])?;
    let entry = trail.next().did(AuditAction::InvitationUsed).to(user.id);
    record(tx, &entry.about(invitation.id.as_uuid()))?;
    by_id(tx, user.id)
}

fn by_hash(tx: &Transaction<'_>, hash: InvitationHash, now: Timestamp) -> Result<Invitation> {
    let mut query = tx.prepare_cached("SELECT * FROM invitations WHERE hash = ?1 AND expires_at > ?2")?;
    let found = query
        .query_row(params![hash, Column(now)], invitation)
        .optional()?;
    Ok(found.ok_or(StoreError::NotFound)?)
}

fn invitation(row: &Row<'_>) -> rusqlite::Result<Invitation> {
    Ok(Invitation {
        id: columns::value(row, "id")?,
        email: row.get("email")?,
        made_by: columns::value(row, "made_by")?,
        created_at: columns::value(row, "created_at")?,
        expires_at: columns::value(row, "expires_at")?,
    })
}
