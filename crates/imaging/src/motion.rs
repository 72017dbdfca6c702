//! Motion photos: a film of the moment in the same file, behind the picture. It is recognised, and left where it is.

use std::io::{Read, Seek};

use crate::boxes;
use crate::input::Input;
use crate::raster::Motion;
use crate::tiff::At;
use crate::xmp;

/// Behind a JPEG: where its XMP says that a film begins, or where Samsung's directory at the very end says so. Only what
/// begins like a film is one.
pub(crate) fn after_jpeg<S: Read + Seek>(input: &mut Input<'_, S>, packet: Option<&[u8]>) -> Option<Motion> {
    let end = input.length();
    if input.position() >= end {
        return None;
    }
    let after = input.position();
    let by_xmp = packet
        .and_then(xmp::film_from_the_end)
        .and_then(|length| end.checked_sub(length));
    let (offset, end) = by_xmp
        .map(|offset| (offset, end))
        .or_else(|| samsung(input, end))?;
    (offset >= after && is_film(input, offset)).then(|| Motion {
        offset,
        length: end - offset,
    })
}

/// In a HEIF file it is the content of a box of its own.
pub(crate) fn in_boxes(source: &mut impl At, end: u64) -> Option<Motion> {
    let found = boxes::boxes(source, 0, end)
        .into_iter()
        .find(|found| found.kind == *b"mpvd")?;
    is_film(source, found.start).then(|| Motion {
        offset: found.start,
        length: found.end - found.start,
    })
}

fn is_film(source: &mut impl At, offset: u64) -> bool {
    source.at(offset, 8).is_some_and(|head| head.ends_with(b"ftyp"))
}

/// Samsung's directory: `SEFH`, version, number of entries, the entries, then its length and `SEFT` end the file. Each entry
/// has a type, how far before the directory its data begins, and how long that is; the data begins with its name.
fn samsung(source: &mut impl At, end: u64) -> Option<(u64, u64)> {
    const FILM: u16 = 0x0A30;
    const MAX_ENTRIES: u32 = 64;
    let tail = source.at(end.checked_sub(8)?, 8)?;
    if !tail.ends_with(b"SEFT") {
        return None;
    }
    let long = |bytes: &[u8], at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let start = end.checked_sub(8 + u64::from(long(&tail, 0)?))?;
    let head = source.at(start, 12)?;
    if !head.starts_with(b"SEFH") {
        return None;
    }
    for index in 0..long(&head, 8)?.min(MAX_ENTRIES) {
        let entry = source.at(start + 12 + u64::from(index) * 12, 12)?;
        if u16::from_le_bytes([entry[2], entry[3]]) != FILM {
            continue;
        }
        let data = start.checked_sub(u64::from(long(&entry, 4)?))?;
        let film_ends = data.checked_add(u64::from(long(&entry, 8)?))?;
        let named = source.at(data, 8)?;
        let film = data + 8 + u64::from(long(&named, 4)?);
        return (film < film_ends && film_ends <= end).then_some((film, film_ends));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samsungs_directory_leads_to_the_film() {
        let name = b"MotionPhoto_Data";
        let film = b"\0\0\0\x14ftypmp42....";
        let mut file = b"a picture".to_vec();
        file.extend([0, 0, 0x30, 0x0A, 16, 0, 0, 0]);
        file.extend(name);
        let at = file.len() as u64;
        file.extend(film);
        let data = (8 + name.len() + film.len()) as u32;
        file.extend(b"SEFH\x6b\0\0\0\x01\0\0\0\0\0\x30\x0A");
        file.extend(data.to_le_bytes());
        file.extend(data.to_le_bytes());
        file.extend(24_u32.to_le_bytes());
        file.extend(b"SEFT");
        let end = file.len() as u64;
        let found = samsung(&mut &file[..], end);
        assert_eq!(found, Some((at, at + film.len() as u64)));
        for cut in 1..file.len() {
            samsung(&mut &file[cut..], (file.len() - cut) as u64);
        }
    }
}
