//! Text that people write and that files carry. What a person writes is refused where it does not fit; what a file
//! says is cut to fit, because nobody could do anything about it.

use photure_common::FieldError;

pub(super) const TITLE_CHARS: usize = 200;
pub(super) const DESCRIPTION_CHARS: usize = 10_000;

/// What `text` is wanted to be like; blank text is as good as none.
pub(super) fn written(
    path: &str,
    text: Option<String>,
    max_chars: usize,
) -> Result<Option<String>, FieldError> {
    let refuse = |code: &str, message: String| FieldError {
        path: path.to_owned(),
        code: code.to_owned(),
        message,
    };
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > max_chars {
        return Err(refuse(
            "too_long",
            format!("must have at most {max_chars} characters"),
        ));
    }
    if text.chars().any(is_control) {
        return Err(refuse(
            "control_character",
            "must not hold control characters".to_owned(),
        ));
    }
    Ok(Some(text))
}

/// As [`written`], but what does not fit is left out.
pub(super) fn found(text: &str, max_chars: usize) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|character| !is_control(*character))
        .take(max_chars)
        .collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// A file's name without folders, control characters and marks that turn the direction of writing (they can make
/// `exe.jpg` of `gpj.exe`); at most 255 bytes, as most file systems allow. `None` where nothing is left.
pub(super) fn file_name(text: &str) -> Option<String> {
    const MAX_BYTES: usize = 255;
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut kept: String = last
        .chars()
        .filter(|character| !character.is_control() && !turns_direction(*character))
        .collect();
    kept.truncate(kept.floor_char_boundary(MAX_BYTES));
    let kept = kept.trim();
    (!matches!(kept, "" | "." | "..")).then(|| kept.to_owned())
}

fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

fn turns_direction(character: char) -> bool {
    matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_writes_is_kept_to_the_byte_or_refused() {
        let title = "  Łódź 🏝️\te\u{301}\n".to_owned();
        assert_eq!(written("title", Some(title.clone()), 200), Ok(Some(title)));
        assert_eq!(
            written("title", Some("🏝".repeat(200)), 200)
                .unwrap()
                .map(|text| text.len()),
            Some(800)
        );
        assert_eq!(
            written("title", Some("x".repeat(201)), 200).unwrap_err().code,
            "too_long"
        );
        for control in ["\u{0}", "\u{1b}[31m", "\r", "\u{85}"] {
            assert_eq!(
                written("title", Some(format!("a{control}b")), 200)
                    .unwrap_err()
                    .code,
                "control_character"
            );
        }
        assert_eq!(written("title", Some(" \n ".into()), 200), Ok(None));
    }

    #[test]
    fn what_a_file_says_is_cut_to_fit() {
        assert_eq!(found("Canon\0\0 EOS\u{7} ", 200).as_deref(), Some("Canon EOS"));
        assert_eq!(
            found(&"é".repeat(300), 200).map(|text| text.chars().count()),
            Some(200)
        );
        assert_eq!(found("\0 ", 200), None);
    }

    #[test]
    fn a_file_name_leads_nowhere_and_pretends_nothing() {
        assert_eq!(file_name("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(file_name("C:\\Photos\\sea.jpg").as_deref(), Some("sea.jpg"));
        assert_eq!(
            file_name("a\r\nSet-Cookie: b\u{0}.jpg").as_deref(),
            Some("aSet-Cookie: b.jpg")
        );
        assert_eq!(file_name("\u{202E}gpj.exe").as_deref(), Some("gpj.exe"));
        assert_eq!(file_name(&"ü".repeat(200)).map(|name| name.len()), Some(254));
        for nothing in ["", "..", "photos/", "\u{0}", " . "] {
            assert_eq!(file_name(nothing), None, "{nothing:?}");
        }
    }
}
