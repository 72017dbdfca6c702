use mongodb::bson::{Binary, DateTime, Uuid};
use photure_domain::access::{parse_scopes, write_scopes};
use photure_domain::api_key::ApiKey;
use photure_domain::{ApiKeyId, UserId};
use serde::{Deserialize, Serialize};

use super::{date, id, time, uuid};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ApiKeyDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    user_id: Uuid,
    /// SHA-256 of the key.
    hash: Binary,
    name: String,
    /// Names with a space between.
    scopes: String,
    created_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime>,
}

impl ApiKeyDocument {
    pub(crate) fn new(key: &ApiKey, hash: Binary) -> Self {
        Self {
            id: uuid(key.id.as_uuid()),
            user_id: uuid(key.user_id.as_uuid()),
            hash,
            name: key.name.clone(),
            scopes: write_scopes(&key.scopes),
            created_at: date(key.created_at),
            expires_at: key.expires_at.map(date),
            last_used_at: key.last_used_at.map(date),
        }
    }

    pub(crate) fn into_key(self) -> ApiKey {
        ApiKey {
            id: ApiKeyId::new(id(self.id)),
            user_id: UserId::new(id(self.user_id)),
            name: self.name,
            scopes: parse_scopes(&self.scopes),
            created_at: time(self.created_at),
            expires_at: self.expires_at.map(time),
            last_used_at: self.last_used_at.map(time),
        }
    }
}
