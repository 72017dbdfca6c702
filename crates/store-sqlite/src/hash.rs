//! What became of the bytes behind each hash: how many photos refer to them, or since when none does and who claims them.

use photure_domain::{ClaimId, Sha256, Timestamp};
use photure_store::{Claim, Released, StoreError};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::Result;
use crate::columns::{self, Column};

/// One more photo refers to the hash.
pub(crate) fn refer(tx: &Transaction<'_>, sha256: Sha256, now: Timestamp) -> Result<()> {
    let state = find(tx, sha256)?;
    if state.is_some_and(|state| state.refs == 0 && state.is_claimed_at(now)) {
        return Err(StoreError::HashClaimed.into());
    }
    tx.prepare_cached(
        "INSERT INTO hashes (sha256, refs) VALUES (?1, 1) ON CONFLICT (sha256) DO UPDATE
         SET refs = refs + 1, released_at = NULL, claim_id = NULL, claimed_until = NULL",
    )?
    .execute([Column(sha256)])?;
    Ok(())
}

/// One photo less refers to it. The last releases it.
pub(crate) fn unrefer(tx: &Transaction<'_>, sha256: Sha256, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "UPDATE hashes SET refs = refs - 1, released_at = iif(refs = 1, ?2, NULL) WHERE sha256 = ?1",
    )?
    .execute(params![Column(sha256), Column(now)])?;
    Ok(())
}

pub(crate) fn released(tx: &Transaction<'_>, limit: u32, now: Timestamp) -> Result<Vec<Released>> {
    let mut query = tx.prepare_cached(
        "SELECT sha256, released_at FROM hashes INDEXED BY hashes_released
         WHERE released_at IS NOT NULL AND (claimed_until IS NULL OR claimed_until <= ?1)
         ORDER BY released_at, sha256 LIMIT ?2",
    )?;
    let found = query.query_map(params![Column(now), limit], |row| {
        Ok(Released {
            sha256: columns::value(row, "sha256")?,
            released_at: columns::value(row, "released_at")?,
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn claim(
    tx: &Transaction<'_>,
    sha256: Sha256,
    claim: ClaimId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Claim> {
    let free = find(tx, sha256)?
        .is_some_and(|state| state.refs == 0 && (!state.is_claimed_at(now) || state.claim == Some(claim)));
    if !free {
        return Ok(Claim::Refused);
    }
    tx.prepare_cached("UPDATE hashes SET claim_id = ?2, claimed_until = ?3 WHERE sha256 = ?1")?
        .execute(params![Column(sha256), Column(claim), Column(until)])?;
    Ok(Claim::Granted)
}

pub(crate) fn confirm(tx: &Transaction<'_>, sha256: Sha256, claim: ClaimId, now: Timestamp) -> Result<Claim> {
    let Some(state) = find(tx, sha256)? else {
        return Ok(Claim::Granted);
    };
    if state.refs > 0 || state.claim != Some(claim) || !state.is_claimed_at(now) {
        return Ok(Claim::Refused);
    }
    tx.prepare_cached("DELETE FROM hashes WHERE sha256 = ?1")?
        .execute([Column(sha256)])?;
    Ok(Claim::Granted)
}

#[derive(Clone, Copy)]
struct State {
    refs: u64,
    claim: Option<ClaimId>,
    claimed_until: Option<Timestamp>,
}

impl State {
    fn is_claimed_at(self, now: Timestamp) -> bool {
        self.claimed_until.is_some_and(|until| now < until)
    }
}

fn find(tx: &Transaction<'_>, sha256: Sha256) -> Result<Option<State>> {
    let mut query =
        tx.prepare_cached("SELECT refs, claim_id, claimed_until FROM hashes WHERE sha256 = ?1")?;
    let state = |row: &Row<'_>| {
        Ok(State {
            refs: columns::unsigned(row, "refs")?,
            claim: columns::optional(row, "claim_id")?,
            claimed_until: columns::optional(row, "claimed_until")?,
        })
    };
    Ok(query.query_row([Column(sha256)], state).optional()?)
}
