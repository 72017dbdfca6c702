use photure_domain::photo::Taken;

use crate::taken::{civil, taken};

/// When a photo was taken by its file name, the way cameras, phones and messengers name files; the offset is never
/// known. A name with a day but no time (WhatsApp) gives noon, so that no time zone moves it to another day.
///
/// For files that say nothing themselves: screenshots, and photos that a messenger has stripped.
pub fn date_from_file_name(name: &str) -> Option<Taken> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let numbers = numbers(stem);
    (0..numbers.len())
        .find_map(|start| date_and_time(&numbers[start..]))
        .or_else(|| unix_millis(&numbers))
}

/// A run of digits, and what stands between it and the run before.
struct Number<'a> {
    gap: &'a str,
    digits: &'a str,
}

fn numbers(text: &str) -> Vec<Number<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let after = &rest[start..];
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        found.push(Number {
            gap: &rest[..start],
            digits: &after[..end],
        });
        rest = &after[end..];
    }
    found
}

fn date_and_time(numbers: &[Number<'_>]) -> Option<Taken> {
    let (date, after) = date(numbers)?;
    let (time, millis) = match after {
        Digits::Joined(digits) => (clock(digits)?, millis(digits.get(6..).unwrap_or(""))),
        Digits::Apart(rest) => time(rest).unwrap_or(([12, 0, 0], 0)),
    };
    taken(civil(date, time, millis)?, None)
}

/// What follows a date: digits of the same run (`20210504123311`), or the runs after it.
enum Digits<'a> {
    Joined(&'a str),
    Apart(&'a [Number<'a>]),
}

/// `20210504…`, `2021-05-04`, `2021_05_04`, `2021.05.04`.
fn date<'a>(numbers: &'a [Number<'a>]) -> Option<([u16; 3], Digits<'a>)> {
    let (first, rest) = numbers.split_first()?;
    match first.digits.len() {
        8 => Some((split_date(first.digits)?, Digits::Apart(rest))),
        14 | 17 => Some((split_date(first.digits)?, Digits::Joined(&first.digits[8..]))),
        4 => match rest {
            [month, day, rest @ ..] if is_mark(month.gap) && month.gap == day.gap => {
                let date = [first.digits.parse().ok()?, two(month.digits)?, two(day.digits)?];
                plausible(date).map(|date| (date, Digits::Apart(rest)))
            }
            _ => None,
        },
        _ => None,
    }
}

fn split_date(digits: &str) -> Option<[u16; 3]> {
    plausible([
        digits.get(..4)?.parse().ok()?,
        digits.get(4..6)?.parse().ok()?,
        digits.get(6..8)?.parse().ok()?,
    ])
}

/// A file named by its date is from the age of digital cameras; any other eight digits are a serial number.
fn plausible(date: [u16; 3]) -> Option<[u16; 3]> {
    (1990..=2100)
        .contains(&date[0])
        .then_some(date)
        .filter(|date| civil(*date, [0; 3], 0).is_some())
}

/// `123311`, `123311123`, `12.33.11`, `12-33-11`, `12h33m11s`, after a gap that is no word.
fn time(numbers: &[Number<'_>]) -> Option<([u16; 3], u16)> {
    let (first, rest) = numbers.split_first()?;
    if !matches!(
        first.gap,
        "_" | "-" | " " | "T" | "-T" | " at " | ", " | "_at_" | " um "
    ) {
        return None;
    }
    let found = match first.digits.len() {
        // Pixel phones write milliseconds after the seconds: PXL_20210504_123311123.
        6 | 9 => (clock(first.digits)?, millis(&first.digits[6..])),
        2 => match rest {
            [minute, second, rest @ ..] if is_mark(minute.gap) || matches!(minute.gap, "h" | ":") => {
                let time = [two(first.digits)?, two(minute.digits)?, two(second.digits)?];
                let fraction = rest
                    .first()
                    .filter(|fraction| fraction.gap == "." && fraction.digits.len() == 3);
                (time, fraction.map_or(0, |fraction| millis(fraction.digits)))
            }
            _ => return None,
        },
        _ => return None,
    };
    let [hour, minute, second] = found.0;
    (hour < 24 && minute < 60 && second <= 60).then_some(found)
}

fn clock(digits: &str) -> Option<[u16; 3]> {
    Some([
        two(digits.get(..2)?)?,
        two(digits.get(2..4)?)?,
        two(digits.get(4..6)?)?,
    ])
}

fn millis(digits: &str) -> u16 {
    if digits.len() == 3 {
        digits.parse().unwrap_or(0)
    } else {
        0
    }
}

fn two(digits: &str) -> Option<u16> {
    (digits.len() == 2).then(|| digits.parse().ok())?
}

fn is_mark(gap: &str) -> bool {
    matches!(gap, "-" | "_" | "." | " ")
}

/// `1620131591123.jpg` and `FB_IMG_1620131591123.jpg`: thirteen digits alone are milliseconds since 1970, in UTC.
fn unix_millis(numbers: &[Number<'_>]) -> Option<Taken> {
    let [only] = numbers else { return None };
    if only.digits.len() != 13
        || !matches!(
            only.gap,
            "" | "FB_IMG_" | "mmexport" | "received_" | "Screenshot_"
        )
    {
        return None;
    }
    let millis: i64 = only.digits.parse().ok()?;
    let from_2001_to_2100 = 978_307_200_000..4_102_444_800_000;
    from_2001_to_2100.contains(&millis).then(|| Taken {
        at: photure_domain::Timestamp::from_millis(millis),
        utc_offset_minutes: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(name: &str) -> Option<String> {
        date_from_file_name(name).map(|taken| {
            assert_eq!(taken.utc_offset_minutes, None);
            taken.local()
        })
    }

    #[test]
    fn names_of_cameras_phones_and_messengers_tell_their_time() {
        for (name, expected) in [
            ("IMG_20210504_123311.jpg", "2021-05-04T12:33:11.000"),
            ("IMG_20210504_123311_1.jpg", "2021-05-04T12:33:11.000"),
            ("PXL_20210504_123311123.jpg", "2021-05-04T12:33:11.123"),
            ("PXL_20210504_123311123.MP.jpg", "2021-05-04T12:33:11.123"),
            ("20210504_123311.jpg", "2021-05-04T12:33:11.000"),
            ("20210504123311.jpg", "2021-05-04T12:33:11.000"),
            ("2021-05-04 12.33.11.jpg", "2021-05-04T12:33:11.000"),
            ("2021-05-04 12.33.11-2.jpg", "2021-05-04T12:33:11.000"),
            ("2021-05-04T12-33-11.jpg", "2021-05-04T12:33:11.000"),
            ("Screenshot_20210504-123311.png", "2021-05-04T12:33:11.000"),
            (
                "Screenshot_2021-05-04-12-33-11-123_com.app.png",
                "2021-05-04T12:33:11.000",
            ),
            ("Screenshot 2021-05-04 at 12.33.11.png", "2021-05-04T12:33:11.000"),
            (
                "Bildschirmfoto 2021-05-04 um 12.33.11.png",
                "2021-05-04T12:33:11.000",
            ),
            ("signal-2021-05-04-12-33-11-123.jpg", "2021-05-04T12:33:11.000"),
            ("photo_2021-05-04_12-33-11.jpg", "2021-05-04T12:33:11.000"),
            (
                "WhatsApp Image 2021-05-04 at 12.33.11.jpeg",
                "2021-05-04T12:33:11.000",
            ),
            ("IMG-20210504-WA0007.jpg", "2021-05-04T12:00:00.000"),
            ("Scan 2021-05-04.png", "2021-05-04T12:00:00.000"),
            ("FB_IMG_1620131591123.jpg", "2021-05-04T12:33:11.123"),
        ] {
            assert_eq!(local(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn other_numbers_are_not_taken_for_a_time() {
        for name in [
            "",
            "IMG_1234.jpg",
            "DSC00042.JPG",
            "12345678.jpg",
            "IMG_20211304_123311.jpg",
            "2021-02-30 12.33.11.jpg",
            "4111111111111111.jpg",
            "1234567890123.jpg.9999999999999.jpg",
            "photo 2021.jpg",
            "٢٠٢١٠٥٠٤.jpg",
        ] {
            assert_eq!(local(name), None, "{name}");
        }
    }
}
