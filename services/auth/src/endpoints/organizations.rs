//! Organizations and who is in them.

pub(super) mod add_member;
pub(super) mod change_member;
pub(super) mod create_organization;
pub(super) mod delete_organization;
pub(super) mod get_organization;
pub(super) mod keep_organization;
pub(super) mod library_token;
pub(super) mod list_all;
pub(super) mod list_members;
pub(super) mod list_organizations;
pub(super) mod remove_member;
pub(super) mod rename_organization;

use photure_domain::organization::{Member, OrganizationRole};
use photure_domain::{OrganizationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::organizations::Belonging;

/// What somebody is in an organization.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OrganizationRole)]
pub(crate) enum RoleView {
    /// Says who is an owner, and may delete the organization.
    Owner,
    /// Says who is a member, and purges photos.
    Admin,
    /// Sees, adds, edits, trashes and restores photos.
    Member,
}

impl From<OrganizationRole> for RoleView {
    fn from(role: OrganizationRole) -> Self {
        match role {
            OrganizationRole::Owner => Self::Owner,
            OrganizationRole::Admin => Self::Admin,
            OrganizationRole::Member => Self::Member,
        }
    }
}

impl From<RoleView> for OrganizationRole {
    fn from(role: RoleView) -> Self {
        match role {
            RoleView::Owner => Self::Owner,
            RoleView::Admin => Self::Admin,
            RoleView::Member => Self::Member,
        }
    }
}

/// People who share a library. Requests about it name it in `Photure-Library`.
#[derive(Serialize, ToSchema)]
#[schema(as = Organization)]
pub(crate) struct OrganizationView {
    id: OrganizationId,
    #[schema(example = "Lovelace family")]
    name: String,
    /// What the caller is in it; null for administrators who are not.
    #[schema(required)]
    role: Option<RoleView>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it is deleted with everything in it, where an owner has asked for that.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    closes_at: Option<Timestamp>,
}

impl From<Belonging> for OrganizationView {
    fn from(belonging: Belonging) -> Self {
        let Belonging { organization, role } = belonging;
        Self {
            id: organization.id,
            name: organization.name,
            role: role.map(Into::into),
            created_at: organization.created_at,
            closes_at: organization.closes_at,
        }
    }
}

/// Somebody in an organization.
#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
pub(crate) struct MemberView {
    user_id: UserId,
    username: String,
    role: RoleView,
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.user_id,
            username: member.username,
            role: member.role.into(),
            joined_at: member.joined_at,
        }
    }
}
