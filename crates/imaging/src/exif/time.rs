use exif::Tag;
use photure_domain::photo::Taken;

use super::fields::Fields;
use crate::taken::{civil, taken as at};

/// When the shutter opened; else when the picture was digitised; else what the satellites said, which is UTC. When a
/// file was last changed says nothing about when it was taken.
pub(super) fn taken(fields: &Fields) -> Option<Taken> {
    let original = (
        Tag::DateTimeOriginal,
        Tag::SubSecTimeOriginal,
        Tag::OffsetTimeOriginal,
    );
    let digitized = (
        Tag::DateTimeDigitized,
        Tag::SubSecTimeDigitized,
        Tag::OffsetTimeDigitized,
    );
    [original, digitized]
        .into_iter()
        .find_map(|tags| wall_clock(fields, tags))
        .or_else(|| satellites(fields))
}

fn wall_clock(fields: &Fields, (time, fraction, offset): (Tag, Tag, Tag)) -> Option<Taken> {
    let text = fields.text(time)?;
    let parsed = parse(&text)?;
    let millis = fields
        .text(fraction)
        .and_then(|fraction| millis(&fraction))
        .or(parsed.millis);
    // `OffsetTime` is that of the last change: it holds for this time, too, where the two are one.
    let of_last_change = || {
        fields
            .text(Tag::DateTime)
            .filter(|changed| *changed == text)
            .and(fields.text(Tag::OffsetTime))
    };
    let offset = fields
        .text(offset)
        .or_else(of_last_change)
        .and_then(|offset| parse_offset(&offset));
    at(
        civil(parsed.date, parsed.time, millis.unwrap_or(0))?,
        offset.or(parsed.offset),
    )
}

fn satellites(fields: &Fields) -> Option<Taken> {
    let date = fields.text(Tag::GPSDateStamp)?;
    let [hour, minute, second] = fields.three(Tag::GPSTimeStamp)?;
    let mut numbers = date.split(|c: char| !c.is_ascii_digit());
    let date = [numbers.next()?, numbers.next()?, numbers.next()?].map(|number| number.parse().ok());
    let [Some(year), Some(month), Some(day)] = date else {
        return None;
    };
    // Some write fractions of minutes; nobody's day has more than its seconds.
    let total = hour * 3600.0 + minute * 60.0 + second;
    if !(0.0..86_400.0).contains(&total) {
        return None;
    }
    let millis = (total * 1000.0).floor() as u32;
    let part = |unit: u32, most: u32| (millis / unit % most) as u16;
    at(
        civil(
            [year, month, day],
            [part(3_600_000, 24), part(60_000, 60), part(1000, 60)],
            part(1, 1000),
        )?,
        None,
    )
}

struct Parsed {
    date: [u16; 3],
    time: [u16; 3],
    millis: Option<u16>,
    offset: Option<i16>,
}

/// `2009:08:29 13:18:08`, with any single character between the numbers, and with the fraction or offset that some
/// programs append against the standard.
fn parse(text: &str) -> Option<Parsed> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u16> {
        let digits = bytes.get(from..to)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        std::str::from_utf8(digits).ok()?.parse().ok()
    };
    for mark in [4, 7, 10, 13, 16] {
        if bytes.get(mark)?.is_ascii_alphanumeric() && bytes[mark] != b'T' {
            return None;
        }
    }
    let date = [number(0, 4)?, number(5, 7)?, number(8, 10)?];
    let time = [number(11, 13)?, number(14, 16)?, number(17, 19)?];
    let rest = text.get(19..).unwrap_or_default();
    let offset_starts = rest.find(['+', '-', 'Z']).unwrap_or(rest.len());
    let (fraction, offset) = rest.split_at(offset_starts);
    Some(Parsed {
        date,
        time,
        millis: fraction.strip_prefix('.').and_then(millis),
        offset: parse_offset(offset),
    })
}

/// The digits after a decimal point.
fn millis(fraction: &str) -> Option<u16> {
    let digits: String = fraction
        .trim()
        .chars()
        .take_while(char::is_ascii_digit)
        .take(3)
        .collect();
    if digits.is_empty() {
        None
    } else {
        format!("{digits:0<3}").parse().ok()
    }
}

/// `+02:00`, `-0330`, `Z`.
fn parse_offset(text: &str) -> Option<i16> {
    let text = text.trim();
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_cameras_and_programs_write_them() {
        let seen = |text: &str| {
            let parsed = parse(text)?;
            let taken = at(
                civil(parsed.date, parsed.time, parsed.millis.unwrap_or(0))?,
                parsed.offset,
            )?;
            Some((taken.local(), taken.utc_offset_minutes))
        };
        let plain = |text: &str| Some((text.to_owned(), None));
        assert_eq!(seen("2009:08:29 13:18:08"), plain("2009-08-29T13:18:08.000"));
        assert_eq!(seen("2009-08-29T13:18:08"), plain("2009-08-29T13:18:08.000"));
        assert_eq!(seen("2009:08:29 13:18:08.31"), plain("2009-08-29T13:18:08.310"));
        assert_eq!(
            seen("2009:08:29 13:18:08-04:00"),
            Some(("2009-08-29T13:18:08.000".into(), Some(-240)))
        );
        for nonsense in [
            "",
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "2009:13:29 13:18:08",
            "2009:08:29",
            "yesterday at noon, or so",
        ] {
            assert_eq!(seen(nonsense), None, "{nonsense:?}");
        }
    }

    #[test]
    fn offsets_are_minutes_east_of_utc() {
        for (text, expected) in [
            ("+02:00", Some(120)),
            ("-03:30", Some(-210)),
            ("Z", Some(0)),
            ("+0545", Some(345)),
            ("+99:00", None),
            ("", None),
            ("   :  ", None),
        ] {
            assert_eq!(parse_offset(text), expected, "{text:?}");
        }
    }

    #[test]
    fn fractions_of_seconds_are_digits_after_the_point() {
        for (text, expected) in [
            ("5", Some(500)),
            ("05", Some(50)),
            ("123456", Some(123)),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(millis(text), expected, "{text:?}");
        }
    }
}
