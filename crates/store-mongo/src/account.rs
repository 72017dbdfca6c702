use async_trait::async_trait;
use mongodb::bson::doc;
use photure_domain::UserId;
use photure_domain::account::{NewUser, Role, User, folded};
use photure_domain::audit::{AuditAction, Trail};
use photure_store::{AccountStore, Conflict, StoreError, StoreResult, StoredUser};

use crate::audit::record;
use crate::documents::{UserDocument, date, uuid};
use crate::transaction::Tx;
use crate::{MongoStore, Result, schema};

#[async_trait]
impl AccountStore for MongoStore {
    async fn create_user(&self, user: NewUser, trail: Trail) -> StoreResult<User> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(create(tx, user.clone(), Role::Member, trail.clone()))
        })
        .await
    }

    async fn user(&self, id: UserId) -> StoreResult<User> {
        self.ask(async |collections| {
            let found = collections
                .users
                .find_one(doc! { "_id": uuid(id.as_uuid()) })
                .await?;
            Ok(found.ok_or(StoreError::NotFound)?.into_user())
        })
        .await
    }

    async fn user_by_login(&self, login: &str) -> StoreResult<StoredUser> {
        let login = folded(login);
        let field = if login.contains('@') {
            "email_folded"
        } else {
            "username_folded"
        };
        self.ask(async |collections| {
            let found = collections.users.find_one(doc! { field: login }).await?;
            let found = found.ok_or(StoreError::NotFound)?;
            Ok(StoredUser {
                password_hash: found.password_hash.clone(),
                user: found.into_user(),
            })
        })
        .await
    }

    async fn has_users(&self) -> StoreResult<bool> {
        self.ask(async |collections| Ok(collections.users.find_one(doc! {}).await?.is_some()))
            .await
    }
}

/// With `role`, or as admin where nobody is there yet.
pub(crate) async fn create(tx: &mut Tx<'_>, new: NewUser, role: Role, trail: Trail) -> Result<User> {
    // One after another, so that one is the first, and what is taken is seen.
    tx.take_turn(schema::USERS_TURN).await?;
    let users = &tx.collections.users;
    let (username_folded, email_folded) = (folded(&new.username), folded(&new.email));
    for (taken, conflict) in [
        (doc! { "username_folded": &username_folded }, Conflict::Username),
        (doc! { "email_folded": &email_folded }, Conflict::Email),
    ] {
        if users.find_one(taken).session(&mut *tx.session).await?.is_some() {
            return Err(StoreError::Conflict(conflict).into());
        }
    }
    let is_first = users.find_one(doc! {}).session(&mut *tx.session).await?.is_none();
    let user = UserDocument {
        id: uuid(new.id.as_uuid()),
        username: new.username,
        username_folded,
        email: new.email,
        email_folded,
        email_confirmed_at: None,
        password_hash: new.password_hash,
        role: if is_first { Role::Admin } else { role },
        disabled: false,
        created_at: date(new.created_at),
        signed_in_at: None,
        closes_at: None,
        reopens: false,
        closed_at: None,
    };
    users.insert_one(&user).session(&mut *tx.session).await?;
    let user = user.into_user();
    let entry = trail.did(AuditAction::AccountCreated).to(user.id);
    record(tx, &entry.saying(user.role.as_str())).await?;
    Ok(user)
}
