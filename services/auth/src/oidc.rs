//! Providers that people sign in with by OpenID Connect: the authorization code flow with PKCE.
//!
//! What a provider says of somebody is told here; whose account that is, `identities` knows.

mod journey;
mod provider;

use std::sync::Arc;

use photure_domain::Clock;

use crate::config::ProviderConfig;
use crate::error::AuthError;
use crate::outside::Outside;
pub(crate) use journey::{Journey, LIVES};
pub(crate) use provider::{Answer, Provider, Vouched};

/// Those that the operator has named, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Providers(Arc<[Provider]>);

impl Providers {
    pub(crate) fn new(
        configured: Vec<ProviderConfig>,
        origin: &str,
        outside: Option<&Outside>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let providers = outside.map(|outside| {
            let provider = |config| Provider::new(config, origin, outside.clone(), clock.clone());
            configured.into_iter().map(provider).collect()
        });
        Self(providers.unwrap_or_default())
    }

    pub(crate) fn all(&self) -> &[Provider] {
        &self.0
    }

    pub(crate) fn named(&self, name: &str) -> Result<&Provider, AuthError> {
        let named = self.0.iter().find(|provider| provider.name() == name);
        named.ok_or(AuthError::NoSuchProvider)
    }

    /// What people call the one that signs with this issuer.
    pub(crate) fn label_of(&self, issuer: &str) -> Option<&str> {
        let known = self.0.iter().find(|provider| provider.issuer() == issuer);
        known.map(Provider::label)
    }
}
