//! What a JPEG's segments say before the first coded bit.

use super::huffman::Code;

/// Tables, as they stand when a scan begins.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// In coded order.
    pub(super) quantisations: [Option<[u16; 64]>; 4],
    pub(super) dc: [Option<Code>; 4],
    pub(super) ac: [Option<Code>; 4],
    /// In units; 0 where there are no restarts.
    pub(super) restart_interval: usize,
}

/// A colour component of a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    id: u8,
    /// Blocks in a unit.
    pub(super) across: usize,
    pub(super) down: usize,
    pub(super) quantisation: usize,
}

/// A frame of one grey or three Y'CbCr components with the usual subsampling.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) progressive: bool,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) components: Vec<Component>,
}

/// A scan: which frequencies of which components, in which tables' codes.
#[derive(Debug)]
pub(super) struct Scan {
    /// Component, table for the first coefficient, table for the others.
    pub(super) channels: Vec<(usize, usize, usize)>,
    pub(super) first: u8,
    pub(super) last: u8,
    pub(super) high_bit: u8,
    pub(super) low_bit: u8,
}

/// Walks through a condensed JPEG.
#[derive(Debug)]
pub(super) struct Headers<'j> {
    pub(super) tables: Tables,
    rest: &'j [u8],
    frame: Option<Frame>,
    jfif: bool,
    /// What Adobe's software says of the colours: 0 is RGB.
    adobe: Option<u8>,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Next<'j> {
    /// Coded data follows.
    Scan(Scan, &'j [u8]),
    End,
}

impl<'j> Headers<'j> {
    /// Up to the first scan. `None`: it is not for us, or makes no sense.
    pub(super) fn read(jpeg: &'j [u8]) -> Option<(Self, Frame, Scan, &'j [u8])> {
        let mut headers = Self {
            tables: Tables::default(),
            rest: jpeg.strip_prefix(&[0xFF, 0xD8])?,
            frame: None,
            jfif: false,
            adobe: None,
        };
        let Next::Scan(scan, data) = headers.next_scan(None)? else {
            return None;
        };
        let frame = headers.frame.take()?;
        headers.is_ycbcr(&frame).then_some((headers, frame, scan, data))
    }

    /// The next scan after `data`, the coded data of the one before that is left.
    pub(super) fn after(&mut self, data: &'j [u8], frame: &Frame) -> Option<Next<'j>> {
        self.rest = data;
        self.next_scan(Some(frame))
    }

    fn next_scan(&mut self, frame: Option<&Frame>) -> Option<Next<'j>> {
        loop {
            let [0xFF, marker, rest @ ..] = self.rest else {
                return None;
            };
            if *marker == 0xD9 {
                return Some(Next::End);
            }
            let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
            let segment = rest.get(2..length)?;
            self.rest = rest.get(length..)?;
            match marker {
                0xDB => self.quantisation(segment)?,
                0xC4 => self.code(segment)?,
                0xDD => {
                    self.tables.restart_interval = usize::from(u16::from_be_bytes(*segment.first_chunk()?));
                }
                0xC0..=0xC2 if frame.is_none() && self.frame.is_none() => {
                    self.frame = Some(Frame::read(*marker == 0xC2, segment)?);
                }
                0xDA => {
                    let scan = Scan::read(segment, frame.or(self.frame.as_ref())?)?;
                    return Some(Next::Scan(scan, self.rest));
                }
                0xE0 => self.jfif |= segment.starts_with(b"JFIF\0"),
                0xEE => self.adobe = segment.get(11).copied(),
                _ => return None,
            }
        }
    }

    fn quantisation(&mut self, mut segment: &[u8]) -> Option<()> {
        while let [head, rest @ ..] = segment {
            let table = self.tables.quantisations.get_mut(usize::from(head & 15))?;
            let wide = match head >> 4 {
                0 => false,
                1 => true,
                _ => return None,
            };
            let (bytes, rest) = rest.split_at_checked(if wide { 128 } else { 64 })?;
            *table = Some(std::array::from_fn(|n| match wide {
                true => u16::from_be_bytes([bytes[2 * n], bytes[2 * n + 1]]),
                false => u16::from(bytes[n]),
            }));
            segment = rest;
        }
        Some(())
    }

    fn code(&mut self, mut segment: &[u8]) -> Option<()> {
        while let [head, rest @ ..] = segment {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(count)?;
            let code = Code::new(counts, symbols)?;
            let at = usize::from(head & 15);
            match head >> 4 {
                0 => *self.tables.dc.get_mut(at)? = Some(code),
                1 => *self.tables.ac.get_mut(at)? = Some(code),
                _ => return None,
            }
            segment = rest;
        }
        Some(())
    }

    /// As all decoders decide it: JFIF knows no RGB, Adobe says it, and some name their components so.
    fn is_ycbcr(&self, frame: &Frame) -> bool {
        let [r, g, b] = frame.components[..] else {
            return true;
        };
        match (self.jfif, self.adobe) {
            (true, _) => true,
            (false, Some(transform)) => transform != 0,
            (false, None) => [r.id, g.id, b.id] != *b"RGB",
        }
    }
}

impl Frame {
    fn read(progressive: bool, segment: &[u8]) -> Option<Self> {
        let &[8, h1, h0, w1, w0, count @ (1 | 3), ref components @ ..] = segment else {
            return None;
        };
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        if components.len() != usize::from(count) * 3 || width == 0 || height == 0 {
            return None;
        }
        let read = |(n, component): (usize, &[u8])| {
            // The only component is never interleaved, whatever it says of itself.
            let sampling = if count == 1 { 0x11 } else { component[1] };
            let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            let usual = match n {
                0 => matches!((across, down), (1 | 2, 1 | 2)),
                _ => (across, down) == (1, 1),
            };
            usual.then_some(Component {
                id: component[0],
                across,
                down,
                quantisation: usize::from(component[2]),
            })
        };
        Some(Self {
            progressive,
            width: usize::from(width),
            height: usize::from(height),
            components: components
                .chunks_exact(3)
                .enumerate()
                .map(read)
                .collect::<Option<_>>()?,
        })
    }

    /// Blocks of the largest component in a unit, across and down.
    pub(super) fn unit(&self) -> (usize, usize) {
        let luma = self.components[0]; // there is one, and none is larger
        (luma.across, luma.down)
    }

    /// Units in the picture, across and down.
    pub(super) fn units(&self) -> (usize, usize) {
        let (across, down) = self.unit();
        (self.width.div_ceil(8 * across), self.height.div_ceil(8 * down))
    }
}

impl Scan {
    fn read(segment: &[u8], frame: &Frame) -> Option<Self> {
        let (count, rest) = segment.split_first()?;
        let (selectors, &[first, last, bits]) = rest.split_at_checked(usize::from(*count) * 2)? else {
            return None;
        };
        let channel = |selector: &[u8]| {
            let component = frame
                .components
                .iter()
                .position(|component| component.id == selector[0])?;
            Some((
                component,
                usize::from(selector[1] >> 4),
                usize::from(selector[1] & 15),
            ))
        };
        let channels = selectors
            .chunks_exact(2)
            .map(channel)
            .collect::<Option<Vec<_>>>()?;
        let in_order = channels.windows(2).all(|pair| pair[0].0 < pair[1].0);
        (in_order && !channels.is_empty()).then_some(Self {
            channels,
            first,
            last,
            high_bit: bits >> 4,
            low_bit: bits & 15,
        })
    }

    /// Whether the scan is all there is: every component, every frequency, every bit.
    pub(super) fn is_whole(&self, frame: &Frame) -> bool {
        self.channels.len() == frame.components.len()
            && (self.first, self.last, self.high_bit, self.low_bit) == (0, 63, 0, 0)
    }
}
