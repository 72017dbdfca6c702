use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use photure_blob::{BlobReader, ByteRange};
use photure_common::{Problem, ProblemBody};
use photure_domain::media_address::AddressError;
use photure_domain::photo::MediaType;

use crate::error::MediaError;
use crate::serve::{
    Address, Opened, OpenedContent, Wanted, attachment, matches_any, matches_strongly, one_range,
};
use crate::state::AppState;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const ACCEL_REDIRECT: HeaderName = HeaderName::from_static("x-accel-redirect");

/// Get a photo's bytes
///
/// Whoever holds the address may have them: gallery signs it for those who may see the photo. It stays the same for hours, and what
/// it gives never changes.
#[utoipa::path(
    get,
    path = "/media/{sha256}/{file}",
    tag = "bytes",
    operation_id = "get_media",
    params(
        ("sha256" = String, Path, description = "Of the original, 64 lower-case hexadecimal digits"),
        ("file" = String, Path, description = "`thumb.webp`, `preview.jpg`, or `original` with the ending of its type; the ending may be missing"),
        ("exp" = i64, Query, description = "Until when it is good, seconds since 1970"),
        ("sig" = String, Query, description = "base64url HMAC-SHA256"),
        ("dl" = Option<String>, Query, description = "The name to download it under"),
        ("Range" = Option<String>, Header, description = "One range of bytes"),
        ("If-Range" = Option<String>, Header),
        ("If-None-Match" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "All of it", content_type = "image/*"),
        (status = 206, description = "The range that was asked for", content_type = "image/*"),
        (status = 304, description = "You have it"),
        (status = 403, description = "address_invalid, address_expired", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 416, description = "range_not_satisfiable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "unavailable", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(()),
)]
pub(super) async fn serve_media(
    State(state): State<AppState>,
    method: Method,
    uri: Uri,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let place = Address::place(uri.path()).ok_or_else(Problem::not_found)?;
    let address = Address::read(place, uri.query().unwrap_or_default())
        .ok_or(MediaError::Address(AddressError::Forged))?;
    let good_for = state.server.verify(uri.path(), &address)?;

    let etag = format!("\"{}-{}\"", address.key.sha256, address.key.variant.as_str());
    let headers = headers(&address, &etag, good_for)?;
    // The bytes behind a hash never change: who has them has them.
    if said(&asked, &IF_NONE_MATCH).is_some_and(|known| matches_any(known, &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let wanted = if method == Method::HEAD {
        Wanted::Head
    } else {
        Wanted::Body(range(&asked, &etag))
    };
    match state.server.open(&address, wanted).await {
        Ok(opened) => Ok(answer(opened, wanted, headers)),
        Err(error) => refuse(error),
    }
}

/// The range that counts: the one that is asked for, unless it is of something else than this is.
fn range(asked: &HeaderMap, etag: &str) -> Option<ByteRange> {
    let of_this = said(asked, &IF_RANGE).is_none_or(|known| matches_strongly(known, etag));
    one_range(said(asked, &RANGE).filter(|_| of_this)?)
}

fn said<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// What is true of the bytes however many of them are sent.
fn headers(address: &Address, etag: &str, good_for: u64) -> Result<HeaderMap, Problem> {
    let text = |text: &str| HeaderValue::from_str(text).map_err(|error| Problem::internal(&error));
    let disposition = address
        .download_as
        .as_deref()
        .map_or_else(|| "inline".to_owned(), attachment);
    Ok(HeaderMap::from_iter([
        (ETAG, text(etag)?),
        (
            CACHE_CONTROL,
            text(&format!("private, max-age={good_for}, immutable"))?,
        ),
        (CONTENT_DISPOSITION, text(&disposition)?),
        (ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        // Somebody's file, which no browser may take for a page of ours.
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
        (RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    ]))
}

fn answer(opened: Opened, wanted: Wanted, mut headers: HeaderMap) -> Response {
    let kind = opened
        .media_type
        .map_or("application/octet-stream", MediaType::as_str);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    match opened.content {
        OpenedContent::Named(path) => {
            // A path of hexadecimal digits and fixed words below a checked prefix.
            if let Ok(path) = HeaderValue::from_str(&path) {
                headers.insert(ACCEL_REDIRECT, path);
            }
            (headers, Body::empty()).into_response()
        }
        OpenedContent::Length(len) => {
            headers.insert(CONTENT_LENGTH, len.into());
            (headers, Body::empty()).into_response()
        }
        OpenedContent::Bytes(reader) => send(reader, matches!(wanted, Wanted::Body(Some(_))), headers),
    }
}

fn send(reader: BlobReader, partial: bool, mut headers: HeaderMap) -> Response {
    let BlobReader { meta, range, body } = reader;
    headers.insert(CONTENT_LENGTH, (range.end - range.start).into());
    let mut status = StatusCode::OK;
    if partial {
        status = StatusCode::PARTIAL_CONTENT;
        let part = format!("bytes {}-{}/{}", range.start, range.end - 1, meta.len);
        if let Ok(part) = HeaderValue::from_str(&part) {
            headers.insert(CONTENT_RANGE, part);
        }
    }
    (status, headers, Body::from_stream(body)).into_response()
}

fn refuse(error: MediaError) -> Result<Response, Problem> {
    let MediaError::Range { len } = error else {
        return Err(error.into());
    };
    let mut response = Problem::from(error).into_response();
    if let Ok(all) = HeaderValue::from_str(&format!("bytes */{len}")) {
        response.headers_mut().insert(CONTENT_RANGE, all);
    }
    Ok(response)
}
