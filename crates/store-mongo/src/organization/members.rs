//! Who is in an organization, and what they are there.

use std::collections::HashMap;

use mongodb::bson::{Document, Uuid, doc};
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::organization::{Manager, Member, OrganizationRole};
use photure_domain::{OrganizationId, Timestamp, UserId};
use photure_store::organization::{Say, heir};
use photure_store::{Conflict, StoreError};
use serde::Deserialize;

use super::ending::close;
use super::{live, open};
use crate::administration::by_id;
use crate::audit::record;
use crate::documents::{MemberDocument, uuid};
use crate::transaction::{Tx, collected};
use crate::{Result, schema};

pub(super) fn one(id: OrganizationId, user: UserId) -> Document {
    doc! { "_id": { "organization": uuid(id.as_uuid()), "user": uuid(user.as_uuid()) } }
}

pub(super) fn of_user(user: UserId) -> Document {
    doc! { "_id.user": uuid(user.as_uuid()) }
}

pub(super) fn of_organization(id: OrganizationId) -> Document {
    of_organizations(id, id)
}

/// Of these two and of those between them: a range of ids, which the index on them serves.
fn of_organizations(first: OrganizationId, last: OrganizationId) -> Document {
    let bound = |organization: OrganizationId, user| doc! { "organization": uuid(organization.as_uuid()), "user": Uuid::from_bytes(user) };
    doc! { "_id": { "$gte": bound(first, [0; 16]), "$lte": bound(last, [0xFF; 16]) } }
}

/// How many are in these two and in those between them.
pub(super) async fn counted(
    tx: &mut Tx<'_>,
    first: OrganizationId,
    last: OrganizationId,
) -> Result<HashMap<Uuid, u32>> {
    #[derive(Deserialize)]
    struct Counted {
        #[serde(rename = "_id")]
        organization: Uuid,
        members: u32,
    }
    let count = [
        doc! { "$match": of_organizations(first, last) },
        doc! { "$group": { "_id": "$_id.organization", "members": { "$sum": 1 } } },
    ];
    let found = tx
        .collections
        .members
        .aggregate(count)
        .with_type::<Counted>()
        .session(&mut *tx.session)
        .await?;
    let counted = collected(found, tx.session, |of: Counted| Ok((of.organization, of.members)));
    Ok(counted.await?.into_iter().collect())
}

pub(super) fn shown(member: &MemberDocument, username: String) -> Result<Member> {
    Ok(Member {
        user_id: member.user(),
        username,
        role: member.role()?,
        joined_at: member.joined_at(),
    })
}

pub(super) async fn member(
    tx: &mut Tx<'_>,
    id: OrganizationId,
    user: UserId,
) -> Result<Option<MemberDocument>> {
    let members = &tx.collections.members;
    Ok(members.find_one(one(id, user)).session(&mut *tx.session).await?)
}

/// What `by` has to say in it.
pub(super) async fn say(tx: &mut Tx<'_>, id: OrganizationId, by: Manager) -> Result<Say> {
    let member = member(tx, id, by.user()).await?;
    let role = member.map(|member| member.role()).transpose()?;
    Ok(Say::of(by, role)?)
}

pub(super) async fn put(
    tx: &mut Tx<'_>,
    id: OrganizationId,
    user: UserId,
    role: OrganizationRole,
    joined_at: Timestamp,
) -> Result<()> {
    let member = MemberDocument::new(id, user, role, joined_at);
    let members = &tx.collections.members;
    members
        .replace_one(one(id, user), member)
        .upsert(true)
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

pub(super) async fn add(
    tx: &mut Tx<'_>,
    id: OrganizationId,
    user: UserId,
    role: OrganizationRole,
    by: Manager,
    trail: Trail,
) -> Result<Member> {
    tx.take_turn(schema::USERS_TURN).await?;
    open(tx, id).await?;
    say(tx, id, by).await?.makes(user, None, Some(role))?;
    let username = by_id(tx, user).await?.into_user().username;
    if member(tx, id, user).await?.is_some() {
        return Err(StoreError::Conflict(Conflict::Member).into());
    }
    put(tx, id, user, role, trail.at).await?;
    let entry = trail.did(AuditAction::MemberAdded).to(user);
    record(tx, &entry.about(id.as_uuid()).saying(role.as_str())).await?;
    Ok(Member {
        user_id: user,
        username,
        role,
        joined_at: trail.at,
    })
}

pub(super) async fn change(
    tx: &mut Tx<'_>,
    id: OrganizationId,
    user: UserId,
    role: OrganizationRole,
    by: Manager,
    trail: Trail,
) -> Result<Member> {
    tx.take_turn(schema::USERS_TURN).await?;
    open(tx, id).await?;
    let say = say(tx, id, by).await?;
    let found = member(tx, id, user).await?.ok_or(StoreError::NotFound)?;
    let username = by_id(tx, user).await?.into_user().username;
    let before = shown(&found, username)?;
    say.makes(user, Some(before.role), Some(role))?;
    if before.role != role {
        expect_another_owner(tx, id, &before).await?;
        put(tx, id, user, role, before.joined_at).await?;
        let entry = trail.did(AuditAction::MemberChanged).to(user);
        record(tx, &entry.about(id.as_uuid()).saying(role.as_str())).await?;
    }
    Ok(Member { role, ..before })
}

pub(super) async fn remove(
    tx: &mut Tx<'_>,
    id: OrganizationId,
    user: UserId,
    by: Manager,
    trail: Trail,
) -> Result<()> {
    tx.take_turn(schema::USERS_TURN).await?;
    open(tx, id).await?;
    let say = say(tx, id, by).await?;
    let found = member(tx, id, user).await?.ok_or(StoreError::NotFound)?;
    let before = shown(&found, String::new())?;
    say.makes(user, Some(before.role), None)?;
    expect_another_owner(tx, id, &before).await?;
    let members = &tx.collections.members;
    members
        .delete_one(one(id, user))
        .session(&mut *tx.session)
        .await?;
    let entry = trail.did(AuditAction::MemberRemoved).to(user);
    record(tx, &entry.about(id.as_uuid())).await
}

/// Where `going` is one.
async fn expect_another_owner(tx: &mut Tx<'_>, id: OrganizationId, going: &Member) -> Result<()> {
    if going.role != OrganizationRole::Owner {
        return Ok(());
    }
    let stays = staying(tx, id)
        .await?
        .into_iter()
        .any(|(user, role, _)| user != going.user_id && role == OrganizationRole::Owner);
    stays.then_some(()).ok_or(StoreError::LastOwner.into())
}

async fn staying(tx: &mut Tx<'_>, id: OrganizationId) -> Result<Vec<(UserId, OrganizationRole, Timestamp)>> {
    let found = tx
        .collections
        .members
        .find(of_organization(id))
        .session(&mut *tx.session)
        .await?;
    collected(found, tx.session, |member| {
        Ok((member.user(), member.role()?, member.joined_at()))
    })
    .await
}

/// Somebody who is forgotten is in none any more. Those they alone owned go to an heir, or close.
pub(crate) async fn leave_all(tx: &mut Tx<'_>, user: UserId, mut trail: Trail) -> Result<Trail> {
    let members = &tx.collections.members;
    let found = members.find(of_user(user)).session(&mut *tx.session).await?;
    let mut left = collected(found, tx.session, |member| Ok(member.organization())).await?;
    left.sort_unstable();
    if left.is_empty() {
        return Ok(trail);
    }
    tx.take_turn(schema::USERS_TURN).await?;
    members
        .delete_many(of_user(user))
        .session(&mut *tx.session)
        .await?;
    for id in left {
        let organizations = &tx.collections.organizations;
        let found = organizations.find_one(live(id)).session(&mut *tx.session).await?;
        let staying = staying(tx, id).await?;
        if found.is_none()
            || staying
                .iter()
                .any(|(_, role, _)| *role == OrganizationRole::Owner)
        {
            continue;
        }
        match heir(staying.iter().copied()) {
            Some(heir) => {
                let joined_at = staying.iter().find(|(user, ..)| *user == heir);
                let joined_at = joined_at.map_or(trail.at, |(_, _, joined_at)| *joined_at);
                put(tx, id, heir, OrganizationRole::Owner, joined_at).await?;
                let entry = trail.did(AuditAction::OrganizationInherited).to(heir);
                record(tx, &entry.about(id.as_uuid())).await?;
                trail = trail.next();
            }
            None => trail = close(tx, id, trail).await?,
        }
    }
    Ok(trail)
}
