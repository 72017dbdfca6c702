use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{MethodRouter, any_service, delete_service, get, get_service, post_service, put_service};
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION, RETRY_AFTER,
};
use http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, Method};
use photure_common::chassis::{self, REQUEST_ID};
use photure_common::health::Checks;
use photure_common::identity::{API_KEY, AUDIENCE, Identity, LIBRARY, RemoteKeys};
use photure_common::service::{Kit, StartError};
use tower::util::option_layer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::client;
use crate::config::{GatewayConfig, Rates};
use crate::documents::{self, Documents};
use crate::edge;
use crate::health;
use crate::limits::{self, DOCUMENT_BODY};
use crate::me;
use crate::rates::{self, ByAddress, ByUser, Policy, RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::replicas::Replicas;
use crate::upstream::{Upstream, Upstreams};

/// The gateway as a service. In one process it also shows the `page` and hands `/media` on, as nginx does elsewhere.
pub async fn router(
    config: GatewayConfig,
    upstreams: Upstreams,
    page: Option<Router>,
    kit: &Kit,
) -> Result<Router, StartError> {
    let keys = Arc::new(RemoteKeys::new(upstreams.auth.clone()));
    let issuer = config.public_url.origin();
    let identity = Identity::new(keys.clone(), kit.clock.clone(), &issuer, AUDIENCE);
    let checks = Checks::default().with("auth keys", keys);

    let api = api(&config, &upstreams, kit);
    let mut routes = match config.rates {
        Some(Rates {
            per_second, burst, ..
        }) => {
            let policy = Policy {
                name: "requests",
                interval: Duration::from_secs(1) / per_second,
                burst,
            };
            rates::limited(api, ByUser, policy, kit)
        }
        None => api,
    };
    // Beyond the rate limit, as behind nginx: scrolling through years asks for thousands of thumbnails.
    if let Some(page) = page {
        let page = any_service(page);
        let media = any_service(Upstream::new("media", &upstreams.media));
        routes = routes
            .route("/", page.clone())
            .route("/{*path}", page)
            .route("/media/{*rest}", media);
    }
    let trusted: Arc<[_]> = config.trusted_proxies.into();
    let routes = routes
        .layer(from_fn_with_state(identity, edge::verify))
        .layer(from_fn_with_state(trusted, client::identify))
        .layer(option_layer(
            (!config.cors_origins.is_empty()).then(|| cors(config.cors_origins)),
        ))
        .layer(map_response(with_security_headers));
    Ok(chassis::service("gateway", routes, checks))
}

fn api(config: &GatewayConfig, upstreams: &Upstreams, kit: &Kit) -> Router {
    let auth = Upstream::new("auth", &upstreams.auth);
    let gallery = Upstream::new("gallery", &upstreams.gallery);
    let media = Replicas::new("media", upstreams.every_media());
    let to = |upstream: &Upstream| any_service(upstream.clone());

    // Wherever a password or a code can be guessed at.
    let sign_in = [
        "/api/v1/auth/login",
        "/api/v1/auth/login/second-factor",
        "/api/v1/auth/login/passkey",
        "/api/v1/auth/login/passkey/options",
        "/api/v1/auth/passkeys/options",
        "/api/v1/auth/totp/confirm",
        "/api/v1/auth/totp/disable",
        "/api/v1/auth/totp/recovery-codes",
        "/api/v1/auth/oidc/{provider}",
        "/api/v1/auth/oidc/{provider}/callback",
        "/api/v1/auth/identities/confirm",
        "/api/v1/auth/register",
        "/api/v1/auth/password",
        "/api/v1/auth/password/forgot",
        "/api/v1/auth/password/reset",
        "/api/v1/auth/email/confirm",
        "/api/v1/auth/email/confirmation",
    ]
    .into_iter()
    .fold(Router::new(), |router, path| router.route(path, to(&auth)))
    .route("/api/v1/auth/email", put_service(auth.clone()))
    .route("/api/v1/auth/totp", post_service(auth.clone()))
    .route("/api/v1/users/me", delete_service(auth.clone()))
    .route("/api/v1/users/{id}", delete_service(auth.clone()));
    let sign_in = match config.rates {
        Some(Rates {
            sign_in_per_minute,
            sign_in_burst,
            ..
        }) => {
            let policy = Policy {
                name: "sign-in",
                interval: Duration::from_secs(60) / sign_in_per_minute,
                burst: sign_in_burst,
            };
            rates::limited(sign_in, ByAddress, policy, kit)
        }
        None => sign_in,
    };
    let sources = me::Sources {
        auth: upstreams.auth.clone(),
        gallery: upstreams.gallery.clone(),
    };
    let me: MethodRouter = get(me::me).with_state(sources).fallback_service(auth.clone());
    let documents = Router::new()
        .merge(sign_in)
        .route("/api/v1/auth/email", get_service(auth.clone()))
        .route("/api/v1/auth/totp", get_service(auth.clone()))
        .route("/api/v1/auth/{*rest}", to(&auth))
        .route("/api/v1/users", to(&auth))
        .route("/api/v1/users/me", me)
        .route(
            "/api/v1/users/{id}",
            MethodRouter::new().fallback_service(auth.clone()),
        )
        .route("/api/v1/users/{id}/restore", to(&auth))
        .route("/api/v1/organizations", to(&auth))
        .route("/api/v1/organizations/{*rest}", to(&auth))
        .route("/.well-known/jwks.json", to(&auth))
        .route("/api/v1/photos/{*rest}", to(&gallery))
        .route("/api/v1/timeline", to(&gallery))
        .route("/api/v1/timeline/{*rest}", to(&gallery))
        .route("/api/v1/trash", to(&gallery))
        .route("/api/v1/trash/{*rest}", to(&gallery))
        .route("/api/v1/usage", to(&gallery))
        .route("/api/v1/admin/integrity", any_service(media.clone()))
        .route("/api/v1/admin/audit", to(&auth))
        .route("/api/v1/admin/audit/export", to(&auth))
        .route("/api/v1/admin/invitations", to(&auth))
        .route("/api/v1/admin/invitations/{id}", to(&auth))
        .route("/api/v1/admin/organizations", to(&auth))
        .route("/api/v1/admin/storage", to(&gallery))
        .route("/api/v1/admin/storage/{id}", to(&gallery))
        .route("/api/v1/admin/users", to(&auth))
        .route("/api/v1/admin/users/{*rest}", to(&auth))
        .route("/api/v1/archives", any_service(media.clone()))
        .route("/api/v1/archives/{id}", any_service(media.clone()))
        .route("/api/health", get(health::health).with_state(upstreams.clone()))
        .route(
            "/api/openapi.json",
            get(documents::openapi).with_state(Documents::new(upstreams.clone())),
        )
        .route("/api/docs", get(documents::docs))
        .route("/api/docs/{name}", get(documents::docs_file))
        .layer(from_fn_with_state(DOCUMENT_BODY, limits::limit));
    let uploads = Router::new()
        .route("/api/v1/photos", post_service(media.clone()).get_service(gallery))
        .route("/api/v1/uploads", any_service(media.clone()))
        .route("/api/v1/uploads/{*rest}", any_service(media))
        .layer(from_fn_with_state(config.max_upload_body, limits::limit));
    documents.merge(uploads)
}

fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    let headers = [
        AUTHORIZATION,
        CONTENT_TYPE,
        IF_MATCH,
        IF_NONE_MATCH,
        HeaderName::from_static("idempotency-key"),
        HeaderName::from_static("repr-digest"),
        API_KEY,
        LIBRARY,
        HeaderName::from_static("tus-resumable"),
        HeaderName::from_static("upload-checksum"),
        HeaderName::from_static("upload-concat"),
        HeaderName::from_static("upload-defer-length"),
        HeaderName::from_static("upload-length"),
        HeaderName::from_static("upload-metadata"),
        HeaderName::from_static("upload-offset"),
        HeaderName::from_static("x-http-method-override"),
        REQUEST_ID,
    ];
    let told = [
        ETAG,
        LOCATION,
        RETRY_AFTER,
        RATE_LIMIT,
        RATE_LIMIT_POLICY,
        HeaderName::from_static("tus-extension"),
        HeaderName::from_static("tus-max-size"),
        HeaderName::from_static("tus-resumable"),
        HeaderName::from_static("tus-version"),
        HeaderName::from_static("upload-expires"),
        HeaderName::from_static("upload-length"),
        HeaderName::from_static("upload-metadata"),
        HeaderName::from_static("upload-offset"),
        REQUEST_ID,
    ];
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers(headers)
        .expose_headers(told)
        .allow_credentials(true)
        .max_age(Duration::from_secs(3600))
}

/// What a service did not say: an answer is for the one who asked, and is what it says it is.
async fn with_security_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, "private, no-cache"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
