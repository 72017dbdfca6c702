use async_trait::async_trait;
use photure_domain::audit::{AuditAction, Trail};
use photure_domain::organization::{Manager, Member, Organization, OrganizationRole};
use photure_domain::{OrganizationId, Timestamp, UserId};
use photure_store::organization::{Say, heir};
use photure_store::{Conflict, OrganizationStore, StoreError, StoreResult};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::administration::by_id;
use crate::audit::record;
use crate::columns::{self, Column, parsed};
use crate::{Result, SqliteStore};

#[async_trait]
impl OrganizationStore for SqliteStore {
    async fn create_organization(
        &self,
        organization: Organization,
        owner: UserId,
        trail: Trail,
    ) -> StoreResult<()> {
        self.write(move |tx| {
            by_id(tx, owner)?;
            let Organization {
                id,
                name,
                created_at,
                closes_at,
            } = organization;
            tx.prepare_cached("INSERT INTO organizations VALUES (?1, ?2, ?3, ?4, NULL)")?
                .execute(params![
                    Column(id),
                    name,
                    Column(created_at),
                    closes_at.map(Column)
                ])?;
            put(tx, id, owner, OrganizationRole::Owner, created_at)?;
            let entry = trail.did(AuditAction::OrganizationCreated).to(owner);
            record(tx, &entry.about(id.as_uuid()).saying(name))
        })
        .await
    }

    async fn organization(&self, id: OrganizationId) -> StoreResult<Organization> {
        self.read(move |tx| open(tx, id)).await
    }

    async fn organizations_of(&self, user: UserId) -> StoreResult<Vec<(Organization, OrganizationRole)>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT organizations.*, role FROM members INDEXED BY members_user
                 JOIN organizations ON organizations.id = organization_id
                 WHERE user_id = ?1 AND closed_at IS NULL ORDER BY name, id",
            )?;
            let found = query.query_map([Column(user)], |row| Ok((organization(row)?, role(row)?)))?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: u32,
    ) -> StoreResult<Vec<(Organization, u32)>> {
        self.read(move |tx| {
            let mut query = tx.prepare_cached(
                "SELECT *, (SELECT count(*) FROM members WHERE organization_id = organizations.id) AS members
                 FROM organizations WHERE id > ?1 AND closed_at IS NULL ORDER BY id LIMIT ?2",
            )?;
            let after = after.map_or_else(Vec::new, |id| id.as_uuid().into_bytes().to_vec());
            let found = query.query_map(params![after, limit], |row| {
                Ok((organization(row)?, row.get("members")?))
            })?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn role_in(&self, id: OrganizationId, user: UserId) -> StoreResult<OrganizationRole> {
        self.read(move |tx| {
            open(tx, id)?;
            Ok(role_in(tx, id, user)?.ok_or(StoreError::NotFound)?)
        })
        .await
    }

    async fn members(&self, id: OrganizationId) -> StoreResult<Vec<Member>> {
        self.read(move |tx| {
            open(tx, id)?;
            let mut query = tx.prepare_cached(
                "SELECT user_id, username, members.role, joined_at FROM members JOIN users ON users.id = user_id
                 WHERE organization_id = ?1 ORDER BY username_folded",
            )?;
            let found = query.query_map([Column(id)], member)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
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
        self.write(move |tx| {
            let before = open(tx, id)?;
            say(tx, id, by)?.at_least(OrganizationRole::Admin)?;
            if before.name != name {
                tx.prepare_cached("UPDATE organizations SET name = ?2 WHERE id = ?1")?
                    .execute(params![Column(id), name])?;
                let entry = trail.did(AuditAction::OrganizationRenamed);
                record(tx, &entry.about(id.as_uuid()).saying(name))?;
            }
            open(tx, id)
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
        self.write(move |tx| {
            open(tx, id)?;
            say(tx, id, by)?.makes(user, None, Some(role))?;
            by_id(tx, user)?;
            if role_in(tx, id, user)?.is_some() {
                return Err(StoreError::Conflict(Conflict::Member).into());
            }
            put(tx, id, user, role, trail.at)?;
            let entry = trail.did(AuditAction::MemberAdded).to(user);
            record(tx, &entry.about(id.as_uuid()).saying(role.as_str()))?;
            one_of(tx, id, user)
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
        self.write(move |tx| {
            open(tx, id)?;
            let say = say(tx, id, by)?;
            let before = one_of(tx, id, user)?;
            say.makes(user, Some(before.role), Some(role))?;
            if before.role != role {
                expect_another_owner(tx, id, &before)?;
                put(tx, id, user, role, before.joined_at)?;
                let entry = trail.did(AuditAction::MemberChanged).to(user);
                record(tx, &entry.about(id.as_uuid()).saying(role.as_str()))?;
            }
            one_of(tx, id, user)
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
        self.write(move |tx| {
            open(tx, id)?;
            let say = say(tx, id, by)?;
            let before = one_of(tx, id, user)?;
            say.makes(user, Some(before.role), None)?;
            expect_another_owner(tx, id, &before)?;
            tx.prepare_cached("DELETE FROM members WHERE organization_id = ?1 AND user_id = ?2")?
                .execute(params![Column(id), Column(user)])?;
            let entry = trail.did(AuditAction::MemberRemoved).to(user);
            record(tx, &entry.about(id.as_uuid()))
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
        self.write(move |tx| {
            let before = open(tx, id)?;
            say(tx, id, by)?.at_least(OrganizationRole::Owner)?;
            let at = before.closes_at.map_or(at, |before| before.min(at));
            if before.closes_at != Some(at) {
                close_at(tx, id, Some(at))?;
                let entry = trail.did(AuditAction::OrganizationClosing);
                record(tx, &entry.about(id.as_uuid()).saying(at.to_string()))?;
            }
            open(tx, id)
        })
        .await
    }

    async fn keep_organization(
        &self,
        id: OrganizationId,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Organization> {
        self.write(move |tx| {
            let before = open(tx, id)?;
            say(tx, id, by)?.at_least(OrganizationRole::Owner)?;
            if before.closes_at.is_some() {
                close_at(tx, id, None)?;
                let entry = trail.did(AuditAction::OrganizationKept);
                record(tx, &entry.about(id.as_uuid()))?;
            }
            open(tx, id)
        })
        .await
    }
}

/// One whose time is not up.
fn open(tx: &Transaction<'_>, id: OrganizationId) -> Result<Organization> {
    let mut query = tx.prepare_cached("SELECT * FROM organizations WHERE id = ?1 AND closed_at IS NULL")?;
    let found = query.query_row([Column(id)], organization).optional()?;
    Ok(found.ok_or(StoreError::NotFound)?)
}

fn role_in(tx: &Transaction<'_>, id: OrganizationId, user: UserId) -> Result<Option<OrganizationRole>> {
    let mut query =
        tx.prepare_cached("SELECT role FROM members WHERE organization_id = ?1 AND user_id = ?2")?;
    Ok(query
        .query_row(params![Column(id), Column(user)], role)
        .optional()?)
}

fn say(tx: &Transaction<'_>, id: OrganizationId, by: Manager) -> Result<Say> {
    Ok(Say::of(by, role_in(tx, id, by.user())?)?)
}

fn one_of(tx: &Transaction<'_>, id: OrganizationId, user: UserId) -> Result<Member> {
    let mut query = tx.prepare_cached(
        "SELECT user_id, username, members.role, joined_at FROM members JOIN users ON users.id = user_id
         WHERE organization_id = ?1 AND user_id = ?2",
    )?;
    let found = query.query_row(params![Column(id), Column(user)], member);
    Ok(found.optional()?.ok_or(StoreError::NotFound)?)
}

fn put(
    tx: &Transaction<'_>,
    id: OrganizationId,
    user: UserId,
    role: OrganizationRole,
    joined_at: Timestamp,
) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO members VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            Column(id),
            Column(user),
            role.as_str(),
            Column(joined_at)
        ])?;
    Ok(())
}

fn close_at(tx: &Transaction<'_>, id: OrganizationId, at: Option<Timestamp>) -> Result<()> {
    tx.prepare_cached("UPDATE organizations SET closes_at = ?2 WHERE id = ?1")?
        .execute(params![Column(id), at.map(Column)])?;
    Ok(())
}

/// Where `going` is one.
fn expect_another_owner(tx: &Transaction<'_>, id: OrganizationId, going: &Member) -> Result<()> {
    let is_another = tx
        .prepare_cached(
            "SELECT 1 FROM members WHERE organization_id = ?1 AND role = ?2 AND user_id <> ?3 LIMIT 1",
        )?
        .exists(params![
            Column(id),
            OrganizationRole::Owner.as_str(),
            Column(going.user_id)
        ])?;
    if going.role == OrganizationRole::Owner && !is_another {
        return Err(StoreError::LastOwner.into());
    }
    Ok(())
}

/// Somebody who is forgotten is in none any more. Those they alone owned go to an heir, or close.
pub(crate) fn leave_all(tx: &Transaction<'_>, user: UserId, mut trail: Trail) -> Result<Trail> {
    let mut left = tx.prepare_cached("DELETE FROM members WHERE user_id = ?1 RETURNING organization_id")?;
    let left = left.query_map([Column(user)], |row| columns::value(row, "organization_id"))?;
    let mut left = left.collect::<rusqlite::Result<Vec<OrganizationId>>>()?;
    left.sort_unstable();
    for id in left {
        let is_open = tx
            .prepare_cached("SELECT 1 FROM organizations WHERE id = ?1 AND closed_at IS NULL")?
            .exists([Column(id)])?;
        if !is_open {
            continue;
        }
        let mut staying =
            tx.prepare_cached("SELECT user_id, role, joined_at FROM members WHERE organization_id = ?1")?;
        let staying = staying.query_map([Column(id)], |row| {
            Ok((
                columns::value(row, "user_id")?,
                role(row)?,
                columns::value(row, "joined_at")?,
            ))
        })?;
        let staying = staying.collect::<rusqlite::Result<Vec<(UserId, _, _)>>>()?;
        if staying
            .iter()
            .any(|(_, role, _)| *role == OrganizationRole::Owner)
        {
            continue;
        }
        match heir(staying) {
            Some(heir) => {
                tx.prepare_cached(
                    "UPDATE members SET role = ?3 WHERE organization_id = ?1 AND user_id = ?2",
                )?
                .execute(params![
                    Column(id),
                    Column(heir),
                    OrganizationRole::Owner.as_str()
                ])?;
                let entry = trail.did(AuditAction::OrganizationInherited).to(heir);
                record(tx, &entry.about(id.as_uuid()))?;
                trail = trail.next();
            }
            None => trail = close(tx, id, &trail)?,
        }
    }
    Ok(trail)
}

pub(crate) fn close_due(tx: &Transaction<'_>, limit: u32, mut trail: Trail) -> Result<Vec<OrganizationId>> {
    let mut due = tx.prepare_cached(
        "SELECT id FROM organizations INDEXED BY organizations_closes_at
         WHERE closes_at <= ?1 AND closed_at IS NULL ORDER BY closes_at, id LIMIT ?2",
    )?;
    let due = due.query_map(params![Column(trail.at), limit], |row| columns::value(row, "id"))?;
    let due = due.collect::<rusqlite::Result<Vec<OrganizationId>>>()?;
    for id in &due {
        trail = close(tx, *id, &trail)?;
    }
    Ok(due)
}

fn close(tx: &Transaction<'_>, id: OrganizationId, trail: &Trail) -> Result<Trail> {
    tx.prepare_cached("UPDATE organizations SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL")?
        .execute(params![Column(id), Column(trail.at)])?;
    let entry = trail.did(AuditAction::OrganizationClosed);
    record(tx, &entry.about(id.as_uuid()))?;
    Ok(trail.next())
}

/// One that is closed. `false` where there is none.
pub(crate) fn forget(tx: &Transaction<'_>, id: OrganizationId, trail: &Trail) -> Result<bool> {
    let gone = tx
        .prepare_cached("DELETE FROM organizations WHERE id = ?1 AND closed_at IS NOT NULL")?
        .execute([Column(id)])?;
    if gone == 0 {
        return Ok(false);
    }
    tx.prepare_cached("DELETE FROM members WHERE organization_id = ?1")?
        .execute([Column(id)])?;
    let entry = trail.did(AuditAction::OrganizationDeleted);
    record(tx, &entry.about(id.as_uuid()))?;
    Ok(true)
}

fn organization(row: &Row<'_>) -> rusqlite::Result<Organization> {
    let closes_at: Option<Column<Timestamp>> = row.get("closes_at")?;
    Ok(Organization {
        id: columns::value(row, "id")?,
        name: row.get("name")?,
        created_at: columns::value(row, "created_at")?,
        closes_at: closes_at.map(|Column(at)| at),
    })
}

fn role(row: &Row<'_>) -> rusqlite::Result<OrganizationRole> {
    parsed(row, "role", str::parse)
}

fn member(row: &Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        user_id: columns::value(row, "user_id")?,
        username: row.get("username")?,
        role: role(row)?,
        joined_at: columns::value(row, "joined_at")?,
    })
}
