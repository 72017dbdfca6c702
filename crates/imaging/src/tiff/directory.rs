use std::io::{Read, Seek};

use crate::input::Input;

/// Cameras write fewer than 100 entries, and none has more pictures in a file than this has directories.
const MAX_ENTRIES: usize = 1024;
const MAX_DIRECTORIES: u32 = 64;

/// Something that gives bytes from anywhere; `None` where it has none.
pub(crate) trait At {
    fn at(&mut self, position: u64, length: usize) -> Option<Vec<u8>>;
}

impl At for &[u8] {
    fn at(&mut self, position: u64, length: usize) -> Option<Vec<u8>> {
        let start = usize::try_from(position).ok()?;
        self.get(start..start.checked_add(length)?).map(<[u8]>::to_vec)
    }
}

impl<S: Read + Seek> At for Input<'_, S> {
    fn at(&mut self, position: u64, length: usize) -> Option<Vec<u8>> {
        self.take_at(position, length).ok()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    LittleEndian,
    BigEndian,
}

impl Order {
    pub(crate) fn of(mark: [u8; 2]) -> Option<Self> {
        match &mark {
            b"II" => Some(Self::LittleEndian),
            b"MM" => Some(Self::BigEndian),
            _ => None,
        }
    }

    pub(crate) fn short(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::LittleEndian => u16::from_le_bytes(bytes),
            Self::BigEndian => u16::from_be_bytes(bytes),
        }
    }

    pub(crate) fn long(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::LittleEndian => u32::from_le_bytes(bytes),
            Self::BigEndian => u32::from_be_bytes(bytes),
        }
    }

    pub(crate) fn short_bytes(self, number: u16) -> [u8; 2] {
        match self {
            Self::LittleEndian => number.to_le_bytes(),
            Self::BigEndian => number.to_be_bytes(),
        }
    }

    pub(crate) fn long_bytes(self, number: u32) -> [u8; 4] {
        match self {
            Self::LittleEndian => number.to_le_bytes(),
            Self::BigEndian => number.to_be_bytes(),
        }
    }
}

/// One field of a directory: what it is, and where its values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) tag: u16,
    pub(crate) kind: u16,
    pub(crate) count: u32,
    /// From the beginning of the source.
    pub(crate) position: u64,
}

impl Entry {
    /// Of all values together; `None` for kinds that nobody knows.
    pub(crate) fn bytes(&self) -> Option<usize> {
        let unit = match self.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        usize::try_from(self.count).ok()?.checked_mul(unit)
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub(crate) entries: Vec<Entry>,
    /// Where the next one in the chain is said to be.
    pub(crate) next: Option<u64>,
}

impl Directory {
    pub(crate) fn entry(&self, tag: u16) -> Option<Entry> {
        self.entries.iter().copied().find(|entry| entry.tag == tag)
    }
}

/// A walk through the directories of a source, of which each is visited at most once, and no more than a few.
#[derive(Debug)]
pub(crate) struct Walk<'s, S> {
    pub(crate) source: &'s mut S,
    pub(crate) order: Order,
    /// What offsets are counted from.
    base: u64,
    visited: Vec<u64>,
}

impl<'s, S: At> Walk<'s, S> {
    /// Of a structure that begins at `base` with its byte order, two bytes of magic, and the offset of its first directory,
    /// which is returned.
    pub(crate) fn open(source: &'s mut S, base: u64) -> Option<(Self, u64)> {
        let head: [u8; 8] = source.at(base, 8)?.try_into().ok()?;
        let [m0, m1, _, _, o0, o1, o2, o3] = head;
        let order = Order::of([m0, m1])?;
        let first = u64::from(order.long([o0, o1, o2, o3]));
        Some((Self::within(source, base, order), first))
    }

    /// Of directories without a header of their own, as in maker notes.
    pub(crate) fn within(source: &'s mut S, base: u64, order: Order) -> Self {
        Self {
            source,
            order,
            base,
            visited: Vec::new(),
        }
    }

    /// `None` where there is none, or it was visited before.
    pub(crate) fn directory(&mut self, offset: u64) -> Option<Directory> {
        if offset == 0 || self.visited.contains(&offset) || self.visited.len() as u32 >= MAX_DIRECTORIES {
            return None;
        }
        self.visited.push(offset);
        let start = self.base.checked_add(offset)?;
        let order = self.order;
        let count: [u8; 2] = self.source.at(start, 2)?.try_into().ok()?;
        let count = usize::from(order.short(count));
        let kept = count.min(MAX_ENTRIES);
        // One that is cut off is read as far as it goes.
        let mut entries = Vec::new();
        for index in 0..kept {
            let position = start + 2 + index as u64 * 12;
            let Some(bytes) = self.source.at(position, 12) else {
                break;
            };
            let short = |at: usize| order.short([bytes[at], bytes[at + 1]]);
            let long = |at: usize| order.long([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            let mut entry = Entry {
                tag: short(0),
                kind: short(2),
                count: long(4),
                position: position + 8,
            };
            if entry.bytes().is_none_or(|bytes| bytes > 4) {
                entry.position = self.base + u64::from(long(8));
            }
            entries.push(entry);
        }
        let next = self.source.at(start + 2 + count as u64 * 12, 4);
        let next = next.and_then(|bytes| bytes.try_into().ok());
        Some(Directory {
            entries,
            next: next
                .map(|bytes| u64::from(order.long(bytes)))
                .filter(|next| *next != 0),
        })
    }

    /// The values of `entry` as they stand, where they are no more than `most` bytes.
    pub(crate) fn value(&mut self, entry: Entry, most: usize) -> Option<Vec<u8>> {
        let bytes = entry.bytes().filter(|bytes| (1..=most).contains(bytes))?;
        self.source.at(entry.position, bytes)
    }

    /// Up to 64 unsigned numbers.
    pub(crate) fn numbers(&mut self, entry: Entry) -> Vec<u64> {
        let unit = match entry.kind {
            1 | 7 => 1,
            3 => 2,
            4 | 13 => 4,
            _ => return Vec::new(),
        };
        let count = usize::try_from(entry.count).unwrap_or(usize::MAX).min(64);
        let Some(bytes) = self.source.at(entry.position, count * unit) else {
            return Vec::new();
        };
        let order = self.order;
        let number = |chunk: &[u8]| match *chunk {
            [byte] => u64::from(byte),
            [a, b] => u64::from(order.short([a, b])),
            [a, b, c, d] => u64::from(order.long([a, b, c, d])),
            _ => 0,
        };
        bytes.chunks_exact(unit).map(number).collect()
    }

    pub(crate) fn number(&mut self, directory: &Directory, tag: u16) -> Option<u64> {
        let entry = directory.entry(tag)?;
        self.numbers(entry).first().copied()
    }
}
