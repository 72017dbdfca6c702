use mongodb::bson::{Binary, DateTime, Document, Uuid, doc};
use photure_domain::factor::{RecoveryCodeHash, Totp};
use photure_domain::{Timestamp, UserId};
use photure_store::Guesses;
use serde::{Deserialize, Serialize};

use super::{binary, date, time, uuid};

/// What a person's authenticator app was given, and their recovery codes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TotpDocument {
    /// The person's.
    #[serde(rename = "_id")]
    user: Uuid,
    sealed: Binary,
    created_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<DateTime>,
    /// Of the codes that were used, the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_step: Option<i64>,
    /// SHA-256 of each.
    #[serde(default)]
    recovery_codes: Vec<Binary>,
}

impl TotpDocument {
    pub(crate) fn waiting(user: UserId, sealed: &[u8], now: Timestamp) -> Self {
        Self {
            user: uuid(user.as_uuid()),
            sealed: binary(sealed),
            created_at: date(now),
            confirmed_at: None,
            last_step: None,
            recovery_codes: Vec::new(),
        }
    }

    pub(crate) fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }

    pub(crate) fn codes(codes: &[RecoveryCodeHash]) -> Vec<Binary> {
        codes.iter().map(|code| binary(code)).collect()
    }

    pub(crate) fn into_totp(self) -> Totp {
        Totp {
            sealed: self.sealed.bytes,
            created_at: time(self.created_at),
            confirmed_at: self.confirmed_at.map(time),
            recovery_codes: u32::try_from(self.recovery_codes.len()).unwrap_or(u32::MAX),
        }
    }
}

/// Codes that were tried at one place.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GuessesDocument {
    #[serde(rename = "_id")]
    id: GuessesId,
    count: i64,
    last_at: DateTime,
}

#[derive(Debug, Serialize, Deserialize)]
struct GuessesId {
    user: Uuid,
    place: String,
}

impl GuessesDocument {
    pub(crate) fn new(user: UserId, place: &str, guesses: Guesses) -> Self {
        Self {
            id: GuessesId {
                user: uuid(user.as_uuid()),
                place: place.to_owned(),
            },
            count: guesses.count.into(),
            last_at: date(guesses.last_at),
        }
    }

    pub(crate) fn at(user: UserId, place: &str) -> Document {
        doc! { "_id": { "user": uuid(user.as_uuid()), "place": place } }
    }

    pub(crate) fn into_guesses(self) -> Guesses {
        Guesses {
            count: u32::try_from(self.count).unwrap_or(u32::MAX),
            last_at: time(self.last_at),
        }
    }
}
