use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use photure_domain::account::{NewUser, Role, User, folded};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::invitation::{Invitation, InvitationHash};
use photure_domain::{InvitationId, Timestamp};
use photure_store::{InvitationStore, StoreError, StoreResult};

use crate::account::create;
use crate::administration::by_id;
use crate::audit::record;
use crate::documents::{InvitationDocument, binary, date, uuid};
use crate::link::set_email;
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, schema};

#[async_trait]
impl InvitationStore for MongoStore {
    async fn add_invitation(
        &self,
        invitation: Invitation,
        hash: InvitationHash,
        trail: Trail,
    ) -> StoreResult<()> {
        self.change(invitation.id, |tx| {
            Box::pin(add(tx, invitation.clone(), hash, trail.clone()))
        })
        .await
    }

    async fn invitations(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Invitation>> {
        self.look(async |tx| {
            let found = tx
                .collections
                .invitations
                .find(doc! { "expires_at": { "$gt": date(now) } })
                .sort(doc! { "created_at": -1, "_id": -1 })
                .limit(i64::from(limit))
                .session(&mut *tx.session)
                .await?;
            collected(found, tx.session, |each: InvitationDocument| {
                Ok(each.into_invitation())
            })
            .await
        })
        .await
    }

    async fn invitation(&self, hash: InvitationHash, now: Timestamp) -> StoreResult<Invitation> {
        self.ask(async |collections| {
            let found = collections.invitations.find_one(live(hash, now)).await?;
            Ok(found.ok_or(StoreError::NotFound)?.into_invitation())
        })
        .await
    }

    async fn create_invited(&self, user: NewUser, hash: InvitationHash, trail: Trail) -> StoreResult<User> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(create_invited(tx, user.clone(), hash, trail.clone()))
        })
        .await
    }

    async fn withdraw_invitation(&self, id: InvitationId, trail: Trail) -> StoreResult<()> {
        self.change(id, |tx| Box::pin(withdraw(tx, id, trail.clone())))
            .await
    }

    async fn forget_invitations(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        self.ask(async |collections| {
            let invitations = collections.invitations.clone_with_type();
            let over = doc! { "expires_at": { "$lt": date(before) } };
            crate::factor::forget(&invitations, over, limit).await
        })
        .await
    }
}

fn live(hash: InvitationHash, now: Timestamp) -> Document {
    doc! { "hash": binary(&hash), "expires_at": { "$gt": date(now) } }
}

async fn add(tx: &mut Tx<'_>, invitation: Invitation, hash: InvitationHash, trail: Trail) -> Result<()> {
    tx.collections
        .invitations
        .insert_one(InvitationDocument::new(&invitation, &hash))
        .session(&mut *tx.session)
        .await?;
    let entry = trail.did(AuditAction::InvitationMade);
    record(tx, &entry.about(invitation.id.as_uuid())).await
}

async fn create_invited(tx: &mut Tx<'_>, new: NewUser, hash: InvitationHash, trail: Trail) -> Result<User> {
    let invitations = &tx.collections.invitations;
    let used = invitations
        .find_one_and_delete(live(hash, trail.at))
        .session(&mut *tx.session)
        .await?;
    let invitation = used.ok_or(StoreError::NotFound)?.into_invitation();
    let user = create(tx, new, Role::Member, trail.clone()).await?;
    if invitation.email.as_deref().map(folded) == Some(folded(&user.email)) {
        set_email(tx, user.id, &user.email, Some(trail.at)).await?;
    }
    let entry = trail.next().did(AuditAction::InvitationUsed).to(user.id);
    record(tx, &entry.about(invitation.id.as_uuid())).await?;
    Ok(by_id(tx, user.id).await?.into_user())
}

async fn withdraw(tx: &mut Tx<'_>, id: InvitationId, trail: Trail) -> Result<()> {
    let one = doc! { "_id": uuid(id.as_uuid()) };
    let invitations = &tx.collections.invitations;
    let withdrawn = invitations.delete_one(one).session(&mut *tx.session).await?;
    if withdrawn.deleted_count == 0 {
        return Err(StoreError::NotFound.into());
    }
    let entry = trail.did(AuditAction::InvitationWithdrawn);
    record(tx, &entry.about(id.as_uuid())).await
}
