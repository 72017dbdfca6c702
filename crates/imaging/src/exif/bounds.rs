//! A walk over the directories of a TIFF structure before the real parser takes them: it follows every pointer, so 64 KB
//! of directories that point to each other would become billions of fields, and fields that overlap become gigabytes.

/// Cameras write about a hundred fields, with a thumbnail's.
const MAX_ENTRIES: u32 = 4096;

/// As many chained directories as the real parser follows.
const MAX_CHAINED: u32 = 8;

/// Whether `tiff` has a sane number of fields, whose values together are not larger than itself by much. What is not
/// sound in other ways is left to the parser.
pub(super) fn are_kept(tiff: &[u8]) -> bool {
    let Some(little_endian) = tiff.get(..2).map(|order| order == b"II") else {
        return true;
    };
    let mut walk = Walk {
        tiff,
        little_endian,
        entries: 0,
        value_bytes: 0,
    };
    let mut next = walk.long(4);
    for _ in 0..MAX_CHAINED {
        let Some(offset) = next.filter(|offset| *offset != 0) else {
            break;
        };
        match walk.directory(offset, Context::Main) {
            Ok(following) => next = following,
            Err(TooMany) => return false,
        }
    }
    true
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Main,
    Exif,
    /// GPS and interoperability, from which nothing leads further.
    Last,
}

struct TooMany;

struct Walk<'t> {
    tiff: &'t [u8],
    little_endian: bool,
    entries: u32,
    value_bytes: usize,
}

impl Walk<'_> {
    /// Counts a directory and those it leads to; the offset of the next one, where the file holds it.
    fn directory(&mut self, offset: usize, context: Context) -> Result<Option<usize>, TooMany> {
        self.count()?; // an empty directory is work, too
        let Some(entries) = self.short(offset) else {
            return Ok(None);
        };
        for index in 0..entries {
            let at = offset + 2 + index * 12;
            if self.tiff.len() < at + 12 {
                return Ok(None);
            }
            self.count()?;
            let child = match (context, self.short(at)) {
                (Context::Main, Some(0x8769)) => Some(Context::Exif),
                (Context::Main, Some(0x8825)) | (Context::Exif, Some(0xA005)) => Some(Context::Last),
                _ => None,
            };
            let Some((kind, value)) = self.value(at)? else {
                continue;
            };
            if let Some((child, pointer)) = child.zip(self.pointer(kind, value)) {
                self.directory(pointer, child)?;
            }
        }
        Ok(self.long(offset + 2 + entries * 12))
    }

    fn count(&mut self) -> Result<(), TooMany> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            Err(TooMany)
        } else {
            Ok(())
        }
    }

    /// Type and place of an entry's value; `None` where it lies outside.
    fn value(&mut self, entry: usize) -> Result<Option<(usize, usize)>, TooMany> {
        let (Some(kind), Some(count)) = (self.short(entry + 2), self.long(entry + 4)) else {
            return Ok(None);
        };
        let unit = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 => 4,
            5 | 10 | 12 => 8,
            _ => 0,
        };
        let Some(bytes) = count.checked_mul(unit) else {
            return Ok(None);
        };
        if bytes <= 4 {
            return Ok((count > 0).then_some((kind, entry + 8)));
        }
        let Some(offset) = self.long(entry + 8) else {
            return Ok(None);
        };
        if self
            .tiff
            .len()
            .checked_sub(offset)
            .is_none_or(|left| left < bytes)
        {
            return Ok(None);
        }
        self.value_bytes = self.value_bytes.saturating_add(bytes);
        if self.value_bytes > self.tiff.len() * 2 {
            Err(TooMany)
        } else {
            Ok(Some((kind, offset)))
        }
    }

    /// The parser takes any unsigned number for a pointer.
    fn pointer(&self, kind: usize, at: usize) -> Option<usize> {
        match kind {
            1 => self.tiff.get(at).copied().map(usize::from),
            3 => self.short(at),
            4 => self.long(at),
            _ => None,
        }
    }

    fn short(&self, at: usize) -> Option<usize> {
        let bytes = self.tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        let number = if self.little_endian {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        };
        Some(usize::from(number))
    }

    fn long(&self, at: usize) -> Option<usize> {
        let bytes = self.tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let number = if self.little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        };
        usize::try_from(number).ok()
    }
}
