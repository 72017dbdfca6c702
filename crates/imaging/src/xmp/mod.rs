//! XMP: what programs and people wrote about a picture, inside it or in a `.xmp` beside it.

mod names;
mod packet;

use std::panic::{AssertUnwindSafe, catch_unwind};

use photure_domain::photo::{Camera, Position, Taken};
use serde_json::{Value as Json, json};

use crate::said::time::moment;
use crate::said::{Groups, Moments, Said, text};
use names::{Kind, NAMES, Name, Space};
use packet::{Packet, Property};

/// Reads a packet as far as it is sound, and adds what people know of it to `groups`. `None` where there is no XMP in it.
pub(crate) fn read(bytes: &[u8], groups: &mut Groups) -> Option<Said> {
    catch_unwind(AssertUnwindSafe(|| {
        let packet = Packet::parse(bytes)?;
        for name in &NAMES {
            let Some(property) = packet.get(name.space, name.local) else {
                continue;
            };
            if let Some(value) = shown(name, property) {
                groups.add("XMP", name.exiftool, value);
            }
        }
        Some(said(&packet))
    }))
    .ok()
    .flatten()
}

/// Where a packet says that a film begins, in bytes before the end of the file.
pub(crate) fn film_from_the_end(bytes: &[u8]) -> Option<u64> {
    catch_unwind(AssertUnwindSafe(|| {
        let packet = Packet::parse(bytes)?;
        let micro = || {
            let offset = packet.text(Space::Camera, "MicroVideoOffset")?;
            offset.parse().ok()
        };
        packet.film_length.or_else(micro).filter(|length| *length > 0)
    }))
    .ok()
    .flatten()
}

fn said(packet: &Packet) -> Said {
    let time = |space, local| packet.text(space, local).and_then(moment);
    Said {
        moments: Moments {
            original: time(Space::Exif, "DateTimeOriginal").or_else(|| time(Space::Photoshop, "DateCreated")),
            digitized: time(Space::Exif, "DateTimeDigitized").or_else(|| time(Space::Xmp, "CreateDate")),
            satellites: satellites(packet),
        },
        camera: camera(packet),
        position: position(packet),
        title: packet.text(Space::DublinCore, "title").map(str::to_owned),
        description: packet
            .text(Space::DublinCore, "description")
            .filter(|text| !text::is_boilerplate(text))
            .map(str::to_owned),
        stars: packet.text(Space::Xmp, "Rating").and_then(number),
        tags: packet
            .get(Space::DublinCore, "subject")
            .map(|subject| subject.values.clone())
            .unwrap_or_default(),
    }
}

/// UTC, whatever it says: the field is named so.
fn satellites(packet: &Packet) -> Option<Taken> {
    let taken = moment(packet.text(Space::Exif, "GPSTimeStamp")?)?;
    Some(Taken {
        utc_offset_minutes: None,
        ..taken
    })
}

fn camera(packet: &Packet) -> Camera {
    let text = |space, local| packet.text(space, local).map(str::to_owned);
    let positive = |local| {
        let value = number(packet.text(Space::Exif, local)?)?;
        (value > 0.0).then_some(value)
    };
    let iso = packet.text(Space::Exif, "ISOSpeedRatings");
    let iso = iso.or_else(|| packet.text(Space::ExifEx, "PhotographicSensitivity"));
    Camera {
        make: text(Space::Tiff, "Make"),
        model: text(Space::Tiff, "Model"),
        lens: text(Space::ExifEx, "LensModel").or_else(|| text(Space::Aux, "Lens")),
        iso: iso
            .and_then(|iso| iso.parse().ok())
            .filter(|iso| !matches!(iso, 0 | 65_535)),
        f_number: positive("FNumber"),
        exposure: positive("ExposureTime"),
        focal_length: positive("FocalLength"),
    }
}

fn position(packet: &Packet) -> Option<Position> {
    let lat = degrees(packet.text(Space::Exif, "GPSLatitude")?)?;
    let lon = degrees(packet.text(Space::Exif, "GPSLongitude")?)?;
    let below_sea = packet.text(Space::Exif, "GPSAltitudeRef") == Some("1");
    let altitude = packet.text(Space::Exif, "GPSAltitude").and_then(number);
    Position::new(
        lat,
        lon,
        altitude.map(|metres| if below_sea { -metres } else { metres }),
    )
}

/// `33,52.1292S` or `33,52,7.75S`; negative in the south and west.
fn degrees(text: &str) -> Option<f64> {
    let text = text.trim();
    let (number, hemisphere) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let sign = match hemisphere {
        "N" | "E" | "n" | "e" => 1.0,
        "S" | "W" | "s" | "w" => -1.0,
        _ => return None,
    };
    let mut parts = number.split(',').map(|part| part.trim().parse::<f64>().ok());
    let degrees = parts.next()??;
    let minutes = parts.next().unwrap_or(Some(0.0))?;
    let seconds = parts.next().unwrap_or(Some(0.0))?;
    let sum = degrees + minutes / 60.0 + seconds / 3600.0;
    sum.is_finite().then_some(sign * sum)
}

/// `2.8` or `28/10`.
fn number(text: &str) -> Option<f64> {
    let number = match text.split_once('/') {
        Some((over, under)) => over.trim().parse::<f64>().ok()? / under.trim().parse::<f64>().ok()?,
        None => text.trim().parse().ok()?,
    };
    number.is_finite().then_some(number)
}

/// As exiftool shows it.
fn shown(name: &Name, property: &Property) -> Option<Json> {
    let first = property.values.first()?;
    Some(match name.kind {
        Kind::Text => json!(first),
        Kind::List => match &property.values[..] {
            [only] => json!(only),
            several => json!(several),
        },
        Kind::Number => {
            let value = number(first)?;
            if value.fract() == 0.0 && value.abs() < 1e15 {
                json!(value as i64)
            } else {
                json!(value)
            }
        }
        Kind::Time => json!(exiftools_time(first)),
        Kind::Degrees => json!(degrees(first)?),
    })
}

/// `2024-02-29T23:59:58+05:45` → `2024:02:29 23:59:58+05:45`.
fn exiftools_time(text: &str) -> String {
    let (day, clock) = text.split_at_checked(10).unwrap_or((text, ""));
    day.replace('-', ":") + &clock.replacen('T', " ", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_degrees_with_a_hemisphere() {
        assert_eq!(degrees("33,52.5S"), Some(-33.875));
        let east = degrees("151,12,36E").unwrap();
        assert!((east - 151.21).abs() < 1e-9, "{east}");
        for text in ["", "S", "33,52.5", "x,1N", "33;5N", "é"] {
            assert_eq!(degrees(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_may_be_fractions() {
        assert_eq!(number("28/10"), Some(2.8));
        assert_eq!(number(" 4 "), Some(4.0));
        assert_eq!((number("1/0"), number("NaN"), number("many")), (None, None, None));
    }

    #[test]
    fn times_are_shown_as_exiftool_shows_them() {
        assert_eq!(
            exiftools_time("2024-02-29T23:59:58+05:45"),
            "2024:02:29 23:59:58+05:45"
        );
        assert_eq!(exiftools_time("2024-02"), "2024:02");
    }
}
