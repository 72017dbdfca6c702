use photure_blob::ByteRange;

/// The range that a `Range` header asks for, where it asks for one. Several at once, other units and what is malformed are
/// as good as no header (RFC 9110, section 14.2).
pub(crate) fn one_range(header: &str) -> Option<ByteRange> {
    let (unit, set) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Some(ByteRange::Inclusive { first, last }),
        (Some(first), None) if last.is_empty() => Some(ByteRange::From(first)),
        (None, Some(suffix)) if first.is_empty() => Some(ByteRange::Suffix(suffix)),
        _ => None,
    }
}

/// Digits alone: `parse` would take a plus sign too.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_range_is_understood() {
        for (header, range) in [
            ("bytes=0-99", ByteRange::Inclusive { first: 0, last: 99 }),
            ("bytes=100-", ByteRange::From(100)),
            ("bytes=-5", ByteRange::Suffix(5)),
            ("Bytes= 7-7 ", ByteRange::Inclusive { first: 7, last: 7 }),
        ] {
            assert_eq!(one_range(header), Some(range), "{header}");
        }
    }

    #[test]
    fn anything_else_means_everything() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-4",
            "bytes=0-1,3-4",
            "bytes=a-b",
            "bytes=+1-2",
            "lines=1-2",
            "bytes=1-99999999999999999999",
        ] {
            assert_eq!(one_range(header), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_range_is_what_stands_there(header in "\\PC{0,40}|(bytes)?=?[0-9, +-]{0,50}", first in 0..u64::MAX, more in any::<u64>()) {
            if let Some(range) = one_range(&header) {
                let (_, set) = header.split_once('=').unwrap();
                let digits: Vec<u64> = set.trim().split('-').filter_map(|number| number.parse().ok()).collect();
                match range {
                    ByteRange::Inclusive { first, last } => prop_assert_eq!(digits, [first, last]),
                    ByteRange::From(only) | ByteRange::Suffix(only) => prop_assert_eq!(digits, [only]),
                }
            }
            let last = first.saturating_add(more);
            prop_assert_eq!(one_range(&format!("bytes={first}-{last}")), Some(ByteRange::Inclusive { first, last }));
        }
    }
}
