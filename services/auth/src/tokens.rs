use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use photure_common::identity::{AUDIENCE, AccessClaims};
use photure_common::secret::random_token;
use photure_domain::access::{Scope, scopes_of, write_scopes};
use photure_domain::account::{RefreshTokenHash, SuccessorSeed, User};
use photure_domain::organization::OrganizationRole;
use photure_domain::{ApiKeyId, Clock, OrganizationId, SessionId, UserId};
use sha2::{Digest, Sha256};

use crate::error::AuthError;
use crate::keyring::Keyring;

/// Longer than this is none of ours.
const MAX_REFRESH_TOKEN_BYTES: usize = 128;

/// What one token says and another does not.
struct Claims<'a> {
    audience: &'a str,
    subject: String,
    session: Option<SessionId>,
    key: Option<ApiKeyId>,
    /// Who else has signed this person in.
    idp: Option<&'a str>,
    name: Option<&'a str>,
    scope: String,
}

/// Makes access tokens. Nobody else does.
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    pub(crate) keyring: Keyring,
    pub(crate) clock: Arc<dyn Clock>,
    /// The origin people type.
    pub(crate) name: Arc<str>,
}

impl Issuer {
    /// For a person, in one session.
    pub(crate) fn for_user(
        &self,
        user: &User,
        session: SessionId,
        lives: Duration,
    ) -> Result<String, AuthError> {
        let claims = Claims {
            audience: AUDIENCE,
            subject: user.id.to_string(),
            session: Some(session),
            key: None,
            idp: None,
            name: Some(&user.username),
            scope: write_scopes(&scopes_of(user.role)),
        };
        self.sign(claims, lives)
    }

    /// For a program with an API key, in a person's name.
    pub(crate) fn for_program(
        &self,
        user: &User,
        key: ApiKeyId,
        scopes: &BTreeSet<Scope>,
        lives: Duration,
    ) -> Result<String, AuthError> {
        let claims = Claims {
            audience: AUDIENCE,
            subject: user.id.to_string(),
            session: None,
            key: Some(key),
            idp: None,
            name: Some(&user.username),
            scope: write_scopes(scopes),
        };
        self.sign(claims, lives)
    }

    /// For a person whom somebody else has signed in.
    pub(crate) fn for_foreign(&self, user: &User, idp: &str, lives: Duration) -> Result<String, AuthError> {
        let claims = Claims {
            audience: AUDIENCE,
            subject: user.id.to_string(),
            session: None,
            key: None,
            idp: Some(idp),
            name: Some(&user.username),
            scope: write_scopes(&scopes_of(user.role)),
        };
        self.sign(claims, lives)
    }

    /// For a service, to use at one other; where it is about one account, for no other.
    pub(crate) fn for_service(
        &self,
        service: &str,
        audience: &str,
        scope: Scope,
        account: Option<UserId>,
        lives: Duration,
    ) -> Result<String, AuthError> {
        let claims = Claims {
            audience,
            subject: match account {
                Some(account) => format!("service:{service}:{account}"),
                None => format!("service:{service}"),
            },
            session: None,
            key: None,
            idp: None,
            name: None,
            scope: scope.as_str().to_owned(),
        };
        self.sign(claims, lives)
    }

    /// For the library of an organization, of whoever brought a token with these claims: what it says of them, and nothing that it did not allow.
    pub(crate) fn for_library(
        &self,
        brought: &AccessClaims,
        library: OrganizationId,
        role: OrganizationRole,
        scopes: &BTreeSet<Scope>,
        lives: Duration,
    ) -> Result<String, AuthError> {
        let now = self.clock.now();
        self.signed(&AccessClaims {
            library: Some(library.to_string()),
            library_role: Some(role.as_str().to_owned()),
            scope: write_scopes(scopes),
            iat: now.as_seconds(),
            exp: now.plus(lives).as_seconds(),
            ..brought.clone()
        })
    }

    fn sign(&self, claims: Claims<'_>, lives: Duration) -> Result<String, AuthError> {
        let now = self.clock.now();
        self.signed(&AccessClaims {
            iss: self.name.to_string(),
            aud: claims.audience.to_owned(),
            sub: claims.subject,
            sid: claims.session.map(|session| session.to_string()),
            key: claims.key.map(|key| key.to_string()),
            idp: claims.idp.map(str::to_owned),
            preferred_username: claims.name.map(str::to_owned),
            library: None,
            library_role: None,
            scope: claims.scope,
            iat: now.as_seconds(),
            exp: now.plus(lives).as_seconds(),
        })
    }

    fn signed(&self, claims: &AccessClaims) -> Result<String, AuthError> {
        let key = self.keyring.current()?;
        let header = Header {
            kid: Some(key.id.to_string()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(&key.private_der))
            .map_err(|error| AuthError::Internal("a token could not be signed", error.into()))
    }
}

/// What a session is renewed with: opaque, 256 random bits. Only its hash is kept.
#[derive(Clone)]
pub(crate) struct RefreshToken(String);

impl RefreshToken {
    pub(crate) fn random() -> Self {
        Self(random_token())
    }

    /// What a client brought; `None` where it cannot be one.
    pub(crate) fn brought(text: &str) -> Option<Self> {
        (1..=MAX_REFRESH_TOKEN_BYTES)
            .contains(&text.len())
            .then(|| Self(text.to_owned()))
    }

    /// The token that follows this one: the same for the same seed, and nothing that either of the two tells alone.
    pub(crate) fn successor(&self, seed: &SuccessorSeed) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        Self(URL_SAFE_NO_PAD.encode(hmac::sign(&key, seed)))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> RefreshTokenHash {
        Sha256::digest(&self.0).into()
    }
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}
