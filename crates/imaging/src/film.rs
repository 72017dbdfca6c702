//! Live Photos: which film belongs to which picture. A phone writes the same identifier into both, and nothing else joins them.
//!
//! Of a film only the headers of its boxes and one of its texts are read, however long it is; of a picture what is written beside its pixels.
//! All of it in safe Rust, so that nobody needs a process of its own for it.

use std::io::{Read, Seek};

use photure_domain::film::FilmType;
use photure_domain::photo::MediaType;

use crate::boxes::{self, Box};
use crate::input::Input;
use crate::raster::MAX_EXIF_BYTES;
use crate::said::{Groups, text};
use crate::sniff::sniff_all;
use crate::tiff::At;
use crate::{ImagingError, exif, heif, jpeg};

/// What a film says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilmFacts {
    pub media_type: FilmType,
    /// Of the Live Photo that it is a half of.
    pub content_identifier: Option<String>,
}

/// The name under which QuickTime keeps the identifier.
const IDENTIFIER: &[u8] = b"com.apple.quicktime.content.identifier";

/// The names of all that a film says; an iPhone writes a dozen.
const MAX_NAMES_BYTES: u64 = 64 << 10;
const MAX_NAMES: usize = 1024;
/// An identifier is a UUID in letters.
const MAX_VALUE_BYTES: u64 = 256;

/// Reads a QuickTime or MPEG-4 film.
///
/// # Errors
/// What is no film, or has lost its directory with its end, is refused.
pub fn film<S: Read + Seek>(source: &mut S) -> Result<FilmFacts, ImagingError> {
    let mut input = Input::open(source)?;
    let media_type = film_type(&input.head()?).ok_or(ImagingError::UnsupportedType)?;
    let end = input.length();
    let top = boxes::boxes(&mut input, 0, end);
    let movie = top
        .into_iter()
        .find(|found| found.kind == *b"moov")
        .ok_or(ImagingError::Truncated)?;
    Ok(FilmFacts {
        media_type,
        content_identifier: identifier_in(&mut input, movie),
    })
}

/// By its brands. Pictures have some of the general ones too, and are none.
fn film_type(head: &[u8]) -> Option<FilmType> {
    if crate::sniff(head).is_some() {
        return None;
    }
    let (major, mut compatible) = boxes::brands(head)?;
    match major {
        b"qt  " => Some(FilmType::QuickTime),
        b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"M4V " => {
            Some(FilmType::Mp4)
        }
        _ => compatible
            .any(|brand| matches!(brand, b"isom" | b"mp41" | b"mp42"))
            .then_some(FilmType::Mp4),
    }
}

/// `moov/meta`: `keys` has the names, and `ilst` the value of the first name in a box called 1, and so on.
fn identifier_in(source: &mut impl At, movie: Box) -> Option<String> {
    let meta = movie.child(source, *b"meta")?;
    // QuickTime's is a plain box; ISO's has four bytes of its own before its children.
    let is_plain = source.at(meta.start, 8)?.ends_with(b"hdlr");
    let children = meta.children(source, if is_plain { 0 } else { 4 });
    let child = |kind: &[u8; 4]| children.iter().find(|child| child.kind == *kind);
    let names = child(b"keys")?.content(source, MAX_NAMES_BYTES)?;
    let number = number_of(&names)?;
    let values = child(b"ilst")?.children(source, 0);
    let value = values
        .into_iter()
        .find(|value| value.kind == number.to_be_bytes())?
        .child(source, *b"data")?
        .content(source, MAX_VALUE_BYTES)?;
    // What kind of value, and in which language.
    let (UTF_8, said) = value
        .split_first_chunk::<8>()
        .map(|(head, said)| (head[3], said))?
    else {
        return None;
    };
    Some(text::from_bytes(said)).filter(|identifier| !identifier.is_empty())
}

const UTF_8: u8 = 1;

/// Which of the names it is, counted from 1.
fn number_of(names: &[u8]) -> Option<u32> {
    let mut rest = names.get(8..)?; // version, flags, how many
    for number in 1..=MAX_NAMES {
        let (length, _) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let name = rest.get(8..length)?; // and the name's kind
        if name == IDENTIFIER {
            return u32::try_from(number).ok();
        }
        rest = &rest[length..];
    }
    None
}

/// The identifier by which a picture's film is found: what an iPhone notes in a JPEG or a HEIC. `None` where there is none, and where it
/// is no such picture.
///
/// # Errors
/// Only where the source cannot be read.
pub fn content_identifier<S: Read + Seek>(source: &mut S) -> Result<Option<String>, ImagingError> {
    match identifier_of(source) {
        Err(error @ ImagingError::Io(_)) => Err(error),
        Err(_) => Ok(None),
        Ok(identifier) => Ok(identifier),
    }
}

fn identifier_of<S: Read + Seek>(source: &mut S) -> Result<Option<String>, ImagingError> {
    let mut input = Input::open(source)?;
    let head = input.head()?;
    let media_type = sniff_all(&head, &mut input);
    input.go_to(0)?;
    let block = match media_type {
        Some(MediaType::Jpeg) => jpeg::exif(&mut input)?,
        Some(MediaType::Heic | MediaType::Heif) => heif::exif(&mut input),
        _ => None,
    };
    let Some(block) = block.filter(|block| block.len() as u64 <= MAX_EXIF_BYTES) else {
        return Ok(None);
    };
    let mut groups = Groups::default();
    exif::read(block, &mut groups);
    let said = groups.into_metadata();
    let identifier = said
        .get("MakerNotes")
        .and_then(|notes| notes.get("ContentIdentifier"));
    Ok(identifier.and_then(|identifier| identifier.as_str().map(ToOwned::to_owned)))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use photure_testkit::live;

    use super::*;

    const UUID: &str = "7B0E4E3C-6B0C-4F4C-9C75-1D0A2D6E1F11";

    fn read(bytes: &[u8]) -> Result<FilmFacts, ImagingError> {
        film(&mut Cursor::new(bytes))
    }

    #[test]
    fn a_film_says_which_photo_it_belongs_to() {
        for (brand, media_type) in [(b"qt  ", FilmType::QuickTime), (b"mp42", FilmType::Mp4)] {
            let facts = read(&live::film_of(brand, Some(UUID), 5_000)).unwrap();
            assert_eq!(facts.media_type, media_type);
            assert_eq!(facts.content_identifier.as_deref(), Some(UUID));
        }
        let alone = read(&live::film_of(b"qt  ", None, 10)).unwrap();
        assert_eq!(alone.content_identifier, None);
    }

    #[test]
    fn what_is_no_film_is_refused() {
        for none in [
            &b"\xFF\xD8\xFF\xE0"[..],
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            b"\0\0\0\x18ftypavif\0\0\0\0mif1isom",
            b"\0\0\0\x14ftypevil\0\0\0\0evil",
            b"<html>",
            b"\0\0\0\x08moov",
        ] {
            assert!(
                matches!(read(none), Err(ImagingError::UnsupportedType)),
                "{none:?}"
            );
        }
        assert!(matches!(read(b""), Err(ImagingError::Empty)));
    }

    #[test]
    fn one_that_is_cut_off_is_refused_and_one_that_lies_says_nothing() {
        let whole = live::film(UUID, 300);
        for cut in 24..whole.len() {
            // The directory comes last, so that whatever is missing is missing of it.
            assert!(
                matches!(read(&whole[..cut]), Err(ImagingError::Truncated)),
                "{cut}"
            );
        }
        // Each byte of the directory as large as it can be: nothing is read beyond, and nothing takes long.
        let directory = whole.windows(4).position(|four| four == b"moov").unwrap();
        for at in directory + 4..whole.len() {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut lying = whole.clone();
                lying[at] = value;
                let _ = read(&lying);
            }
        }
    }

    #[test]
    fn the_picture_says_the_same() {
        let bare = b"\xFF\xD8\xFF\xDB\0\x03\0\xFF\xD9";
        let with = live::picture(bare, UUID);
        let said = |bytes: &[u8]| content_identifier(&mut Cursor::new(bytes)).unwrap();
        assert_eq!(said(&with).as_deref(), Some(UUID));
        assert_eq!(said(bare), None);
        for cut in 0..with.len() - 1 {
            said(&with[..cut]);
        }
        assert_eq!(said(b"\x89PNG\r\n\x1a\n"), None);
    }

    #[test]
    fn a_heic_says_it_wherever_its_note_lies() {
        for inside in [false, true] {
            let with = live::heic(UUID, inside);
            let said = |bytes: &[u8]| content_identifier(&mut Cursor::new(bytes)).unwrap();
            assert_eq!(said(&with).as_deref(), Some(UUID), "{inside}");
            for at in 0..with.len() {
                said(&with[..at]);
                let mut lying = with.clone();
                lying[at] = 0xFF;
                said(&lying);
            }
        }
    }
}
