use async_trait::async_trait;
use photure_domain::audit::Trail;
use photure_domain::organization::{Manager, Member, Organization, OrganizationRole};
use photure_domain::{OrganizationId, Timestamp, UserId};

use crate::StoreResult;

/// Organizations and who is in them. Each step writes down what it did. One whose time is up is deleted as an account is: see [`crate::ClosingStore`]; until
/// then it is like any other, from then on it is [`crate::StoreError::NotFound`] for all of this.
///
/// Where somebody changes one, [`crate::StoreError::NotFound`] is for whoever is not in it, and [`crate::StoreError::NotAllowed`] for whom their role does not let.
#[async_trait]
pub trait OrganizationStore: Send + Sync + std::fmt::Debug {
    /// With its first owner. [`crate::StoreError::NotFound`] where there is no such account.
    async fn create_organization(
        &self,
        organization: Organization,
        owner: UserId,
        trail: Trail,
    ) -> StoreResult<()>;

    async fn organization(&self, id: OrganizationId) -> StoreResult<Organization>;

    /// Those that somebody is in, by name, then id, and what they are there.
    async fn organizations_of(&self, user: UserId) -> StoreResult<Vec<(Organization, OrganizationRole)>>;

    /// All, by id, from after `after`, and how many are in each.
    async fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: u32,
    ) -> StoreResult<Vec<(Organization, u32)>>;

    /// What somebody is in an organization. Asked again and again while they are in its library.
    async fn role_in(&self, id: OrganizationId, user: UserId) -> StoreResult<OrganizationRole>;

    /// By name, folded.
    async fn members(&self, id: OrganizationId) -> StoreResult<Vec<Member>>;

    async fn rename_organization(
        &self,
        id: OrganizationId,
        name: String,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Organization>;

    /// [`crate::Conflict::Member`] where they are in it; [`crate::StoreError::NotFound`] where there is no such account, too.
    async fn add_member(
        &self,
        id: OrganizationId,
        user: UserId,
        role: OrganizationRole,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Member>;

    /// [`crate::StoreError::LastOwner`] where nobody would be left who owns it, also of two who step down at once.
    async fn change_member(
        &self,
        id: OrganizationId,
        user: UserId,
        role: OrganizationRole,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Member>;

    /// Anybody may take themselves out. [`crate::StoreError::LastOwner`] as for [`OrganizationStore::change_member`].
    async fn remove_member(
        &self,
        id: OrganizationId,
        user: UserId,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<()>;

    /// It is to be deleted at that time. Asked again, the earlier time stays.
    async fn close_organization(
        &self,
        id: OrganizationId,
        at: Timestamp,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Organization>;

    /// It is not deleted after all.
    async fn keep_organization(
        &self,
        id: OrganizationId,
        by: Manager,
        trail: Trail,
    ) -> StoreResult<Organization>;
}

/// What somebody may change in an organization, of what they are in it.
#[derive(Clone, Copy, Debug)]
pub struct Say {
    /// As what they speak.
    pub role: OrganizationRole,
    pub user: UserId,
}

impl Say {
    /// `role` is what they are in it themselves.
    pub fn of(by: Manager, role: Option<OrganizationRole>) -> StoreResult<Self> {
        let role = match by {
            Manager::Administrator(_) => Some(OrganizationRole::Owner),
            Manager::Member(_) => role,
        };
        Ok(Self {
            role: role.ok_or(crate::StoreError::NotFound)?,
            user: by.user(),
        })
    }

    pub fn at_least(self, role: OrganizationRole) -> StoreResult<()> {
        (self.role >= role)
            .then_some(())
            .ok_or(crate::StoreError::NotAllowed)
    }

    /// Whether they may make `user`, who is `before` in it, be `after`.
    pub fn makes(
        self,
        user: UserId,
        before: Option<OrganizationRole>,
        after: Option<OrganizationRole>,
    ) -> StoreResult<()> {
        // Nobody is kept, and anybody may step down.
        let is_own_way_out = user == self.user && before.is_some() && after <= before;
        (is_own_way_out || self.role.may_make(before, after))
            .then_some(())
            .ok_or(crate::StoreError::NotAllowed)
    }
}

/// Who inherits an organization whose last owner goes: the longest of its admins, else the longest of its members.
pub fn heir(left: impl IntoIterator<Item = (UserId, OrganizationRole, Timestamp)>) -> Option<UserId> {
    let longest = left
        .into_iter()
        .min_by_key(|(user, role, joined_at)| (std::cmp::Reverse(*role), *joined_at, *user));
    longest.map(|(user, ..)| user)
}
