//! Our own decoder for progressive JPEG, scaled while it is decoded.
//!
//! Such a picture comes in passes over all of it, so a decoder must keep what the passes before have said: usually every
//! coefficient. A small picture needs few of them; of the others it is enough to remember which are not zero, one bit
//! each, because that decides how many bits the later passes spend on them.

use super::bits::{Bits, Irregular, Restarts};
use super::headers::{Component, Frame, Headers, Next, Scan, Tables};
use super::huffman::{Ac, Dc};
use super::planes::scaled_planes;
use super::transform::{Transform, needed};
use crate::planes::ScaledPlane;

/// All passes of a picture, `side` pixels for each eight. `None`: something about it is irregular.
pub(super) fn decode<'j>(
    side: usize,
    headers: &mut Headers<'j>,
    frame: &Frame,
    mut scan: Scan,
    mut data: &'j [u8],
) -> Option<Vec<ScaledPlane>> {
    let channel = |component| Channel::new(side, component, frame);
    let mut channels: Vec<_> = frame.components.iter().map(channel).collect();
    loop {
        let rest = pass(&headers.tables, frame, &scan, data, &mut channels).ok()?;
        match headers.after(rest, frame)? {
            Next::Scan(next, after) => (scan, data) = (next, after),
            Next::End => break,
        }
    }
    let mut samples = Vec::new();
    for (channel, component) in channels.into_iter().zip(&frame.components) {
        let quantisation = headers.tables.quantisations.get(component.quantisation)?;
        samples.push(channel.transformed(quantisation.as_ref()?));
    }
    Some(scaled_planes(side, frame, samples))
}

/// One component's coefficients as far as they are known.
struct Channel {
    /// Pixels for each eight.
    side: usize,
    /// How many coefficients these need.
    needed: usize,
    /// Blocks in a unit.
    across: usize,
    down: usize,
    /// Blocks that hold pixels of the picture, across and down.
    own: (usize, usize),
    /// Blocks in a row, rounded up to what is transformed together.
    blocks: usize,
    /// Rows of blocks, of places, of blocks.
    coefficients: Vec<i16>,
    /// For each block a bit for each place that is not zero.
    known: Vec<u64>,
    mean: i32,
    /// Blocks to come of which nothing new is said.
    silent: u32,
}

impl Channel {
    fn new(side: usize, component: &Component, frame: &Frame) -> Self {
        let (units, most) = (frame.units(), frame.unit());
        let blocks = component.blocks_in_row(units.0);
        let rows = units.1 * component.down;
        Self {
            side,
            needed: needed(side),
            across: component.across,
            down: component.down,
            own: (
                (frame.width * component.across).div_ceil(8 * most.0),
                (frame.height * component.down).div_ceil(8 * most.1),
            ),
            blocks,
            coefficients: vec![0; rows * needed(side) * blocks],
            known: vec![0; rows * blocks],
            mean: 0,
            silent: 0,
        }
    }

    #[inline(always)]
    fn coefficient(&mut self, (row, block): (usize, usize), place: usize) -> Option<&mut i16> {
        let needed = self.needed;
        let at = (row * needed + place) * self.blocks + block;
        if place < needed {
            self.coefficients.get_mut(at)
        } else {
            None
        }
    }

    fn transformed(&self, quantisation: &[u16; 64]) -> Vec<u8> {
        let transform = Transform::new(self.side, quantisation);
        let mut samples = vec![0; self.known.len() * self.side * self.side];
        let rows = self.coefficients.chunks_exact(self.needed * self.blocks);
        for (coefficients, pixels) in rows.zip(samples.chunks_exact_mut(self.blocks * self.side * self.side))
        {
            transform.row(coefficients, self.blocks, pixels);
        }
        samples
    }

    /// The mean brightness, but for its lowest bits.
    #[inline(always)]
    fn first_mean<'d>(
        &mut self,
        at: (usize, usize),
        mut bits: Bits<'d>,
        dc: &Dc,
        low: u8,
    ) -> Result<Bits<'d>, Irregular> {
        bits.fill();
        self.mean = self.mean.wrapping_add(dc.difference(&mut bits)?);
        let mean = (self.mean << low) as i16;
        if let Some(coefficient) = self.coefficient(at, 0) {
            *coefficient = mean;
        }
        Ok(bits)
    }

    /// One more bit of it.
    #[inline(always)]
    fn next_mean<'d>(&mut self, at: (usize, usize), mut bits: Bits<'d>, low: u8) -> Bits<'d> {
        bits.fill();
        let bit = bits.peek(1) as i16;
        bits.skip(1);
        if let Some(coefficient) = self.coefficient(at, 0) {
            *coefficient |= bit << low;
        }
        bits
    }

    /// Coefficients from one place to another, but for their lowest bits.
    #[inline(always)]
    fn first<'d>(
        &mut self,
        at: (usize, usize),
        mut bits: Bits<'d>,
        ac: &Ac,
        scan: &Scan,
    ) -> Result<Bits<'d>, Irregular> {
        if self.silent > 0 {
            self.silent -= 1;
            return Ok(bits);
        }
        let (mut place, end) = (usize::from(scan.first), usize::from(scan.last) + 1);
        let mut known = 0_u64;
        while place < end {
            bits.fill();
            let step = ac.step(&mut bits)?;
            if let Some(run) = step.end_run() {
                self.silent = run_length(&mut bits, run) - 1;
                break;
            }
            place += step.places as usize;
            if place > end {
                return Err(Irregular);
            }
            if step.value != 0 {
                known |= 1 << (place - 1);
                if let Some(coefficient) = self.coefficient(at, place - 1) {
                    *coefficient = step.value << scan.low_bit;
                }
            }
        }
        self.known[at.0 * self.blocks + at.1] |= known;
        Ok(bits)
    }

    /// One more bit of them, and those that it makes more than zero.
    #[inline(always)]
    fn next<'d>(
        &mut self,
        at: (usize, usize),
        mut bits: Bits<'d>,
        ac: &Ac,
        scan: &Scan,
    ) -> Result<Bits<'d>, Irregular> {
        let of_block = at.0 * self.blocks + at.1;
        let known = self.known[of_block];
        let mut found = 0_u64;
        let (mut place, end) = (usize::from(scan.first), usize::from(scan.last) + 1);
        while self.silent == 0 && place < end {
            bits.fill();
            let step = ac.step(&mut bits)?;
            if let Some(run) = step.end_run() {
                self.silent = run_length(&mut bits, run);
                break;
            }
            if !matches!(step.value, -1..=1) {
                return Err(Irregular);
            }
            // So many places on, not counting those that are known not to be zero: these get their bit on the way.
            let mut zeros = !known & from(place) & !from(end);
            for _ in 1..step.places {
                zeros &= zeros.wrapping_sub(1);
            }
            let new = zeros.trailing_zeros() as usize;
            if new >= end {
                return Err(Irregular);
            }
            bits = self.corrected(at, bits, known & from(place) & !from(new), scan.low_bit);
            if step.value != 0 {
                found |= 1 << new;
                if let Some(coefficient) = self.coefficient(at, new) {
                    *coefficient = step.value << scan.low_bit;
                }
            }
            place = new + 1;
        }
        if self.silent > 0 {
            bits = self.corrected(at, bits, known & from(place) & !from(end), scan.low_bit);
            self.silent -= 1;
        }
        self.known[of_block] = known | found;
        Ok(bits)
    }

    /// Takes a bit for each of `places`, from the lowest.
    #[inline(always)]
    fn corrected<'d>(&mut self, at: (usize, usize), mut bits: Bits<'d>, places: u64, low: u8) -> Bits<'d> {
        let mut ours = places & !from(self.needed);
        while ours != 0 {
            bits.fill();
            for _ in 0..56.min(ours.count_ones()) {
                let bit = bits.peek(1) as i16;
                bits.skip(1);
                if let Some(coefficient) = self.coefficient(at, ours.trailing_zeros() as usize) {
                    // Away from zero, without a branch on what nobody can foretell.
                    let sign = *coefficient >> 15;
                    *coefficient = coefficient.wrapping_add(((bit << low) ^ sign) - sign);
                }
                ours &= ours - 1;
            }
        }
        let mut others = (places & from(self.needed)).count_ones();
        while others > 0 {
            bits.fill();
            let some = others.min(56);
            bits.skip(some);
            others -= some;
        }
        bits
    }
}

/// The bits of all places from this one on.
fn from(place: usize) -> u64 {
    u64::MAX.checked_shl(place as u32).unwrap_or(0)
}

/// How many blocks in a row, this one among them, end here.
#[inline(always)]
fn run_length(bits: &mut Bits<'_>, run: u32) -> u32 {
    if run == 0 {
        return 1;
    }
    let length = (1 << run) + bits.peek(run) as u32;
    bits.skip(run);
    length
}

/// One pass. Gives what follows its data.
fn pass<'d>(
    tables: &Tables,
    frame: &Frame,
    scan: &Scan,
    data: &'d [u8],
    channels: &mut [Channel],
) -> Result<&'d [u8], Irregular> {
    if scan.last > 63 || scan.first > scan.last || scan.low_bit > 13 || scan.high_bit > 13 {
        return Err(Irregular);
    }
    let dc = |n: usize| {
        tables
            .dc
            .get(scan.channels[n].1)
            .and_then(Option::as_ref)
            .map(Dc::new)
            .ok_or(Irregular)
    };
    let (interval, low) = (tables.restart_interval, scan.low_bit);
    match (scan.first, scan.last, scan.high_bit) {
        (0, 0, 0) => {
            let codes = (0..scan.channels.len()).map(dc).collect::<Result<Vec<_>, _>>()?;
            walk(frame, scan, interval, data, channels, |channel, n, at, bits| {
                channel.first_mean(at, bits, &codes[n], low)
            })
        }
        (0, 0, _) => walk(frame, scan, interval, data, channels, |channel, _, at, bits| {
            Ok(channel.next_mean(at, bits, low))
        }),
        (0, ..) => Err(Irregular),
        (_, _, high) => {
            let &[(_, _, ac)] = scan.channels.as_slice() else {
                return Err(Irregular);
            };
            let ac = tables.ac.get(ac).and_then(Option::as_ref).map(Ac::new);
            let ac = &ac.ok_or(Irregular)?;
            if high == 0 {
                walk(frame, scan, interval, data, channels, |channel, _, at, bits| {
                    channel.first(at, bits, ac, scan)
                })
            } else {
                walk(frame, scan, interval, data, channels, |channel, _, at, bits| {
                    channel.next(at, bits, ac, scan)
                })
            }
        }
    }
}

/// Goes over all blocks of a scan in the order in which they are coded. `block` is given the component, its number in
/// the scan, the block's row and column, and the bits from it on.
#[inline(always)]
fn walk<'d>(
    frame: &Frame,
    scan: &Scan,
    interval: usize,
    data: &'d [u8],
    channels: &mut [Channel],
    mut block: impl FnMut(&mut Channel, usize, (usize, usize), Bits<'d>) -> Result<Bits<'d>, Irregular>,
) -> Result<&'d [u8], Irregular> {
    for (n, _, _) in &scan.channels {
        (channels[*n].mean, channels[*n].silent) = (0, 0);
    }
    // The only component of a scan is not interleaved: a unit is one block, and blocks outside the picture are left out.
    let alone = match scan.channels[..] {
        [(only, ..)] => Some(only),
        _ => None,
    };
    let units = alone.map_or(frame.units(), |only| channels[only].own);
    let mut bits = Bits::new(data);
    let mut restarts = Restarts::each(interval);
    for row in 0..units.1 {
        for column in 0..units.0 {
            if let Some(beyond) = restarts.before_unit(&bits)? {
                bits = beyond;
                for (n, _, _) in &scan.channels {
                    (channels[*n].mean, channels[*n].silent) = (0, 0);
                }
            }
            if let Some(only) = alone {
                bits = block(&mut channels[only], 0, (row, column), bits)?;
                continue;
            }
            for (number, (n, _, _)) in scan.channels.iter().enumerate() {
                let channel = &mut channels[*n];
                for y in 0..channel.down {
                    for x in 0..channel.across {
                        let at = (row * channel.down + y, column * channel.across + x);
                        bits = block(channel, number, at, bits)?;
                    }
                }
            }
        }
        bits.still_real()?;
    }
    bits.end()
}
