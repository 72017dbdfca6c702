use std::io::{Read, Seek};

use super::Found;
use super::preview::Preview;
use crate::boxes::{Box, boxes};
use crate::input::Input;
use crate::raster::MAX_XMP_BYTES;
use crate::tiff::{At, Block, Walk, fields, tag};

const CANON: [u8; 16] = *b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";
const PREVIEW: [u8; 16] = *b"\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16";
const XMP: [u8; 16] = *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

/// One directory of facts.
const MAX_FACTS: u64 = 512 << 10;

/// CR3: facts in four boxes of Canon's, a large preview as the first track, a middling one in a box of its own.
pub(super) fn find<S: Read + Seek>(input: &mut Input<'_, S>) -> Option<Found> {
    let end = input.length();
    let top = boxes(input, 0, end);
    let movie = top.iter().find(|found| found.kind == *b"moov")?;
    let mut found = Found::default();
    for child in movie.children(input, 0) {
        match &child.kind {
            b"uuid" if id(input, child) == Some(CANON) => {
                found.exif = exif(input, child, &mut found.size);
            }
            b"trak" => found.candidates.extend(first_sample(input, child)),
            _ => {}
        }
    }
    for child in &top {
        match id(input, *child) {
            Some(PREVIEW) => found.candidates.extend(middling(input, *child)),
            Some(XMP) => {
                let packet = Box {
                    start: child.start + 16,
                    ..*child
                };
                found.xmp = packet.content(input, MAX_XMP_BYTES);
            }
            _ => {}
        }
    }
    Some(found)
}

fn id(input: &mut impl At, found: Box) -> Option<[u8; 16]> {
    if found.kind != *b"uuid" || found.end - found.start < 16 {
        return None;
    }
    input.at(found.start, 16)?.try_into().ok()
}

/// Each of the boxes is a TIFF structure with one directory: the first of a file, the camera's, the satellites'.
fn exif(input: &mut impl At, canon: Box, size: &mut Option<(u32, u32)>) -> Option<Vec<u8>> {
    let children = canon.children(input, 16);
    let mut block = None;
    for (kind, set) in [
        (b"CMT1", Block::set_main as fn(&mut Block, _)),
        (b"CMT2", Block::set_exif),
        (b"CMT4", Block::set_gps),
    ] {
        let Some(child) = children.iter().find(|child| child.kind == *kind) else {
            continue;
        };
        let Some(bytes) = child.content(input, MAX_FACTS) else {
            continue;
        };
        let mut bytes = &bytes[..];
        let Some((mut walk, first)) = Walk::open(&mut bytes, 0) else {
            continue;
        };
        let Some(directory) = walk.directory(first) else {
            continue;
        };
        let order = walk.order;
        let read = fields(&mut walk, &directory);
        set(block.get_or_insert_with(|| Block::new(order)), read);
    }
    let block = block?;
    *size = block
        .exif_number(tag::EXIF_WIDTH)
        .zip(block.exif_number(tag::EXIF_HEIGHT));
    Some(block.to_bytes())
}

/// The one picture of a track, where it has a place of 64 bits as Canon writes it, or of 32.
fn first_sample(input: &mut impl At, track: Box) -> Option<Preview> {
    let media = track.child(input, *b"mdia")?;
    let information = media.child(input, *b"minf")?;
    let table = information.child(input, *b"stbl")?;
    let sizes = table.child(input, *b"stsz")?;
    // Version and flags, the size of all samples or zero, their number, and the size of each.
    let size = |input: &mut _, at| number(input, sizes, at);
    let length = match size(input, 4)? {
        0 => size(input, 12)?,
        same => same,
    };
    let start = match table.child(input, *b"co64") {
        Some(places) => number(input, places, 8)? << 32 | number(input, places, 12)?,
        None => {
            let places = table.child(input, *b"stco")?;
            number(input, places, 8)?
        }
    };
    Some(Preview::at(start, length))
}

/// Behind eight bytes and the head of a box called PRVW: zeros, sizes, and the length of the JPEG that follows.
fn middling(input: &mut impl At, found: Box) -> Option<Preview> {
    let inner = found
        .children(input, 16 + 8)
        .into_iter()
        .find(|child| child.kind == *b"PRVW")?;
    let length = number(input, inner, 12)?;
    Some(Preview::at(inner.start + 16, length))
}

fn number(input: &mut impl At, found: Box, at: u64) -> Option<u64> {
    if found.end - found.start < at + 4 {
        return None;
    }
    let bytes: [u8; 4] = input.at(found.start + at, 4)?.try_into().ok()?;
    Some(u64::from(u32::from_be_bytes(bytes)))
}
