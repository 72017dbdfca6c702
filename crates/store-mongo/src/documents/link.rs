use mongodb::bson::{Binary, DateTime, Uuid};
use photure_domain::UserId;
use photure_domain::link::{Link, LinkPurpose};
use serde::{Deserialize, Serialize};

use super::{binary, bytes, date, id, time, uuid};
use crate::Result;
use crate::error::Error;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LinkDocument {
    /// SHA-256 of its token.
    #[serde(rename = "_id")]
    hash: Binary,
    user_id: Uuid,
    purpose: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    created_at: DateTime,
    expires_at: DateTime,
}

impl LinkDocument {
    pub(crate) fn new(link: &Link) -> Self {
        Self {
            hash: binary(&link.hash),
            user_id: uuid(link.user_id.as_uuid()),
            purpose: link.purpose.as_str().to_owned(),
            email: link.email.clone(),
            created_at: date(link.created_at),
            expires_at: date(link.expires_at),
        }
    }

    pub(crate) fn into_link(self) -> Result<Link> {
        Ok(Link {
            hash: bytes(self.hash, "a link's hash")?,
            user_id: UserId::new(id(self.user_id)),
            purpose: LinkPurpose::named(&self.purpose).ok_or(Error::Nonsense("a link's purpose"))?,
            email: self.email,
            created_at: time(self.created_at),
            expires_at: time(self.expires_at),
        })
    }
}
