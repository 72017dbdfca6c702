use mongodb::bson::{Binary, DateTime, Uuid};
use photure_domain::passkey::{Algorithm, Passkey};
use photure_domain::{PasskeyId, UserId};
use serde::{Deserialize, Serialize};

use super::{binary, date, id, time, uuid};
use crate::Result;
use crate::error::Error;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PasskeyDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    user_id: Uuid,
    credential_id: Binary,
    /// SubjectPublicKeyInfo.
    public_key: Binary,
    /// COSE.
    algorithm: i32,
    counter: i64,
    name: String,
    created_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime>,
}

impl PasskeyDocument {
    pub(crate) fn new(passkey: &Passkey) -> Self {
        Self {
            id: uuid(passkey.id.as_uuid()),
            user_id: uuid(passkey.user_id.as_uuid()),
            credential_id: binary(&passkey.credential_id),
            public_key: binary(&passkey.public_key),
            algorithm: passkey.algorithm.number(),
            counter: passkey.counter.into(),
            name: passkey.name.clone(),
            created_at: date(passkey.created_at),
            last_used_at: passkey.last_used_at.map(date),
        }
    }

    pub(crate) fn into_passkey(self) -> Result<Passkey> {
        Ok(Passkey {
            id: PasskeyId::new(id(self.id)),
            user_id: UserId::new(id(self.user_id)),
            credential_id: self.credential_id.bytes,
            public_key: self.public_key.bytes,
            algorithm: Algorithm::numbered(self.algorithm).ok_or(Error::Nonsense("an algorithm"))?,
            counter: u32::try_from(self.counter).map_err(|_| Error::Nonsense("a counter"))?,
            name: self.name,
            created_at: time(self.created_at),
            last_used_at: self.last_used_at.map(time),
        })
    }
}
