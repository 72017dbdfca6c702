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
}
