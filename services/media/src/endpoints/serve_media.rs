use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, LOCATION, RANGE, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use photure_blob::{BlobReader, ByteRange};
use photure_common::{Problem, ProblemBody};
use photure_domain::media_address::{AddressError, Variant};

use crate::error::MediaError;
use crate::serve::{
    Address, Asker, Elsewhere, Form, Opened, OpenedContent, Place, Wanted, attachment, matches_any,
    matches_strongly, one_range,
};
use crate::state::AppState;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const ACCEL_REDIRECT: HeaderName = HeaderName::from_static("x-accel-redirect");
/// What nginx, and nobody through it, says where it was named something of a bucket that it does not have yet.
const FILL: HeaderName = HeaderName::from_static("x-photure-fill");
const ACCEL_EXPIRES: HeaderName = HeaderName::from_static("x-accel-expires");
/// For so long, in seconds, nginx need not ask again for a thumb or preview by the same address. What is deleted for good is gone from
/// there as soon.
const KEPT_SECONDS: u64 = 60;

/// Get a photo's bytes
///
/// Whoever holds the address may have them: gallery signs it for those who may see the photo. It stays the same for hours, and what
/// it gives never changes.
///
/// Thumb and preview are there as WebP and as JPEG. An ending chooses, and may be put on or taken off an address as you like; without one,
/// `Accept` does. An original has the one form that it was uploaded in, and its ending is part of what is signed.
#[utoipa::path(
    get,
    path = "/media/{sha256}/{file}",
    tag = "bytes",
    operation_id = "get_media",
    params(
        ("sha256" = String, Path, description = "Of the original, 64 lower-case hexadecimal digits"),
        ("file" = String, Path, description = "`thumb` or `preview`, alone or with `.webp` or `.jpg`; `original` with the ending of its type; or `live-<sha256>.mov` or `.mp4`, the film of a Live Photo"),
        ("exp" = i64, Query, description = "Until when it is good, seconds since 1970"),
        ("sig" = String, Query, description = "base64url HMAC-SHA256"),
        ("dl" = Option<String>, Query, description = "The name to download it under"),
        ("Accept" = Option<String>, Header, description = "Which form of a thumb or preview to send where its address has no ending"),
        ("Range" = Option<String>, Header, description = "One range of bytes"),
        ("If-Range" = Option<String>, Header),
        ("If-None-Match" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "All of it", content_type = "image/*"),
        (status = 206, description = "The range that was asked for", content_type = "image/*"),
        (status = 302, description = "The storage has it, under an address that is good for a while; by configuration"),
        (status = 304, description = "You have it"),
        (status = 403, description = "address_invalid, address_expired", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 406, description = "not_acceptable", body = ProblemBody, content_type = "application/problem+json"),
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
    let place = Place::read(uri.path()).ok_or_else(Problem::not_found)?;
    let address = Address::read(place, uri.query().unwrap_or_default())
        .ok_or(MediaError::Address(AddressError::Forged))?;
    let good_for = state.server.verify(uri.path(), &address)?;

    let form = Form::of(&address.place, accepted(&asked).as_deref()).ok_or(MediaError::NotAcceptable)?;
    let etag = form.etag();
    let mut headers = headers(&address, &form, &etag, good_for)?;
    // The bytes behind a hash never change: who has them has them.
    if said(&asked, &IF_NONE_MATCH).is_some_and(|known| matches_any(known, &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let wanted = if method == Method::HEAD {
        Wanted::Head
    } else {
        Wanted::Body(range(&asked, &etag))
    };
    let disposition = said(&headers, &CONTENT_DISPOSITION)
        .unwrap_or("attachment")
        .to_owned();
    let asker = match asked.get(&FILL) {
        Some(_) => Asker::Cache,
        None => Asker::Client {
            disposition: &disposition,
            expires: address.expires,
        },
    };
    match state.server.open(&form, wanted, asker).await {
        Ok(opened) if matches!(asker, Asker::Cache) => Ok(answer(opened, wanted, of_the_blob(headers))),
        Ok(opened) => {
            let behind_nginx = state.server.accel_redirect.is_some();
            let is_whole = matches!(
                (&opened.content, wanted),
                (OpenedContent::Bytes(_), Wanted::Body(None))
            );
            if behind_nginx && is_whole && place.variant != Variant::Original {
                headers.insert(ACCEL_EXPIRES, HeaderValue::from(good_for.min(KEPT_SECONDS)));
            }
            Ok(answer(opened, wanted, headers))
        }
        Err(error) => refuse(error),
    }
}

/// What may be said to everyone who asks for the same blob; the rest nginx has been told with its name.
fn of_the_blob(mut headers: HeaderMap) -> HeaderMap {
    for of_the_request in [CACHE_CONTROL, CONTENT_DISPOSITION, VARY] {
        headers.remove(of_the_request);
    }
    headers
}

/// The range that counts: the one that is asked for, unless it is of something else than this is.
fn range(asked: &HeaderMap, etag: &str) -> Option<ByteRange> {
    let of_this = said(asked, &IF_RANGE).is_none_or(|known| matches_strongly(known, etag));
    one_range(said(asked, &RANGE).filter(|_| of_this)?)
}

fn said<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// All that the client takes; it may say so in several lines.
fn accepted(asked: &HeaderMap) -> Option<String> {
    let lines: Vec<_> = asked
        .get_all(ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// What is true of the bytes however many of them are sent.
fn headers(address: &Address, form: &Form, etag: &str, good_for: u64) -> Result<HeaderMap, Problem> {
    let text = |text: &str| HeaderValue::from_str(text).map_err(|error| Problem::internal(&error));
    let disposition = address
        .download_as
        .as_deref()
        .map_or_else(|| "inline".to_owned(), attachment);
    let vary = form
        .by_accept
        .then_some((VARY, HeaderValue::from_static("accept")));
    let common = [
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
    ];
    Ok(common.into_iter().chain(vary).collect())
}

fn answer(opened: Opened, wanted: Wanted, mut headers: HeaderMap) -> Response {
    let kind = opened.media_type.unwrap_or("application/octet-stream");
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    match opened.content {
        OpenedContent::Named(path) => {
            // A path of hexadecimal digits and fixed words below a checked prefix.
            if let Ok(path) = HeaderValue::from_str(&path) {
                headers.insert(ACCEL_REDIRECT, path);
            }
            headers.remove(ACCEPT_RANGES); // nginx says it itself
            (headers, Body::empty()).into_response()
        }
        OpenedContent::Elsewhere(elsewhere) => redirect(&elsewhere, headers),
        OpenedContent::Length(len) => {
            headers.insert(CONTENT_LENGTH, len.into());
            (headers, Body::empty()).into_response()
        }
        OpenedContent::Bytes(reader) => send(reader, matches!(wanted, Wanted::Body(Some(_))), headers),
    }
}

/// The entity tag is of the bytes, which are not here.
fn redirect(elsewhere: &Elsewhere, mut headers: HeaderMap) -> Response {
    for of_the_bytes in [ETAG, CONTENT_TYPE, CONTENT_DISPOSITION, ACCEPT_RANGES] {
        headers.remove(of_the_bytes);
    }
    let caching = format!("private, max-age={}", elsewhere.good_for);
    for (name, value) in [(LOCATION, &elsewhere.url), (CACHE_CONTROL, &caching)] {
        match HeaderValue::from_str(value) {
            Ok(value) => headers.insert(name, value),
            Err(error) => return Problem::internal(&error).into_response(),
        };
    }
    (StatusCode::FOUND, headers).into_response()
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
