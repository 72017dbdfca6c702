use axum::Router;
use photure_auth::AuthConfig;
use photure_common::config::Env;
use photure_common::peer::Peer;
use photure_common::service::{Kit, StartError};
use photure_database::DatabaseUrl;
use photure_gallery::GalleryConfig;
use photure_gateway::{GatewayConfig, Upstreams};
use photure_media::MediaConfig;

use crate::page;

/// What each of the services is told, and where the database is.
#[derive(Debug)]
pub(crate) struct Config {
    database: DatabaseUrl,
    auth: AuthConfig,
    gallery: GalleryConfig,
    media: MediaConfig,
    gateway: GatewayConfig,
}

impl Config {
    pub(crate) fn from_env(env: &Env<'_>) -> Self {
        Self {
            database: DatabaseUrl::from_env(env),
            auth: AuthConfig::from_env(env),
            gallery: GalleryConfig::from_env(env),
            media: MediaConfig::from_env(env),
            gateway: GatewayConfig::from_env(env),
        }
    }
}

/// Each service is handed the routers of those it calls: auth first, the gateway, which calls all, last.
pub(crate) async fn assemble(config: Config, kit: Kit) -> Result<Router, StartError> {
    let database = photure_database::open(&config.database, &kit).await?;
    let (photos, probe) = (database.photos.clone(), database.probe.clone());
    let quotas = database.quotas.clone();
    let blobs = photure_media::open_storage(&config.media).await?;

    let clerk = config.auth.clerk.as_ref().map(|clerk| clerk.issuer.clone());

    let auth = Peer::Local(photure_auth::router(config.auth, database.into(), &kit).await?);
    let deps = photure_gallery::Deps {
        photos,
        quotas,
        probe,
        auth: auth.clone(),
    };
    let gallery = Peer::Local(photure_gallery::router(config.gallery, deps, &kit).await?);
    let deps = photure_media::Deps {
        blobs,
        auth: auth.clone(),
        gallery: gallery.clone(),
    };
    let page = page::router(config.media.image_origin().as_deref(), clerk.as_deref());
    let media = Peer::Local(photure_media::router(config.media, deps, &kit).await?);
    let upstreams = Upstreams {
        auth,
        gallery,
        media,
        more_media: Vec::new(),
    };
    photure_gateway::router(config.gateway, upstreams, Some(page), &kit).await
}

/// The document of the whole platform.
pub fn openapi() -> serde_json::Value {
    let documents = [
        photure_auth::openapi(),
        photure_gallery::openapi(),
        photure_media::openapi(),
    ];
    let documents = documents.map(|document| serde_json::to_value(document).unwrap_or_default());
    photure_gateway::merge(documents.into())
}
