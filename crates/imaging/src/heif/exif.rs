//! Where the EXIF block of a HEIF file lies (ISO 14496-12, 8.11), read without a decoder.

use std::io::{Read, Seek};

use crate::boxes::{self, Box};
use crate::input::Input;
use crate::raster::MAX_EXIF_BYTES;
use crate::tiff::At;

/// A place for each tile of a picture, and a few more.
const MAX_PLACES_BYTES: u64 = 1 << 20;

/// `None` where there is none, or it is not where it is said to be.
pub(crate) fn exif<S: Read + Seek>(input: &mut Input<'_, S>) -> Option<Vec<u8>> {
    let end = input.length();
    let meta = boxes::boxes(input, 0, end)
        .into_iter()
        .find(|found| found.kind == *b"meta")?;
    let children = meta.children(input, 4);
    let child = |kind: &[u8; 4]| children.iter().find(|child| child.kind == *kind);
    let item = exif_item(input, child(b"iinf")?)?;
    let places = child(b"iloc")?.content(input, MAX_PLACES_BYTES)?;
    let place = place_of(&places, item)?;
    let base = if place.in_box { child(b"idat")?.start } else { 0 };
    let start = base.checked_add(place.offset)?;
    let length = Some(place.length).filter(|length| *length <= MAX_EXIF_BYTES)?;
    let block = input.at(start, usize::try_from(length).ok()?)?;
    super::tiff_of_exif(&block)
}

/// The number of the item that is of that kind.
fn exif_item(source: &mut impl At, directory: &Box) -> Option<u32> {
    let version = *source.at(directory.start, 1)?.first()?;
    let own = if version == 0 { 6 } else { 8 };
    directory.children(source, own).into_iter().find_map(|entry| {
        if entry.kind != *b"infe" {
            return None;
        }
        let head = source.at(
            entry.start,
            14.min(usize::try_from(entry.end - entry.start).ok()?),
        )?;
        let mut cursor = Cursor(&head);
        let version = cursor.number(1)?;
        cursor.number(3)?;
        let item = match version {
            2 => cursor.number(2)?,
            3 => cursor.number(4)?,
            _ => return None,
        };
        cursor.number(2)?; // how it is protected
        (cursor.number(4)? == u64::from(u32::from_be_bytes(*b"Exif"))).then_some(u32::try_from(item).ok()?)
    })
}

struct ItemPlace {
    /// Counted from the beginning of `idat`, and not of the file.
    in_box: bool,
    offset: u64,
    length: u64,
}

fn place_of(places: &[u8], wanted: u32) -> Option<ItemPlace> {
    let mut cursor = Cursor(places);
    let version = cursor.number(1)?;
    cursor.number(3)?;
    let (sizes, more) = (cursor.number(1)?, cursor.number(1)?);
    let (offset_size, length_size) = (sizes >> 4, sizes & 0xF);
    let (base_size, index_size) = (more >> 4, if version == 0 { 0 } else { more & 0xF });
    let id_size = if version < 2 { 2 } else { 4 };
    let count = cursor.number(id_size)?;
    for _ in 0..count {
        let item = cursor.number(id_size)?;
        let method = if version == 0 { 0 } else { cursor.number(2)? & 0xF };
        cursor.number(2)?; // in which file
        let base = cursor.number(base_size)?;
        let extents = cursor.number(2)?;
        let mut first = None;
        for _ in 0..extents {
            cursor.number(index_size)?;
            let (offset, length) = (cursor.number(offset_size)?, cursor.number(length_size)?);
            first.get_or_insert((offset, length));
            if offset_size + length_size + index_size == 0 {
                break; // as many as are said take no room: they say nothing
            }
        }
        if item == u64::from(wanted) {
            let (offset, length) = first.filter(|_| extents == 1 && method <= 1)?;
            return Some(ItemPlace {
                in_box: method == 1,
                offset: base.checked_add(offset)?,
                length,
            });
        }
    }
    None
}

/// Big-endian numbers, one after the other.
struct Cursor<'b>(&'b [u8]);

impl Cursor<'_> {
    /// Of no more than eight bytes; one of none is 0.
    fn number(&mut self, bytes: u64) -> Option<u64> {
        let bytes = usize::try_from(bytes).ok().filter(|bytes| *bytes <= 8)?;
        let (number, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(number.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::Limits;

    /// Of real photos, where there are any.
    #[allow(clippy::disallowed_methods, reason = "tests find the samples by it")]
    #[test]
    fn it_finds_the_block_that_the_decoder_finds() {
        let Some(samples) = std::env::var_os("PHOTURE_SAMPLES") else {
            return;
        };
        let camera = std::fs::read_dir(std::path::Path::new(&samples).join("camera")).unwrap();
        for path in camera.map(|entry| entry.unwrap().path()) {
            if path.extension().is_none_or(|ending| ending != "heic") {
                continue;
            }
            let mut file = File::open(&path).unwrap();
            let ours = exif(&mut Input::open(&mut file).unwrap());
            let theirs = super::super::read(&mut Input::open(&mut file).unwrap(), &Limits::default());
            assert_eq!(ours, theirs.unwrap().exif, "{path:?}");
        }
    }
}
