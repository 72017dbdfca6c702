use photure_domain::photo::MediaType;

use crate::boxes;
use crate::tiff::{At, Walk, tag};

/// Bytes from the beginning of a file that [`sniff`] wants to see, or all where there are fewer.
pub const SNIFF_BYTES: usize = 4096;

/// The type of a file by its first [`SNIFF_BYTES`], whatever its name says. Of a TIFF whose first directory lies further
/// behind only [`crate::process`] can tell whether it holds raw data.
pub fn sniff(head: &[u8]) -> Option<MediaType> {
    match kind(head)? {
        Kind::Sure(media_type) => Some(media_type),
        Kind::SomeTiff => Some(tiff(&mut &*head).unwrap_or(MediaType::Tiff)),
    }
}

/// The type of all of `source`, which begins with `head`.
pub(crate) fn sniff_all(head: &[u8], source: &mut impl At) -> Option<MediaType> {
    match kind(head)? {
        Kind::Sure(media_type) => Some(media_type),
        Kind::SomeTiff => Some(tiff(source).unwrap_or(MediaType::Tiff)),
    }
}

enum Kind {
    Sure(MediaType),
    /// A picture, or one of the raw formats made like it.
    SomeTiff,
}

fn kind(head: &[u8]) -> Option<Kind> {
    let media_type = match head {
        [0xFF, 0xD8, 0xFF, ..] => MediaType::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => MediaType::Png,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => MediaType::Gif,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => MediaType::WebP,
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', 0x0D, 0x0A, 0x87, 0x0A, ..] => {
            MediaType::Jxl
        }
        [b'I', b'I', 42, 0, _, _, _, _, b'C', b'R', 2, ..] => MediaType::Cr2,
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => return Some(Kind::SomeTiff),
        [b'I', b'I', b'R', b'O' | b'S', ..] | [b'M', b'M', b'O', b'R', ..] => MediaType::Orf,
        [b'I', b'I', 0x55, 0, ..] => MediaType::Rw2,
        _ if head.starts_with(b"FUJIFILMCCD-RAW ") => MediaType::Raf,
        _ if is_bmp(head) => MediaType::Bmp,
        _ => media(head)?,
    };
    Some(Kind::Sure(media_type))
}

/// `BM` begins many a text: what follows must be a header of a length that there is.
fn is_bmp(head: &[u8]) -> bool {
    head.starts_with(b"BM")
        && head.get(6..10) == Some(&[0; 4])
        && matches!(
            head.get(14..18),
            Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
        )
}

/// By the brands of an ISO media file. The general ones leave it to the others what is in it.
fn media(head: &[u8]) -> Option<MediaType> {
    let (major, compatible) = boxes::brands(head)?;
    match major {
        b"crx " => Some(MediaType::Cr3),
        b"avif" | b"avis" => Some(MediaType::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some(MediaType::Heic),
        b"mif1" | b"mif2" | b"miaf" | b"msf1" => compatible.into_iter().find_map(|brand| match brand {
            b"avif" | b"avis" => Some(MediaType::Avif),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some(MediaType::Heif),
            _ => None,
        }),
        _ => None,
    }
}

/// By what its first directories say: raw data that Adobe, Nikon and Sony put into a TIFF.
fn tiff(source: &mut impl At) -> Option<MediaType> {
    let (mut walk, first) = Walk::open(source, 0)?;
    let first = walk.directory(first)?;
    if first.entry(tag::DNG_VERSION).is_some() {
        return Some(MediaType::Dng);
    }
    let make = walk.value(first.entry(tag::MAKE)?, 64)?;
    // Their own programs write plain TIFFs, too, and those have no directories below the first.
    first.entry(tag::SUB_DIRECTORIES)?;
    if make.starts_with(b"NIKON") {
        Some(MediaType::Nef)
    } else if make.starts_with(b"SONY") {
        Some(MediaType::Arw)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let expected: [(&[u8], MediaType); 22] = [
            (b"\xFF\xD8\xFF\xE1\x12\x34Exif", MediaType::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", MediaType::Png),
            (b"GIF89a\x01\0\x01\0", MediaType::Gif),
            (b"RIFF\x24\0\0\0WEBPVP8 ", MediaType::WebP),
            (b"\xFF\x0A\x08\x10", MediaType::Jxl),
            (b"\0\0\0\x0cJXL \r\n\x87\n", MediaType::Jxl),
            (b"\0\0\0\x1cftypavif\0\0\0\0mif1", MediaType::Avif),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", MediaType::Avif),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", MediaType::Heif),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", MediaType::Heic),
            (b"\0\0\0\x18ftypheix\0\0\0\0mif1heix", MediaType::Heic),
            (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", MediaType::Cr3),
            (b"II*\0\x08\0\0\0\0\0\0\0", MediaType::Tiff),
            (b"MM\0*\0\0\0\x08\0\0\0\0\0\0", MediaType::Tiff),
            (b"II*\0\x10\0\0\0CR\x02\0\0\0\0\0", MediaType::Cr2),
            (b"IIRO\x08\0\0\0", MediaType::Orf),
            (b"MMOR\0\0\0\x08", MediaType::Orf),
            (b"IIU\0\x08\0\0\0", MediaType::Rw2),
            (b"FUJIFILMCCD-RAW 0201FF383501X-T1", MediaType::Raf),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", MediaType::Bmp),
            (b"BM\x46\0\0\0\0\0\0\0\x7a\0\0\0\x6c\0\0\0", MediaType::Bmp),
            (b"GIF87a", MediaType::Gif),
        ];
        for (head, media_type) in expected {
            assert_eq!(sniff(head), Some(media_type), "{head:?}");
        }
    }

    #[test]
    fn nothing_else_is_taken() {
        let others: [&[u8]; 11] = [
            b"",
            b"\xFF\xD8",
            b"hello, I am a photo.jpg",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"RIFF\x24\0\0\0AVI LIST",
            b"\0\0\0\x1cftypisom\0\0\x02\0isomiso2",
            b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
            b"\0\0\0\x18ftypmif1\0\0\0\0mif1vvic",
            b"\0\0\0\x07ftypheic",
            b"BMW is a maker of cars",
            b"%PDF-1.7",
        ];
        for head in others {
            assert_eq!(sniff(head), None, "{head:?}");
        }
    }

    #[test]
    fn raw_data_in_a_tiff_is_told_by_what_its_directory_says() {
        let tiff = |entries: &[(u16, u16, u32, u32)], tail: &[u8]| {
            let mut bytes = b"II*\0\x08\0\0\0".to_vec();
            bytes.extend((entries.len() as u16).to_le_bytes());
            for (tag, kind, count, value) in entries {
                bytes.extend(tag.to_le_bytes());
                bytes.extend(kind.to_le_bytes());
                bytes.extend(count.to_le_bytes());
                bytes.extend(value.to_le_bytes());
            }
            bytes.extend([0; 4]);
            bytes.extend(tail);
            bytes
        };
        let dng = tiff(&[(tag::DNG_VERSION, 1, 4, 0x0401)], b"");
        assert_eq!(sniff(&dng), Some(MediaType::Dng));
        let make_at = 8 + 2 + 24 + 4;
        let raw = |make: &[u8], subs: u16| {
            let make_entry = (tag::MAKE, 2, make.len() as u32, make_at);
            sniff(&tiff(&[make_entry, (subs, 4, 1, 8)], make))
        };
        assert_eq!(
            raw(b"NIKON CORPORATION\0", tag::SUB_DIRECTORIES),
            Some(MediaType::Nef)
        );
        assert_eq!(raw(b"SONY\0\0", tag::SUB_DIRECTORIES), Some(MediaType::Arw));
        assert_eq!(raw(b"NIKON\0", tag::COMPRESSION), Some(MediaType::Tiff));
        assert_eq!(raw(b"Epson\0", tag::SUB_DIRECTORIES), Some(MediaType::Tiff));
    }
}
