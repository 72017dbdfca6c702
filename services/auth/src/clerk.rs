//! People who are signed in at Clerk: the short tokens that it gives their browsers, verified and exchanged for ours.
//!
//! Nobody here keeps a session for them: theirs is Clerk's, and so are its end and their second factor.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use photure_common::identity::ForeignRefusal;
use photure_domain::Clock;
use photure_domain::account::User;
use photure_domain::api_key::KeyToken;
use photure_domain::audit::Trail;
use photure_store::{Conflict, StoreError};
use serde::Deserialize;
use url::Url;

use crate::config::ClerkConfig;
use crate::error::AuthError;
use crate::identities::Identities;
use crate::oidc::Vouched;
use crate::outside::{Cached, Cause, Outside};
use crate::tokens::Issuer;

/// Clocks of two machines are never quite the same. Clerk's tokens live for a minute.
const LEEWAY_SECONDS: i64 = 5;
/// An account that was disabled, or who somebody is, counts no longer than this.
const TOKEN_LIVES: Duration = Duration::from_secs(60);
/// Theirs are shorter, and so are the ids of their people.
const MAX_SUBJECT_BYTES: usize = 64;

/// By their `kid`.
type Keys = HashMap<String, DecodingKey>;

#[derive(Clone)]
pub(crate) struct Clerk {
    config: Arc<ClerkConfig>,
    outside: Outside,
    keys: Arc<Cached<Keys>>,
    clock: Arc<dyn Clock>,
    identities: Identities,
    issuer: Issuer,
}

/// What Clerk says in a session token, and what an operator may have added to it.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    /// The page that asked for it.
    azp: Option<String>,
    exp: i64,
    nbf: i64,
    /// `pending` while there is something left to do before somebody counts as signed in.
    sts: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default, alias = "username")]
    preferred_username: Option<String>,
}

impl Clerk {
    pub(crate) fn new(
        config: ClerkConfig,
        outside: Outside,
        identities: Identities,
        issuer: Issuer,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            config: Arc::new(config),
            outside,
            keys: Arc::default(),
            clock,
            identities,
            issuer,
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// A short token of ours in the place of `token`. Somebody who was never here gets an account, where accounts are made.
    pub(crate) async fn exchange(&self, token: &str, trail: Trail) -> Result<KeyToken, AuthError> {
        let claims = self.verified(token).await?;
        let until = claims.exp.saturating_add(LEEWAY_SECONDS);
        let left = until.saturating_sub(self.clock.now().as_seconds());
        let lives = TOKEN_LIVES.min(Duration::from_secs(u64::try_from(left).unwrap_or_default()));
        let user = self.whose(claims, trail).await?;
        if user.disabled {
            return Err(AuthError::ForeignRefused(ForeignRefusal::Disabled));
        }
        Ok(KeyToken {
            access: self.issuer.for_foreign(&user, self.issuer(), lives)?,
            expires_in: lives.as_secs(),
        })
    }

    async fn whose(&self, claims: Claims, trail: Trail) -> Result<User, AuthError> {
        let nobodys = format!("{}@clerk.invalid", claims.sub);
        let vouched = Vouched {
            issuer: self.issuer().to_owned(),
            subject: claims.sub,
            username: claims.preferred_username,
            email: claims.email,
            // Its session tokens do not say.
            email_verified: false,
        };
        if let Some(user) = self.identities.known(&vouched).await? {
            return Ok(user);
        }
        let email = vouched.email.clone().unwrap_or_else(|| nobodys.clone());
        let welcomed = match self
            .identities
            .welcome(vouched.clone(), email, trail.clone())
            .await
        {
            // Whose address it is was not asked here: the account is another, with an address that is nobody's (RFC 2606).
            Err(AuthError::Store(StoreError::Conflict(Conflict::Email)) | AuthError::EmailMissing) => {
                self.identities.welcome(vouched, nobodys, trail).await
            }
            welcomed => welcomed,
        };
        welcomed.map_err(|error| match error {
            AuthError::RegistrationClosed | AuthError::InvitationRequired => {
                AuthError::ForeignRefused(ForeignRefusal::Unknown)
            }
            error => error,
        })
    }

    /// What a token says that Clerk has signed for one of our pages, and that has not run out. The algorithm is RS256, whatever its header says.
    async fn verified(&self, token: &str) -> Result<Claims, AuthError> {
        let invalid = || AuthError::ForeignRefused(ForeignRefusal::Invalid);
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        let kid = header.kid.ok_or_else(invalid)?;
        let keys = self.keys().await?;
        let claims = match keys.get(&kid) {
            Some(key) => self.claims(token, key),
            None => {
                let newer = self.keys.newer(&keys, async || self.fetch().await).await;
                newer.get(&kid).and_then(|key| self.claims(token, key))
            }
        };
        let claims = claims.ok_or_else(invalid)?;
        let now = self.clock.now().as_seconds();
        let is_ours = claims
            .azp
            .as_ref()
            .is_some_and(|party| self.config.authorized_parties.contains(party));
        let is_subject = (1..=MAX_SUBJECT_BYTES).contains(&claims.sub.len());
        if !is_ours || !is_subject || claims.sts.as_deref() == Some("pending") {
            return Err(invalid());
        }
        if claims.exp.saturating_add(LEEWAY_SECONDS) <= now {
            return Err(AuthError::ForeignRefused(ForeignRefusal::Expired));
        }
        if claims.nbf > now.saturating_add(LEEWAY_SECONDS) {
            return Err(invalid());
        }
        Ok(claims)
    }

    fn claims(&self, token: &str, key: &DecodingKey) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[self.issuer()]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "sub"]);
        validation.validate_exp = false; // against the clock we were given
        validation.validate_nbf = false;
        validation.validate_aud = false; // Clerk names whom a token is for in `azp`
        let data = jsonwebtoken::decode::<Claims>(token, key, &validation);
        data.map(|data| data.claims).ok()
    }

    async fn keys(&self) -> Result<Arc<Keys>, AuthError> {
        let keys = self.keys.get(async || self.fetch().await).await;
        keys.map_err(|cause| AuthError::ProviderUnavailable {
            provider: "Clerk".into(),
            cause,
        })
    }

    async fn fetch(&self) -> Result<Keys, Cause> {
        let body = self.outside.get(&self.jwks_url()?).await;
        let body = body.map_err(|error| Arc::new(error) as Cause)?;
        let set: JwkSet = serde_json::from_slice(&body).map_err(|error| Arc::new(error) as Cause)?;
        Ok(set.keys.iter().filter_map(verifying_key).collect())
    }

    fn jwks_url(&self) -> Result<Url, Cause> {
        let url = format!("{}/.well-known/jwks.json", self.issuer().trim_end_matches('/'));
        url.parse()
            .map_err(|error: url::ParseError| Arc::new(error) as Cause)
    }
}

impl std::fmt::Debug for Clerk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clerk")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// One for RS256, and nothing that is for something else.
fn verifying_key(jwk: &Jwk) -> Option<(String, DecodingKey)> {
    let is_rsa = matches!(jwk.algorithm, AlgorithmParameters::RSA(_));
    let common = &jwk.common;
    let is_rs256 = common
        .key_algorithm
        .is_none_or(|algorithm| algorithm == KeyAlgorithm::RS256);
    let signs = common
        .public_key_use
        .as_ref()
        .is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let kid = common.key_id.clone()?;
    let key = (is_rsa && is_rs256 && signs).then(|| DecodingKey::from_jwk(jwk).ok())??;
    Some((kid, key))
}
