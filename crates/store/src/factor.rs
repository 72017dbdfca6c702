use std::time::Duration;

use async_trait::async_trait;
use photure_domain::audit::Trail;
use photure_domain::factor::{ChallengeNonce, RecoveryCodeHash, Step, Totp};
use photure_domain::{Timestamp, UserId};

use crate::StoreResult;

/// Second factors: what a person proves beside their password.
#[async_trait]
pub trait FactorStore: Send + Sync + std::fmt::Debug {
    /// What a person has set up, confirmed or not.
    async fn totp(&self, user: UserId) -> StoreResult<Option<Totp>>;

    /// Keeps a secret that waits to be confirmed, in place of another one that waits. Where one is confirmed, it is
    /// [`crate::Conflict::SecondFactor`].
    async fn begin_totp(&self, user: UserId, sealed: Vec<u8>, now: Timestamp) -> StoreResult<()>;

    /// Confirms the secret `sealed` with the code of `step`, which counts as used, and gives the person these recovery codes.
    /// [`crate::StoreError::NotFound`] where no such secret waits: of two confirmations at once one succeeds.
    async fn confirm_totp(
        &self,
        user: UserId,
        sealed: Vec<u8>,
        step: Step,
        codes: Vec<RecoveryCodeHash>,
        now: Timestamp,
        trail: Trail,
    ) -> StoreResult<()>;

    /// Whether `step` is later than all that were used; then it is used from now on. Of two with the same step one is told yes. Without a
    /// confirmed secret the answer is no.
    async fn use_totp_step(&self, user: UserId, step: Step) -> StoreResult<bool>;

    /// Forgets the secret, and the recovery codes with it. [`crate::StoreError::NotFound`] where there is none.
    async fn remove_totp(&self, user: UserId, trail: Trail) -> StoreResult<()>;

    /// Other recovery codes in place of those there are. [`crate::StoreError::NotFound`] without a confirmed secret.
    async fn replace_recovery_codes(
        &self,
        user: UserId,
        codes: Vec<RecoveryCodeHash>,
        trail: Trail,
    ) -> StoreResult<()>;

    /// Whether it is one of the person's codes, which counts no more from now on. Of two with the same code one is told yes.
    async fn use_recovery_code(
        &self,
        user: UserId,
        code: RecoveryCodeHash,
        trail: Trail,
    ) -> StoreResult<bool>;

    /// Notes that a code is about to be tried at `place`, as [`Guesses::next`] says; or refuses, and says until when. Of guesses at once
    /// each is counted.
    async fn take_guess(
        &self,
        user: UserId,
        place: String,
        now: Timestamp,
    ) -> StoreResult<Result<(), Timestamp>>;

    /// Somebody knew the code: what was tried at `place` before counts no more.
    async fn forget_guesses(&self, user: UserId, place: String) -> StoreResult<()>;

    /// Whether nobody has answered this challenge yet; then it is answered. Remembered until `expires_at` at least.
    async fn spend_challenge(&self, nonce: ChallengeNonce, expires_at: Timestamp) -> StoreResult<bool>;

    /// Forgets challenges that ran out before `before`, and guesses that were last made before it. Says how many, at most `limit` of each.
    async fn forget_attempts(&self, before: Timestamp, limit: u32) -> StoreResult<u32>;
}

/// So many may be tried as fast as a person types.
pub const FREE_GUESSES: u32 = 5;
/// How long the first one beyond has to wait; each further one twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// At this pace a code of six digits, of which three count at a time, stands for six years before the odds are even.
const LONGEST_WAIT: Duration = Duration::from_secs(900);
/// After so long without any, guesses are forgotten.
pub const GUESSES_COUNT: Duration = Duration::from_secs(86_400);

/// Codes that were tried at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    pub count: u32,
    pub last_at: Timestamp,
}

impl Guesses {
    /// With one more at `now`; or when the next may be.
    pub fn next(before: Option<Self>, now: Timestamp) -> Result<Self, Timestamp> {
        let first = Self {
            count: 1,
            last_at: now,
        };
        let Some(Self { count, last_at }) = before else {
            return Ok(first);
        };
        if now >= last_at.plus(GUESSES_COUNT) {
            return Ok(first);
        }
        let wait = match count.checked_sub(FREE_GUESSES) {
            None => Duration::ZERO,
            Some(beyond) => (FIRST_WAIT * (1 << beyond.min(8))).min(LONGEST_WAIT),
        };
        let free_at = last_at.plus(wait);
        if now < free_at {
            return Err(free_at);
        }
        Ok(Self {
            count: count.saturating_add(1),
            last_at: now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_become_slower_and_never_stop() {
        let mut now = Timestamp::default();
        let mut guesses = None;
        let mut waits = Vec::new();
        for _ in 0..16 {
            guesses = Some(match Guesses::next(guesses, now) {
                Ok(more) => {
                    waits.push(0);
                    more
                }
                Err(free_at) => {
                    waits.push(free_at.as_seconds() - now.as_seconds());
                    assert!(Guesses::next(guesses, free_at.minus(Duration::from_millis(1))).is_err());
                    now = free_at;
                    Guesses::next(guesses, now).unwrap()
                }
            });
        }
        assert_eq!(waits[..5], [0; 5]);
        assert_eq!(waits[5..11], [30, 60, 120, 240, 480, 900]);
        assert!(waits[11..].iter().all(|wait| *wait == 900));
        let rested = Guesses::next(guesses, now.plus(GUESSES_COUNT)).unwrap();
        assert_eq!(rested.count, 1);
    }
}
