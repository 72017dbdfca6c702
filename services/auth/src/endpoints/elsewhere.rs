//! Signing in at providers, and what of it belongs to an account.

pub(super) mod begin_link;
pub(super) mod begin_sign_in;
pub(super) mod confirm_link;
pub(super) mod finish;
pub(super) mod list_identities;
pub(super) mod list_providers;
pub(super) mod unlink;

use serde::Serialize;
use utoipa::ToSchema;

use crate::identities::PendingLink;

/// Where a browser is to go.
#[derive(Serialize, ToSchema)]
pub(super) struct Departure {
    /// The provider's page, for this browser alone.
    url: String,
}

/// A link that waits for the word of whoever is signed in to the account.
#[derive(Serialize, ToSchema)]
#[schema(as = PendingLink)]
pub(super) struct PendingLinkView {
    #[schema(example = "our-house")]
    provider: String,
    /// What people call the provider.
    #[schema(example = "Our house")]
    label: String,
    /// The address that the provider tells.
    #[schema(required)]
    email: Option<String>,
}

impl From<&PendingLink> for PendingLinkView {
    fn from(link: &PendingLink) -> Self {
        Self {
            provider: link.provider.clone(),
            label: link.label.clone(),
            email: link.email.clone(),
        }
    }
}
