//! The rows of `hashes`. What becomes of them, `photure_store::hash` decides.

use photure_domain::{ClaimId, Sha256, Timestamp};
use photure_store::hash::HashState;
use photure_store::{Claim, Released};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::Result;
use crate::columns::{self, Column};

/// One more photo refers to the hash.
pub(crate) fn refer(tx: &Transaction<'_>, sha256: Sha256, now: Timestamp) -> Result<()> {
    put(tx, sha256, HashState::referred(find(tx, sha256)?, now)?)
}

/// One photo less refers to it.
pub(crate) fn unrefer(tx: &Transaction<'_>, sha256: Sha256, now: Timestamp) -> Result<()> {
    put(tx, sha256, find(tx, sha256)?.unwrap_or_default().unreferred(now))
}

pub(crate) fn claim(
    tx: &Transaction<'_>,
    sha256: Sha256,
    claim: ClaimId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Claim> {
    let Some(claimed) = HashState::claimed(find(tx, sha256)?, claim, now, until) else {
        return Ok(Claim::Refused);
    };
    put(tx, sha256, claimed)?;
    Ok(Claim::Granted)
}

pub(crate) fn claim_orphan(
    tx: &Transaction<'_>,
    sha256: Sha256,
    claim: ClaimId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Claim> {
    let Some(claimed) = HashState::orphan_claimed(find(tx, sha256)?, claim, now, until) else {
        return Ok(Claim::Refused);
    };
    put(tx, sha256, claimed)?;
    Ok(Claim::Granted)
}

pub(crate) fn confirm(tx: &Transaction<'_>, sha256: Sha256, claim: ClaimId, now: Timestamp) -> Result<Claim> {
    let answer = HashState::confirmed(find(tx, sha256)?, claim, now);
    if answer == Claim::Granted {
        tx.prepare_cached("DELETE FROM hashes WHERE sha256 = ?1")?
            .execute([Column(sha256)])?;
    }
    Ok(answer)
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

fn find(tx: &Transaction<'_>, sha256: Sha256) -> Result<Option<HashState>> {
    let mut query = tx.prepare_cached("SELECT * FROM hashes WHERE sha256 = ?1")?;
    let state = |row: &Row<'_>| {
        let (claim, until) = (
            columns::optional(row, "claim_id")?,
            columns::optional(row, "claimed_until")?,
        );
        Ok(HashState {
            refs: columns::unsigned(row, "refs")?,
            released_at: columns::optional(row, "released_at")?,
            claim: claim.zip(until),
        })
    };
    Ok(query.query_row([Column(sha256)], state).optional()?)
}

fn put(tx: &Transaction<'_>, sha256: Sha256, state: HashState) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO hashes VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (sha256) DO UPDATE
         SET refs = excluded.refs, released_at = excluded.released_at, claim_id = excluded.claim_id,
             claimed_until = excluded.claimed_until",
    )?
    .execute(params![
        Column(sha256),
        columns::signed(state.refs, "a count of photos")?,
        state.released_at.map(Column),
        state.claim.map(|(claim, _)| Column(claim)),
        state.claim.map(|(_, until)| Column(until)),
    ])?;
    Ok(())
}
