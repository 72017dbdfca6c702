use async_trait::async_trait;
use mongodb::Collection;
use mongodb::bson::{Bson, Document, doc};
use photure_domain::audit::{AuditAction, AuditEntry, Trail};
use photure_domain::factor::{ChallengeNonce, RecoveryCodeHash, Step, Totp};
use photure_domain::{Timestamp, UserId};
use photure_store::{Conflict, FactorStore, Guesses, StoreError, StoreResult};

use crate::audit::record;
use crate::documents::{GuessesDocument, TotpDocument, binary, date, signed, uuid};
use crate::error::Error;
use crate::transaction::Tx;
use crate::{MongoStore, Result};

#[async_trait]
impl FactorStore for MongoStore {
    async fn totp(&self, user: UserId) -> StoreResult<Option<Totp>> {
        self.ask(async |collections| {
            let found = collections.totp.find_one(of(user)).await?;
            Ok(found.map(TotpDocument::into_totp))
        })
        .await
    }

    async fn begin_totp(&self, user: UserId, sealed: Vec<u8>, now: Timestamp) -> StoreResult<()> {
        self.change(user, |tx| Box::pin(begin(tx, user, sealed.clone(), now)))
            .await
    }

    async fn confirm_totp(
        &self,
        user: UserId,
        sealed: Vec<u8>,
        step: Step,
        codes: Vec<RecoveryCodeHash>,
        now: Timestamp,
        trail: Trail,
    ) -> StoreResult<()> {
        let entry = trail.did(AuditAction::SecondFactorOn).to(user);
        let step = signed(step, "a time step")?;
        let mut waiting = of(user);
        waiting.insert("sealed", binary(&sealed));
        waiting.insert("confirmed_at", Bson::Null);
        let confirmed = doc! { "$set": {
            "confirmed_at": date(now),
            "last_step": step,
            "recovery_codes": TotpDocument::codes(&codes),
        } };
        let done = self.change_one(entry, waiting, confirmed).await?;
        done.then_some(()).ok_or(StoreError::NotFound)
    }

    async fn use_totp_step(&self, user: UserId, step: Step) -> StoreResult<bool> {
        self.ask(async |collections| {
            let step = signed(step, "a time step")?;
            let mut earlier = confirmed(user);
            earlier.insert("last_step", doc! { "$lt": step });
            let used = collections
                .totp
                .update_one(earlier, doc! { "$set": { "last_step": step } })
                .await?;
            Ok(used.matched_count > 0)
        })
        .await
    }

    async fn remove_totp(&self, user: UserId, trail: Trail) -> StoreResult<()> {
        self.change(user, |tx| Box::pin(remove(tx, user, trail.clone())))
            .await
    }

    async fn replace_recovery_codes(
        &self,
        user: UserId,
        codes: Vec<RecoveryCodeHash>,
        trail: Trail,
    ) -> StoreResult<()> {
        let entry = trail.did(AuditAction::RecoveryCodesRenewed).to(user);
        let others = doc! { "$set": { "recovery_codes": TotpDocument::codes(&codes) } };
        let done = self.change_one(entry, confirmed(user), others).await?;
        done.then_some(()).ok_or(StoreError::NotFound)
    }

    async fn use_recovery_code(
        &self,
        user: UserId,
        code: RecoveryCodeHash,
        trail: Trail,
    ) -> StoreResult<bool> {
        let entry = trail.did(AuditAction::RecoveryCodeUsed).to(user);
        let code = binary(&code);
        let mut has_it = of(user);
        has_it.insert("recovery_codes", &code);
        self.change_one(entry, has_it, doc! { "$pull": { "recovery_codes": code } })
            .await
    }

    async fn take_guess(
        &self,
        user: UserId,
        place: String,
        now: Timestamp,
    ) -> StoreResult<std::result::Result<(), Timestamp>> {
        self.change((user, place.clone()), |tx| {
            Box::pin(guess(tx, user, place.clone(), now))
        })
        .await
    }

    async fn forget_guesses(&self, user: UserId, place: String) -> StoreResult<()> {
        self.ask(async |collections| {
            collections
                .guesses
                .delete_one(GuessesDocument::at(user, &place))
                .await?;
            Ok(())
        })
        .await
    }

    async fn spend_challenge(&self, nonce: ChallengeNonce, expires_at: Timestamp) -> StoreResult<bool> {
        self.ask(async |collections| {
            let spent = doc! { "_id": binary(&nonce), "expires_at": date(expires_at) };
            let spent = collections.spent_challenges.insert_one(spent).await;
            match spent.map_err(Error::from) {
                Ok(_) => Ok(true),
                Err(error) if error.is_duplicate() => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }

    async fn forget_attempts(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        self.ask(async |collections| {
            let before = doc! { "$lt": date(before) };
            let challenges = &collections.spent_challenges;
            let guesses = collections.guesses.clone_with_type();
            Ok(
                forget(challenges, doc! { "expires_at": before.clone() }, limit).await?
                    + forget(&guesses, doc! { "last_at": before }, limit).await?,
            )
        })
        .await
    }
}

fn of(user: UserId) -> Document {
    doc! { "_id": uuid(user.as_uuid()) }
}

fn confirmed(user: UserId) -> Document {
    doc! { "_id": uuid(user.as_uuid()), "confirmed_at": { "$exists": true } }
}

impl MongoStore {
    /// Whether there was such a one; then it is changed, and that is written down.
    async fn change_one(&self, entry: AuditEntry, one: Document, changed: Document) -> StoreResult<bool> {
        self.change(entry.account, |tx| {
            Box::pin(change_one(tx, entry.clone(), one.clone(), changed.clone()))
        })
        .await
    }
}

async fn change_one(tx: &mut Tx<'_>, entry: AuditEntry, one: Document, changed: Document) -> Result<bool> {
    let totp = &tx.collections.totp;
    let done = totp.update_one(one, changed).session(&mut *tx.session).await?;
    if done.matched_count > 0 {
        record(tx, &entry).await?;
    }
    Ok(done.matched_count > 0)
}

async fn remove(tx: &mut Tx<'_>, user: UserId, trail: Trail) -> Result<()> {
    let totp = &tx.collections.totp;
    let removed = totp.delete_one(of(user)).session(&mut *tx.session).await?;
    if removed.deleted_count == 0 {
        return Err(StoreError::NotFound.into());
    }
    record(tx, &trail.did(AuditAction::SecondFactorOff).to(user)).await
}

async fn begin(tx: &mut Tx<'_>, user: UserId, sealed: Vec<u8>, now: Timestamp) -> Result<()> {
    let totp = &tx.collections.totp;
    let there = totp.find_one(of(user)).session(&mut *tx.session).await?;
    if there.is_some_and(|there| there.is_confirmed()) {
        return Err(StoreError::Conflict(Conflict::SecondFactor).into());
    }
    totp.replace_one(of(user), TotpDocument::waiting(user, &sealed, now))
        .upsert(true)
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

async fn guess(
    tx: &mut Tx<'_>,
    user: UserId,
    place: String,
    now: Timestamp,
) -> Result<std::result::Result<(), Timestamp>> {
    let guesses = &tx.collections.guesses;
    let one = GuessesDocument::at(user, &place);
    let before = guesses.find_one(one.clone()).session(&mut *tx.session).await?;
    let more = match Guesses::next(before.map(GuessesDocument::into_guesses), now) {
        Ok(more) => more,
        Err(free_at) => return Ok(Err(free_at)),
    };
    guesses
        .replace_one(one, GuessesDocument::new(user, &place, more))
        .upsert(true)
        .session(&mut *tx.session)
        .await?;
    Ok(Ok(()))
}

pub(crate) async fn forget(collection: &Collection<Document>, over: Document, limit: u32) -> Result<u32> {
    let mut ids = Vec::new();
    let mut found = collection.find(over).limit(i64::from(limit)).await?;
    while found.advance().await? {
        ids.push(
            found
                .deserialize_current()?
                .get("_id")
                .cloned()
                .unwrap_or(Bson::Null),
        );
    }
    let forgotten = collection.delete_many(doc! { "_id": { "$in": ids } }).await?;
    Ok(u32::try_from(forgotten.deleted_count).unwrap_or(u32::MAX))
}
