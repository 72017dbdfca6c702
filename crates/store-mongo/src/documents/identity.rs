use mongodb::bson::{DateTime, Uuid};
use photure_domain::identity::LinkedIdentity;
use photure_domain::{IdentityId, UserId};
use serde::{Deserialize, Serialize};

use super::{date, id, time, uuid};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct IdentityDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    user_id: Uuid,
    pub(crate) issuer: String,
    subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    linked_at: DateTime,
}

impl IdentityDocument {
    pub(crate) fn new(identity: &LinkedIdentity) -> Self {
        Self {
            id: uuid(identity.id.as_uuid()),
            user_id: uuid(identity.user_id.as_uuid()),
            issuer: identity.issuer.clone(),
            subject: identity.subject.clone(),
            email: identity.email.clone(),
            linked_at: date(identity.linked_at),
        }
    }

    pub(crate) fn into_identity(self) -> LinkedIdentity {
        LinkedIdentity {
            id: IdentityId::new(id(self.id)),
            user_id: UserId::new(id(self.user_id)),
            issuer: self.issuer,
            subject: self.subject,
            email: self.email,
            linked_at: time(self.linked_at),
        }
    }
}
