//! The rows of `purged`: what is still to be forgotten outside the database.

use photure_domain::{Sha256, Timestamp, UserId};
use photure_store::{Claim, Purged};
use rusqlite::{Transaction, params};

use crate::Result;
use crate::columns::{self, Column};

pub(crate) fn note(tx: &Transaction<'_>, sha256: Sha256, owner: UserId, now: Timestamp) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO purged VALUES (?1, ?2, ?3)")?
        .execute(params![Column(sha256), Column(owner), Column(now)])?;
    Ok(())
}

/// The owner has it again.
pub(crate) fn take_back(tx: &Transaction<'_>, sha256: Sha256, owner: UserId) -> Result<()> {
    tx.prepare_cached("DELETE FROM purged WHERE sha256 = ?1 AND owner_id = ?2")?
        .execute(params![Column(sha256), Column(owner)])?;
    Ok(())
}

pub(crate) fn list(tx: &Transaction<'_>, limit: u32) -> Result<Vec<Purged>> {
    let mut query = tx.prepare_cached(
        "SELECT * FROM purged INDEXED BY purged_in_order ORDER BY purged_at, sha256, owner_id LIMIT ?1",
    )?;
    let found = query.query_map([limit], |row| {
        Ok(Purged {
            sha256: columns::value(row, "sha256")?,
            owner_id: columns::value(row, "owner_id")?,
            purged_at: columns::value(row, "purged_at")?,
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn confirm(tx: &Transaction<'_>, purged: Purged) -> Result<Claim> {
    let gone = tx
        .prepare_cached("DELETE FROM purged WHERE sha256 = ?1 AND owner_id = ?2 AND purged_at = ?3")?
        .execute(params![
            Column(purged.sha256),
            Column(purged.owner_id),
            Column(purged.purged_at)
        ])?;
    Ok(if gone == 0 { Claim::Refused } else { Claim::Granted })
}
