use photure_domain::photo::MediaType;

/// The type of a file by its first bytes (12 are enough), whatever its name says.
pub fn sniff(head: &[u8]) -> Option<MediaType> {
    match head {
        [0xFF, 0xD8, 0xFF, ..] => Some(MediaType::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(MediaType::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(MediaType::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(MediaType::WebP),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(sniff(b"\xFF\xD8\xFF\xE1\x12\x34Exif"), Some(MediaType::Jpeg));
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some(MediaType::Png));
        assert_eq!(sniff(b"GIF89a\x01\0\x01\0"), Some(MediaType::Gif));
        assert_eq!(sniff(b"RIFF\x24\0\0\0WEBPVP8 "), Some(MediaType::WebP));
    }

    #[test]
    fn nothing_else_is_taken() {
        let others: [&[u8]; 7] = [
            b"",
            b"\xFF\xD8",
            b"hello, I am a photo.jpg",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"RIFF\x24\0\0\0AVI LIST",
            b"\0\0\0\x1cftypavif",
            b"II*\0\x08\0\0\0",
        ];
        for head in others {
            assert_eq!(sniff(head), None, "{head:?}");
        }
    }
}
