//! The documents of `hashes`. What becomes of them, `photure_store::hash` decides.

use mongodb::bson::{Bson, doc};
use mongodb::options::Hint;
use photure_domain::{ClaimId, Sha256, Timestamp};
use photure_store::hash::HashState;
use photure_store::{Claim, Released};

use crate::Result;
use crate::documents::{HashDocument, binary, date};
use crate::transaction::{Tx, collected};

/// One more photo refers to the hash.
pub(crate) async fn refer(tx: &mut Tx<'_>, sha256: Sha256, now: Timestamp) -> Result<()> {
    let referred = HashState::referred(find(tx, sha256).await?, now)?;
    put(tx, sha256, referred).await
}

/// One photo less refers to each of the hashes: what [`HashState::unreferred`] says, for many in one step.
pub(crate) async fn unrefer(tx: &mut Tx<'_>, hashes: &[Sha256], now: Timestamp) -> Result<()> {
    let hashes: Vec<_> = hashes.iter().map(|sha256| binary(sha256.as_bytes())).collect();
    let released_at = doc! { "$cond": [{ "$lte": ["$refs", 1] }, date(now), "$$REMOVE"] };
    let less = doc! { "$set": {
        "refs": { "$max": [{ "$subtract": ["$refs", 1] }, 0_i64] },
        "released_at": released_at,
        "claim": "$$REMOVE",
        "claimed_until": "$$REMOVE",
    } };
    tx.collections
        .hashes
        .update_many(doc! { "_id": { "$in": hashes } }, vec![less])
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

pub(crate) async fn claim(
    tx: &mut Tx<'_>,
    sha256: Sha256,
    claim: ClaimId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Claim> {
    let Some(claimed) = HashState::claimed(find(tx, sha256).await?, claim, now, until) else {
        return Ok(Claim::Refused);
    };
    put(tx, sha256, claimed).await?;
    Ok(Claim::Granted)
}

pub(crate) async fn claim_orphan(
    tx: &mut Tx<'_>,
    sha256: Sha256,
    claim: ClaimId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Claim> {
    let Some(claimed) = HashState::orphan_claimed(find(tx, sha256).await?, claim, now, until) else {
        return Ok(Claim::Refused);
    };
    put(tx, sha256, claimed).await?;
    Ok(Claim::Granted)
}

pub(crate) async fn confirm(
    tx: &mut Tx<'_>,
    sha256: Sha256,
    claim: ClaimId,
    now: Timestamp,
) -> Result<Claim> {
    let answer = HashState::confirmed(find(tx, sha256).await?, claim, now);
    if answer == Claim::Granted {
        tx.collections
            .hashes
            .delete_one(one(sha256))
            .session(&mut *tx.session)
            .await?;
    }
    Ok(answer)
}

pub(crate) async fn released(tx: &mut Tx<'_>, limit: u32, now: Timestamp) -> Result<Vec<Released>> {
    if limit == 0 {
        return Ok(Vec::new()); // MongoDB takes no limit for all
    }
    let free = [
        doc! { "claimed_until": Bson::Null },
        doc! { "claimed_until": { "$lte": date(now) } },
    ];
    let found = tx
        .collections
        .hashes
        .find(doc! { "released_at": { "$exists": true }, "$or": free.to_vec() })
        .sort(doc! { "released_at": 1, "_id": 1 })
        .hint(Hint::Name("released".into()))
        .limit(limit.into())
        .session(&mut *tx.session)
        .await?;
    collected(found, tx.session, |hash| {
        let released_at = hash.state()?.released_at.unwrap_or_default();
        Ok(Released {
            sha256: hash.sha256()?,
            released_at,
        })
    })
    .await
}

async fn find(tx: &mut Tx<'_>, sha256: Sha256) -> Result<Option<HashState>> {
    let found = tx
        .collections
        .hashes
        .find_one(one(sha256))
        .session(&mut *tx.session)
        .await?;
    found.map(|hash| hash.state()).transpose()
}

async fn put(tx: &mut Tx<'_>, sha256: Sha256, state: HashState) -> Result<()> {
    let document = HashDocument::new(sha256, state)?;
    tx.collections
        .hashes
        .replace_one(one(sha256), document)
        .upsert(true)
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

fn one(sha256: Sha256) -> mongodb::bson::Document {
    doc! { "_id": binary(sha256.as_bytes()) }
}
