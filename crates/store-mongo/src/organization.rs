mod ending;
mod members;

use std::collections::HashMap;

use async_trait::async_trait;
use mongodb::bson::{Document, Uuid, doc};
use photure_domain::account::folded;
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::organization::{Manager, Member, Organization, OrganizationRole};
use photure_domain::{OrganizationId, Timestamp, UserId};
use photure_store::{OrganizationStore, StoreError, StoreResult};

use crate::administration::by_id;
use crate::audit::record;
use crate::documents::{OrganizationDocument, uuid};
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result, schema};

pub(crate) use ending::{close_due, closed, forget};
pub(crate) use members::leave_all;

use ending::{close_at, keep};
use members::{add, change, counted, of_organization, of_user, one, put, remove, say, shown};

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
            let found = collected(found, tx.session, |document| Ok(document.into_organization())).await?;
            let (Some(first), Some(last)) = (found.first(), found.last()) else {
                return Ok(Vec::new());
            };
            let members = counted(tx, first.id, last.id).await?;
            let with_members = found.into_iter().map(|organization| {
                let members = members.get(&uuid(organization.id.as_uuid())).copied();
                (organization, members.unwrap_or_default())
            });
            Ok(with_members.collect())
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

fn live(id: OrganizationId) -> Document {
    doc! { "_id": uuid(id.as_uuid()), "closed_at": { "$exists": false } }
}

/// One whose time is not up.
async fn open(tx: &mut Tx<'_>, id: OrganizationId) -> Result<OrganizationDocument> {
    let organizations = &tx.collections.organizations;
    let found = organizations.find_one(live(id)).session(&mut *tx.session).await?;
    Ok(found.ok_or(StoreError::NotFound)?)
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
