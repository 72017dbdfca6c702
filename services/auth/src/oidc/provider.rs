use std::sync::Arc;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreGrantType, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalProviderMetadata, AuthType, AuthorizationCode,
    ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse,
};
use photure_domain::Clock;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Journey;
use crate::config::ProviderConfig;
use crate::error::AuthError;
use crate::outside::{Cached, Cause, Outside, is_safe};

/// Signed with a key of the provider's own, never with one that both know.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// OpenID Connect Core, section 2.
const MAX_SUBJECT_BYTES: usize = 255;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct NamesItself {
    /// RFC 9207: its answers say whose they are.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for NamesItself {}

type Metadata = ProviderMetadata<
    NamesItself,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// One provider, and what it publishes of itself.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    config: Arc<ProviderConfig>,
    /// Where browsers come back to.
    redirect: RedirectUrl,
    outside: Outside,
    clock: Arc<dyn Clock>,
    metadata: Arc<Cached<Metadata>>,
}

/// What a browser brings back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) error: Option<String>,
}

/// Whom a provider vouches for.
#[derive(Clone, Debug)]
pub(crate) struct Vouched {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) username: Option<String>,
    pub(crate) email: Option<String>,
    /// Whether it has made sure that the address is theirs.
    pub(crate) email_verified: bool,
}

impl Provider {
    pub(super) fn new(config: ProviderConfig, origin: &str, outside: Outside, clock: Arc<dyn Clock>) -> Self {
        let redirect = format!("{origin}/sign-in/{}", config.name);
        Self {
            redirect: RedirectUrl::from_url(
                Url::parse(&redirect).unwrap_or_else(|_| config.issuer.url().clone()),
            ),
            config: Arc::new(config),
            outside,
            clock,
            metadata: Arc::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }

    pub(crate) fn label(&self) -> &str {
        &self.config.label
    }

    pub(crate) fn issuer(&self) -> &str {
        self.config.issuer.as_str()
    }

    /// Where a browser goes to begin `journey`.
    pub(crate) async fn address(&self, journey: &Journey) -> Result<Url, AuthError> {
        let metadata = self.metadata().await?;
        let (state, nonce) = (journey.state(), journey.nonce());
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(journey.verifier()));
        let client = self.client(&metadata);
        let request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new(state),
            || Nonce::new(nonce),
        );
        let scopes = ["profile", "email"].map(|scope| Scope::new(scope.into()));
        let (url, _, _) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        if is_safe(&url) {
            Ok(url)
        } else {
            Err(self.refused("its authorization endpoint is not https://"))
        }
    }

    /// Whom it vouches for at the end of `journey`.
    pub(crate) async fn redeem(&self, journey: &Journey, answer: Answer) -> Result<Vouched, AuthError> {
        let metadata = self.metadata().await?;
        let must_name_itself = metadata
            .additional_metadata()
            .authorization_response_iss_parameter_supported;
        match &answer.issuer {
            Some(issuer) if issuer != self.issuer() => {
                return Err(self.refused("the answer names another issuer"));
            }
            None if must_name_itself => return Err(self.refused("the answer does not name its issuer")),
            _ => {}
        }
        let code = match (answer.error.as_deref(), answer.code) {
            (Some("access_denied"), _) => {
                return Err(AuthError::ConsentDenied {
                    provider: self.config.label.clone(),
                });
            }
            (Some(_), _) => return Err(self.refused("it answered with an error")),
            (None, Some(code)) => code,
            (None, None) => return Err(self.refused("the answer holds no code")),
        };
        let client = self.client(&metadata);
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| self.refused(error))?;
        let tokens = request
            .set_pkce_verifier(PkceCodeVerifier::new(journey.verifier()))
            .request_async(&self.outside)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(cause) => self.unavailable(Arc::new(cause)),
                // Which of its errors it was, without the document around it.
                RequestTokenError::ServerResponse(answer) => self.refused(answer.error()),
                RequestTokenError::Parse(cause, _) => self.refused(cause),
                RequestTokenError::Other(cause) => self.refused(cause),
            })?;
        let id_token = tokens
            .id_token()
            .ok_or_else(|| self.refused("it gave no ID token"))?;
        let nonce = Nonce::new(journey.nonce());
        let access = tokens.access_token();
        let claims = match self.verify(&client, id_token, &nonce, access) {
            Err(Unverified::NoSuchKey) => {
                let metadata = self.newer_metadata(&metadata).await;
                self.verify(&self.client(&metadata), id_token, &nonce, access)
            }
            verified => verified,
        };
        let claims = claims.map_err(|error| self.refused(error))?;
        self.vouched(&client, claims, access).await
    }

    fn verify(
        &self,
        client: &Client,
        token: &CoreIdToken,
        nonce: &Nonce,
        access: &AccessToken,
    ) -> Result<CoreIdTokenClaims, Unverified> {
        let clock = self.clock.clone();
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || {
                chrono::DateTime::from_timestamp_millis(clock.now().as_millis()).unwrap_or_default()
            });
        let claims = token.claims(&verifier, nonce)?;
        if let Some(expected) = claims.access_token_hash() {
            let other = |_| Unverified::Other("at_hash".into());
            let key = token.signing_key(&verifier).map_err(|_| Unverified::NoSuchKey)?;
            let algorithm = token.signing_alg().map_err(|_| Unverified::NoSuchKey)?;
            let hash = AccessTokenHash::from_token(access, algorithm, key).map_err(other)?;
            if hash != *expected {
                return Err(Unverified::Other("the access token is another's".into()));
            }
        }
        Ok(claims.clone())
    }

    /// What the ID token does not say of the person, many providers tell whoever asks.
    async fn vouched(
        &self,
        client: &Client,
        claims: CoreIdTokenClaims,
        access: &AccessToken,
    ) -> Result<Vouched, AuthError> {
        let subject = claims.subject();
        if subject.is_empty() || subject.len() > MAX_SUBJECT_BYTES {
            return Err(self.refused("its subject is empty, or longer than any may be"));
        }
        let mut vouched = Vouched {
            issuer: self.issuer().to_owned(),
            subject: subject.to_string(),
            username: claims.preferred_username().map(|name| name.to_string()),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified().unwrap_or(false),
        };
        if vouched.email.is_some() || client.user_info_url().is_none() {
            return Ok(vouched);
        }
        let request = client
            .user_info(access.clone(), Some(subject.clone()))
            .map_err(|error| self.refused(error))?;
        let more: CoreUserInfoClaims = request
            .request_async(&self.outside)
            .await
            .map_err(|error| self.refused(error))?;
        vouched.email = more.email().map(|email| email.to_string());
        vouched.email_verified = more.email_verified().unwrap_or(false);
        let name = more.preferred_username().map(|name| name.to_string());
        vouched.username = name.or(vouched.username);
        Ok(vouched)
    }

    fn client(&self, metadata: &Metadata) -> Client {
        let id = ClientId::new(self.config.client_id.clone());
        let secret = self.config.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        // Where nothing is said, it is `client_secret_basic` (Discovery, section 3).
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
        let by = if takes(CoreClientAuthMethod::ClientSecretPost)
            && !takes(CoreClientAuthMethod::ClientSecretBasic)
        {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        };
        CoreClient::from_provider_metadata(metadata.clone(), id, secret)
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(by)
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, AuthError> {
        let metadata = self.metadata.get(async || self.discover().await).await;
        metadata.map_err(|cause| self.unavailable(cause))
    }

    async fn newer_metadata(&self, seen: &Arc<Metadata>) -> Arc<Metadata> {
        self.metadata.newer(seen, async || self.discover().await).await
    }

    /// What it publishes: its addresses, and its keys.
    async fn discover(&self) -> Result<Metadata, Cause> {
        let found = Metadata::discover_async(self.config.issuer.clone(), &self.outside).await;
        found.map_err(|error| Arc::new(error) as Cause)
    }

    fn refused(&self, why: impl std::fmt::Display) -> AuthError {
        tracing::warn!(provider = self.name(), cause = %why, "a sign-in was not vouched for");
        AuthError::ProviderRefused {
            provider: self.config.label.clone(),
        }
    }

    fn unavailable(&self, cause: Cause) -> AuthError {
        AuthError::ProviderUnavailable {
            provider: self.config.label.clone(),
            cause,
        }
    }
}

/// Why an ID token does not count.
#[derive(Debug, thiserror::Error)]
enum Unverified {
    /// It may be newer than what is known of the provider.
    #[error("the provider has no such key")]
    NoSuchKey,
    #[error("{0}")]
    Other(String),
}

impl From<ClaimsVerificationError> for Unverified {
    fn from(error: ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                Self::NoSuchKey
            }
            error => Self::Other(error.to_string()),
        }
    }
}
