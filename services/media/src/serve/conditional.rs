//! Entity tags (RFC 9110, sections 8.8.3 and 13.1). Ours are strong and hold no comma.

/// Whether an `If-None-Match` names `etag`, weakly or not.
pub(crate) fn matches_any(header: &str, etag: &str) -> bool {
    header
        .split(',')
        .map(str::trim)
        .any(|tag| tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// Whether an `If-Range` names `etag` and means it byte for byte. A time, of which we keep none, names nothing.
pub(crate) fn matches_strongly(header: &str, etag: &str) -> bool {
    header.trim() == etag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_among_others() {
        for header in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "\"b\",W/\"a\" , \"c\""] {
            assert!(matches_any(header, "\"a\""), "{header}");
        }
        for header in ["", "\"b\"", "a", "\"A\""] {
            assert!(!matches_any(header, "\"a\""), "{header}");
        }
    }

    #[test]
    fn a_weak_tag_is_not_enough_for_a_part() {
        assert!(matches_strongly("\"a\"", "\"a\""));
        assert!(!matches_strongly("W/\"a\"", "\"a\""));
        assert!(!matches_strongly("Wed, 21 Oct 2015 07:28:00 GMT", "\"a\""));
    }
}
