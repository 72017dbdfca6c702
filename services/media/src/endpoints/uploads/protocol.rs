//! The headers of tus.

use axum::extract::FromRequestParts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::fmt::rfc2822::DateTimePrinter;
use photure_common::Problem;
use photure_domain::{Sha256, Timestamp, UploadId};
use utoipa::ToSchema;

use crate::error::{MediaError, MediaResult};
use crate::resumable::{Kind, Upload};
use crate::state::AppState;

pub(super) const VERSION: &str = "1.0.0";
pub(super) const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration,concatenation";
pub(super) const OFFSET_STREAM: &str = "application/offset+octet-stream";
/// Where uploads are; an upload's own address is below it.
pub(super) const UPLOADS: &str = "/api/v1/uploads";

pub(super) const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
pub(super) const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
pub(super) const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
pub(super) const TUS_CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const UPLOAD_DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
pub(super) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(super) const UPLOAD_CONCAT: HeaderName = HeaderName::from_static("upload-concat");
pub(super) const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");

/// Which versions of tus are spoken.
#[derive(Debug, ToSchema)]
pub(super) enum TusVersion {
    #[schema(rename = "1.0.0")]
    _One,
}

/// A request of a client that speaks our version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tus;

impl FromRequestParts<AppState> for Tus {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        match parts.headers.get(TUS_RESUMABLE) {
            Some(version) if version == VERSION => Ok(Self),
            _ => Err(MediaError::TusVersion.into()),
        }
    }
}

/// What an upload is to be, by `Upload-Concat`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Concat {
    Of(Kind),
    Final(Vec<UploadId>),
}

pub(super) fn concat(headers: &HeaderMap) -> MediaResult<Concat> {
    let malformed = |why| MediaError::MalformedHeader {
        header: "Upload-Concat",
        why,
    };
    let Some(said) = text(headers, &UPLOAD_CONCAT, "Upload-Concat")? else {
        return Ok(Concat::Of(Kind::Whole));
    };
    if said == "partial" {
        return Ok(Concat::Of(Kind::Partial));
    }
    let parts = said
        .strip_prefix("final;")
        .ok_or_else(|| malformed("is neither `partial` nor `final;` and addresses"))?;
    let ids: Option<Vec<_>> = parts.split_ascii_whitespace().map(upload_of).collect();
    match ids {
        Some(ids) if !ids.is_empty() => Ok(Concat::Final(ids)),
        _ => Err(malformed("names something that is no upload here")),
    }
}

/// `/api/v1/uploads/<id>`, alone or behind scheme and host.
fn upload_of(address: &str) -> Option<UploadId> {
    let (place, id) = address.trim_end_matches('/').rsplit_once('/')?;
    if place.ends_with(UPLOADS) {
        id.parse().ok()
    } else {
        None
    }
}

/// `sha256 <base64>`.
pub(super) fn checksum(headers: &HeaderMap) -> MediaResult<Option<Sha256>> {
    const NAME: &str = "Upload-Checksum";
    let malformed = |why| MediaError::MalformedHeader { header: NAME, why };
    let Some(said) = text(headers, &UPLOAD_CHECKSUM, NAME)? else {
        return Ok(None);
    };
    let (algorithm, digest) = said
        .split_once(' ')
        .ok_or_else(|| malformed("does not look like `sha256 <base64>`"))?;
    if algorithm != "sha256" {
        return Err(malformed("uses an algorithm other than sha256"));
    }
    let digest = STANDARD.decode(digest).ok();
    let digest = digest.and_then(|digest| <[u8; 32]>::try_from(digest).ok());
    let digest = digest.ok_or_else(|| malformed("does not hold the base64 of 32 bytes"))?;
    Ok(Some(Sha256::new(digest)))
}

pub(super) fn number(
    headers: &HeaderMap,
    name: &HeaderName,
    shown: &'static str,
) -> MediaResult<Option<u64>> {
    let Some(said) = text(headers, name, shown)? else {
        return Ok(None);
    };
    let digits = !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| said.parse().ok()).flatten();
    number.map(Some).ok_or(MediaError::MalformedHeader {
        header: shown,
        why: "is no number of bytes",
    })
}

/// Once, or not at all: two that differ could be read differently by whoever stands in front of us.
pub(super) fn text<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    shown: &'static str,
) -> MediaResult<Option<&'a str>> {
    let malformed = |why| MediaError::MalformedHeader { header: shown, why };
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(malformed("is there more than once"));
    }
    let text = value.to_str().map_err(|_| malformed("is no plain text"))?;
    Ok(Some(text.trim()))
}

pub(super) fn brings_bytes(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == OFFSET_STREAM)
}

pub(super) fn location(id: UploadId) -> String {
    format!("{UPLOADS}/{id}")
}

/// An HTTP date.
pub(super) fn expires(at: Timestamp) -> HeaderValue {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok();
    date.and_then(|date| HeaderValue::from_str(&date).ok())
        .unwrap_or(HeaderValue::from_static("0"))
}

/// Where an upload stands, and what is known of it.
pub(super) fn standing(state: &AppState, upload: &Upload) -> HeaderMap {
    let ticket = upload.ticket();
    let mut headers = HeaderMap::new();
    headers.insert(UPLOAD_OFFSET, upload.offset().into());
    match ticket.length {
        Some(length) => headers.insert(UPLOAD_LENGTH, length.into()),
        None => headers.insert(UPLOAD_DEFER_LENGTH, HeaderValue::from_static("1")),
    };
    if let Ok(metadata) = HeaderValue::from_str(&ticket.metadata.header)
        && !metadata.is_empty()
    {
        headers.insert(UPLOAD_METADATA, metadata);
    }
    match ticket.kind {
        Kind::Partial => headers.insert(UPLOAD_CONCAT, HeaderValue::from_static("partial")),
        Kind::Final => headers.insert(UPLOAD_CONCAT, HeaderValue::from_static("final")),
        Kind::Whole => None,
    };
    headers.insert(
        UPLOAD_EXPIRES,
        expires(state.resumable.uploads.expires_at(upload)),
    );
    headers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn parts_are_named_by_their_addresses() {
        let id = "0192d3a4-0000-7000-8000-000000000001";
        for place in ["", "https://photos.example"] {
            let said = format!("final;{place}/api/v1/uploads/{id} {place}/api/v1/uploads/{id}/");
            let ids = vec![id.parse().unwrap(); 2];
            assert_eq!(
                concat(&headers(UPLOAD_CONCAT, &said)).unwrap(),
                Concat::Final(ids)
            );
        }
        assert_eq!(
            concat(&headers(UPLOAD_CONCAT, "partial")).unwrap(),
            Concat::Of(Kind::Partial)
        );
        for said in [
            "final;",
            "final;/api/v1/photos/1",
            "final;/etc/passwd",
            "whole",
            "",
        ] {
            assert!(concat(&headers(UPLOAD_CONCAT, said)).is_err(), "{said:?}");
        }
    }

    #[test]
    fn a_checksum_is_a_sha_256() {
        let good = "sha256 RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=";
        assert!(checksum(&headers(UPLOAD_CHECKSUM, good)).unwrap().is_some());
        for said in ["sha256", "sha256 RK/0", "sha1 AAAA", "sha256 ?"] {
            assert!(checksum(&headers(UPLOAD_CHECKSUM, said)).is_err(), "{said:?}");
        }
    }

    #[test]
    fn numbers_are_plain_and_said_once() {
        let read = |value: &str| number(&headers(UPLOAD_OFFSET, value), &UPLOAD_OFFSET, "Upload-Offset");
        assert_eq!(read("0").unwrap(), Some(0));
        assert_eq!(read("18446744073709551615").unwrap(), Some(u64::MAX));
        for said in ["-1", "+1", "0x10", "1e3", "", "18446744073709551616", "1 2"] {
            assert!(read(said).is_err(), "{said:?}");
        }
        let mut twice = headers(UPLOAD_OFFSET, "1");
        twice.append(UPLOAD_OFFSET, "2".parse().unwrap());
        assert!(number(&twice, &UPLOAD_OFFSET, "Upload-Offset").is_err());
    }

    #[test]
    fn a_date_is_one_of_http() {
        let at: Timestamp = "2026-11-21T13:14:07.250Z".parse().unwrap();
        assert_eq!(expires(at), "Sat, 21 Nov 2026 13:14:07 GMT");
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_header_is_read_as_it_is_meant_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            text in "[0-9+ -]{0,24}|sha256 [A-Za-z0-9+/=]{40,48}|final;[ -~]{0,60}|(final;)?/api/v1/uploads/[0-9a-f-]{0,40}/{0,3}",
        ) {
            for value in [HeaderValue::from_bytes(&bytes), HeaderValue::from_str(&text)].into_iter().flatten() {
                let of = |name: HeaderName| HeaderMap::from_iter([(name, value.clone())]);
                let said = value.to_str().map(str::trim).unwrap_or_default();
                if let Ok(Some(number)) = number(&of(UPLOAD_OFFSET), &UPLOAD_OFFSET, "Upload-Offset") {
                    let digits = format!("{number:0>width$}", width = said.len());
                    prop_assert_eq!(said, digits);
                }
                if let Ok(Some(hash)) = checksum(&of(UPLOAD_CHECKSUM)) {
                    prop_assert_eq!(said, format!("sha256 {}", STANDARD.encode(hash.as_bytes())));
                }
                if let Ok(Concat::Final(parts)) = concat(&of(UPLOAD_CONCAT)) {
                    let digits = |text: &str| text.to_lowercase().replace('-', "");
                    let named = parts.iter().all(|part| digits(said).contains(&digits(&part.to_string())));
                    prop_assert!(!parts.is_empty() && named, "{said}");
                }
            }
        }
    }
}
