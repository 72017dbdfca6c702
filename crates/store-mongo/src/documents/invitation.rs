use mongodb::bson::{Binary, DateTime, Uuid};
use photure_domain::invitation::{Invitation, InvitationHash};
use photure_domain::{InvitationId, UserId};
use serde::{Deserialize, Serialize};

use super::{binary, date, id, time, uuid};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct InvitationDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    /// SHA-256 of its token.
    hash: Binary,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    made_by: Uuid,
    created_at: DateTime,
    expires_at: DateTime,
}

impl InvitationDocument {
    pub(crate) fn new(invitation: &Invitation, hash: &InvitationHash) -> Self {
        Self {
            id: uuid(invitation.id.as_uuid()),
            hash: binary(hash),
            email: invitation.email.clone(),
            made_by: uuid(invitation.made_by.as_uuid()),
            created_at: date(invitation.created_at),
            expires_at: date(invitation.expires_at),
        }
    }

    pub(crate) fn into_invitation(self) -> Invitation {
        Invitation {
            id: InvitationId::new(id(self.id)),
            email: self.email,
            made_by: UserId::new(id(self.made_by)),
            created_at: time(self.created_at),
            expires_at: time(self.expires_at),
        }
    }
}
