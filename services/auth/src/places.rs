//! Places in the lists of administrators, as the text that a client hands back.
//!
//! It is not signed. It names no row and grants nothing: whoever makes one up gets a place in a list that they may read anyway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_domain::{AuditId, OrganizationId, Timestamp};
use photure_store::AuditPlace;
use uuid::Uuid;

use crate::error::AuthError;

/// Names are shorter.
const MAX_NAME_BYTES: usize = 256;

/// How many things a page is to hold.
pub(crate) fn limit(wanted: Option<u32>, usual: u32, most: u32) -> Result<u32, AuthError> {
    let limit = wanted.unwrap_or(usual);
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(AuthError::field(
        "limit",
        "out_of_range",
        format!("must be from 1 to {most}"),
    ))
}

/// Cuts what was found down to a page. The last of it, where there is more: it was looked for one beyond.
pub(crate) fn cut<T>(found: &mut Vec<T>, limit: u32) -> Option<&T> {
    let is_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    found.last().filter(|_| is_more)
}

pub(crate) fn after_name(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

pub(crate) fn name(text: &str) -> Result<String, AuthError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let bytes = bytes.filter(|bytes| bytes.len() <= MAX_NAME_BYTES);
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or(AuthError::InvalidCursor)
}

pub(crate) fn after_organization(id: OrganizationId) -> String {
    URL_SAFE_NO_PAD.encode(id.as_uuid().as_bytes())
}

pub(crate) fn organization(text: &str) -> Result<OrganizationId, AuthError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let id = bytes.and_then(|bytes| Uuid::from_slice(&bytes).ok());
    id.map(OrganizationId::new).ok_or(AuthError::InvalidCursor)
}

pub(crate) fn after_entry(place: AuditPlace) -> String {
    let mut bytes = place.at.as_millis().to_be_bytes().to_vec();
    bytes.extend(place.id.as_uuid().as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn entry(text: &str) -> Result<AuditPlace, AuthError> {
    let place = || {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (millis, id) = bytes.split_first_chunk::<8>()?;
        let millis = i64::from_be_bytes(*millis);
        let at = Timestamp::from_millis(millis);
        let id = AuditId::new(Uuid::from_slice(id).ok()?);
        (at.as_millis() == millis).then_some(AuditPlace { at, id })
    };
    place().ok_or(AuthError::InvalidCursor)
}

#[cfg(test)]
mod tests {
    use photure_testkit::{nth_uuid, time};

    use super::*;

    #[test]
    fn a_page_is_as_long_as_it_may_be() {
        for (wanted, holds) in [
            (None, Some(50)),
            (Some(1), Some(1)),
            (Some(200), Some(200)),
            (Some(0), None),
            (Some(201), None),
        ] {
            assert_eq!(limit(wanted, 50, 200).ok(), holds, "{wanted:?}");
        }
    }

    #[test]
    fn a_place_is_read_as_it_was_written_and_nothing_else_is_one() {
        let place = AuditPlace {
            at: time("2025-06-15T15:06:40.123Z"),
            id: AuditId::new(nth_uuid(7)),
        };
        assert_eq!(entry(&after_entry(place)).unwrap(), place);
        assert_eq!(name(&after_name("zoë")).unwrap(), "zoë");
        for wrong in [
            "!",
            "a",
            "AAAA",
            &after_name(&"x".repeat(24)),
            &after_entry(place)[1..],
        ] {
            assert!(entry(wrong).is_err(), "{wrong}");
        }
        for wrong in ["!", "_w", &after_name(&"x".repeat(257))] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }
}
