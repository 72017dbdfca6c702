use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use axum::routing::get;
use axum::{Json, Router};
use photure_blob::BlobStore;
use photure_common::chassis;
use photure_common::documentation;
use photure_common::health::{Check, Checks};
use photure_common::identity::{Identity, RemoteKeys};
use photure_common::peer::Peer;
use photure_common::service::{self, Descriptor, Kit, StartError};
use photure_decoding::Sandbox;
use photure_domain::media_address::AddressKey;
use secrecy::ExposeSecret;

use crate::archive::Archives;
use crate::closed::ClosedLibraries;
use crate::decoder::Decoder;
use crate::gallery::Gallery;
use crate::hash_locks::HashLocks;
use crate::integrity::{GalleryCatalogue, Keeper, Scrubber};
use crate::resumable::{Resumable, Uploads};
use crate::rooms::Rooms;
use crate::serve::{Server, VariantMaker};
use crate::service_token::ServiceTokens;
use crate::staging::{Staging, blocking};
use crate::state::AppState;
use crate::sweep::Sweeper;
use crate::upload::{Receiver, Recovery, Settler};
use crate::{MediaConfig, endpoints};

const NAME: &str = "media";

const DESCRIPTOR: Descriptor = Descriptor {
    name: NAME,
    about: "Receives uploads, keeps originals and the sizes that screens need, and serves them.",
    version: env!("CARGO_PKG_VERSION"),
    listen: SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8030),
    variables: MediaConfig::VARIABLES,
};

/// Whom media works with.
#[derive(Clone, Debug)]
pub struct Deps {
    pub blobs: Arc<dyn BlobStore>,
    pub auth: Peer,
    pub gallery: Peer,
}

/// The process of its own.
pub fn main() -> ExitCode {
    photure_decoding::as_worker().unwrap_or_else(serve)
}

fn serve() -> ExitCode {
    service::main(&DESCRIPTOR, MediaConfig::from_env, async |config, kit| {
        let deps = Deps {
            blobs: open_storage(&config).await?,
            auth: Peer::remote(config.auth_url.clone()),
            gallery: Peer::remote(config.gallery_url.clone()),
        };
        router(config, deps, &kit).await
    })
}

/// The storage that the configuration names.
pub async fn open_storage(config: &MediaConfig) -> Result<Arc<dyn BlobStore>, StartError> {
    let opened = photure_blob::open(&config.storage, config.s3.as_ref()).await;
    opened.map_err(|error| StartError::new("the storage cannot be opened", error))
}

/// The same, where it is there already: none is begun in an empty folder.
pub async fn open_existing_storage(config: &MediaConfig) -> Result<Arc<dyn BlobStore>, StartError> {
    let opened = photure_blob::open_existing(&config.storage, config.s3.as_ref()).await;
    opened.map_err(|error| StartError::new("the storage cannot be opened", error))
}

/// Media as a whole service. What it does beside requests, recovering and sweeping, begins here and ends with `kit.shutdown`.
pub async fn router(config: MediaConfig, deps: Deps, kit: &Kit) -> Result<Router, StartError> {
    let Deps { blobs, auth, gallery } = deps;
    let staging = open_staging(&config, &*blobs, kit).await?;
    let keys = Arc::new(RemoteKeys::new(auth.clone()));
    let checks = Checks::default()
        .with("storage", Arc::new(StorageCheck(Arc::clone(&blobs))))
        .with("staging", Arc::new(StagingCheck(staging.clone())))
        .with("auth", Arc::clone(&keys) as Arc<dyn Check>);

    let key = AddressKey::new(config.signing_key.expose_secret().as_bytes())
        .ok_or_else(|| StartError::new("PHOTURE_MEDIA_SIGNING_KEY is too short", "32 bytes are needed"))?;
    let decoder = Decoder::new(&config);
    if config.decode_sandbox == Sandbox::Required {
        let checked = decoder.check().await;
        checked
            .map_err(|error| StartError::new("PHOTURE_DECODE_SANDBOX=required does not hold here", error))?;
    }
    let gallery = Gallery::new(gallery);
    let tokens = Arc::new(ServiceTokens::new(auth.clone(), config.credential.clone()));
    let locks = HashLocks::default();

    let uploads = open_uploads(&config, &staging).await?;
    let settler = Settler {
        staging: staging.clone(),
        uploads: uploads.clone(),
        blobs: Arc::clone(&blobs),
        decoder: decoder.clone(),
        gallery: gallery.clone(),
        rooms: Rooms::new(gallery.clone()),
        tokens: Arc::clone(&tokens),
        locks: locks.clone(),
        key: key.clone(),
        clock: Arc::clone(&kit.clock),
        shutdown: kit.shutdown.clone(),
    };
    kit.tasks.spawn(Recovery::new(settler.clone()).run());
    let archives = Archives::new(
        Arc::clone(&blobs),
        gallery.clone(),
        key.clone(),
        Arc::clone(&kit.clock),
        Arc::clone(&kit.ids),
    );
    let catalogue = GalleryCatalogue {
        gallery: gallery.clone(),
        tokens: Arc::clone(&tokens),
    };
    let closed = ClosedLibraries {
        auth,
        gallery: gallery.clone(),
        tokens: Arc::clone(&tokens),
        uploads: uploads.clone(),
        shutdown: kit.shutdown.clone(),
    };
    let sweeper = Sweeper {
        closed,
        blobs: Arc::clone(&blobs),
        gallery,
        tokens,
        locks: locks.clone(),
        catalogue: catalogue.clone(),
        archives: archives.clone(),
        ids: Arc::clone(&kit.ids),
        every: config.sweep_every,
        shutdown: kit.shutdown.clone(),
    };
    kit.tasks.spawn(sweeper.run());

    let variants = VariantMaker {
        blobs: Arc::clone(&blobs),
        decoder,
        locks,
        scratch: staging.folder().to_owned(),
    };
    if let Some(period) = config.scrub_every.filter(|_| config.credential.is_some()) {
        let scrubber = Scrubber {
            keeper: Keeper::of(Arc::clone(&blobs), variants.clone(), Arc::clone(&kit.clock)),
            catalogue: Arc::new(catalogue),
            period,
            shutdown: kit.shutdown.clone(),
        };
        kit.tasks.spawn(scrubber.run());
    }
    let clock = Arc::clone(&kit.clock);
    let settler = Arc::new(settler);
    let resumable = Resumable {
        uploads,
        staging: staging.clone(),
        settler: Arc::clone(&settler),
        tasks: kit.tasks.clone(),
        clock: Arc::clone(&clock),
        ids: Arc::clone(&kit.ids),
        max_bytes: config.max_upload_bytes,
    };
    let state = AppState {
        identity: Identity::new(keys, Arc::clone(&kit.clock), &config.issuer, NAME),
        receiver: Arc::new(Receiver {
            staging,
            clock: Arc::clone(&clock),
            max_bytes: config.max_upload_bytes,
        }),
        settler,
        resumable,
        archives,
        blobs: Arc::clone(&blobs),
        scrub_every: config.scrub_every,
        server: Arc::new(Server {
            key,
            blobs,
            variants,
            clock,
            accel_redirect: config.accel_redirect,
            to_bucket: config.s3_redirect,
        }),
        tasks: kit.tasks.clone(),
    };
    let (routes, _) = endpoints::router().split_for_parts();
    let document = openapi();
    let routes = routes
        .route("/internal/openapi.json", get(async || Json(document)))
        .with_state(state);
    Ok(chassis::service(NAME, routes, checks))
}

/// The document of what media answers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    documentation::in_libraries(endpoints::router().into_openapi())
}

async fn open_staging(config: &MediaConfig, blobs: &dyn BlobStore, kit: &Kit) -> Result<Staging, StartError> {
    let folder = config
        .staging
        .clone()
        .or_else(|| blobs.staging())
        .unwrap_or_else(|| PathBuf::from("staging"));
    let shown = folder.display().to_string();
    let ids = Arc::clone(&kit.ids);
    let opened = tokio::task::spawn_blocking(move || Staging::open(&folder, ids)).await;
    let failed = |cause: Box<dyn std::error::Error + Send + Sync>| {
        StartError::new(format!("uploads cannot be staged in {shown}"), cause)
    };
    opened
        .map_err(|died| failed(died.into()))?
        .map_err(|error| failed(error.into()))
}

async fn open_uploads(config: &MediaConfig, staging: &Staging) -> Result<Uploads, StartError> {
    let (staging, lifetime) = (staging.clone(), config.upload_lifetime);
    let opened = blocking(move || Uploads::open(&staging, lifetime)).await;
    opened.map_err(|error| StartError::new("the uploads of before cannot be read", error))
}

#[derive(Debug)]
struct StorageCheck(Arc<dyn BlobStore>);

#[async_trait]
impl Check for StorageCheck {
    async fn check(&self) -> Result<(), String> {
        self.0.ready().await.map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
        })
    }
}

#[derive(Debug)]
struct StagingCheck(Staging);

#[async_trait]
impl Check for StagingCheck {
    async fn check(&self) -> Result<(), String> {
        let staging = self.0.clone();
        let checked = tokio::task::spawn_blocking(move || staging.check()).await;
        checked
            .map_err(|died| died.to_string())?
            .map_err(|error| error.to_string())
    }
}
