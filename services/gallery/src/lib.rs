//! The gallery: knows photos as facts (whose, when, where, how they look) and decides who may see what.
//!
//! No bytes and no pixels: of those it hands out signed addresses, which media honours. No accounts: who asks, a token
//! says. It calls nobody but auth, for the keys that verify tokens.

mod app;
mod config;
mod documentation;
mod endpoints;
mod error;
mod etag;
mod library;
mod problem;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use http::header::{CACHE_CONTROL, VARY};
use http::{HeaderValue, StatusCode};
use photure_common::chassis;
use photure_common::health::{Check, Checks};
use photure_common::identity::{Identity, RemoteKeys};
use photure_common::peer::Peer;
use photure_common::service::{Kit, StartError};
use photure_domain::media_address::AddressKey;
use photure_store::{PhotoStore, StoreProbe};
use secrecy::ExposeSecret;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use app::App;
use library::Library;

pub use config::GalleryConfig;

const NAME: &str = "gallery";

/// Nobody waits longer for an answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What gallery stands on.
#[derive(Clone, Debug)]
pub struct Deps {
    pub photos: Arc<dyn PhotoStore>,
    pub probe: Arc<dyn StoreProbe>,
    pub auth: Peer,
}

/// The whole service. The trash is purged in the background from now on, until `kit.shutdown`.
pub async fn router(config: GalleryConfig, deps: Deps, kit: &Kit) -> Result<Router, StartError> {
    let key = AddressKey::new(config.media_signing_key.expose_secret().as_bytes())
        .ok_or_else(|| StartError::new("PHOTURE_MEDIA_SIGNING_KEY cannot be used", "it is too short"))?;
    let keys = Arc::new(RemoteKeys::new(deps.auth));
    let checks = Checks::default().with("database", Arc::new(Database(deps.probe))).with("auth keys", keys.clone());
    let identity = Identity::new(keys, kit.clock.clone(), &config.issuer, NAME);
    let library = Library::new(deps.photos, key, kit.clock.clone(), kit.ids.clone(), config.max_upload_bytes);
    let library = Arc::new(library);
    kit.tasks.spawn(library::keep_purging(library.clone(), config.trash_retention, kit.shutdown.clone()));

    let (public, _) = endpoints::public().split_for_parts();
    let routes = public
        .merge(endpoints::internal())
        .with_state(App { library, identity })
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIMEOUT))
        // A person's answers are that person's alone; a browser may keep them, and asks each time whether they still hold.
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("private, no-cache")))
        .layer(SetResponseHeaderLayer::if_not_present(VARY, HeaderValue::from_static("authorization")));
    Ok(chassis::service(NAME, routes, checks))
}

/// What the service can do, as a document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, document) = endpoints::public().split_for_parts();
    documentation::complete(document)
}

/// Whether the database takes writes.
#[derive(Debug)]
struct Database(Arc<dyn StoreProbe>);

#[async_trait]
impl Check for Database {
    async fn check(&self) -> Result<(), String> {
        self.0.probe().await.map_err(|error| error.to_string())
    }
}
