use std::collections::BTreeSet;
use std::sync::Arc;

use http::StatusCode;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use photure_domain::access::{Actor, Scope, parse_scopes};
use photure_domain::api_key::ApiKeySecret;
use photure_domain::{Clock, OrganizationId, SessionId, UserId};
use secrecy::{ExposeSecret, SecretString};

use super::claims::{AUDIENCE, AccessClaims};
use super::extractor::Caller;
use super::foreign::{ForeignRefusal, claimed_issuer};
use super::jwks::PublicKey;
use super::keys::KeySource;
use crate::Problem;
use crate::peer::PeerError;

/// A token longer than this is none of ours.
const MAX_TOKEN_BYTES: usize = 4096;

/// What a service needs to know who asks.
#[derive(Clone, Debug)]
pub struct Identity {
    keys: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
    issuer: Arc<str>,
    /// This service's name: the audience of tokens that other services bring.
    service: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("the token is not one of ours")]
    Invalid,
    #[error("the token has run out")]
    Expired,
    #[error("the API key is none, was deleted, or has run out")]
    KeyInvalid,
    #[error("the session has ended")]
    Ended,
    /// Somebody else's, for an account that may not be used.
    #[error("the account is disabled")]
    AccountDisabled,
    /// Somebody else's, for somebody who has no account.
    #[error("no new accounts are taken")]
    NoAccount,
    /// Or no such organization: whoever is not in it is not told which.
    #[error("the caller is not in the organization")]
    NoLibrary,
    #[error("the keys are not to be had")]
    KeysUnavailable(#[source] PeerError),
}

impl Identity {
    pub fn new(keys: Arc<dyn KeySource>, clock: Arc<dyn Clock>, issuer: &str, service: &'static str) -> Self {
        Self {
            keys,
            clock,
            issuer: issuer.into(),
            service,
        }
    }

    /// Whose token or API key this is. A key, and a token of an issuer whose people are let in here, is exchanged at auth for the token it
    /// stands for, which is verified like any other.
    pub async fn verify(&self, credential: &str) -> Result<(Caller, AccessClaims), TokenError> {
        if !ApiKeySecret::looks_like_one(credential) {
            return match self.exchanged(credential).await? {
                Some(token) => self.verify_token(token.expose_secret()).await,
                None => self.verify_token(credential).await,
            };
        }
        let key = ApiKeySecret::parse(credential).ok_or(TokenError::KeyInvalid)?;
        let token = self.keys.exchange(&key).await;
        let token = token
            .map_err(TokenError::KeysUnavailable)?
            .ok_or(TokenError::KeyInvalid)?;
        self.verify_token(token.expose_secret()).await
    }

    /// The same caller in the library of an organization.
    pub(super) async fn in_library(
        &self,
        caller: Caller,
        library: OrganizationId,
    ) -> Result<Caller, TokenError> {
        if !matches!(caller.actor, Actor::User(_) | Actor::Program(_)) {
            return Err(TokenError::NoLibrary);
        }
        let token = self
            .keys
            .exchange_library(caller.bearer.expose_secret(), library)
            .await;
        let token = token
            .map_err(TokenError::KeysUnavailable)?
            .ok_or(TokenError::NoLibrary)?;
        let (caller, _) = self.verify_token(token.expose_secret()).await?;
        Ok(caller)
    }

    /// What stands for a token that says it is somebody else's; `None` where it is to be one of ours.
    async fn exchanged(&self, token: &str) -> Result<Option<SecretString>, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let Some(issuer) = claimed_issuer(token).filter(|issuer| **issuer != *self.issuer) else {
            return Ok(None);
        };
        let is_let_in = self.keys.exchanges(&issuer).await;
        if !is_let_in.map_err(TokenError::KeysUnavailable)? {
            return Ok(None);
        }
        let exchanged = self.keys.exchange_foreign(token).await;
        let exchanged = exchanged.map_err(TokenError::KeysUnavailable)?;
        Ok(Some(exchanged?))
    }

    /// Checks signature, issuer, audience, expiry, and that the session has not ended. The algorithm is the key's, whatever the header says.
    async fn verify_token(&self, token: &str) -> Result<(Caller, AccessClaims), TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let kid = header.kid.ok_or(TokenError::Invalid)?;
        let key = self
            .keys
            .key(&kid)
            .await
            .map_err(TokenError::KeysUnavailable)?
            .ok_or(TokenError::Invalid)?;
        let claims = self.claims(token, &key)?;
        if self.clock.now().as_seconds() >= claims.exp {
            return Err(TokenError::Expired);
        }
        let caller = self.caller(&claims, token).ok_or(TokenError::Invalid)?;
        if caller.session.is_some_and(|session| self.keys.has_ended(session)) {
            return Err(TokenError::Ended);
        }
        Ok((caller, claims))
    }

    fn claims(&self, token: &str, key: &PublicKey) -> Result<AccessClaims, TokenError> {
        if (key.kty.as_str(), key.crv.as_str()) != ("OKP", "Ed25519") {
            return Err(TokenError::Invalid);
        }
        let decoding = DecodingKey::from_ed_components(&key.x).map_err(|_| TokenError::Invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE, self.service]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false; // against the clock we were given, above
        let data = jsonwebtoken::decode::<AccessClaims>(token, &decoding, &validation);
        data.map(|data| data.claims).map_err(|_| TokenError::Invalid)
    }

    fn caller(&self, claims: &AccessClaims, token: &str) -> Option<Caller> {
        let scopes: BTreeSet<Scope> = parse_scopes(&claims.scope);
        let mut account = None;
        let (actor, session) = if let Some(service) = claims.sub.strip_prefix("service:") {
            if let Some((_, about)) = service.split_once(':') {
                account = Some(about.parse().ok()?);
            }
            // A service's token is for one service, never for all.
            (claims.aud == self.service).then_some((Actor::Service, None))?
        } else {
            let user: UserId = claims.sub.parse().ok()?;
            let who = if claims.key.is_some() {
                (Actor::Program(user), None)
            } else if claims.idp.is_some() {
                (Actor::User(user), None)
            } else {
                let session: SessionId = claims.sid.as_deref()?.parse().ok()?;
                (Actor::User(user), Some(session))
            };
            let (actor, session) = (claims.aud == AUDIENCE).then_some(who)?;
            let actor = match &claims.library {
                Some(library) => Actor::Member {
                    user,
                    library: library.parse::<OrganizationId>().ok()?.library(),
                    role: claims.library_role.as_deref()?.parse().ok()?,
                },
                None => actor,
            };
            (actor, session)
        };
        Some(Caller {
            actor,
            session,
            account,
            name: claims.preferred_username.clone(),
            scopes,
            bearer: token.to_owned().into(),
        })
    }
}

impl From<ForeignRefusal> for TokenError {
    fn from(refusal: ForeignRefusal) -> Self {
        match refusal {
            ForeignRefusal::Invalid => Self::Invalid,
            ForeignRefusal::Expired => Self::Expired,
            ForeignRefusal::Disabled => Self::AccountDisabled,
            ForeignRefusal::Unknown => Self::NoAccount,
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid => {
                Self::unauthenticated("token_invalid", "This sign-in is not valid. Sign in again.")
            }
            TokenError::Expired => {
                Self::unauthenticated("token_expired", "This sign-in has run out. Sign in again.")
            }
            TokenError::KeyInvalid => Self::unauthenticated(
                "api_key_invalid",
                "This API key is not valid: it is incomplete, was deleted, or has run out.",
            ),
            TokenError::Ended => {
                Self::unauthenticated("session_ended", "This session was ended. Sign in again.")
            }
            TokenError::AccountDisabled => Self::unauthenticated(
                ForeignRefusal::Disabled.code(),
                "This account is disabled. Ask whoever runs this Photure.",
            ),
            TokenError::NoAccount => Self::unauthenticated(
                ForeignRefusal::Unknown.code(),
                "You have no account here, and no new accounts are taken. Ask whoever runs this Photure.",
            ),
            TokenError::NoLibrary => Self::new(
                StatusCode::NOT_FOUND,
                "library_not_found",
                "There is no such organization, or you are not in it.",
            ),
            TokenError::KeysUnavailable(cause) => Self::unavailable("auth", &cause),
        }
    }
}
