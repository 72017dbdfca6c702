//! What became of the bytes behind a hash: decided once, for all adapters.

use photure_domain::{ClaimId, Timestamp};

use crate::{Claim, StoreError, StoreResult};

/// What is kept of a hash, in one row: so that who registers and who claims get into each other's way, and one wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HashState {
    /// How many photos refer to it.
    pub refs: u64,
    /// Since when none does.
    pub released_at: Option<Timestamp>,
    /// Who may delete the bytes, and until when.
    pub claim: Option<(ClaimId, Timestamp)>,
}

impl HashState {
    /// One more photo refers to it. `None` is a hash nobody knows.
    pub fn referred(state: Option<Self>, now: Timestamp) -> StoreResult<Self> {
        let state = state.unwrap_or_default();
        if state.refs == 0 && state.live_claim(now).is_some() {
            return Err(StoreError::HashClaimed);
        }
        Ok(Self {
            refs: state.refs + 1,
            released_at: None,
            claim: None,
        })
    }

    /// One photo less refers to it. The last releases it.
    #[must_use]
    pub fn unreferred(self, now: Timestamp) -> Self {
        let refs = self.refs.saturating_sub(1);
        Self {
            refs,
            released_at: (refs == 0).then_some(now),
            claim: None,
        }
    }

    /// With the claim; `None` where it is refused.
    pub fn claimed(state: Option<Self>, claim: ClaimId, now: Timestamp, until: Timestamp) -> Option<Self> {
        let state = state.filter(|state| state.refs == 0)?;
        let is_free = state.live_claim(now).is_none_or(|other| other == claim);
        is_free.then_some(Self {
            claim: Some((claim, until)),
            ..state
        })
    }

    /// As [`Self::claimed`], for bytes that lie there although nobody may ever have referred to them.
    pub fn orphan_claimed(
        state: Option<Self>,
        claim: ClaimId,
        now: Timestamp,
        until: Timestamp,
    ) -> Option<Self> {
        let state = state.unwrap_or(Self {
            released_at: Some(now),
            ..Self::default()
        });
        Self::claimed(Some(state), claim, now, until)
    }

    /// Where it is granted, the hash is to be forgotten. What is forgotten already was confirmed before.
    pub fn confirmed(state: Option<Self>, claim: ClaimId, now: Timestamp) -> Claim {
        match state {
            Some(state) if state.refs > 0 || state.live_claim(now) != Some(claim) => Claim::Refused,
            _ => Claim::Granted,
        }
    }

    fn live_claim(self, now: Timestamp) -> Option<ClaimId> {
        self.claim
            .filter(|(_, until)| now < *until)
            .map(|(claim, _)| claim)
    }
}
