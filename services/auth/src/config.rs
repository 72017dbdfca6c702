mod clerk;
mod providers;

use std::str::FromStr;
use std::time::Duration;

use photure_common::config::{Env, PublicUrl};
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use crate::mail::MailConfig;

pub use clerk::ClerkConfig;
pub use providers::ProviderConfig;

/// What auth is told. Where its database is, the binary knows.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// Its origin is the issuer of tokens; on https the cookie is `Secure`.
    pub public_url: PublicUrl,
    /// How long an access token is good.
    pub access_token: Duration,
    /// How long a session lives without being used.
    pub refresh_token: Duration,
    /// How long a key signs tokens until another follows it.
    pub signing_key: Duration,
    pub registration: Registration,
    /// How long whoever deletes an account may think again.
    pub account_grace: Duration,
    /// Where mail is sent with; without it administrators hand out links.
    pub mail: Option<MailConfig>,
    /// What services prove themselves with; without it none gets a token.
    pub service_credential: Option<SecretString>,
    /// What secrets of second factors are encrypted with; without it none can be set up. Whoever loses it leaves people their recovery codes.
    pub factor_key: Option<SecretString>,
    /// Where else people may sign in.
    pub providers: Vec<ProviderConfig>,
    /// Whose tokens are taken as they come.
    pub clerk: Option<ClerkConfig>,
}

/// Who may make an account. The first one can always be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    Open,
    /// Whoever was invited.
    Invitation,
    Closed,
}

#[derive(Debug, thiserror::Error)]
#[error("neither open, invitation nor closed")]
pub struct InvalidRegistration;

impl FromStr for Registration {
    type Err = InvalidRegistration;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "open" => Ok(Self::Open),
            "invitation" => Ok(Self::Invitation),
            "closed" => Ok(Self::Closed),
            _ => Err(InvalidRegistration),
        }
    }
}

/// As long as the keys that `openssl rand` makes in the instructions.
const MIN_SECRET_BYTES: usize = 32;
const DAY_SECONDS: u64 = 86_400;

impl AuthConfig {
    /// One line each, for `--help`.
    pub const VARIABLES: &str = "\
PHOTURE_DATABASE_URL      sqlite:<path> or mongodb://<hosts>/<database>; required
PHOTURE_PUBLIC_URL        what people type to come here; http://localhost:8000
PHOTURE_SERVICE_CREDENTIAL  at least 32 bytes, the same at media; without it media gets no token of its own
PHOTURE_FACTOR_KEY        at least 32 bytes, the same at every auth; without it nobody can set up an authenticator app
PHOTURE_REGISTRATION      open, invitation or closed; the first account can always be made; open
PHOTURE_ACCOUNT_GRACE_DAYS  how long whoever deletes an account may think again; 30
PHOTURE_SMTP_URL          where mail is sent with: smtps://user:password@host, smtp:// with STARTTLS, or smtp://host?tls=none; off
PHOTURE_MAIL_FROM         who it is from: Photure <photos@example.org>; required with PHOTURE_SMTP_URL
PHOTURE_ACCESS_TOKEN_SECONDS   how long an access token is good; 900
PHOTURE_REFRESH_TOKEN_SECONDS  how long a session lives without being used; 2592000
PHOTURE_SIGNING_KEY_DAYS  how long a key signs tokens until another follows it; 90
PHOTURE_OIDC_PROVIDERS    names of OpenID providers that people may sign in with, with commas between; none. Each has its
PHOTURE_OIDC_<NAME>_ISSUER, _CLIENT_ID, _CLIENT_SECRET and _LABEL, what its button says
PHOTURE_CLERK_ISSUER      the Clerk instance whose session tokens are taken, such as https://clerk.example.org; none
PHOTURE_CLERK_AUTHORIZED_PARTIES  origins of the pages they may be made for, with commas between; that of PHOTURE_PUBLIC_URL";

    pub fn from_env(env: &Env<'_>) -> Self {
        let seconds = |name, default, most| Duration::from_secs(env.number_in(name, default, 1..=most));
        let public_url = PublicUrl::from_env(env);
        let clerk = clerk::clerk(env, &public_url);
        Self {
            public_url,
            access_token: seconds("PHOTURE_ACCESS_TOKEN_SECONDS", 900, 86_400),
            refresh_token: seconds("PHOTURE_REFRESH_TOKEN_SECONDS", 30 * 86_400, 366 * 86_400),
            signing_key: Duration::from_secs(
                DAY_SECONDS * env.number_in("PHOTURE_SIGNING_KEY_DAYS", 90, 1..=3660),
            ),
            account_grace: Duration::from_secs(
                DAY_SECONDS * env.number_in("PHOTURE_ACCOUNT_GRACE_DAYS", 30, 0..=3650),
            ),
            mail: MailConfig::from_env(env),
            registration: env.parsed_or("PHOTURE_REGISTRATION", Registration::Open),
            service_credential: env.secret("PHOTURE_SERVICE_CREDENTIAL", MIN_SECRET_BYTES),
            factor_key: env.secret("PHOTURE_FACTOR_KEY", MIN_SECRET_BYTES),
            providers: providers::providers(env),
            clerk,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (AuthConfig, Vec<String>) {
        let variables: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let env = Env::new(&variables);
        let config = AuthConfig::from_env(&env);
        let faults = env.check().err().map(|faults| faults.0).unwrap_or_default();
        (config, faults.into_iter().map(|fault| fault.variable).collect())
    }

    #[test]
    fn nothing_has_to_be_said() {
        let (config, faults) = read(&[]);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(config.access_token, Duration::from_secs(900));
        assert_eq!(config.refresh_token, Duration::from_secs(2_592_000));
        assert_eq!(config.signing_key, Duration::from_secs(90 * 86_400));
        assert_eq!(config.registration, Registration::Open);
        assert_eq!(config.account_grace, Duration::from_secs(30 * DAY_SECONDS));
        assert!(config.service_credential.is_none());
        assert!(config.factor_key.is_none());
        assert!(config.providers.is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_a_fault() {
        let (_, faults) = read(&[
            ("PHOTURE_REGISTRATION", "maybe"),
            ("PHOTURE_ACCESS_TOKEN_SECONDS", "0"),
            ("PHOTURE_SERVICE_CREDENTIAL", "short"),
            ("PHOTURE_FACTOR_KEY", "short"),
        ]);
        assert_eq!(
            faults,
            [
                "PHOTURE_ACCESS_TOKEN_SECONDS",
                "PHOTURE_REGISTRATION",
                "PHOTURE_SERVICE_CREDENTIAL",
                "PHOTURE_FACTOR_KEY"
            ]
        );
    }

    #[test]
    fn secrets_are_never_shown() {
        let secret = "0123456789abcdef0123456789abcdef";
        let (config, _) = read(&[
            ("PHOTURE_SERVICE_CREDENTIAL", secret),
            ("PHOTURE_FACTOR_KEY", secret),
        ]);
        assert!(config.factor_key.is_some());
        assert!(!format!("{config:?}").contains(secret));
    }
}
