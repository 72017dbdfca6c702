use std::collections::HashMap;

use async_trait::async_trait;
use mongodb::bson::{DateTime, Document, Uuid, doc};
use mongodb::options::Hint;
use photure_domain::account::folded;
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::organization::{Manager, Member, Organization, OrganizationRole};
use photure_domain::{OrganizationId, Timestamp, UserId};
use photure_store::organization::{Say, heir};
use photure_store::{Conflict, OrganizationStore, StoreError, StoreResult};

use crate::administration::by_id;
use crate::audit::record;
use crate::documents::{MemberDocument, MemberId, OrganizationDocument, date, uuid};
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, schema};

#[async_trait]
impl OrganizationStore for MongoStore {
    async fn create_organization(
        &self,
        organization: Organization,
        owner: UserId,
        trail: Trail,
    ) -> StoreResult<()> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(create(tx, organization.clone(), owner, trail.clone()))
        })
        .await
    }

    async fn organization(&self, id: OrganizationId) -> StoreResult<Organization> {
        self.ask(async |collections| {
            let found = collections.organizations.find_one(live(id)).await?;
            Ok(found.ok_or(StoreError::NotFound)?.into_organization())
        })
        .await
    }

    async fn organizations_of(&self, user: UserId) -> StoreResult<Vec<(Organization, OrganizationRole)>> {
        self.look(async |tx| {
            let found = tx
                .collections
                .members
                .find(of_user(user))
                .session(&mut *tx.session)
                .await?;
            let members = collected(found, tx.session, |member| {
                Ok((member.id.organization, member.role()?))
            })
            .await?;
            let roles: HashMap<Uuid, OrganizationRole> = members.into_iter().collect();
            let ids: Vec<Uuid> = roles.keys().copied().collect();
            let these = doc! { "_id": { "$in": ids }, "closed_at": { "$exists": false } };
            let found = tx
                .collections
                .organizations
                .find(these)
                .sort(doc! { "name": 1, "_id": 1 })
                .session(&mut *tx.session)
                .await?;
            collected(found, tx.session, |organization| {
                let role = roles.get(&organization.id).copied();
                Ok((
                    organization.into_organization(),
                    role.unwrap_or(OrganizationRole::Member),
                ))
            })
            .await
        })
        .await
    }

    async fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: u32,
    ) -> StoreResult<Vec<(Organization, u32)>> {
        self.look(async |tx| {
            let mut these = doc! { "closed_at": { "$exists": false } };
            if let Some(after) = after {
                these.insert("_id", doc! { "$gt": uuid(after.as_uuid()) });
            }
            let found = tx
                .collections
                .organizations
                .find(these)
                .sort(doc! { "_id": 1 })
                .limit(i64::from(limit))
                .session(&mut *tx.session)
                .await?;
            let found = collected(found, tx.session, Ok).await?;
            let mut counted = Vec::with_capacity(found.len());
            for organization in found {
                let organization = organization.into_organization();
                let members = tx
                    .collections
                    .members
                    .find(of_organization(organization.id))
                    .session(&mut *tx.session)
                    .await?;
                let members = collected(members, tx.session, Ok).await?.len();
                counted.push((organization, u32::try_from(members).unwrap_or(u32::MAX)));
            }
            Ok(counted)
        })
        .await
    }

    async fn role_in(&self, id: OrganizationId, user: UserId) -> StoreResult<OrganizationRole> {
        self.ask(async |collections| {
            let found = collections.organizations.find_one(live(id)).await?;
            found.ok_or(StoreError::NotFound)?;
            let member = collections.members.find_one(one(id, user)).await?;
            member.ok_or(StoreError::NotFound)?.role()
        })
        .await
    }

    async fn members(&self, id: OrganizationId) -> StoreResult<Vec<Member>> {
        self.look(async |tx| {
            open(tx, id).await?;
            let found = tx
                .collections
                .members
                .find(of_organization(id))
                .session(&mut *tx.session)
                .await?;
            let found = collected(found, tx.session, Ok).await?;
            let users: Vec<Uuid> = found.iter().map(|member| member.id.user).collect();
            let called = tx
                .collections
                .users
                .find(doc! { "_id": { "$in": users } })
                .session(&mut *tx.session)
                .await?;
            let called = collected(called, tx.session, |user| {
                let user = user.into_user();
                Ok((user.id, user.username))
            });
            let mut called: HashMap<UserId, String> = called.await?.into_iter().collect();
            let members = found.into_iter().filter_map(|member| {
                let username = called.remove(&member.user())?;
                Some(shown(&member, username))
            });
            let mut members = members.collect::<Result<Vec<_>>>()?;
            members.sort_by_cached_key(|member| folded(&member.username));
            Ok(members)
        })
        .await
    }

    async fn rename_organization(
        &self,
        id: OrganizationId,
        name: String,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Organization> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(rename(tx, id, name.clone(), by, trail.clone()))
        })
        .await
    }

    async fn add_member(
        &self,
        id: OrganizationId,
        user: UserId,
        role: OrganizationRole,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Member> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(add(tx, id, user, role, by, trail.clone()))
        })
        .await
    }

    async fn change_member(
        &self,
        id: OrganizationId,
        user: UserId,
        role: OrganizationRole,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Member> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(change(tx, id, user, role, by, trail.clone()))
        })
        .await
    }

    async fn remove_member(
        &self,
        id: OrganizationId,
        user: UserId,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<()> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(remove(tx, id, user, by, trail.clone()))
        })
        .await
    }

    async fn close_organization(
        &self,
        id: OrganizationId,
        at: Timestamp,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Organization> {
        self.change(schema::USERS_TURN, |tx| {
            Box::pin(close_at(tx, id, at, by, trail.clone()))
        })
        .await
    }

    async fn keep_organization(
        &self,
        id: OrganizationId,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Organization> {
        self.change(schema::USERS_TURN, |tx| Box::pin(keep(tx, id, by, trail.clone())))
            .await
    }
}

/// Those that were closed before a time, the longest first, with the time.
pub(crate) async fn closed(
    collections: &crate::collections::Collections,
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

fn live(id: OrganizationId) -> Document {
    doc! { "_id": uuid(id.as_uuid()), "closed_at": { "$exists": false } }
}

fn one(id: OrganizationId, user: UserId) -> Document {
    doc! { "_id": { "organization": uuid(id.as_uuid()), "user": uuid(user.as_uuid()) } }
}

fn of_user(user: UserId) -> Document {
    doc! { "_id.user": uuid(user.as_uuid()) }
}

/// A range of ids, which the index on them serves.
fn of_organization(id: OrganizationId) -> Document {
    let bound = |user| MemberId {
        organization: uuid(id.as_uuid()),
        user,
    };
    let (first, last) = (
        bound(Uuid::from_bytes([0; 16])),
        bound(Uuid::from_bytes([0xFF; 16])),
    );
    let of = |id: MemberId| doc! { "organization": id.organization, "user": id.user };
    doc! { "_id": { "$gte": of(first), "$lte": of(last) } }
}

fn shown(member: &MemberDocument, username: String) -> Result<Member> {
    Ok(Member {
        user_id: member.user(),
        username,
        role: member.role()?,
        joined_at: member.joined_at(),
    })
}

/// One whose time is not up.
async fn open(tx: &mut Tx<'_>, id: OrganizationId) -> Result<OrganizationDocument> {
    let organizations = &tx.collections.organizations;
    let found = organizations.find_one(live(id)).session(&mut *tx.session).await?;
    Ok(found.ok_or(StoreError::NotFound)?)
}

async fn member(tx: &mut Tx<'_>, id: OrganizationId, user: UserId) -> Result<Option<MemberDocument>> {
    let members = &tx.collections.members;
    Ok(members.find_one(one(id, user)).session(&mut *tx.session).await?)
}

/// What `by` has to say; whoever changes an organization comes after the one before, so that of two owners who go at once one is seen to be the last.
async fn say(tx: &mut Tx<'_>, id: OrganizationId, by: Manager) -> Result<Say> {
    let member = member(tx, id, by.user()).await?;
    let role = member.map(|member| member.role()).transpose()?;
    Ok(Say::of(by, role)?)
}

async fn put(
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

async fn create(tx: &mut Tx<'_>, organization: Organization, owner: UserId, trail: Trail) -> Result<()> {
    tx.take_turn(schema::USERS_TURN).await?;
    by_id(tx, owner).await?;
    let organizations = &tx.collections.organizations;
    organizations
        .insert_one(OrganizationDocument::new(&organization))
        .session(&mut *tx.session)
        .await?;
    let Organization {
        id, name, created_at, ..
    } = organization;
    put(tx, id, owner, OrganizationRole::Owner, created_at).await?;
    let entry = trail.did(AuditAction::OrganizationCreated).to(owner);
    record(tx, &entry.about(id.as_uuid()).saying(name)).await
}

async fn rename(
    tx: &mut Tx<'_>,
    id: OrganizationId,
    name: String,
    by: Manager,
    trail: Trail,
) -> Result<Organization> {
    tx.take_turn(schema::USERS_TURN).await?;
    let before = open(tx, id).await?.into_organization();
    say(tx, id, by).await?.at_least(OrganizationRole::Admin)?;
    if before.name != name {
        set(tx, id, doc! { "$set": { "name": &name } }).await?;
        let entry = trail.did(AuditAction::OrganizationRenamed);
        record(tx, &entry.about(id.as_uuid()).saying(&*name)).await?;
    }
    Ok(Organization { name, ..before })
}

async fn set(tx: &mut Tx<'_>, id: OrganizationId, change: Document) -> Result<()> {
    let organizations = &tx.collections.organizations;
    organizations
        .update_one(live(id), change)
        .session(&mut *tx.session)
        .await?;
    Ok(())
}

async fn add(
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

async fn change(
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

async fn remove(tx: &mut Tx<'_>, id: OrganizationId, user: UserId, by: Manager, trail: Trail) -> Result<()> {
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

async fn close_at(
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

async fn keep(tx: &mut Tx<'_>, id: OrganizationId, by: Manager, trail: Trail) -> Result<Organization> {
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

async fn close(tx: &mut Tx<'_>, id: OrganizationId, trail: Trail) -> Result<Trail> {
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
