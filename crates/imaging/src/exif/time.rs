use exif::Tag;
use photure_domain::photo::Taken;

use super::fields::Fields;
use crate::said::Moments;
use crate::said::time::{millis, parse, parse_offset};
use crate::taken::{civil, taken as at};

/// When a file was last changed says nothing about when it was taken.
pub(super) fn moments(fields: &Fields) -> Moments {
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
    Moments {
        original: wall_clock(fields, original),
        digitized: wall_clock(fields, digitized),
        satellites: satellites(fields),
    }
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
