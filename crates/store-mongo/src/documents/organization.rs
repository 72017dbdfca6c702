use mongodb::bson::{DateTime, Uuid};
use photure_domain::organization::{Organization, OrganizationRole};
use photure_domain::{OrganizationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::{date, id, time, uuid};
use crate::Result;
use crate::error::Error;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OrganizationDocument {
    #[serde(rename = "_id")]
    pub(crate) id: Uuid,
    name: String,
    created_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closes_at: Option<DateTime>,
    /// Since when it is nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closed_at: Option<DateTime>,
}

impl OrganizationDocument {
    pub(crate) fn new(organization: &Organization) -> Self {
        Self {
            id: uuid(organization.id.as_uuid()),
            name: organization.name.clone(),
            created_at: date(organization.created_at),
            closes_at: organization.closes_at.map(date),
            closed_at: None,
        }
    }

    pub(crate) fn into_organization(self) -> Organization {
        Organization {
            id: OrganizationId::new(id(self.id)),
            name: self.name,
            created_at: time(self.created_at),
            closes_at: self.closes_at.map(time),
        }
    }
}

/// The order of its fields matters: MongoDB compares documents byte by byte.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MemberId {
    pub(crate) organization: Uuid,
    pub(crate) user: Uuid,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MemberDocument {
    #[serde(rename = "_id")]
    pub(crate) id: MemberId,
    role: String,
    joined_at: DateTime,
}

impl MemberDocument {
    pub(crate) fn new(
        organization: OrganizationId,
        user: UserId,
        role: OrganizationRole,
        joined_at: Timestamp,
    ) -> Self {
        Self {
            id: MemberId {
                organization: uuid(organization.as_uuid()),
                user: uuid(user.as_uuid()),
            },
            role: role.as_str().to_owned(),
            joined_at: date(joined_at),
        }
    }

    pub(crate) fn organization(&self) -> OrganizationId {
        OrganizationId::new(id(self.id.organization))
    }

    pub(crate) fn user(&self) -> UserId {
        UserId::new(id(self.id.user))
    }

    pub(crate) fn role(&self) -> Result<OrganizationRole> {
        let role = self.role.parse();
        role.map_err(|_| Error::Nonsense("a role in an organization"))
    }

    pub(crate) fn joined_at(&self) -> Timestamp {
        time(self.joined_at)
    }
}
