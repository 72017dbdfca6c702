use axum::extract::State;
use photure_common::extract::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::documentation::Always;
use crate::identities::Identities;
use crate::oidc::Provider;

/// Where else people may sign in.
#[derive(Serialize, ToSchema)]
#[schema(as = Provider)]
pub(crate) struct ProviderView {
    /// In addresses.
    #[schema(example = "our-house")]
    name: String,
    /// For people.
    #[schema(example = "Our house")]
    label: String,
}

impl From<&Provider> for ProviderView {
    fn from(provider: &Provider) -> Self {
        Self {
            name: provider.name().to_owned(),
            label: provider.label().to_owned(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderList {
    items: Vec<ProviderView>,
}

/// List the providers that people may sign in with
#[utoipa::path(
    get,
    path = "/api/v1/auth/oidc",
    tag = "auth",
    responses((status = 200, description = "The providers, as the operator has ordered them", body = ProviderList), Always),
    security(()),
)]
pub(in crate::endpoints) async fn list_providers(State(identities): State<Identities>) -> Json<ProviderList> {
    let items = identities
        .providers
        .all()
        .iter()
        .map(ProviderView::from)
        .collect();
    Json(ProviderList { items })
}
