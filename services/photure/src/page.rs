use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use photure_common::Problem;
use rust_embed::{EmbeddedFile, RustEmbed};
use tower_http::compression::CompressionLayer;

/// The built page. A build without it serves the API alone.
#[derive(RustEmbed)]
#[folder = "../../frontend/dist"]
#[allow_missing = true]
struct Built;

/// As nginx says it in the other form.
fn policy(image_origin: Option<&str>, clerk: Option<&str>) -> String {
    let images = image_origin
        .map(|origin| format!(" {origin}"))
        .unwrap_or_default();
    // Its library keeps time in a worker that it makes itself.
    let clerk = clerk
        .map(|origin| format!(" {origin}; worker-src 'self' blob:"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:{images}; \
         media-src 'self'{images}; connect-src 'self'{clerk}; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// What answers where no route does: a file of the page, or the page itself, which finds its own way. Pictures come from here, and from
/// `image_origin` where media sends browsers there; sessions may be kept at `clerk`.
pub(crate) fn router(image_origin: Option<&str>, clerk: Option<&str>) -> Router {
    // Of an origin that a configuration names, so nothing that a header cannot hold.
    let policy = HeaderValue::from_str(&policy(image_origin, clerk))
        .unwrap_or(HeaderValue::from_static("default-src 'self'"));
    Router::new()
        .fallback(serve)
        .layer(CompressionLayer::new())
        .with_state(policy)
}

async fn serve(State(policy): State<HeaderValue>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let mut response = find(&method, &uri, &headers);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

fn find(method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if !matches!(*method, Method::GET | Method::HEAD) || reserved(path) {
        return Problem::not_found().into_response();
    }
    if let Some(file) = Built::get(path) {
        return answer(path, &file, headers);
    }
    // A missing file stays missing: HTML in the place of a script helps nobody.
    let names_a_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    match Built::get("index.html").filter(|_| !names_a_file) {
        Some(page) => answer("index.html", &page, headers),
        None => Problem::not_found().into_response(),
    }
}

/// What belongs to the services, whether they know it or not.
fn reserved(path: &str) -> bool {
    ["api", "media", "internal", "health", "metrics", ".well-known"]
        .iter()
        .any(|name| {
            path.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

fn answer(path: &str, file: &EmbeddedFile, asked: &HeaderMap) -> Response {
    let hash: String = file.metadata.sha256_hash()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let etag = format!("\"{hash}\"");
    let unchanged = asked
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes());
    // Assets bear their hash in their name.
    let caching = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let body = if unchanged {
        Body::empty()
    } else {
        Body::from(file.data.clone().into_owned())
    };
    let status = if unchanged {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    );
    for (name, value) in [(CONTENT_TYPE, content_type(path)), (ETAG, &etag)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}

/// Of the kinds of file that the page is built of.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
