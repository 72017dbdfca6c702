//! Our own decoder for what cameras write: baseline JPEG, scaled while it is decoded.
//!
//! Most of the time of a scaled decode goes into reading Huffman codes of frequencies that the small picture has no room
//! for. They are skipped here, several at a look-up, and never made numbers of. Whatever is not quite as it should be
//! is left to libjpeg-turbo, which knows how to be patient.

use super::bits::{Bits, Irregular, Restarts};
use super::headers::{Component, Frame, Headers, Next, Scan, Tables};
use super::huffman::{Ac, Dc, Step};
use super::planes::scaled_planes;
use super::transform::{Transform, needed};
use crate::planes::ScaledPlane;

/// All of a picture of one scan, `side` pixels for each eight. `None`: something about it is irregular.
pub(super) fn decode<'j>(
    side: usize,
    headers: &mut Headers<'j>,
    frame: &Frame,
    scan: &Scan,
    data: &'j [u8],
) -> Option<Vec<ScaledPlane>> {
    if !scan.is_whole(frame) {
        return None;
    }
    let units = frame.units();
    let tables = &headers.tables;
    let mut channels = Vec::new();
    for (component, (_, dc, ac)) in frame.components.iter().zip(&scan.channels) {
        channels.push(Channel::new(side, tables, component, (*dc, *ac), units)?);
    }
    let mut bits = Bits::new(data);
    let mut restarts = Restarts::each(tables.restart_interval);
    for unit_row in 0..units.1 {
        for unit in 0..units.0 {
            if let Some(beyond) = restarts.before_unit(&bits).ok()? {
                bits = beyond;
                channels.iter_mut().for_each(|channel| channel.mean = 0);
            }
            for channel in &mut channels {
                bits = channel.unit(bits, unit).ok()?;
            }
        }
        channels
            .iter_mut()
            .for_each(|channel| channel.transform(unit_row));
        bits.still_real().ok()?;
    }
    let samples = channels.into_iter().map(|channel| channel.samples).collect();
    let rest = bits.end().ok()?;
    match headers.after(rest, frame)? {
        Next::End => Some(scaled_planes(side, frame, samples)),
        Next::Scan(..) => None,
    }
}

/// One component on its way from codes to pixels.
struct Channel {
    dc: Dc,
    ac: Ac,
    transform: Transform,
    /// Pixels for each eight.
    side: usize,
    /// How many coefficients these need.
    needed: usize,
    /// Blocks in a unit.
    across: usize,
    down: usize,
    /// Blocks in a row, rounded up to what is transformed together.
    blocks: usize,
    /// The coefficients of a row of units: rows of blocks, of places, of blocks.
    coefficients: Vec<i16>,
    mean: i32,
    samples: Vec<u8>,
}

impl Channel {
    fn new(
        side: usize,
        tables: &Tables,
        component: &Component,
        (dc, ac): (usize, usize),
        units: (usize, usize),
    ) -> Option<Self> {
        let blocks = component.blocks_in_row(units.0);
        Some(Self {
            dc: Dc::new(tables.dc.get(dc)?.as_ref()?),
            ac: Ac::new(tables.ac.get(ac)?.as_ref()?),
            transform: Transform::new(side, tables.quantisations.get(component.quantisation)?.as_ref()?),
            across: component.across,
            down: component.down,
            blocks,
            side,
            needed: needed(side),
            coefficients: vec![0; component.down * needed(side) * blocks],
            mean: 0,
            samples: vec![0; blocks * side * units.1 * component.down * side],
        })
    }

    #[inline(always)]
    fn unit<'d>(&mut self, mut bits: Bits<'d>, unit: usize) -> Result<Bits<'d>, Irregular> {
        for row in 0..self.down {
            for column in 0..self.across {
                bits = self.block(bits, row, unit * self.across + column)?;
            }
        }
        Ok(bits)
    }

    #[inline(always)]
    fn block<'d>(&mut self, mut bits: Bits<'d>, row: usize, block: usize) -> Result<Bits<'d>, Irregular> {
        let needed = self.needed;
        let coefficients = &mut self.coefficients[row * needed * self.blocks..][..needed * self.blocks];
        bits.fill();
        self.mean = self.mean.wrapping_add(self.dc.difference(&mut bits)?);
        coefficients[block] = self.mean as i16;
        let mut place = 1;
        while place < needed {
            bits.fill(); // enough for two
            for _ in 0..2 {
                let step = self.ac.step(&mut bits)?;
                if step.places == Step::END {
                    return Ok(bits);
                }
                place += step.places as usize;
                if let Some(coefficient) = coefficients.get_mut((place - 1) * self.blocks + block) {
                    *coefficient = step.value;
                }
            }
        }
        self.ac.skip_block(&mut bits, place as u32)?;
        Ok(bits)
    }

    fn transform(&mut self, unit_row: usize) {
        let stride = self.blocks * self.side;
        let of_blocks = self.needed * self.blocks;
        for row in 0..self.down {
            let coefficients = &mut self.coefficients[row * of_blocks..][..of_blocks];
            let pixels =
                &mut self.samples[(unit_row * self.down + row) * self.side * stride..][..self.side * stride];
            self.transform.row(coefficients, self.blocks, pixels);
            coefficients.fill(0);
        }
    }
}
