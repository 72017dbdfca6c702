use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use photure_domain::UserId;
use photure_domain::access::Scope;
use photure_domain::registration::ServiceTokenRequest;
use secrecy::{ExposeSecret, SecretString};

use crate::error::AuthError;
use crate::tokens::Issuer;

/// Short: a service asks again whenever it needs one.
pub(crate) const LIVES: Duration = Duration::from_secs(300);

/// Which service may do what where, in nobody's name. All that is not here is refused.
const GRANTS: [(&str, &str, Scope); 4] = [
    ("media", "gallery", Scope::PhotosRegister),
    ("media", "gallery", Scope::BlobsSweep),
    ("media", "gallery", Scope::CatalogueRead),
    ("media", "auth", Scope::AccountsEmpty),
];

#[derive(Clone, Debug)]
pub(crate) struct ServiceTokens {
    pub(crate) issuer: Issuer,
    pub(crate) credential: Option<SecretString>,
}

impl ServiceTokens {
    /// A token for one scope at one service, and how long it is good.
    pub(crate) fn grant(&self, request: &ServiceTokenRequest) -> Result<(String, Duration), AuthError> {
        let credential = self.credential.as_ref().ok_or(AuthError::ServiceRefused)?;
        verify_slices_are_equal(
            credential.expose_secret().as_bytes(),
            request.credential.as_bytes(),
        )
        .map_err(|_| AuthError::ServiceRefused)?;
        let granted = GRANTS.iter().find(|(service, audience, scope)| {
            *service == request.service && *audience == request.audience && scope.as_str() == request.scope
        });
        let (service, audience, scope) = granted.ok_or(AuthError::ServiceRefused)?;
        let access = self.issuer.for_service(service, audience, *scope, None, LIVES)?;
        Ok((access, LIVES))
    }

    /// A token for media, with which it empties the library of this account, which is closed.
    pub(crate) fn to_empty(&self, account: UserId) -> Result<String, AuthError> {
        let scope = Scope::AccountsEmpty;
        self.issuer
            .for_service("media", "gallery", scope, Some(account), LIVES)
    }
}
