use std::fmt::Write;

/// `Content-Disposition` for a download under `name`: for everyone in UTF-8 (RFC 8187), for old clients in ASCII beside it
/// (RFC 6266, appendix D).
pub(crate) fn attachment(name: &str) -> String {
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut header = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        header.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if is_attr_char(byte) {
                header.push(char::from(byte));
            } else {
                let _ = write!(header, "%{byte:02X}"); // a String takes everything
            }
        }
    }
    header
}

/// Needs no escape in a quoted string, and none in the eyes of clients that unescape `%`.
fn is_plain(c: char) -> bool {
    (c == ' ' || c.is_ascii_graphic()) && !matches!(c, '"' | '\\' | '/' | '%')
}

fn is_attr_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plain_name_stands_as_it_is() {
        assert_eq!(
            attachment("IMG 0001.jpg"),
            "attachment; filename=\"IMG 0001.jpg\""
        );
    }

    #[test]
    fn any_other_name_is_told_twice() {
        for (name, header) in [
            (
                "Größe.jpg",
                "attachment; filename=\"Gr__e.jpg\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.jpg",
            ),
            (
                "a\"b.jpg",
                "attachment; filename=\"a_b.jpg\"; filename*=UTF-8''a%22b.jpg",
            ),
            (
                "a\r\nb: c",
                "attachment; filename=\"a__b: c\"; filename*=UTF-8''a%0D%0Ab%3A%20c",
            ),
            (
                "100%.jpg",
                "attachment; filename=\"100_.jpg\"; filename*=UTF-8''100%25.jpg",
            ),
            ("📷", "attachment; filename=\"_\"; filename*=UTF-8''%F0%9F%93%B7"),
        ] {
            assert_eq!(attachment(name), header);
        }
    }

    /// As RFC 8187 has clients read it.
    fn decoded(text: &str) -> Vec<u8> {
        let mut bytes = text.bytes();
        let mut out = Vec::new();
        while let Some(byte) = bytes.next() {
            let digit = |byte: Option<u8>| char::from(byte.unwrap()).to_digit(16).unwrap() as u8;
            out.push(match byte {
                b'%' => digit(bytes.next()) << 4 | digit(bytes.next()),
                byte => byte,
            });
        }
        out
    }

    proptest! {
        #[test]
        fn any_name_is_one_header_that_says_it(name in any::<String>()) {
            let header = attachment(&name);
            prop_assert!(HeaderValue::from_str(&header).is_ok(), "{header:?}");
            let (plain, extended) = header.split_once("; filename*=UTF-8''").unwrap_or((&header, ""));
            let plain = plain.strip_prefix("attachment; filename=\"").and_then(|rest| rest.strip_suffix('"'));
            let plain = plain.expect("a quoted name");
            prop_assert!(!plain.contains('"') && !plain.contains('\\'), "{plain}");
            let said = if extended.is_empty() { plain.as_bytes().to_vec() } else { decoded(extended) };
            prop_assert_eq!(said, name.into_bytes());
        }
    }
}
