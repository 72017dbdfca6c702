use std::io::{Read, Seek};

use crate::ImagingError;
use crate::input::Input;

/// What is read of all candidates before their sizes: cameras write a few hundred KB, hostile files let a hundred lead to the same
/// endless header.
const MAX_HEADERS_BYTES: u64 = 4 << 20;

/// A JPEG somewhere in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Preview {
    pub(super) start: u64,
    pub(super) length: u64,
    /// Zero where nobody has looked yet.
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Preview {
    pub(super) fn at(start: u64, length: u64) -> Self {
        Self {
            start,
            length,
            ..Self::default()
        }
    }
}

/// The candidate with the most pixels. Raw data is often JPEG as well, of the lossless kind, which is no picture yet.
pub(super) fn largest<S: Read + Seek>(
    input: &mut Input<'_, S>,
    candidates: &[Preview],
) -> Result<Preview, ImagingError> {
    let mut cut_off = false;
    let mut left = MAX_HEADERS_BYTES;
    let mut best: Option<Preview> = None;
    for candidate in candidates {
        if candidate.start.saturating_add(candidate.length) > input.length() {
            cut_off = true;
            continue;
        }
        let seen = dimensions(input, *candidate, left)?;
        left = left.saturating_sub(input.position().saturating_sub(candidate.start));
        let Some((width, height)) = seen else {
            continue;
        };
        let pixels = |preview: &Preview| u64::from(preview.width) * u64::from(preview.height);
        let seen = Preview {
            width,
            height,
            ..*candidate
        };
        if best.as_ref().is_none_or(|best| pixels(best) < pixels(&seen)) {
            best = Some(seen);
        }
    }
    match best {
        // The one that is cut off may have been the only one worth showing.
        _ if cut_off => Err(ImagingError::Truncated),
        Some(best) => Ok(best),
        None => Err(ImagingError::NoPreview),
    }
}

/// Of a JPEG that can be shown; `None` for any other, for what is none, and for one that does not say it within `most` bytes.
fn dimensions<S: Read + Seek>(
    input: &mut Input<'_, S>,
    candidate: Preview,
    most: u64,
) -> Result<Option<(u32, u32)>, ImagingError> {
    let end = candidate.start + candidate.length.min(most);
    input.go_to(candidate.start)?;
    if candidate.length < 4 || input.array()? != [0xFF, 0xD8] {
        return Ok(None);
    }
    while input.position() + 4 <= end {
        let [mark, marker] = input.array()?;
        if mark != 0xFF {
            return Ok(None);
        }
        if marker == 0xFF {
            input.go_to(input.position() - 1)?; // a fill byte
            continue;
        }
        let length = u64::from(u16::from_be_bytes(input.array()?));
        match marker {
            0xC0..=0xC2 => {
                let [precision, h1, h0, w1, w0] = input.array()?;
                let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
                let shown = precision == 8 && width > 0 && height > 0;
                return Ok(shown.then_some((u32::from(width), u32::from(height))));
            }
            0xC4 | 0xCC | 0xDB | 0xDD | 0xE0..=0xEF | 0xFE => {
                let after = input.position() + length.saturating_sub(2);
                if length < 2 || after > end {
                    return Ok(None);
                }
                input.go_to(after)?;
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}
