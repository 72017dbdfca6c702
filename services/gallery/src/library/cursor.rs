//! A place in a list, as the text that a client hands back: which order, which time, which id, in base64url.
//!
//! It is not signed. It names no row and grants nothing: whoever makes one up gets a place in their own list.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use photure_domain::{PhotoId, Timestamp};
use photure_store::{ListedBy, Position};
use uuid::Uuid;

use crate::error::GalleryError;

const fn letter(order: ListedBy) -> u8 {
    match order {
        ListedBy::TakenAt => b't',
        ListedBy::UploadedAt => b'u',
        ListedBy::TrashedAt => b'd',
    }
}

pub(super) fn write(order: ListedBy, position: Position) -> String {
    let mut bytes = vec![letter(order)];
    bytes.extend(position.time.as_millis().to_be_bytes());
    bytes.extend(position.id.as_uuid().as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn read(order: ListedBy, text: &str) -> Result<Position, GalleryError> {
    parse(order, text).ok_or(GalleryError::InvalidCursor)
}

fn parse(order: ListedBy, text: &str) -> Option<Position> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (said, rest) = bytes.split_first()?;
    let (time, id) = rest.split_first_chunk::<8>()?;
    let millis = i64::from_be_bytes(*time);
    let time = Timestamp::from_millis(millis);
    let ours = *said == letter(order) && time.as_millis() == millis;
    ours.then_some(Position {
        time,
        id: PhotoId::new(Uuid::from_slice(id).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Position {
        Position {
            time: Timestamp::from_millis(-5),
            id: PhotoId::new(Uuid::from_u128(7)),
        }
    }

    #[test]
    fn a_cursor_reads_back_as_the_place_it_names() {
        for order in [ListedBy::TakenAt, ListedBy::UploadedAt, ListedBy::TrashedAt] {
            let cursor = write(order, place());
            assert_eq!(read(order, &cursor).unwrap(), place());
        }
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let cursor = write(ListedBy::TakenAt, place());
        assert!(matches!(
            read(ListedBy::UploadedAt, &cursor),
            Err(GalleryError::InvalidCursor)
        ));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let good = write(ListedBy::TakenAt, place());
        let beyond_time = URL_SAFE_NO_PAD.encode([&b"t"[..], &i64::MAX.to_be_bytes(), &[0; 16]].concat());
        for text in [
            "",
            "t",
            "{\"$gt\":\"\"}",
            &good[1..],
            &format!("{good}AAAA"),
            &format!("{good}="),
            &beyond_time,
        ] {
            assert!(read(ListedBy::TakenAt, text).is_err(), "{text}");
        }
    }
}
