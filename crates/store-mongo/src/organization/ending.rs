//! How organizations end.

use mongodb::bson::{DateTime, doc};
use mongodb::options::Hint;
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::organization::{Manager, Organization, OrganizationRole};
use photure_domain::{OrganizationId, Timestamp, UserId};

use super::members::{of_organization, say};
use super::{open, set};
use crate::audit::record;
use crate::collections::Collections;
use crate::documents::{date, uuid};
use crate::transaction::{Tx, collected};
use crate::{Result, schema};

/// Those that were closed before a time, the longest first, with the time.
pub(crate) async fn closed(
    collections: &Collections,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<(Timestamp, UserId)>> {
    let mut found = collections
        .organizations
        .find(doc! { "closed_at": { "$lt": date(before) } })
        .sort(doc! { "closed_at": 1, "_id": 1 })
        .hint(Hint::Name("closed_at".into()))
        .limit(i64::from(limit))
        .await?;
    let mut closed = Vec::new();
    while found.advance().await? {
        let organization = found.deserialize_current()?;
        let at = organization.closed_at.map_or(0, DateTime::timestamp_millis);
        let id = organization.into_organization().id;
        closed.push((Timestamp::from_millis(at), id.library()));
    }
    Ok(closed)
}

pub(super) async fn close_at(
    tx: &mut Tx<'_>,
    id: OrganizationId,
    at: Timestamp,
    by: Manager,
    trail: Trail,
) -> Result<Organization> {
    tx.take_turn(schema::USERS_TURN).await?;
    let before = open(tx, id).await?.into_organization();
    say(tx, id, by).await?.at_least(OrganizationRole::Owner)?;
    let at = before.closes_at.map_or(at, |before| before.min(at));
    if before.closes_at != Some(at) {
        set(tx, id, doc! { "$set": { "closes_at": date(at) } }).await?;
        let entry = trail.did(AuditAction::OrganizationClosing);
        record(tx, &entry.about(id.as_uuid()).saying(at.to_string())).await?;
    }
    Ok(open(tx, id).await?.into_organization())
}

pub(super) async fn keep(
    tx: &mut Tx<'_>,
    id: OrganizationId,
    by: Manager,
    trail: Trail,
) -> Result<Organization> {
    tx.take_turn(schema::USERS_TURN).await?;
    let before = open(tx, id).await?.into_organization();
    say(tx, id, by).await?.at_least(OrganizationRole::Owner)?;
    if before.closes_at.is_some() {
        set(tx, id, doc! { "$unset": { "closes_at": "" } }).await?;
        let entry = trail.did(AuditAction::OrganizationKept);
        record(tx, &entry.about(id.as_uuid())).await?;
    }
    Ok(Organization {
        closes_at: None,
        ..before
    })
}

pub(crate) async fn close_due(tx: &mut Tx<'_>, limit: u32, mut trail: Trail) -> Result<Vec<OrganizationId>> {
    let due = doc! { "closes_at": { "$lte": date(trail.at) }, "closed_at": { "$exists": false } };
    let found = tx
        .collections
        .organizations
        .find(due)
        .sort(doc! { "closes_at": 1, "_id": 1 })
        .hint(Hint::Name("closes_at".into()))
        .limit(i64::from(limit))
        .session(&mut *tx.session)
        .await?;
    let due = collected(found, tx.session, |organization| {
        Ok(organization.into_organization().id)
    })
    .await?;
    for id in &due {
        trail = close(tx, *id, trail).await?;
    }
    Ok(due)
}

pub(super) async fn close(tx: &mut Tx<'_>, id: OrganizationId, trail: Trail) -> Result<Trail> {
    set(tx, id, doc! { "$set": { "closed_at": date(trail.at) } }).await?;
    let entry = trail.did(AuditAction::OrganizationClosed);
    record(tx, &entry.about(id.as_uuid())).await?;
    Ok(trail.next())
}

/// One that is closed. `false` where there is none.
pub(crate) async fn forget(tx: &mut Tx<'_>, id: OrganizationId, trail: &Trail) -> Result<bool> {
    let closed = doc! { "_id": uuid(id.as_uuid()), "closed_at": { "$exists": true } };
    let organizations = &tx.collections.organizations;
    let gone = organizations.delete_one(closed).session(&mut *tx.session).await?;
    if gone.deleted_count == 0 {
        return Ok(false);
    }
    let members = &tx.collections.members;
    members
        .delete_many(of_organization(id))
        .session(&mut *tx.session)
        .await?;
    let entry = trail.did(AuditAction::OrganizationDeleted);
    record(tx, &entry.about(id.as_uuid())).await?;
    Ok(true)
}
