//! IPTC's Information Interchange Model: what newspapers wrote into pictures before XMP, and many programs still do.

use serde_json::json;

use crate::raster::MAX_IPTC_BYTES;
use crate::said::{Groups, text};

/// Keywords that are kept: nobody writes more by hand.
const MAX_KEYWORDS: usize = 256;

/// The words of a picture.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) keywords: Vec<String>,
    /// `2024:02:29 23:59:58+05:45`, of which the time and its offset may be missing.
    pub(crate) created: Option<String>,
    pub(crate) digitized: Option<String>,
}

/// The data sets among Photoshop's resources, where they are.
pub(crate) fn resource(resources: &[u8]) -> Option<Vec<u8>> {
    const IPTC: [u8; 2] = [0x04, 0x04];
    let mut rest = resources;
    loop {
        let id: [u8; 2] = rest.strip_prefix(b"8BIM")?.get(..2)?.try_into().ok()?;
        rest = &rest[6..];
        // A name with its length before it, padded to be even; then the data, padded too.
        let name = usize::from(*rest.first()?) + 1;
        rest = rest.get(name + name % 2..)?;
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        rest = &rest[4..];
        let data = rest.get(..length)?;
        if id == IPTC {
            return (data.len() as u64 <= MAX_IPTC_BYTES).then(|| data.to_vec());
        }
        rest = rest.get(length.checked_add(length % 2)?..)?;
    }
}

/// Reads data sets as far as they are sound, and adds those that people know to `groups`.
pub(crate) fn read(bytes: &[u8], groups: &mut Groups) -> Words {
    let mut sets = Sets {
        rest: bytes,
        utf8: false,
    };
    let mut words = Words::default();
    let mut found: Vec<(u8, String)> = Vec::new();
    while let Some((record, number, value)) = sets.next() {
        if (record, number) == (1, 90) {
            sets.utf8 = value == b"\x1B%G";
        }
        if record == 2 {
            let value = if sets.utf8 {
                text::clean(&String::from_utf8_lossy(value))
            } else {
                text::from_bytes(value)
            };
            if !value.is_empty() && found.len() < MAX_KEYWORDS * 2 {
                found.push((number, value));
            }
        }
    }
    let first = |wanted: u8| {
        found
            .iter()
            .find(|(number, _)| *number == wanted)
            .map(|(_, value)| value.clone())
    };
    for (number, name) in NAMES {
        let Some(value) = first(number) else { continue };
        let value = match number {
            25 => {
                let all = found.iter().filter(|(number, _)| *number == 25);
                words.keywords = all.map(|(_, value)| value.clone()).take(MAX_KEYWORDS).collect();
                match &words.keywords[..] {
                    [only] => json!(only),
                    several => json!(several),
                }
            }
            55 | 62 => json!(date(&value).unwrap_or(value)),
            60 | 63 => json!(time(&value).unwrap_or(value)),
            _ => json!(value),
        };
        groups.add("IPTC", name, value);
    }
    words.title = first(5);
    words.description = first(120);
    let moment = |day: u8, clock: u8| {
        let day = first(day).and_then(|day| date(&day))?;
        Some(match first(clock).and_then(|clock| time(&clock)) {
            Some(clock) => format!("{day} {clock}"),
            None => day,
        })
    };
    words.created = moment(55, 60);
    words.digitized = moment(62, 63);
    words
}

/// Data sets of record 2 under exiftool's names.
const NAMES: [(u8, &str); 22] = [
    (5, "ObjectName"),
    (10, "Urgency"),
    (15, "Category"),
    (25, "Keywords"),
    (40, "SpecialInstructions"),
    (55, "DateCreated"),
    (60, "TimeCreated"),
    (62, "DigitalCreationDate"),
    (63, "DigitalCreationTime"),
    (80, "By-line"),
    (85, "By-lineTitle"),
    (90, "City"),
    (92, "Sub-location"),
    (95, "Province-State"),
    (100, "Country-PrimaryLocationCode"),
    (101, "Country-PrimaryLocationName"),
    (103, "OriginalTransmissionReference"),
    (105, "Headline"),
    (110, "Credit"),
    (115, "Source"),
    (116, "CopyrightNotice"),
    (120, "Caption-Abstract"),
];

/// Each with its record and number.
struct Sets<'b> {
    rest: &'b [u8],
    utf8: bool,
}

impl<'b> Sets<'b> {
    fn next(&mut self) -> Option<(u8, u8, &'b [u8])> {
        let [0x1C, record, number, l1, l0, rest @ ..] = self.rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([*l1, *l0]));
        // More than 32767 bytes have a length of their own length; no word has them.
        let (value, rest) = rest.split_at_checked(length).filter(|_| length < 0x8000)?;
        self.rest = rest;
        Some((*record, *number, value))
    }
}

/// `20240229` as exiftool shows it.
fn date(text: &str) -> Option<String> {
    digits(text, 8)?;
    Some(format!("{}:{}:{}", &text[..4], &text[4..6], &text[6..8]))
}

/// `235958+0545`, the offset may be missing.
fn time(text: &str) -> Option<String> {
    let (clock, offset) = text.split_at_checked(6)?;
    digits(clock, 6)?;
    let clock = format!("{}:{}:{}", &clock[..2], &clock[2..4], &clock[4..]);
    let with_offset = |sign: char, digits_of: &str| {
        digits(digits_of, 4)?;
        Some(format!("{clock}{sign}{}:{}", &digits_of[..2], &digits_of[2..]))
    };
    match offset.split_at_checked(1) {
        Some(("+", offset)) => with_offset('+', offset),
        Some(("-", offset)) => with_offset('-', offset),
        _ => Some(clock),
    }
}

fn digits(text: &str, count: usize) -> Option<()> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(number: u8, value: &[u8]) -> Vec<u8> {
        [&[0x1C, 2, number][..], &(value.len() as u16).to_be_bytes(), value].concat()
    }

    #[test]
    fn words_and_times_are_read() {
        let bytes = [
            b"\x1C\x01\x5A\0\x03\x1B%G".to_vec(),
            set(5, "Größe".as_bytes()),
            set(25, b"sea"),
            set(25, b"sand "),
            set(55, b"20240229"),
            set(60, b"235958+0545"),
            set(120, b"At the beach"),
        ]
        .concat();
        let mut groups = Groups::default();
        let words = read(&bytes, &mut groups);
        assert_eq!(words.title.as_deref(), Some("Größe"));
        assert_eq!(words.keywords, ["sea", "sand"]);
        assert_eq!(words.created.as_deref(), Some("2024:02:29 23:59:58+05:45"));
        assert_eq!(words.description.as_deref(), Some("At the beach"));
        assert_eq!(groups.into_metadata()["IPTC"]["Keywords"], json!(["sea", "sand"]));
    }

    #[test]
    fn what_is_cut_off_is_read_as_far_as_it_goes() {
        let bytes = [set(5, b"whole"), set(120, b"cut off")].concat();
        for length in 0..bytes.len() {
            let words = read(&bytes[..length], &mut Groups::default());
            assert_eq!(words.title.is_some(), length >= 10, "{length}");
            assert_eq!(words.description, None);
        }
        assert_eq!(
            read(&set(55, "2024é229".as_bytes()), &mut Groups::default()).created,
            None
        );
    }

    #[test]
    fn photoshops_resources_are_searched() {
        let other = b"8BIM\x03\xED\0\0\0\0\0\x03abc\0";
        let ours = b"8BIM\x04\x04\x03abc\0\0\0\x02\x1C\x02";
        assert_eq!(resource(&[&other[..], ours].concat()).unwrap(), b"\x1C\x02");
        assert_eq!(resource(other), None);
        assert_eq!(resource(&ours[..ours.len() - 1]), None);
        assert_eq!(resource(b"8BIM\x04\x04\0\0\xFF\xFF\xFF\xFF"), None);
    }
}
