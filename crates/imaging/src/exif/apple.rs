use exif::{Tag, Value};
use serde_json::json;

use super::fields::Fields;
use crate::said::{Groups, text};
use crate::tiff::{Order, Walk};

/// What an iPhone notes about a photo and, with the same identifier, about the film that belongs to it.
const CONTENT_IDENTIFIER: u16 = 0x0011;

/// A directory behind this head: big-endian, its offsets counted from the note.
const HEAD: &[u8; 14] = b"Apple iOS\0\0\x01MM";

/// The identifier by which the halves of a Live Photo are found.
pub(super) fn add(fields: &Fields, groups: &mut Groups) {
    let Some(Value::Undefined(note, _)) = fields.value(Tag::MakerNote) else {
        return;
    };
    if !note.starts_with(HEAD) {
        return;
    }
    let mut note = &note[..];
    let mut walk = Walk::within(&mut note, 0, Order::BigEndian);
    let entry = walk
        .directory(HEAD.len() as u64)
        .and_then(|directory| directory.entry(CONTENT_IDENTIFIER));
    let value = entry.and_then(|entry| walk.value(entry, 128));
    let identifier = text::from_bytes(&value.unwrap_or_default());
    if !identifier.is_empty() {
        groups.add("MakerNotes", "ContentIdentifier", json!(identifier));
    }
}
