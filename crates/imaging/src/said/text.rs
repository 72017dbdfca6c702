/// Text up to its first NUL, trimmed, without control characters. What is not UTF-8 is read as Latin-1, which older
/// cameras and programs wrote.
pub(crate) fn from_bytes(bytes: &[u8]) -> String {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    clean(&text)
}

pub(crate) fn from_utf16(bytes: &[u8], big_endian: bool) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match big_endian {
        true => u16::from_be_bytes([pair[0], pair[1]]),
        false => u16::from_le_bytes([pair[0], pair[1]]),
    });
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    clean(&String::from_utf16_lossy(&units))
}

/// Text that begins with the name of its character set, eight bytes long (Exif 2.3, section 4.6.5, UserComment).
pub(crate) fn with_character_set(bytes: &[u8], little_endian: bool) -> Option<String> {
    let (set, text) = bytes.split_at_checked(8)?;
    match set {
        b"ASCII\0\0\0" | [0, 0, 0, 0, 0, 0, 0, 0] => Some(from_bytes(text)),
        b"UNICODE\0" => Some(from_utf16(text, !little_endian)),
        _ => None,
    }
}

/// Trimmed, without control characters.
pub(crate) fn clean(text: &str) -> String {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars().filter(kept).collect::<String>().trim().to_owned()
}

/// What cameras write into every picture, and no person.
pub(crate) fn is_boilerplate(description: &str) -> bool {
    const WHOLE: [&str; 9] = [
        "SONY DSC",
        "DCIM",
        "DEFAULT",
        "EXIF_JPEG_PICTURE",
        "EXIF JPEG",
        "ASCII",
        "BINARY COMMENT",
        "GOPRO",
        "IMAGE",
    ];
    let upper = description.to_uppercase();
    let code_of_huawei = description.len() <= 4 && description.bytes().all(|byte| byte.is_ascii_lowercase());
    WHOLE.contains(&upper.as_str())
        || upper.ends_with("DIGITAL CAMERA")
        || upper.starts_with("<DIGIMAX")
        || upper.starts_with("<KENOX")
        || upper.starts_with("DCIM\\")
        || code_of_huawei
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_made_valid_and_trimmed() {
        assert_eq!(from_bytes(b"  NIKON CORPORATION \0garbage"), "NIKON CORPORATION");
        assert_eq!(from_bytes("Größe 📷\0".as_bytes()), "Größe 📷");
        assert_eq!(from_bytes(b"Gr\xF6\xDFe"), "Größe");
        assert_eq!(from_bytes(b"\x1B[31mred\x07"), "[31mred");
        assert_eq!(
            from_utf16(&[0x3D, 0xD8, 0xF7, 0xDC, b'a', 0, 0, 0, b'x', 0], false),
            "📷a"
        );
        assert_eq!(from_utf16(&[0x00, 0xD8], true), "\u{d8}");
        assert_eq!(
            with_character_set(b"ASCII\0\0\0hello  ", true).as_deref(),
            Some("hello")
        );
        assert_eq!(
            with_character_set(b"UNICODE\0h\0i\0", true).as_deref(),
            Some("hi")
        );
        assert_eq!(with_character_set(b"short", true), None);
    }

    #[test]
    fn what_cameras_write_is_no_description() {
        for text in [
            "OLYMPUS DIGITAL CAMERA",
            "SONY DSC",
            "DCIM\\100MEDIA\\DJI_0042.JPG",
            "cof",
            "<Digimax S500 / Kenox S500>",
        ] {
            assert!(is_boilerplate(text), "{text}");
        }
        for text in ["My digital camera and I", "Grandmother", "Rom", "Bild 3"] {
            assert!(!is_boilerplate(text), "{text}");
        }
    }
}
