use std::io::{Read, Seek};

use super::Found;
use super::preview::Preview;
use crate::input::Input;
use crate::raster::{MAX_IPTC_BYTES, MAX_XMP_BYTES};
use crate::tiff::{At, Block, Directory, Order, Walk, tag};

/// Panasonic's whole preview, as the value of a field.
const JPG_FROM_RAW: u16 = 0x002E;

/// Old-style and new-style JPEG.
const JPEG_COMPRESSIONS: [u64; 2] = [6, 7];

/// Chained directories, and those below one.
const MAX_CHAINED: usize = 8;
const MAX_BELOW: usize = 16;

/// DNG, CR2, NEF, ARW, ORF, RW2: TIFF directories, of which some lead to JPEGs.
pub(super) fn find<S: Read + Seek>(input: &mut Input<'_, S>) -> Option<Found> {
    let mut found = Found::default();
    let maker_note;
    let order;
    {
        let (mut walk, first) = Walk::open(input, 0)?;
        order = walk.order;
        let first = walk.directory(first)?;
        let block = Block::of(&mut walk, &first);
        found.size = block
            .exif_number(tag::EXIF_WIDTH)
            .zip(block.exif_number(tag::EXIF_HEIGHT));
        found.exif = Some(block.to_bytes());
        found.xmp = first
            .entry(tag::XMP)
            .and_then(|entry| walk.value(entry, MAX_XMP_BYTES as usize));
        found.iptc = first
            .entry(tag::IPTC)
            .and_then(|entry| walk.value(entry, MAX_IPTC_BYTES as usize));
        maker_note = maker_note_of(&mut walk, &first);
        let mut chained = Some(first);
        for _ in 0..MAX_CHAINED {
            let Some(directory) = chained else { break };
            look(&mut walk, &directory, &mut found, 0);
            chained = directory.next.and_then(|next| walk.directory(next));
        }
    }
    if let Some(start) = maker_note {
        found.candidates.extend(olympus(input, start, order));
    }
    Some(found)
}

/// Collects the candidates of one directory and those below it, and the largest size that one of them declares for raw
/// data that is a photo's.
fn look<S: At>(walk: &mut Walk<'_, S>, directory: &Directory, found: &mut Found, depth: u32) {
    let number = |walk: &mut Walk<'_, S>, tag| walk.number(directory, tag);
    if let (Some(start), Some(length)) = (number(walk, tag::JPEG_OFFSET), number(walk, tag::JPEG_LENGTH)) {
        found.candidates.push(Preview::at(start, length));
    }
    if let Some(entry) = directory.entry(JPG_FROM_RAW)
        && let Some(length) = entry.bytes()
    {
        found.candidates.push(Preview::at(entry.position, length as u64));
    }
    let compression = number(walk, tag::COMPRESSION).unwrap_or(0);
    if JPEG_COMPRESSIONS.contains(&compression)
        && let Some(offsets) = directory
            .entry(tag::STRIP_OFFSETS)
            .filter(|offsets| offsets.count == 1)
        && let Some(start) = walk.numbers(offsets).first().copied()
        && let Some(length) = number(walk, tag::STRIP_BYTE_COUNTS)
    {
        found.candidates.push(Preview::at(start, length));
    }
    // Photometric interpretation 32803 is a mosaic, 34892 the same with its colours filled in: the sensor's own picture.
    let from_sensor = matches!(number(walk, tag::PHOTOMETRIC), Some(32_803 | 34_892));
    let full_size = number(walk, tag::NEW_SUBFILE_TYPE).unwrap_or(0) == 0;
    if from_sensor && full_size && found.size.is_none() {
        let side = |number: Option<u64>| number.and_then(|side| u32::try_from(side).ok());
        let size = (side(number(walk, tag::WIDTH)), side(number(walk, tag::HEIGHT)));
        found.size = size
            .0
            .zip(size.1)
            .filter(|(width, height)| *width > 0 && *height > 0);
    }
    if depth >= 2 {
        return;
    }
    let below = directory.entry(tag::SUB_DIRECTORIES);
    let below = below.map(|entry| walk.numbers(entry)).unwrap_or_default();
    for offset in below.into_iter().take(MAX_BELOW) {
        if let Some(directory) = walk.directory(offset) {
            look(walk, &directory, found, depth + 1);
        }
    }
}

/// Where it begins.
fn maker_note_of<S: At>(walk: &mut Walk<'_, S>, first: &Directory) -> Option<u64> {
    let exif = walk.number(first, tag::EXIF)?;
    // It has been visited for its facts: this walk is another one.
    let order = walk.order;
    let exif = Walk::within(walk.source, 0, order).directory(exif)?;
    exif.entry(tag::MAKER_NOTE).map(|entry| entry.position)
}

/// Olympus keeps its preview below the maker note: camera settings (0x2020) → offset (0x0101) and length (0x0102), counted
/// from the note.
fn olympus<S: Read + Seek>(input: &mut Input<'_, S>, start: u64, order: Order) -> Option<Preview> {
    const CAMERA_SETTINGS: u16 = 0x2020;
    let head = input.at(start, 16)?;
    let (order, first) = if head.starts_with(b"OLYMPUS\0") || head.starts_with(b"OM SYSTEM\0") {
        let mark = if head.starts_with(b"OLYMPUS\0") { 8 } else { 12 };
        (Order::of([head[mark], head[mark + 1]])?, mark as u64 + 4)
    } else if head.starts_with(b"OLYMP\0") {
        return from_settings(&mut Walk::within(input, 0, order), start + 8);
    } else {
        return None;
    };
    let preview = from_settings(&mut Walk::within(input, start, order), first)?;
    return Some(Preview::at(start + preview.start, preview.length));

    fn from_settings<S: At>(walk: &mut Walk<'_, S>, first: u64) -> Option<Preview> {
        let note = walk.directory(first)?;
        let settings = walk.number(&note, CAMERA_SETTINGS)?;
        let settings = walk.directory(settings)?;
        let offset = walk.number(&settings, 0x0101)?;
        let length = walk.number(&settings, 0x0102)?;
        Some(Preview::at(offset, length))
    }
}
