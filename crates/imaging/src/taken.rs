//! Wall-clock times as cameras write them.

use jiff::civil::{Date, DateTime, Time};
use photure_domain::Timestamp;
use photure_domain::photo::Taken;

/// Digital photos are not older than this; a scan is dated by hand, not by EXIF. What says 1900 or 0000 does not know.
const YEARS: std::ops::RangeInclusive<i16> = 1826..=2200;

/// `None` where there is no such day or time, or no photo can be from then.
pub(crate) fn civil(date: [u16; 3], time: [u16; 3], millis: u16) -> Option<DateTime> {
    let small = |value: u16| i8::try_from(value).ok();
    let [year, month, day] = date;
    let [hour, minute, second] = time;
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    // A leap second is shown as the one before it.
    let second = small(second)?.min(if second == 60 { 59 } else { i8::MAX });
    let time = Time::new(
        small(hour)?,
        small(minute)?,
        second,
        i32::from(millis) * 1_000_000,
    )
    .ok()?;
    Some(date.to_datetime(time))
}

pub(crate) fn taken(local: DateTime, utc_offset_minutes: Option<i16>) -> Option<Taken> {
    let at = Timestamp::from_civil(local, utc_offset_minutes.unwrap_or(0))?;
    Some(Taken {
        at,
        utc_offset_minutes,
    })
}
