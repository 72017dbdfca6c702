use exif::{Context, Exif, Field, In, Tag, Value};

use crate::said::text;

pub(super) const RATING: Tag = Tag(Context::Tiff, 0x4746);
pub(super) const XP_KEYWORDS: Tag = Tag(Context::Tiff, 0x9C9E);
pub(super) const XP_TITLE: Tag = Tag(Context::Tiff, 0x9C9B);

/// The fields of a TIFF structure.
pub(super) struct Fields(Exif);

impl Fields {
    /// `None` where not even a beginning makes sense.
    pub(super) fn parse(tiff: Vec<u8>) -> Option<Self> {
        let mut reader = exif::Reader::new();
        reader.continue_on_error(true);
        let parsed = reader
            .read_raw(tiff)
            .or_else(|error| error.distill_partial_result(|_| ()));
        parsed.ok().map(Self)
    }

    pub(super) fn byte_order(&self) -> &'static str {
        if self.0.little_endian() { "II" } else { "MM" }
    }

    /// Those of the picture before those of its thumbnail.
    pub(super) fn all(&self) -> impl Iterator<Item = &Field> {
        let of = |directory| self.0.fields().filter(move |field| field.ifd_num == directory);
        of(In::PRIMARY).chain(of(In::THUMBNAIL))
    }

    pub(super) fn value(&self, tag: Tag) -> Option<&Value> {
        self.0.get_field(tag, In::PRIMARY).map(|field| &field.value)
    }

    pub(super) fn number(&self, tag: Tag) -> Option<u32> {
        self.value(tag)?.get_uint(0)
    }

    /// The first value, if it is a finite number.
    pub(super) fn decimal(&self, tag: Tag) -> Option<f64> {
        decimals(self.value(tag)?).next()?
    }

    /// Trimmed; `None` where nothing is left.
    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        let text = match self.value(tag)? {
            Value::Ascii(parts) => text::from_bytes(parts.first()?),
            Value::Byte(bytes) if matches!(tag.number(), 0x9C9B..=0x9C9F) => text::from_utf16(bytes, false),
            Value::Byte(bytes) | Value::Undefined(bytes, _) => text::from_bytes(bytes),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn three(&self, tag: Tag) -> Option<[f64; 3]> {
        let mut values = decimals(self.value(tag)?);
        Some([
            values.next()??,
            values.next().flatten().unwrap_or(0.0),
            values.next().flatten().unwrap_or(0.0),
        ])
    }
}

/// Each value of a numeric field; `None` for what is no number (0/0, 1/0).
pub(super) fn decimals(value: &Value) -> Box<dyn ExactSizeIterator<Item = Option<f64>> + '_> {
    let ratio = |over: f64, under: f64| (under != 0.0).then(|| over / under);
    let finite = |value: f64| value.is_finite().then_some(value);
    match value {
        Value::Byte(values) => Box::new(values.iter().map(|value| Some(f64::from(*value)))),
        Value::SByte(values) => Box::new(values.iter().map(|value| Some(f64::from(*value)))),
        Value::Short(values) => Box::new(values.iter().map(|value| Some(f64::from(*value)))),
        Value::SShort(values) => Box::new(values.iter().map(|value| Some(f64::from(*value)))),
        Value::Long(values) => Box::new(values.iter().map(|value| Some(f64::from(*value)))),
        Value::SLong(values) => Box::new(values.iter().map(|value| Some(f64::from(*value)))),
        Value::Float(values) => Box::new(values.iter().map(move |value| finite(f64::from(*value)))),
        Value::Double(values) => Box::new(values.iter().map(move |value| finite(*value))),
        Value::Rational(values) => Box::new(
            values
                .iter()
                .map(move |value| ratio(f64::from(value.num), f64::from(value.denom))),
        ),
        Value::SRational(values) => Box::new(
            values
                .iter()
                .map(move |value| ratio(f64::from(value.num), f64::from(value.denom))),
        ),
        Value::Ascii(_) | Value::Undefined(..) | Value::Unknown(..) => Box::new(std::iter::empty()),
    }
}
