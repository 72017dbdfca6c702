use async_trait::async_trait;
use mongodb::bson::doc;
use photure_domain::account::{NewUser, Role, User, folded};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::link::LinkPurpose;
use photure_domain::{SessionId, UserId};
use photure_store::administration::{AccountChange, AdministrationStore, ChangedAccount};
use photure_store::{Conflict, StoreError, StoreResult};

use crate::account::create;
use crate::audit::record;
use crate::closing::open_account;
use crate::documents::{UserDocument, uuid};
use crate::session::{end_all, end_those};
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, link, schema};

#[async_trait]
impl AdministrationStore for MongoStore {
    async fn add_user(&self, user: NewUser, role: Role, trail: Trail) -> StoreResult<User> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(create(tx, user.clone(), role, trail.clone()))
        })
        .await
    }

    async fn users(&self, after: Option<String>, limit: u32) -> StoreResult<Vec<User>> {
        self.look(async |tx| {
            let found = tx
                .collections
                .users
                .find(doc! { "username_folded": { "$gt": after.unwrap_or_default() } })
                .sort(doc! { "username_folded": 1 })
                .limit(i64::from(limit))
                .session(&mut *tx.session)
                .await?;
            collected(found, tx.session, |user| Ok(user.into_user())).await
        })
        .await
    }

    async fn change_account(
        &self,
        user: UserId,
        change: AccountChange,
        trail: Trail,
    ) -> StoreResult<ChangedAccount> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(change_account(tx, user, change, trail.clone()))
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
        self.change(schema::USERS_TURN, |tx| {
            let (username, email) = (username.clone(), email.clone());
            Box::pin(rename(tx, user, username, email, trail.clone()))
        })
        .await
    }

    async fn reset_password(
        &self,
        user: UserId,
        password_hash: String,
        trail: Trail,
    ) -> StoreResult<Vec<SessionId>> {
        self.change(user, |tx| {
            Box::pin(reset_password(tx, user, password_hash.clone(), trail.clone()))
        })
        .await
    }

    async fn revoke_sessions(&self, user: Option<UserId>, trail: Trail) -> StoreResult<Vec<SessionId>> {
        self.change_much(user, |tx| Box::pin(revoke(tx, user, trail.clone())))
            .await
    }
}

async fn change_account(
    tx: &mut Tx<'_>,
    user: UserId,
    change: AccountChange,
    trail: Trail,
) -> Result<ChangedAccount> {
    // One after another, so that of two admins who remove each other one is seen to be the last.
    tx.take_turn(schema::USERS_TURN).await?;
    let come = change.of(&open_account(tx, user).await?.into_user(), &trail);
    let one = doc! { "_id": uuid(user.as_uuid()) };
    if come.needs_another_admin {
        expect_another_admin(tx, user).await?;
    }
    let changed = doc! { "$set": { "role": come.user.role.as_str(), "disabled": come.user.disabled } };
    let users = &tx.collections.users;
    users.update_one(one, changed).session(&mut *tx.session).await?;
    let ended = if come.ends_sessions {
        end_all(tx, user, None, trail.at).await?
    } else {
        Vec::new()
    };
    for entry in &come.entries {
        record(tx, entry).await?;
    }
    Ok(ChangedAccount {
        user: come.user,
        ended,
    })
}

/// Who stays.
pub(crate) async fn expect_another_admin(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let another = doc! {
        "_id": { "$ne": uuid(user.as_uuid()) },
        "role": Role::Admin.as_str(),
        "disabled": false,
        "closes_at": { "$exists": false },
    };
    let users = &tx.collections.users;
    let found = users.find_one(another).session(&mut *tx.session).await?;
    found.ok_or(StoreError::LastAdmin)?;
    Ok(())
}

async fn rename(
    tx: &mut Tx<'_>,
    user: UserId,
    username: Option<String>,
    email: Option<String>,
    mut trail: Trail,
) -> Result<User> {
    // One after another with all who want a name, so that what is taken is seen.
    tx.take_turn(schema::USERS_TURN).await?;
    let before = open_account(tx, user).await?;
    if let Some(username) = username.filter(|username| *username != before.username) {
        let username_folded = folded(&username);
        let users = &tx.collections.users;
        let anothers = doc! { "username_folded": &username_folded, "_id": { "$ne": uuid(user.as_uuid()) } };
        let taken = users.find_one(anothers).session(&mut *tx.session).await?;
        if taken.is_some() {
            return Err(StoreError::Conflict(Conflict::Username).into());
        }
        let one = doc! { "_id": uuid(user.as_uuid()) };
        let changed = doc! { "$set": { "username": username, "username_folded": username_folded } };
        users.update_one(one, changed).session(&mut *tx.session).await?;
        record(tx, &trail.did(AuditAction::UsernameChanged).to(user)).await?;
        trail = trail.next();
    }
    if let Some(email) = email.filter(|email| *email != before.email) {
        link::change_email(tx, user, email, trail).await?;
    }
    Ok(by_id(tx, user).await?.into_user())
}

async fn reset_password(
    tx: &mut Tx<'_>,
    user: UserId,
    password_hash: String,
    trail: Trail,
) -> Result<Vec<SessionId>> {
    let one = doc! { "_id": uuid(user.as_uuid()) };
    let changed = doc! { "$set": { "password_hash": password_hash } };
    let users = &tx.collections.users;
    let changed = users.update_one(one, changed).session(&mut *tx.session).await?;
    if changed.matched_count == 0 {
        return Err(StoreError::NotFound.into());
    }
    record(tx, &trail.did(AuditAction::PasswordReset).to(user)).await?;
    link::forget(tx, user, LinkPurpose::ResetPassword).await?;
    end_all(tx, user, None, trail.at).await
}

async fn revoke(tx: &mut Tx<'_>, user: Option<UserId>, trail: Trail) -> Result<Vec<SessionId>> {
    let entry = trail.did(AuditAction::SignedOutEverywhere);
    let Some(user) = user else {
        record(tx, &entry.saying("everyone")).await?;
        return end_those(tx, doc! {}, trail.at).await;
    };
    by_id(tx, user).await?;
    record(tx, &entry.to(user)).await?;
    end_all(tx, user, None, trail.at).await
}

pub(crate) async fn by_id(tx: &mut Tx<'_>, user: UserId) -> Result<UserDocument> {
    let one = doc! { "_id": uuid(user.as_uuid()) };
    let users = &tx.collections.users;
    let found = users.find_one(one).session(&mut *tx.session).await?;
    Ok(found.ok_or(StoreError::NotFound)?)
}
