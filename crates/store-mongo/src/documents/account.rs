use mongodb::bson::{Binary, DateTime, Uuid};
use photure_domain::account::{Client, Role, Session, SigningKey, Successor, User};
use photure_domain::{KeyId, SessionId, Timestamp, UserId};
use photure_store::Presented;
use serde::{Deserialize, Serialize};

use super::{binary, bytes, date, id, time, uuid};
use crate::Result;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UserDocument {
    #[serde(rename = "_id")]
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(crate) username_folded: String,
    pub(crate) email: String,
    pub(crate) email_folded: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email_confirmed_at: Option<DateTime>,
    /// None where its owner signs in elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_hash: Option<String>,
    pub(crate) role: Role,
    pub(crate) disabled: bool,
    pub(crate) created_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signed_in_at: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closes_at: Option<DateTime>,
    /// Whoever keeps it lets its owner in again.
    #[serde(default)]
    pub(crate) reopens: bool,
    /// Since when it is closed for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closed_at: Option<DateTime>,
}

impl UserDocument {
    pub(crate) fn into_user(self) -> User {
        User {
            id: UserId::new(id(self.id)),
            username: self.username,
            email: self.email,
            email_confirmed_at: self.email_confirmed_at.map(time),
            role: self.role,
            disabled: self.disabled,
            created_at: time(self.created_at),
            signed_in_at: self.signed_in_at.map(time),
            closes_at: self.closes_at.map(time),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SessionDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    user_id: Uuid,
    created_at: DateTime,
    last_used_at: DateTime,
    expires_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(default)]
    alarm: bool,
    /// SHA-256 of its current refresh token.
    token: Binary,
}

impl SessionDocument {
    pub(crate) fn new(session: &Session, token: Binary) -> Self {
        Self {
            id: uuid(session.id.as_uuid()),
            user_id: uuid(session.user_id.as_uuid()),
            created_at: date(session.created_at),
            last_used_at: date(session.last_used_at),
            expires_at: date(session.expires_at),
            revoked_at: session.revoked_at.map(date),
            device: session.client.device.clone(),
            address: session.client.address.map(|address| address.to_string()),
            alarm: session.alarm,
            token,
        }
    }

    pub(crate) fn id(&self) -> Uuid {
        self.id
    }

    pub(crate) fn token(&self) -> Binary {
        self.token.clone()
    }

    pub(crate) fn into_session(self) -> Session {
        Session {
            id: SessionId::new(id(self.id)),
            user_id: UserId::new(id(self.user_id)),
            client: Client {
                device: self.device,
                address: self.address.and_then(|address| address.parse().ok()),
            },
            created_at: time(self.created_at),
            last_used_at: time(self.last_used_at),
            expires_at: time(self.expires_at),
            revoked_at: self.revoked_at.map(time),
            alarm: self.alarm,
        }
    }
}

/// A refresh token that was replaced, so that its return is noticed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OldTokenDocument {
    #[serde(rename = "_id")]
    hash: Binary,
    session_id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced: Option<ReplacedDocument>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ReplacedDocument {
    at: DateTime,
    /// The successor's hash.
    by: Binary,
    seed: Binary,
}

impl OldTokenDocument {
    pub(crate) fn new(hash: Binary, session: SessionId, by: &Successor, now: Timestamp) -> Self {
        Self {
            hash,
            session_id: uuid(session.as_uuid()),
            replaced: Some(ReplacedDocument {
                at: date(now),
                by: binary(&by.hash),
                seed: binary(&by.seed),
            }),
        }
    }

    pub(crate) fn session_id(&self) -> Uuid {
        self.session_id
    }

    /// What this token is to its session.
    pub(crate) fn presented(self, session: &SessionDocument) -> Result<Presented> {
        match self.replaced {
            Some(replaced) if replaced.by == session.token => Ok(Presented::Last {
                replaced_at: time(replaced.at),
                seed: bytes(replaced.seed, "a seed")?,
            }),
            _ => Ok(Presented::Old),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SigningKeyDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    private_der: Binary,
    public: Binary,
    created_at: DateTime,
}

impl SigningKeyDocument {
    pub(crate) fn new(key: &SigningKey) -> Self {
        Self {
            id: uuid(key.id.as_uuid()),
            private_der: binary(&key.private_der),
            public: binary(&key.public),
            created_at: date(key.created_at),
        }
    }

    pub(crate) fn into_key(self) -> Result<SigningKey> {
        Ok(SigningKey {
            id: KeyId::new(id(self.id)),
            private_der: self.private_der.bytes,
            public: bytes(self.public, "a public key")?,
            created_at: time(self.created_at),
        })
    }
}
