//! When a photo was taken, by whoever knows best.

use std::time::Duration;

use photure_domain::Timestamp;
use photure_domain::photo::Taken;
use photure_imaging::{Picture, date_from_file_name};

use crate::staging::Note;

/// 1826-01-01T00:00:00Z, the year of the oldest photograph that is kept, in milliseconds.
const FIRST_PHOTOGRAPH: i64 = -4_544_208_000_000;

const DAY: Duration = Duration::from_secs(86_400);

/// The file itself, else its name, else the client, else the moment at which it arrived.
pub(super) fn taken(picture: &Picture, note: &Note) -> Taken {
    let possible = |taken: &Taken| {
        let latest = note.received_at.plus(DAY); // somewhere it is tomorrow already
        taken.at.as_millis() >= FIRST_PHOTOGRAPH && taken.at <= latest
    };
    let by_name = || date_from_file_name(&note.filename).filter(possible);
    let by_client = || note.taken_at.filter(possible);
    let arrived = Taken {
        at: note.received_at,
        utc_offset_minutes: None,
    };
    picture
        .taken
        .or_else(by_name)
        .or_else(by_client)
        .unwrap_or(arrived)
}

/// `2024-07-28T21:04:05+02:00`. `Z` and `-00:00` say nothing about the place (RFC 3339, section 4.3).
pub(crate) fn said_by_client(text: &str) -> Option<Taken> {
    let text = text.trim();
    let at: Timestamp = text.parse().ok()?;
    Some(Taken {
        at,
        utc_offset_minutes: offset(text),
    })
}

fn offset(text: &str) -> Option<i16> {
    let digits = text.get(text.len().checked_sub(6)?..)?;
    let (hours, minutes) = digits[1..].split_once(':')?;
    let minutes = hours.parse::<i16>().ok()? * 60 + minutes.parse::<i16>().ok()?;
    match digits.as_bytes()[0] {
        b'+' => Some(minutes),
        b'-' if minutes > 0 => Some(-minutes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_client_may_say_where_it_was() {
        for (text, minutes) in [
            ("2024-07-28T21:04:05+02:00", Some(120)),
            ("2024-07-28T12:34:05.123-06:30", Some(-390)),
            ("2024-07-28T19:04:05+00:00", Some(0)),
            ("2024-07-28T19:04:05-00:00", None),
            ("2024-07-28T19:04:05Z", None),
            ("2024-07-28T19:04:05.250z", None),
        ] {
            assert_eq!(
                said_by_client(text).unwrap().utc_offset_minutes,
                minutes,
                "{text}"
            );
        }
        let there = said_by_client("2024-07-28T21:04:05+02:00").unwrap();
        assert_eq!(there.at.to_string(), "2024-07-28T19:04:05.000Z");
        assert_eq!(there.local(), "2024-07-28T21:04:05.000");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "yesterday",
            "2024-07-28",
            "2024-07-28T21:04:05",
            "1722193445",
            "2024-07-28T21:04:05+0é:00",
        ] {
            assert_eq!(said_by_client(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_client_says_is_a_time_or_none(
            text in "\\PC{0,30}|[0-9]{4}-0[1-9]-[12][0-9][T ][01][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{0,9})?[Zz+-]?[0-9:]{0,8}(\\[\\PC{0,8}\\])?",
        ) {
            if let Some(taken) = said_by_client(&text) {
                let minutes = taken.utc_offset_minutes.unwrap_or(0);
                prop_assert!(minutes.abs() < 26 * 60, "{minutes}");
                prop_assert!(taken.local().contains('T'));
            }
        }
    }
}
