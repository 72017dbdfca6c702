use async_trait::async_trait;
use mongodb::bson::doc;
use photure_domain::account::{NewUser, Role, User};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::identity::LinkedIdentity;
use photure_domain::{IdentityId, UserId};
use photure_store::{Conflict, IdentityStore, StoreError, StoreResult};

use crate::account::create;
use crate::administration::by_id;
use crate::audit::record;
use crate::documents::{IdentityDocument, uuid};
use crate::link::set_email;
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, schema};

#[async_trait]
impl IdentityStore for MongoStore {
    async fn identity(&self, issuer: &str, subject: &str) -> StoreResult<LinkedIdentity> {
        self.ask(async |collections| {
            let one = doc! { "issuer": issuer, "subject": subject };
            let found = collections.identities.find_one(one).await?;
            Ok(found.ok_or(StoreError::NotFound)?.into_identity())
        })
        .await
    }

    async fn identities_of(&self, user: UserId) -> StoreResult<Vec<LinkedIdentity>> {
        self.look(async |tx| {
            let found = tx
                .collections
                .identities
                .find(doc! { "user_id": uuid(user.as_uuid()) })
                .sort(doc! { "linked_at": 1, "_id": 1 })
                .session(&mut *tx.session)
                .await?;
            collected(found, tx.session, |identity| Ok(identity.into_identity())).await
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
        self.change(schema::USERS_TURN, |tx| {
            let (user, identity, trail) = (user.clone(), identity.clone(), trail.clone());
            Box::pin(create_with(tx, user, identity, email_confirmed, trail))
        })
        .await
    }

    async fn link_identity(&self, identity: LinkedIdentity, trail: Trail) -> StoreResult<()> {
        self.change(identity.user_id, |tx| {
            Box::pin(link(tx, identity.clone(), trail.clone()))
        })
        .await
    }

    async fn unlink_identity(&self, user: UserId, id: IdentityId, trail: Trail) -> StoreResult<()> {
        self.change(user, |tx| Box::pin(unlink(tx, user, id, trail.clone())))
            .await
    }
}

async fn create_with(
    tx: &mut Tx<'_>,
    user: NewUser,
    identity: LinkedIdentity,
    email_confirmed: bool,
    trail: Trail,
) -> Result<User> {
    refuse_taken(tx, &identity).await?;
    let user = create(tx, user, Role::Member, trail.clone()).await?;
    insert(tx, &identity, &trail.next()).await?;
    if email_confirmed {
        set_email(tx, user.id, &user.email, Some(trail.at)).await?;
    }
    Ok(by_id(tx, user.id).await?.into_user())
}

async fn link(tx: &mut Tx<'_>, identity: LinkedIdentity, trail: Trail) -> Result<()> {
    take_turn_of(tx, identity.user_id).await?;
    refuse_taken(tx, &identity).await?;
    insert(tx, &identity, &trail).await
}

async fn unlink(tx: &mut Tx<'_>, user: UserId, id: IdentityId, trail: Trail) -> Result<()> {
    take_turn_of(tx, user).await?;
    let of_user = doc! { "user_id": uuid(user.as_uuid()) };
    let mut one = of_user.clone();
    one.insert("_id", uuid(id.as_uuid()));
    let identities = &tx.collections.identities;
    let gone = identities
        .find_one_and_delete(one)
        .session(&mut *tx.session)
        .await?
        .ok_or(StoreError::NotFound)?;
    let another = identities.find_one(of_user).session(&mut *tx.session).await?;
    let owner = tx
        .collections
        .users
        .find_one(doc! { "_id": uuid(user.as_uuid()) });
    let owner = owner.session(&mut *tx.session).await?;
    if another.is_none() && owner.is_none_or(|owner| owner.password_hash.is_none()) {
        return Err(StoreError::LastSignIn.into());
    }
    let entry = trail.did(AuditAction::IdentityUnlinked).to(user);
    record(tx, &entry.about(id.as_uuid()).saying(gone.issuer)).await
}

/// Whoever changes how one account is signed in to comes one after another, in whatever process.
async fn take_turn_of(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let (one, next) = (
        doc! { "_id": uuid(user.as_uuid()) },
        doc! { "$inc": { "identities_turn": 1_i64 } },
    );
    let users = &tx.collections.users;
    let turned = users.update_one(one, next).session(&mut *tx.session).await?;
    if turned.matched_count == 0 {
        return Err(StoreError::NotFound.into());
    }
    Ok(())
}

async fn refuse_taken(tx: &mut Tx<'_>, identity: &LinkedIdentity) -> Result<()> {
    let one = doc! { "issuer": &identity.issuer, "subject": &identity.subject };
    let identities = &tx.collections.identities;
    let taken = identities.find_one(one).session(&mut *tx.session).await?;
    if taken.is_some() {
        return Err(StoreError::Conflict(Conflict::Identity).into());
    }
    Ok(())
}

async fn insert(tx: &mut Tx<'_>, identity: &LinkedIdentity, trail: &Trail) -> Result<()> {
    tx.collections
        .identities
        .insert_one(IdentityDocument::new(identity))
        .session(&mut *tx.session)
        .await?;
    let entry = trail.did(AuditAction::IdentityLinked).to(identity.user_id);
    record(
        tx,
        &entry
            .about(identity.id.as_uuid())
            .saying(identity.issuer.as_str()),
    )
    .await
}
