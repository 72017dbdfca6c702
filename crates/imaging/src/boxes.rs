//! The boxes of ISO media files (ISO 14496-12), as far as stills use them.

use crate::tiff::At;

/// Boxes of one parent that are looked at.
const MAX_BOXES: u32 = 1024;

/// A box without its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Box {
    pub(crate) kind: [u8; 4],
    /// Where its content begins, and where it ends.
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Box {
    /// The content, where it is no more than `most` bytes.
    pub(crate) fn content(&self, source: &mut impl At, most: u64) -> Option<Vec<u8>> {
        let length = self.end - self.start;
        if length > most {
            return None;
        }
        source.at(self.start, usize::try_from(length).ok()?)
    }

    /// Its children, behind `skipped` bytes of its own.
    pub(crate) fn children(&self, source: &mut impl At, skipped: u64) -> Vec<Self> {
        boxes(source, self.start.saturating_add(skipped), self.end)
    }

    /// The first child of that kind.
    pub(crate) fn child(&self, source: &mut impl At, kind: [u8; 4]) -> Option<Self> {
        self.children(source, 0)
            .into_iter()
            .find(|child| child.kind == kind)
    }
}

/// What lies between `start` and `end`, up to the first box that does not fit there.
pub(crate) fn boxes(source: &mut impl At, start: u64, end: u64) -> Vec<Box> {
    let mut found = Vec::new();
    let mut at = start;
    for _ in 0..MAX_BOXES {
        let Some((header, length, kind)) = header(source, at, end) else {
            break;
        };
        let after = at.saturating_add(length);
        if length < header || after > end {
            break;
        }
        found.push(Box {
            kind,
            start: at + header,
            end: after,
        });
        at = after;
    }
    found
}

/// Bytes of the header, bytes of the whole, and the kind.
fn header(source: &mut impl At, at: u64, end: u64) -> Option<(u64, u64, [u8; 4])> {
    if end.checked_sub(at)? < 8 {
        return None;
    }
    let head: [u8; 8] = source.at(at, 8)?.try_into().ok()?;
    let [l3, l2, l1, l0, kind @ ..] = head;
    match u32::from_be_bytes([l3, l2, l1, l0]) {
        0 => Some((8, end - at, kind)), // to the end of the file
        1 => {
            let length: [u8; 8] = source.at(at + 8, 8)?.try_into().ok()?;
            Some((16, u64::from_be_bytes(length), kind))
        }
        length => Some((8, u64::from(length), kind)),
    }
}

/// Major brand and the brands it is compatible with, of a file that begins like this.
pub(crate) fn brands(head: &[u8]) -> Option<(&[u8; 4], impl Iterator<Item = &[u8]>)> {
    let length = u32::from_be_bytes(*head.first_chunk()?) as usize;
    if head.get(4..8)? != b"ftyp" || length < 16 {
        return None;
    }
    let major = head.get(8..12)?.first_chunk()?;
    let compatible = head.get(16..length.min(head.len())).unwrap_or_default();
    Some((major, compatible.chunks_exact(4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_walked_as_far_as_they_fit() {
        let mut bytes = b"\0\0\0\x0cfreeabcd".to_vec();
        bytes.extend(b"\0\0\0\x01wide\0\0\0\0\0\0\0\x12xy");
        bytes.extend(b"\0\0\0\x00mdatrest");
        let mut source = &bytes[..];
        let found = boxes(&mut source, 0, bytes.len() as u64);
        let kinds: Vec<_> = found.iter().map(|found| found.kind).collect();
        assert_eq!(kinds, [*b"free", *b"wide", *b"mdat"]);
        assert_eq!(found[1].content(&mut source, 9).unwrap(), b"xy");
        assert_eq!(found[2].content(&mut source, 9).unwrap(), b"rest");
        assert_eq!(found[2].content(&mut source, 3), None);
        assert!(
            boxes(&mut &b"\0\0\0\x07free"[..], 0, 8).is_empty(),
            "shorter than its header"
        );
        assert!(
            boxes(&mut &b"\0\0\0\x09free"[..], 0, 8).is_empty(),
            "longer than the file"
        );
    }
}
