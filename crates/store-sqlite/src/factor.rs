use async_trait::async_trait;
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::factor::{ChallengeNonce, RecoveryCodeHash, Step, Totp};
use photure_domain::{Timestamp, UserId};
use photure_store::{Conflict, FactorStore, Guesses, StoreError, StoreResult};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::audit::record;
use crate::columns::{self, Column};
use crate::{Result, SqliteStore};

#[async_trait]
impl FactorStore for SqliteStore {
    async fn totp(&self, user: UserId) -> StoreResult<Option<Totp>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT *, (SELECT count(*) FROM recovery_codes WHERE user_id = ?1) AS recovery_codes
                 FROM totp WHERE user_id = ?1",
            )?;
            Ok(query.query_row([Column(user)], totp).optional()?)
        })
        .await
    }

    async fn begin_totp(&self, user: UserId, sealed: Vec<u8>, now: Timestamp) -> StoreResult<()> {
        self.write(move |tx| {
            let begun = tx
                .prepare_cached(
                    "INSERT INTO totp (user_id, sealed, created_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at
                     WHERE confirmed_at IS NULL",
                )?
                .execute(params![Column(user), sealed, Column(now)])?;
            if begun == 0 {
                return Err(StoreError::Conflict(Conflict::SecondFactor).into());
            }
            Ok(())
        })
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
        self.write(move |tx| {
            let step = columns::signed(step, "a time step")?;
            let confirmed = tx
                .prepare_cached(
                    "UPDATE totp SET confirmed_at = ?3, last_step = ?4
                     WHERE user_id = ?1 AND sealed = ?2 AND confirmed_at IS NULL",
                )?
                .execute(params![Column(user), sealed, Column(now), step])?;
            if confirmed == 0 {
                return Err(StoreError::NotFound.into());
            }
            record(tx, &trail.did(AuditAction::SecondFactorOn).to(user))?;
            put_codes(tx, user, &codes)
        })
        .await
    }

    async fn use_totp_step(&self, user: UserId, step: Step) -> StoreResult<bool> {
        self.write(move |tx| {
            let step = columns::signed(step, "a time step")?;
            let used = tx
                .prepare_cached(
                    "UPDATE totp SET last_step = ?2 WHERE user_id = ?1 AND confirmed_at IS NOT NULL AND last_step < ?2",
                )?
                .execute(params![Column(user), step])?;
            Ok(used > 0)
        })
        .await
    }

    async fn remove_totp(&self, user: UserId, trail: Trail) -> StoreResult<()> {
        self.write(move |tx| {
            let removed = tx
                .prepare_cached("DELETE FROM totp WHERE user_id = ?1")?
                .execute([Column(user)])?;
            if removed == 0 {
                return Err(StoreError::NotFound.into());
            }
            record(tx, &trail.did(AuditAction::SecondFactorOff).to(user))?;
            put_codes(tx, user, &[])
        })
        .await
    }

    async fn replace_recovery_codes(
        &self,
        user: UserId,
        codes: Vec<RecoveryCodeHash>,
        trail: Trail,
    ) -> StoreResult<()> {
        self.write(move |tx| {
            let is_on = tx
                .prepare_cached("SELECT 1 FROM totp WHERE user_id = ?1 AND confirmed_at IS NOT NULL")?
                .exists([Column(user)])?;
            if !is_on {
                return Err(StoreError::NotFound.into());
            }
            record(tx, &trail.did(AuditAction::RecoveryCodesRenewed).to(user))?;
            put_codes(tx, user, &codes)
        })
        .await
    }

    async fn use_recovery_code(
        &self,
        user: UserId,
        code: RecoveryCodeHash,
        trail: Trail,
    ) -> StoreResult<bool> {
        self.write(move |tx| {
            let used = tx
                .prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1 AND hash = ?2")?
                .execute(params![Column(user), code])?;
            if used > 0 {
                record(tx, &trail.did(AuditAction::RecoveryCodeUsed).to(user))?;
            }
            Ok(used > 0)
        })
        .await
    }

    async fn take_guess(
        &self,
        user: UserId,
        place: String,
        now: Timestamp,
    ) -> StoreResult<std::result::Result<(), Timestamp>> {
        self.write(move |tx| {
            let before = tx
                .prepare_cached("SELECT * FROM factor_guesses WHERE user_id = ?1 AND place = ?2")?
                .query_row(params![Column(user), place], guesses)
                .optional()?;
            let more = match Guesses::next(before, now) {
                Ok(more) => more,
                Err(free_at) => return Ok(Err(free_at)),
            };
            tx.prepare_cached("INSERT OR REPLACE INTO factor_guesses VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![Column(user), place, more.count, Column(more.last_at)])?;
            Ok(Ok(()))
        })
        .await
    }

    async fn forget_guesses(&self, user: UserId, place: String) -> StoreResult<()> {
        self.write(move |tx| {
            tx.prepare_cached("DELETE FROM factor_guesses WHERE user_id = ?1 AND place = ?2")?
                .execute(params![Column(user), place])?;
            Ok(())
        })
        .await
    }

    async fn spend_challenge(&self, nonce: ChallengeNonce, expires_at: Timestamp) -> StoreResult<bool> {
        self.write(move |tx| {
            let spent = tx
                .prepare_cached("INSERT OR IGNORE INTO spent_challenges VALUES (?1, ?2)")?
                .execute(params![nonce, Column(expires_at)])?;
            Ok(spent > 0)
        })
        .await
    }

    async fn forget_attempts(&self, before: Timestamp, limit: u32) -> StoreResult<u32> {
        self.write(move |tx| {
            let mut forgotten = 0;
            for forget in [
                "DELETE FROM spent_challenges WHERE nonce IN
                 (SELECT nonce FROM spent_challenges WHERE expires_at < ?1 LIMIT ?2)",
                "DELETE FROM factor_guesses WHERE (user_id, place) IN
                 (SELECT user_id, place FROM factor_guesses WHERE last_at < ?1 LIMIT ?2)",
            ] {
                forgotten += tx
                    .prepare_cached(forget)?
                    .execute(params![Column(before), limit])?;
            }
            Ok(u32::try_from(forgotten).unwrap_or(u32::MAX))
        })
        .await
    }
}

/// In place of those there are.
fn put_codes(tx: &Transaction<'_>, user: UserId, codes: &[RecoveryCodeHash]) -> Result<()> {
    tx.prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1")?
        .execute([Column(user)])?;
    let mut put = tx.prepare_cached("INSERT INTO recovery_codes VALUES (?1, ?2)")?;
    for code in codes {
        put.execute(params![Column(user), code])?;
    }
    Ok(())
}

fn totp(row: &Row<'_>) -> rusqlite::Result<Totp> {
    Ok(Totp {
        sealed: row.get("sealed")?,
        created_at: columns::value(row, "created_at")?,
        confirmed_at: columns::optional(row, "confirmed_at")?,
        recovery_codes: row.get("recovery_codes")?,
    })
}

fn guesses(row: &Row<'_>) -> rusqlite::Result<Guesses> {
    Ok(Guesses {
        count: row.get("count")?,
        last_at: columns::value(row, "last_at")?,
    })
}
