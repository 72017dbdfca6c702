use crate::{ImagingError, Limits};

/// What a start-of-frame segment declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The marker: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC9 and 0xCA the same with arithmetic coding.
    pub(super) marker: u8,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Horizontal and vertical sampling factors.
    pub(super) components: Vec<(u32, u32)>,
}

impl Frame {
    /// Checks what `segment` (without marker and length) declares before anything is reserved for it.
    pub(super) fn parse(marker: u8, segment: &[u8], limits: &Limits) -> Result<Self, ImagingError> {
        // Lossless and hierarchical JPEG (C3, C5 to C7, CB, CD to CF) no camera writes and no browser shows.
        if !matches!(marker, 0xC0 | 0xC1 | 0xC2 | 0xC9 | 0xCA) {
            return Err(ImagingError::UnsupportedType);
        }
        let &[precision, h1, h0, w1, w0, count, ref components @ ..] = segment else {
            return Err(ImagingError::corrupt("its frame header is too short"));
        };
        let width = u32::from(u16::from_be_bytes([w1, w0]));
        let height = u32::from(u16::from_be_bytes([h1, h0]));
        if width == 0 || height == 0 {
            return Err(ImagingError::corrupt("it declares no pixels"));
        }
        if u64::from(width) * u64::from(height) > limits.max_pixels {
            return Err(ImagingError::TooManyPixels {
                width,
                height,
                limit: limits.max_pixels,
            });
        }
        if precision != 8 {
            return Err(ImagingError::UnsupportedType);
        }
        if !matches!(count, 1 | 3 | 4) || components.len() != usize::from(count) * 3 {
            return Err(ImagingError::corrupt("its frame header contradicts itself"));
        }
        let components: Vec<_> = components
            .chunks_exact(3)
            .map(|component| (u32::from(component[1] >> 4), u32::from(component[1] & 15)))
            .collect();
        if components
            .iter()
            .any(|(h, v)| !(1..=4).contains(h) || !(1..=4).contains(v))
        {
            return Err(ImagingError::corrupt("its frame header contradicts itself"));
        }
        Ok(Self {
            marker,
            width,
            height,
            components,
        })
    }

    pub(super) fn is_progressive(&self) -> bool {
        matches!(self.marker, 0xC2 | 0xCA)
    }

    fn samples(&self) -> u64 {
        let (h_max, v_max) = self
            .components
            .iter()
            .fold((1, 1), |(h_max, v_max), &(h, v)| (h_max.max(h), v_max.max(v)));
        let (across, down) = (self.width.div_ceil(8 * h_max), self.height.div_ceil(8 * v_max));
        let blocks: u64 = self.components.iter().map(|(h, v)| u64::from(h * v)).sum();
        u64::from(across) * u64::from(down) * blocks * 64
    }

    /// What a decoder holds that must keep all coefficients until the last scan: two bytes each.
    pub(super) fn coefficient_bytes(&self) -> u64 {
        self.samples() * 2
    }

    /// Noise at quality 100 takes ten bits a sample; whatever is over sixteen is no picture.
    pub(super) fn max_coded_bytes(&self) -> u64 {
        self.samples() * 2 + MAX_TABLE_BYTES
    }
}

/// All quantisation and Huffman tables of a file. A hundred scans with new tables each take 150 kB.
pub(super) const MAX_TABLE_BYTES: u64 = 512 << 10;
