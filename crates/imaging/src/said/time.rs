//! Times as programs and cameras write them as text.

use photure_domain::photo::Taken;

use crate::taken::{civil, taken};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Parsed {
    pub(crate) date: [u16; 3],
    pub(crate) time: [u16; 3],
    pub(crate) millis: Option<u16>,
    pub(crate) offset: Option<i16>,
}

/// `2009:08:29 13:18:08`, with any single character between the numbers, and with the fraction or offset that some
/// programs append against the standard.
pub(crate) fn parse(text: &str) -> Option<Parsed> {
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
pub(crate) fn millis(fraction: &str) -> Option<u16> {
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
pub(crate) fn parse_offset(text: &str) -> Option<i16> {
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

/// A moment in one text, with whatever it says of its zone; of a day alone its noon, so that no time zone moves it to
/// another day.
pub(crate) fn moment(text: &str) -> Option<Taken> {
    let parsed = match text.trim().len() {
        10 => parse(&format!("{} 12:00:00", text.trim()))?,
        16 => parse(&format!("{}:00", text.trim()))?,
        _ => parse(text.trim())?,
    };
    let local = civil(parsed.date, parsed.time, parsed.millis.unwrap_or(0))?;
    taken(local, parsed.offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_cameras_and_programs_write_them() {
        let seen = |text: &str| {
            let parsed = parse(text)?;
            let taken = taken(
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
