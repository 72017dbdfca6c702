use async_trait::async_trait;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::options::Hint;
use photure_domain::account::{Role, User};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::{OrganizationId, Timestamp, UserId};
use photure_store::administration::ChangedAccount;
use photure_store::{Closed, Closing, ClosingStore, StoreError, StoreResult};

use crate::administration::{by_id, expect_another_admin};
use crate::audit::record;
use crate::documents::{UserDocument, date, uuid};
use crate::session::end_all;
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, organization, schema};

#[async_trait]
impl ClosingStore for MongoStore {
    async fn close_account(
        &self,
        user: UserId,
        closing: Closing,
        trail: Trail,
    ) -> StoreResult<ChangedAccount> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(close(tx, user, closing, trail.clone()))
        })
        .await
    }

    async fn keep_account(&self, user: UserId, trail: Trail) -> StoreResult<User> {
        self.change(schema::USERS_TURN, |tx| Box::pin(keep(tx, user, trail.clone())))
            .await
    }

    async fn close_due(&self, limit: u32, trail: Trail) -> StoreResult<Closed> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(close_due(tx, limit, trail.clone()))
        })
        .await
    }

    async fn closed(&self, before: Timestamp, limit: u32) -> StoreResult<Vec<UserId>> {
        self.ask(async |collections| {
            let mut found = collections
                .users
                .find(doc! { "closed_at": { "$lt": date(before) } })
                .sort(doc! { "closed_at": 1, "_id": 1 })
                .hint(Hint::Name("closed_at".into()))
                .limit(i64::from(limit))
                .await?;
            let mut closed = organization::closed(collections, before, limit).await?;
            while found.advance().await? {
                let account = found.deserialize_current()?;
                let at = account.closed_at.map_or(0, DateTime::timestamp_millis);
                closed.push((Timestamp::from_millis(at), account.into_user().id));
            }
            closed.sort_unstable();
            closed.truncate(limit as usize);
            Ok(closed.into_iter().map(|(_, owner)| owner).collect())
        })
        .await
    }

    async fn forget_account(&self, user: UserId, trail: Trail) -> StoreResult<()> {
        self.change_much(schema::USERS_TURN, |tx| Box::pin(forget(tx, user, trail.clone())))
            .await
    }
}

/// The account, whose time is not up.
pub(crate) async fn open_account(tx: &mut Tx<'_>, user: UserId) -> Result<UserDocument> {
    let found = by_id(tx, user).await?;
    if found.closed_at.is_some() {
        return Err(StoreError::AccountClosed.into());
    }
    Ok(found)
}

async fn close(tx: &mut Tx<'_>, user: UserId, closing: Closing, trail: Trail) -> Result<ChangedAccount> {
    // One after another, so that of two admins who go at once one is seen to be the last.
    tx.take_turn(schema::USERS_TURN).await?;
    let mut account = open_account(tx, user).await?;
    let before = account.closes_at;
    if before.is_none() && account.role == Role::Admin && !account.disabled {
        expect_another_admin(tx, user).await?;
    }
    let at = date(closing.at);
    let at = before.map_or(at, |before| before.min(at));
    account.closes_at = Some(at);
    if closing.shuts_out && !account.disabled {
        account.disabled = true;
        account.reopens = true;
    }
    replace(tx, &account).await?;
    let account = account.into_user();
    if before != Some(at) {
        let entry = trail.did(AuditAction::AccountClosing).to(user);
        let at = account.closes_at.unwrap_or_default();
        record(tx, &entry.saying(at.to_string())).await?;
    }
    let ended = if closing.shuts_out {
        end_all(tx, user, None, trail.at).await?
    } else {
        Vec::new()
    };
    Ok(ChangedAccount { user: account, ended })
}

async fn keep(tx: &mut Tx<'_>, user: UserId, trail: Trail) -> Result<User> {
    tx.take_turn(schema::USERS_TURN).await?;
    let mut account = open_account(tx, user).await?;
    if account.closes_at.take().is_none() {
        return Ok(account.into_user());
    }
    account.disabled &= !account.reopens;
    account.reopens = false;
    replace(tx, &account).await?;
    record(tx, &trail.did(AuditAction::AccountKept).to(user)).await?;
    Ok(account.into_user())
}

async fn close_due(tx: &mut Tx<'_>, limit: u32, mut trail: Trail) -> Result<Closed> {
    tx.take_turn(schema::USERS_TURN).await?;
    let due = doc! { "closes_at": { "$lte": date(trail.at) }, "closed_at": { "$exists": false } };
    let found = tx
        .collections
        .users
        .find(due)
        .sort(doc! { "closes_at": 1, "_id": 1 })
        .hint(Hint::Name("closes_at".into()))
        .limit(i64::from(limit))
        .session(&mut *tx.session)
        .await?;
    let mut closed = Closed::default();
    for mut account in collected(found, tx.session, Ok).await? {
        account.disabled = true;
        account.closed_at = Some(date(trail.at));
        replace(tx, &account).await?;
        let user = account.into_user().id;
        record(tx, &trail.did(AuditAction::AccountClosed).to(user)).await?;
        trail = trail.next();
        closed.sessions.extend(end_all(tx, user, None, trail.at).await?);
        closed.accounts.push(user);
    }
    closed.organizations = organization::close_due(tx, limit, trail).await?;
    Ok(closed)
}

async fn forget(tx: &mut Tx<'_>, user: UserId, trail: Trail) -> Result<()> {
    let one = doc! { "_id": uuid(user.as_uuid()), "closed_at": { "$exists": true } };
    let users = &tx.collections.users;
    let gone = users.delete_one(one).session(&mut *tx.session).await?;
    if gone.deleted_count == 0 {
        let is_gone = organization::forget(tx, OrganizationId::new(user.as_uuid()), &trail).await?;
        return is_gone.then_some(()).ok_or(StoreError::NotFound.into());
    }
    let trail = organization::leave_all(tx, user, trail).await?;
    let of_theirs = doc! { "user_id": uuid(user.as_uuid()) };
    let made_by_them = doc! { "made_by": uuid(user.as_uuid()) };
    let guessed_at_theirs = doc! { "_id.user": uuid(user.as_uuid()) };
    let itself = doc! { "_id": uuid(user.as_uuid()) };
    for (collection, these) in [
        ("api_keys", &of_theirs),
        ("totp", &itself),
        ("factor_guesses", &guessed_at_theirs),
        ("passkeys", &of_theirs),
        ("links", &of_theirs),
        ("identities", &of_theirs),
        ("invitations", &made_by_them),
    ] {
        let collection = tx.collections.database.collection::<Document>(collection);
        collection
            .delete_many(these.clone())
            .session(&mut *tx.session)
            .await?;
    }
    // That they have ended must be known for as long as their tokens would live.
    end_all(tx, user, None, trail.at).await?;
    let nowhere = doc! { "$unset": { "device": "", "address": "" }, "$set": { "alarm": false } };
    let sessions = &tx.collections.sessions;
    sessions
        .update_many(of_theirs, nowhere)
        .session(&mut *tx.session)
        .await?;
    record(tx, &trail.did(AuditAction::AccountDeleted).to(user)).await
}

async fn replace(tx: &mut Tx<'_>, account: &UserDocument) -> Result<()> {
    let one = doc! { "_id": account.id };
    let users = &tx.collections.users;
    users.replace_one(one, account).session(&mut *tx.session).await?;
    Ok(())
}
