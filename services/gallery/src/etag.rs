//! ETags: what they are made of, and the headers that bring them back.
//!
//! An answer holds signed addresses, which change every 12 hours. The tag holds their expiry, so that `304` never leaves
//! a client with addresses that have run out. A change asks only for id and revision: when an address was signed says
//! nothing about the photo.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderName, StatusCode};
use photure_common::extract::Json;
use photure_domain::UserId;
use photure_domain::photo::Photo;
use photure_domain::timeline::{Segment, TimelineScope};
use serde::Serialize;

use crate::library::{Expected, PhotoTag};

pub(crate) fn of_photo(photo: &Photo, expiry: i64) -> String {
    format!("\"{}.{}.{expiry}\"", photo.id, photo.revision)
}

/// Names the owner: whoever signs in next in the same browser must not be told that nothing changed.
pub(crate) fn of_timeline(owner: UserId, scope: TimelineScope, version: u64) -> String {
    format!("\"{owner}.{}.{version}\"", scope.as_str())
}

pub(crate) fn of_segment(segment: &Segment, expiry: i64) -> String {
    format!("\"{}.{}.{expiry}\"", segment.id, segment.version)
}

/// The states of a photo a caller is willing to change (RFC 9110, 13.1.1). A weak tag counts as the strong one: nginx weakens
/// the tag of every answer that it compresses, and the revision in it is exact all the same.
#[derive(Debug)]
pub(crate) struct IfMatch(pub(crate) Expected);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let Some(tags) = tags(&parts.headers, &IF_MATCH) else {
            return Ok(Self(Expected::Any));
        };
        if tags.contains(&"*") {
            return Ok(Self(Expected::Any));
        }
        Ok(Self(Expected::OneOf(
            tags.into_iter().filter_map(photo_tag).collect(),
        )))
    }
}

fn photo_tag(tag: &str) -> Option<PhotoTag> {
    let mut parts = tag
        .strip_prefix("W/")
        .unwrap_or(tag)
        .strip_prefix('"')?
        .strip_suffix('"')?
        .split('.');
    Some(PhotoTag {
        id: parts.next()?.parse().ok()?,
        revision: parts.next()?.parse().ok()?,
    })
}

/// What the caller has already (RFC 9110, 13.1.2).
#[derive(Debug)]
pub(crate) struct IfNoneMatch(Vec<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let tags = tags(&parts.headers, &IF_NONE_MATCH).unwrap_or_default();
        Ok(Self(
            tags.into_iter()
                .map(|tag| tag.strip_prefix("W/").unwrap_or(tag).to_owned())
                .collect(),
        ))
    }
}

impl IfNoneMatch {
    /// `body`, or 304 where the caller has it.
    pub(crate) fn answer<T: Serialize>(&self, etag: String, body: T) -> Response {
        if self.0.iter().any(|tag| *tag == etag || tag == "*") {
            return (StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response();
        }
        ([(ETAG, etag)], Json(body)).into_response()
    }
}

/// `None` without that header. Cut at every comma: our tags hold none, and a foreign tag may fall to pieces.
fn tags<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Vec<&'a str>> {
    let values = headers.get_all(name).iter();
    let lists: Vec<&str> = values.map(|value| value.to_str().unwrap_or_default()).collect();
    (!lists.is_empty()).then(|| {
        lists
            .iter()
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .collect()
    })
}
