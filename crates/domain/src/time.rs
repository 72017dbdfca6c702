use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z: what both databases keep and JSON carries, so that a
/// time read back is the time written. On the wire RFC 3339 in UTC with three decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

#[derive(Debug, thiserror::Error)]
#[error("not an RFC 3339 time")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// The years 0001 to 9999, which RFC 3339 can write; the last 26 hours are left out, so that every offset stays in them.
    pub const MIN: Self = Self(-62_135_596_800_000);
    pub const MAX: Self = Self(253_402_207_200_000);

    /// Clamped to what RFC 3339 can write.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::MIN.0, Self::MAX.0))
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down: the unit of JWT and of signed addresses.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    #[must_use]
    pub fn plus(self, duration: std::time::Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    #[must_use]
    pub fn minus(self, duration: std::time::Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_sub(millis))
    }

    /// The moment a clock on the wall `offset_minutes` east of UTC shows `local`.
    pub fn from_civil(local: DateTime, offset_minutes: i16) -> Option<Self> {
        let offset = Offset::from_seconds(i32::from(offset_minutes) * 60).ok()?;
        let instant = offset.to_timestamp(local).ok()?;
        Some(Self::from_millis(instant.as_millisecond()))
    }

    /// What a clock on the wall `offset_minutes` east of UTC shows at this moment.
    pub fn to_civil(self, offset_minutes: i16) -> DateTime {
        let offset = Offset::from_seconds(i32::from(offset_minutes) * 60).unwrap_or(Offset::UTC);
        offset.to_datetime(self.to_jiff())
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let utc = self.to_jiff().to_zoned(TimeZone::UTC).datetime();
        write!(f, "{utc:.3}Z")
    }
}

impl std::fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Accepts any offset; finer than a millisecond is cut off.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| InvalidTimestamp)?;
        Ok(Self::from_millis(instant.as_millisecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("RFC 3339, UTC, milliseconds"))
            .examples(["2024-07-28T19:04:05.250Z"])
            .into()
    }
}

impl ToSchema for Timestamp {
    fn name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_as_it_was_written() {
        for text in [
            "2024-07-28T19:04:05.250Z",
            "1969-12-31T23:59:59.999Z",
            "0001-01-01T00:00:00.000Z",
            "9999-12-30T22:00:00.000Z",
        ] {
            let time: Timestamp = text.parse().unwrap();
            assert_eq!(time.to_string(), text);
        }
    }

    #[test]
    fn what_is_out_of_range_becomes_the_first_or_last_moment() {
        assert_eq!(
            Timestamp::from_millis(i64::MIN).to_string(),
            "0001-01-01T00:00:00.000Z"
        );
        assert_eq!(
            Timestamp::from_millis(i64::MAX).to_string(),
            "9999-12-30T22:00:00.000Z"
        );
    }

    #[test]
    fn other_offsets_are_turned_into_utc() {
        let time: Timestamp = "2024-07-28T21:04:05+02:00".parse().unwrap();
        assert_eq!(time.to_string(), "2024-07-28T19:04:05.000Z");
    }

    #[test]
    fn a_wall_clock_east_of_greenwich_is_ahead() {
        let time: Timestamp = "2024-07-28T23:30:00Z".parse().unwrap();
        assert_eq!(time.to_civil(120).to_string(), "2024-07-29T01:30:00");
        assert_eq!(Timestamp::from_civil(time.to_civil(120), 120), Some(time));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "yesterday",
            "2024-07-28",
            "2024-13-01T00:00:00Z",
            "{\"$gt\":\"\"}",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }
}
