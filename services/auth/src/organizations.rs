//! Organizations: who is in them, and the tokens with which their members use the library that they share.

use std::sync::Arc;
use std::time::Duration;

use photure_common::identity::{AccessClaims, Caller};
use photure_domain::access::{Action, Actor, Decision, IN_LIBRARIES, decide};
use photure_domain::api_key::KeyToken;
use photure_domain::audit::Trail;
use photure_domain::organization::{Manager, Member, Organization, OrganizationRole};
use photure_domain::{Clock, IdSource, OrganizationId, UserId};
use photure_store::{OrganizationStore, StoreError};

use crate::accounts::{Accounts, checked_label};
use crate::error::AuthError;
use crate::tokens::Issuer;

/// Whoever is taken out is out within this, everywhere.
const TOKEN_LIVES: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub(crate) struct Organizations {
    pub(crate) store: Arc<dyn OrganizationStore>,
    pub(crate) accounts: Accounts,
    pub(crate) issuer: Issuer,
    /// How long an owner may think again who has asked for its deletion.
    pub(crate) grace: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// One that somebody is in.
#[derive(Debug)]
pub(crate) struct Belonging {
    pub(crate) organization: Organization,
    /// `None` for administrators who are not in it.
    pub(crate) role: Option<OrganizationRole>,
}

impl Organizations {
    pub(crate) async fn create(
        &self,
        name: &str,
        owner: UserId,
        trail: Trail,
    ) -> Result<Belonging, AuthError> {
        let organization = Organization {
            id: OrganizationId::new(self.ids.next()),
            name: checked_label("name", name)?,
            created_at: trail.at,
            closes_at: None,
        };
        self.store
            .create_organization(organization.clone(), owner, trail)
            .await?;
        Ok(Belonging {
            organization,
            role: Some(OrganizationRole::Owner),
        })
    }

    pub(crate) async fn of(&self, user: UserId) -> Result<Vec<Belonging>, AuthError> {
        let found = self.store.organizations_of(user).await?;
        let belonging = found.into_iter().map(|(organization, role)| Belonging {
            organization,
            role: Some(role),
        });
        Ok(belonging.collect())
    }

    pub(crate) async fn all(
        &self,
        after: Option<OrganizationId>,
        limit: u32,
    ) -> Result<Vec<(Organization, u32)>, AuthError> {
        Ok(self.store.organizations(after, limit).await?)
    }

    /// As whoever asks may see it.
    pub(crate) async fn get(&self, id: OrganizationId, caller: &Caller) -> Result<Belonging, AuthError> {
        let role = self.role_of(id, caller).await?;
        let organization = self.store.organization(id).await?;
        Ok(Belonging { organization, role })
    }

    pub(crate) async fn members(
        &self,
        id: OrganizationId,
        caller: &Caller,
    ) -> Result<Vec<Member>, AuthError> {
        self.role_of(id, caller).await?;
        Ok(self.store.members(id).await?)
    }

    /// Not found by those who are not in it, but for administrators.
    async fn role_of(
        &self,
        id: OrganizationId,
        caller: &Caller,
    ) -> Result<Option<OrganizationRole>, AuthError> {
        let user = person(caller)?;
        match self.store.role_in(id, user).await {
            Ok(role) => Ok(Some(role)),
            Err(StoreError::NotFound) if is_allowed(caller, Action::Administer) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn rename(
        &self,
        id: OrganizationId,
        name: &str,
        caller: &Caller,
        trail: Trail,
    ) -> Result<Belonging, AuthError> {
        let (name, by) = (checked_label("name", name)?, manager(caller)?);
        self.store.rename_organization(id, name, by, trail).await?;
        self.get(id, caller).await
    }

    /// By user name or e-mail address.
    pub(crate) async fn add(
        &self,
        id: OrganizationId,
        who: &str,
        role: OrganizationRole,
        caller: &Caller,
        trail: Trail,
    ) -> Result<Member, AuthError> {
        // Who is not in it is told that first, and learns nothing of names.
        self.role_of(id, caller).await?;
        let user = match self.accounts.store.user_by_login(who).await {
            Ok(found) => found.user.id,
            Err(StoreError::NotFound) => return Err(AuthError::UserNotFound),
            Err(error) => return Err(error.into()),
        };
        let by = manager(caller)?;
        Ok(self.store.add_member(id, user, role, by, trail).await?)
    }

    pub(crate) async fn change(
        &self,
        id: OrganizationId,
        user: UserId,
        role: OrganizationRole,
        caller: &Caller,
        trail: Trail,
    ) -> Result<Member, AuthError> {
        let by = manager(caller)?;
        Ok(self.store.change_member(id, user, role, by, trail).await?)
    }

    pub(crate) async fn remove(
        &self,
        id: OrganizationId,
        user: UserId,
        caller: &Caller,
        trail: Trail,
    ) -> Result<(), AuthError> {
        let by = manager(caller)?;
        Ok(self.store.remove_member(id, user, by, trail).await?)
    }

    /// With everything in it, after a while until which it can be kept.
    pub(crate) async fn close(
        &self,
        id: OrganizationId,
        caller: &Caller,
        trail: Trail,
    ) -> Result<Belonging, AuthError> {
        let (at, by) = (trail.at.plus(self.grace), manager(caller)?);
        self.store.close_organization(id, at, by, trail).await?;
        self.get(id, caller).await
    }

    pub(crate) async fn keep(
        &self,
        id: OrganizationId,
        caller: &Caller,
        trail: Trail,
    ) -> Result<Belonging, AuthError> {
        let by = manager(caller)?;
        self.store.keep_organization(id, by, trail).await?;
        self.get(id, caller).await
    }

    /// A token for the library alone, of whoever brought one of these claims. It reaches no further than theirs, in scope and in time.
    pub(crate) async fn token(
        &self,
        id: OrganizationId,
        caller: &Caller,
        claims: &AccessClaims,
    ) -> Result<KeyToken, AuthError> {
        let user = match caller.actor {
            Actor::User(user) | Actor::Program(user) => user,
            Actor::Member { .. } | Actor::Service => return Err(AuthError::NoLibrary),
        };
        let role = match self.store.role_in(id, user).await {
            Ok(role) => role,
            Err(StoreError::NotFound) => return Err(AuthError::NoLibrary),
            Err(error) => return Err(error.into()),
        };
        let left = claims.exp - self.clock.now().as_seconds();
        let lives = TOKEN_LIVES.min(Duration::from_secs(u64::try_from(left).unwrap_or_default()));
        let scopes = caller.scopes.iter().copied();
        let scopes = scopes.filter(|scope| IN_LIBRARIES.contains(scope)).collect();
        Ok(KeyToken {
            access: self.issuer.for_library(claims, id, role, &scopes, lives)?,
            expires_in: lives.as_secs(),
        })
    }
}

fn is_allowed(caller: &Caller, action: Action) -> bool {
    decide(caller.actor, &caller.scopes, action, caller.actor.person()) == Decision::Allowed
}

fn person(caller: &Caller) -> Result<UserId, AuthError> {
    caller.actor.person().ok_or(AuthError::ServiceRefused)
}

/// As what somebody changes an organization: administrators as such, be they in it or not.
fn manager(caller: &Caller) -> Result<Manager, AuthError> {
    let user = person(caller)?;
    Ok(if is_allowed(caller, Action::ManageAccounts) {
        Manager::Administrator(user)
    } else {
        Manager::Member(user)
    })
}
