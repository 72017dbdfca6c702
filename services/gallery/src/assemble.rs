use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::{Json, Router, routing::get};
use http::header::{CACHE_CONTROL, VARY};
use http::{HeaderValue, StatusCode};
use photure_common::chassis;
use photure_common::documentation;
use photure_common::health::{Checks, DatabaseCheck};
use photure_common::identity::{Identity, RemoteKeys};
use photure_common::peer::Peer;
use photure_common::service::{self, Descriptor, Kit, StartError};
use photure_common::trail::Scribe;
use photure_database::{Database, DatabaseUrl};
use photure_domain::media_address::AddressKey;
use photure_store::{PhotoStore, QuotaStore, StoreProbe};
use secrecy::ExposeSecret;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::library::{Library, keep_purging};
use crate::{GalleryConfig, endpoints};

const NAME: &str = "gallery";

const DESCRIPTOR: Descriptor = Descriptor {
    name: NAME,
    about: "Knows photos as facts, and decides who may see what.",
    version: env!("CARGO_PKG_VERSION"),
    listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8020),
    variables: GalleryConfig::VARIABLES,
};

/// Nobody waits longer for an answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What gallery stands on.
#[derive(Clone, Debug)]
pub struct Deps {
    pub photos: Arc<dyn PhotoStore>,
    pub quotas: Arc<dyn QuotaStore>,
    pub probe: Arc<dyn StoreProbe>,
    pub auth: Peer,
}

/// The process of its own.
pub fn main() -> ExitCode {
    service::main(
        &DESCRIPTOR,
        |env| (GalleryConfig::from_env(env), DatabaseUrl::from_env(env)),
        async |(config, url), kit| {
            let Database {
                photos,
                quotas,
                probe,
                ..
            } = photure_database::open(&url, &kit).await?;
            let deps = Deps {
                photos,
                quotas,
                probe,
                auth: Peer::remote(config.auth_url.clone()),
            };
            router(config, deps, &kit).await
        },
    )
}

/// The whole service. The trash is purged in the background from now on, until `kit.shutdown`.
pub async fn router(config: GalleryConfig, deps: Deps, kit: &Kit) -> Result<Router, StartError> {
    let key = AddressKey::new(config.media_signing_key.expose_secret().as_bytes())
        .ok_or_else(|| StartError::new("PHOTURE_MEDIA_SIGNING_KEY cannot be used", "it is too short"))?;
    let keys = Arc::new(RemoteKeys::new(deps.auth));
    let checks = Checks::default()
        .with("database", Arc::new(DatabaseCheck(deps.probe)))
        .with("auth keys", keys.clone());
    let identity = Identity::new(keys, kit.clock.clone(), &config.issuer, NAME);
    let library = Library::new(
        deps.photos,
        deps.quotas,
        key,
        kit.clock.clone(),
        kit.ids.clone(),
        config.max_upload_bytes,
        config.default_quota,
    );
    let library = Arc::new(library);
    kit.tasks.spawn(keep_purging(
        library.clone(),
        config.trash_retention,
        kit.shutdown.clone(),
    ));

    let (public, _) = endpoints::public().split_for_parts();
    let document = Json(openapi());
    let routes = public
        .route(chassis::OPENAPI_PATH, get(async || document))
        .merge(endpoints::internal())
        .with_state(App {
            library,
            identity,
            scribe: Scribe {
                clock: kit.clock.clone(),
                ids: kit.ids.clone(),
            },
        })
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            TIMEOUT,
        ))
        // A person's answers are that person's alone; a browser may keep them, and asks each time whether they still hold.
        .layer(SetResponseHeaderLayer::if_not_present(
            CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            VARY,
            HeaderValue::from_static("authorization, photure-library"),
        ));
    Ok(chassis::service(NAME, routes, checks))
}

/// What the service can do, as a document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, document) = endpoints::public().split_for_parts();
    documentation::in_libraries(documentation::complete(document))
}
