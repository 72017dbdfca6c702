//! Organizations: people who share a library. What is in it belongs to the organization, as a person's photos belong to that person.

use crate::{OrganizationId, Timestamp, UserId};

impl OrganizationId {
    /// Whose the photos in its library are: the organization's.
    pub const fn library(self) -> UserId {
        UserId::new(self.as_uuid())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub created_at: Timestamp,
    /// When it is deleted with everything in it, where its owner has asked for that.
    pub closes_at: Option<Timestamp>,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrganizationRole {
    /// To see the library and to add to it, to edit, trash and restore what is in it.
    Member,
    /// And to say who is a member, and to purge.
    Admin,
    /// And to say who is an owner, and to delete the organization. There is always one.
    Owner,
}

impl OrganizationRole {
    pub const ALL: [Self; 3] = [Self::Owner, Self::Admin, Self::Member];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    /// May somebody of this role make somebody who is `before` in the organization be `after`? `None` is whoever is not in it.
    pub fn may_make(self, before: Option<Self>, after: Option<Self>) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => before.max(after) <= Some(Self::Admin),
            Self::Member => false,
        }
    }
}

impl std::str::FromStr for OrganizationRole {
    type Err = UnknownOrganizationRole;

    fn from_str(text: &str) -> Result<Self, UnknownOrganizationRole> {
        let named = Self::ALL.into_iter().find(|role| role.as_str() == text);
        named.ok_or(UnknownOrganizationRole)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no role in an organization")]
pub struct UnknownOrganizationRole;

/// Somebody in an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub user_id: UserId,
    pub username: String,
    pub role: OrganizationRole,
    pub joined_at: Timestamp,
}

/// Who changes an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// Who is in it, as far as their role goes.
    Member(UserId),
    /// Whoever looks after the whole installation: as its owners, but for its photos.
    Administrator(UserId),
}

impl Manager {
    pub const fn user(self) -> UserId {
        match self {
            Self::Member(user) | Self::Administrator(user) => user,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OrganizationRole::{Admin, Member, Owner};
    use super::*;

    #[test]
    fn nobody_makes_or_removes_who_stands_above_them() {
        for before in [None, Some(Member), Some(Admin), Some(Owner)] {
            for after in [None, Some(Member), Some(Admin), Some(Owner)] {
                let touches_owners = before == Some(Owner) || after == Some(Owner);
                assert!(Owner.may_make(before, after));
                assert_eq!(
                    Admin.may_make(before, after),
                    !touches_owners,
                    "{before:?} {after:?}"
                );
                assert!(!Member.may_make(before, after));
            }
        }
    }

    #[test]
    fn roles_read_back() {
        for role in OrganizationRole::ALL {
            assert_eq!(role.as_str().parse::<OrganizationRole>().ok(), Some(role));
        }
        assert!("viewer".parse::<OrganizationRole>().is_err());
    }
}
