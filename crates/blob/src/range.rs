use std::ops::Range;

/// A part of a blob, as RFC 9110 (section 14.1.2) counts it: positions from 0, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// `bytes=<first>-<last>`; a last byte past the end means the end.
    Inclusive { first: u64, last: u64 },
    /// `bytes=<first>-`.
    From(u64),
    /// `bytes=-<n>`: the last `n` bytes, or all where there are fewer.
    Suffix(u64),
}

impl ByteRange {
    /// Which bytes of a blob of `len` bytes are meant; `None` where there are none (416).
    pub fn resolve(self, len: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::Inclusive { first, last } => first..last.saturating_add(1).min(len),
            Self::From(first) => first..len,
            Self::Suffix(n) => len.saturating_sub(n)..len,
        };
        (range.start < range.end).then_some(range)
    }

    /// The value of a `Range` header.
    pub(crate) fn header(self) -> String {
        match self {
            Self::Inclusive { first, last } => format!("bytes={first}-{last}"),
            Self::From(first) => format!("bytes={first}-"),
            Self::Suffix(n) => format!("bytes=-{n}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ByteRange::{From, Inclusive, Suffix};

    #[test]
    fn a_range_means_the_bytes_that_are_there() {
        assert_eq!(Inclusive { first: 0, last: 0 }.resolve(10), Some(0..1));
        assert_eq!(Inclusive { first: 4, last: 99 }.resolve(10), Some(4..10));
        assert_eq!(
            Inclusive {
                first: 0,
                last: u64::MAX
            }
            .resolve(10),
            Some(0..10)
        );
        assert_eq!(From(9).resolve(10), Some(9..10));
        assert_eq!(Suffix(3).resolve(10), Some(7..10));
        assert_eq!(Suffix(99).resolve(10), Some(0..10));
    }

    #[test]
    fn a_range_without_bytes_means_nothing() {
        assert_eq!(Inclusive { first: 10, last: 12 }.resolve(10), None);
        assert_eq!(Inclusive { first: 5, last: 4 }.resolve(10), None);
        assert_eq!(From(10).resolve(10), None);
        assert_eq!(Suffix(0).resolve(10), None);
        assert_eq!(From(0).resolve(0), None);
        assert_eq!(Suffix(5).resolve(0), None);
    }
}
