use async_trait::async_trait;
use mongodb::bson::{Bson, Document, doc};
use photure_domain::account::{User, folded};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::link::{Link, LinkHash, LinkPurpose};
use photure_domain::{Timestamp, UserId};
use photure_store::{ConfirmedEmail, Conflict, LinkStore, ResetByLink, StoreError, StoreResult};

use crate::administration::by_id;
use crate::audit::record;
use crate::documents::{LinkDocument, binary, date, uuid};
use crate::session::end_all;
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, schema};

#[async_trait]
impl LinkStore for MongoStore {
    async fn add_link(&self, link: Link, trail: Trail) -> StoreResult<()> {
        self.change(link.user_id, |tx| Box::pin(add(tx, link.clone(), trail.clone())))
            .await
    }

    async fn link(&self, hash: LinkHash, now: Timestamp) -> StoreResult<Link> {
        self.ask(async |collections| {
            let found = collections.links.find_one(live(hash, now)).await?;
            found.ok_or(StoreError::NotFound)?.into_link()
        })
        .await
    }

    async fn email_link_of(&self, user: UserId, now: Timestamp) -> StoreResult<Option<Link>> {
        self.ask(async |collections| {
            let mut these = of(user, LinkPurpose::ConfirmEmail);
            these.insert("expires_at", doc! { "$gt": date(now) });
            let newest = collections
                .links
                .find_one(these)
                .sort(doc! { "created_at": -1 })
                .await?;
            newest.map(LinkDocument::into_link).transpose()
        })
        .await
    }

    async fn reset_password_by_link(
        &self,
        hash: LinkHash,
        password_hash: String,
        trail: Trail,
    ) -> StoreResult<ResetByLink> {
        self.change(hash, |tx| {
            Box::pin(reset_password(tx, hash, password_hash.clone(), trail.clone()))
        })
        .await
    }

    async fn confirm_email(&self, hash: LinkHash, trail: Trail) -> StoreResult<ConfirmedEmail> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(confirm(tx, hash, trail.clone()))
        })
        .await
    }

    async fn change_email(&self, user: UserId, email: String, trail: Trail) -> StoreResult<User> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(change_email(tx, user, email.clone(), trail.clone()))
        })
        .await
    }

    async fn forget_email_links(&self, user: UserId) -> StoreResult<()> {
        self.ask(async |collections| {
            let these = of(user, LinkPurpose::ConfirmEmail);
            collections.links.delete_many(these).await?;
            Ok(())
        })
        .await
    }

    async fn forget_links(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        self.ask(async |collections| {
            let links = collections.links.clone_with_type();
            crate::factor::forget(&links, doc! { "expires_at": { "$lt": date(before) } }, limit).await
        })
        .await
    }
}

fn of(user: UserId, purpose: LinkPurpose) -> Document {
    doc! { "user_id": uuid(user.as_uuid()), "purpose": purpose.as_str() }
}

fn live(hash: LinkHash, now: Timestamp) -> Document {
    doc! { "_id": binary(&hash), "expires_at": { "$gt": date(now) } }
}

async fn add(tx: &mut Tx<'_>, link: Link, trail: Trail) -> Result<()> {
    by_id(tx, link.user_id).await?;
    let links = &tx.collections.links;
    let action = match link.purpose {
        LinkPurpose::ResetPassword => AuditAction::PasswordLinkMade,
        LinkPurpose::ConfirmEmail => {
            // A folded address is compared with folded ones: this is a handful of documents.
            let wanted = link.email.as_deref().map(folded);
            let these = of(link.user_id, link.purpose);
            let found = links.find(these).session(&mut *tx.session).await?;
            for other in collected(found, tx.session, LinkDocument::into_link).await? {
                if other.email.as_deref().map(folded) != wanted {
                    let one = doc! { "_id": binary(&other.hash) };
                    links.delete_one(one).session(&mut *tx.session).await?;
                }
            }
            AuditAction::EmailLinkMade
        }
    };
    links
        .insert_one(LinkDocument::new(&link))
        .session(&mut *tx.session)
        .await?;
    record(tx, &trail.did(action).to(link.user_id)).await
}

async fn reset_password(
    tx: &mut Tx<'_>,
    hash: LinkHash,
    password_hash: String,
    trail: Trail,
) -> Result<ResetByLink> {
    let link = used(tx, hash, LinkPurpose::ResetPassword, trail.at).await?;
    let user = by_id(tx, link.user_id).await?.into_user();
    if user.disabled {
        return Err(StoreError::AccountDisabled.into());
    }
    let is_sent_elsewhere = |email: &String| folded(email) != folded(&user.email);
    if link.email.as_ref().is_some_and(is_sent_elsewhere) {
        return Err(StoreError::NotFound.into());
    }
    let is_confirmed_now = link.email.is_some() && user.email_confirmed_at.is_none();
    let mut changed = doc! { "password_hash": password_hash };
    if is_confirmed_now {
        changed.insert("email_confirmed_at", date(trail.at));
    }
    set(tx, user.id, changed).await?;
    record(tx, &trail.did(AuditAction::PasswordResetByLink).to(user.id)).await?;
    if is_confirmed_now {
        let entry = trail.next().did(AuditAction::EmailConfirmed).to(user.id);
        record(tx, &entry).await?;
    }
    forget(tx, user.id, LinkPurpose::ResetPassword).await?;
    Ok(ResetByLink {
        ended: end_all(tx, user.id, None, trail.at).await?,
        user: by_id(tx, user.id).await?.into_user(),
    })
}

async fn confirm(tx: &mut Tx<'_>, hash: LinkHash, trail: Trail) -> Result<ConfirmedEmail> {
    let link = used(tx, hash, LinkPurpose::ConfirmEmail, trail.at).await?;
    let email = link.email.ok_or(StoreError::NotFound)?;
    let user = by_id(tx, link.user_id).await?.into_user();
    let is_another = folded(&email) != folded(&user.email);
    set_email(tx, user.id, &email, Some(trail.at)).await?;
    forget(tx, user.id, LinkPurpose::ConfirmEmail).await?;
    let action = if is_another {
        forget(tx, user.id, LinkPurpose::ResetPassword).await?;
        AuditAction::EmailChanged
    } else {
        AuditAction::EmailConfirmed
    };
    record(tx, &trail.did(action).to(user.id)).await?;
    Ok(ConfirmedEmail {
        before: is_another.then_some(user.email),
        user: by_id(tx, user.id).await?.into_user(),
    })
}

/// Nobody has shown that it is theirs.
pub(crate) async fn change_email(tx: &mut Tx<'_>, user: UserId, email: String, trail: Trail) -> Result<User> {
    by_id(tx, user).await?;
    set_email(tx, user, &email, None).await?;
    for purpose in LinkPurpose::ALL {
        forget(tx, user, purpose).await?;
    }
    record(tx, &trail.did(AuditAction::EmailChanged).to(user)).await?;
    Ok(by_id(tx, user).await?.into_user())
}

/// One after another with all who want an address, so that what is taken is seen.
pub(crate) async fn set_email(
    tx: &mut Tx<'_>,
    user: UserId,
    email: &str,
    confirmed_at: Option<Timestamp>,
) -> Result<()> {
    tx.take_turn(schema::USERS_TURN).await?;
    let email_folded = folded(email);
    let users = &tx.collections.users;
    let anothers = doc! { "email_folded": &email_folded, "_id": { "$ne": uuid(user.as_uuid()) } };
    if users
        .find_one(anothers)
        .session(&mut *tx.session)
        .await?
        .is_some()
    {
        return Err(StoreError::Conflict(Conflict::Email).into());
    }
    let confirmed_at = confirmed_at.map_or(Bson::Null, |at| date(at).into());
    let changed = doc! { "email": email, "email_folded": email_folded, "email_confirmed_at": confirmed_at };
    set(tx, user, changed).await
}

async fn set(tx: &mut Tx<'_>, user: UserId, changed: Document) -> Result<()> {
    let (one, changed) = (doc! { "_id": uuid(user.as_uuid()) }, doc! { "$set": changed });
    let users = &tx.collections.users;
    users.update_one(one, changed).session(&mut *tx.session).await?;
    Ok(())
}

/// The link, which is about to be used for what it is good for: deleted, so that of two that use it at once one does.
async fn used(tx: &mut Tx<'_>, hash: LinkHash, purpose: LinkPurpose, now: Timestamp) -> Result<Link> {
    let mut one = live(hash, now);
    one.insert("purpose", purpose.as_str());
    let links = &tx.collections.links;
    let found = links.find_one_and_delete(one).session(&mut *tx.session).await?;
    found.ok_or(StoreError::NotFound)?.into_link()
}

/// Whatever of this kind the account has is good for nothing any more.
pub(crate) async fn forget(tx: &mut Tx<'_>, user: UserId, purpose: LinkPurpose) -> Result<()> {
    let these = of(user, purpose);
    let links = &tx.collections.links;
    links.delete_many(these).session(&mut *tx.session).await?;
    Ok(())
}
