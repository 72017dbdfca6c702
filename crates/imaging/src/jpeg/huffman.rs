//! Huffman codes as tables: one look-up gives run, value and length together.

use std::array::from_fn;

use super::bits::{Bits, Irregular};

/// Bits that one look-up sees. Longer codes, and values that do not fit beside theirs, are rare.
const SEEN: u32 = 11;
/// The same for coefficients that nobody needs.
const SKIPPED: u32 = 12;

/// A code as a DHT segment gives it.
#[derive(Clone, Debug)]
pub(super) struct Code {
    /// Of each length, 1 to 16: the first code beyond those of the length, aligned to 16 bits.
    limits: [u32; 17],
    /// Of each length: what to add to a code to find its symbol.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

impl Code {
    /// From how many codes there are of each length, and their symbols in order.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        if counts.iter().map(|count| usize::from(*count)).sum::<usize>() != symbols.len() {
            return None;
        }
        let (mut limits, mut offsets) = ([0; 17], [0; 17]);
        let (mut code, mut symbol) = (0_u32, 0_i32);
        for length in 1..=16 {
            let count = u32::from(counts[length - 1]);
            offsets[length] = symbol - code as i32;
            code += count;
            symbol += count as i32;
            if code > 1 << length {
                return None; // more codes than bits can tell apart
            }
            limits[length] = code << (16 - length);
            code <<= 1;
        }
        Some(Self {
            limits,
            offsets,
            symbols: symbols.to_vec(),
        })
    }

    /// The symbol that `bits`, sixteen of them, begin with, and the length of its code.
    fn symbol(&self, bits: u32) -> Option<(u8, u32)> {
        let length = (1..=16).find(|length| bits < self.limits[*length as usize])?;
        let at = (bits >> (16 - length)) as i32 + self.offsets[length as usize];
        Some((*self.symbols.get(usize::try_from(at).ok()?)?, length))
    }
}

/// The value of `size` bits: those that begin with 0 are negative.
fn extended(bits: u32, size: u32) -> i32 {
    if size == 0 || bits >> (size - 1) == 1 {
        bits as i32
    } else {
        bits as i32 + 1 - (1 << size)
    }
}

/// Differences of the mean brightness from block to block.
#[derive(Debug)]
pub(super) struct Dc {
    code: Code,
    /// Value and bits taken: 24 and 5 bits; with [`VALUE_FOLLOWS`] the size of the value in its stead. 0 where the code is longer.
    seen: Box<[i32; 1 << SEEN]>,
}

impl Dc {
    pub(super) fn new(code: &Code) -> Self {
        let seen = Box::new(from_fn(|bits| {
            let bits = bits as u32;
            let symbol = code.symbol(bits << (16 - SEEN));
            let Some((size @ 0..=11, length @ 0..=SEEN)) =
                symbol.map(|(size, length)| (u32::from(size), length))
            else {
                return 0;
            };
            let taken = length + size;
            if taken > SEEN {
                return (size << 8 | VALUE_FOLLOWS | length) as i32;
            }
            let value = extended(bits >> (SEEN - taken) & ((1 << size) - 1), size);
            value << 8 | taken as i32
        }));
        Self {
            code: code.clone(),
            seen,
        }
    }

    /// Takes at most 27 bits, which must be at hand.
    #[inline(always)]
    pub(super) fn difference(&self, bits: &mut Bits<'_>) -> Result<i32, Irregular> {
        let seen = self.seen[bits.peek(SEEN) & ((1 << SEEN) - 1)];
        if seen as u32 & VALUE_FOLLOWS != 0 {
            bits.skip(seen as u32 & 0x1F);
            let size = seen as u32 >> 8;
            let value = extended(bits.peek(size) as u32, size);
            bits.skip(size);
            return Ok(value);
        }
        if seen == 0 {
            let (value, after) = self.long_difference(*bits)?;
            *bits = after;
            return Ok(value);
        }
        bits.skip(seen as u32 & 0x1F);
        Ok(seen >> 8)
    }

    #[cold]
    #[inline(never)]
    fn long_difference<'d>(&self, mut bits: Bits<'d>) -> Result<(i32, Bits<'d>), Irregular> {
        let (size, length) = self.code.symbol(bits.peek(16) as u32).ok_or(Irregular)?;
        let size = u32::from(size);
        if size > 11 {
            return Err(Irregular);
        }
        bits.skip(length);
        let value = match size {
            0 => 0,
            _ => extended(bits.peek(size) as u32, size),
        };
        bits.skip(size);
        Ok((value, bits))
    }
}

/// What one look-up says of the coefficients that follow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// How many places further the next coefficient is; [`Step::END`] or more where the rest of the block is zero.
    pub(super) places: u32,
    /// Of the last of these places.
    pub(super) value: i16,
}

impl Step {
    pub(super) const END: u32 = 64;

    /// In a progressive picture more blocks may end with this one: about two to the power of what this gives.
    #[inline(always)]
    pub(super) fn end_run(self) -> Option<u32> {
        self.places.checked_sub(Self::END)
    }
}

/// Coefficients after the first.
#[derive(Debug)]
pub(super) struct Ac {
    code: Code,
    /// Value, places and bits taken: 16, 8 and 5 bits; with [`VALUE_FOLLOWS`] the size of the value in its stead. 0 where the code
    /// is longer.
    seen: Box<[u32; 1 << SEEN]>,
    /// Places and bits taken by as many symbols as are seen whole: 8 and 8 bits, the highest set where the block ends.
    skipped: Box<[u16; 1 << SKIPPED]>,
}

/// The code is seen, but not all of its value.
const VALUE_FOLLOWS: u32 = 0x80;

const ENDS: u16 = 0x8000;

impl Ac {
    pub(super) fn new(code: &Code) -> Self {
        let seen = Box::new(from_fn(|bits| seen(code, (bits as u32) << (16 - SEEN))));
        let skipped = Box::new(from_fn(|bits| skipped(&seen, bits as u32)));
        Self {
            code: code.clone(),
            seen,
            skipped,
        }
    }

    /// Takes at most 26 bits, which must be at hand.
    #[inline(always)]
    pub(super) fn step(&self, bits: &mut Bits<'_>) -> Result<Step, Irregular> {
        let seen = self.seen[bits.peek(SEEN) & ((1 << SEEN) - 1)];
        let places = seen >> 8 & 0xFF;
        if seen & VALUE_FOLLOWS != 0 {
            bits.skip(seen & 0x1F);
            let size = seen >> 16;
            let value = extended(bits.peek(size) as u32, size) as i16;
            bits.skip(size);
            return Ok(Step { places, value });
        }
        if seen == 0 {
            let (step, after) = self.long_step(*bits)?;
            *bits = after;
            return Ok(step);
        }
        bits.skip(seen & 0x1F);
        Ok(Step {
            places,
            value: (seen >> 16) as i16,
        })
    }

    #[cold]
    #[inline(never)]
    fn long_step<'d>(&self, mut bits: Bits<'d>) -> Result<(Step, Bits<'d>), Irregular> {
        let (symbol, length) = self.code.symbol(bits.peek(16) as u32).ok_or(Irregular)?;
        bits.skip(length);
        let (places, size) = places(symbol).ok_or(Irregular)?;
        let value = match size {
            0 => 0,
            _ => extended(bits.peek(size) as u32, size) as i16,
        };
        bits.skip(size);
        Ok((Step { places, value }, bits))
    }

    /// Goes from `place` to the end of the block.
    #[inline(always)]
    pub(super) fn skip_block(&self, bits: &mut Bits<'_>, mut place: u32) -> Result<(), Irregular> {
        'steps: while place < 64 {
            bits.fill();
            // Twice at most, so that enough bits are left for a long step.
            for _ in 0..2 {
                let entry = self.skipped[bits.peek(SKIPPED) & ((1 << SKIPPED) - 1)];
                let after = place + u32::from(entry >> 8 & 0x7F);
                let ends = entry & ENDS != 0;
                // What stands after the last place belongs to the next block.
                if entry == 0 || after + u32::from(ends) > 64 {
                    let step = self.step(bits)?;
                    if step.places == Step::END {
                        return Ok(());
                    }
                    place += step.places;
                    continue 'steps;
                }
                bits.skip(u32::from(entry & 0xFF));
                if ends {
                    return Ok(());
                }
                place = after;
                if place >= 64 {
                    break;
                }
            }
        }
        if place == 64 { Ok(()) } else { Err(Irregular) }
    }
}

/// How many places further a symbol leads, as in [`Step`], and how many bits the value there has.
fn places(symbol: u8) -> Option<(u32, u32)> {
    let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
    match (run, size) {
        (15, 0) => Some((16, 0)),
        (run, 0) => Some((Step::END + run, 0)),
        (_, 11..) => None,
        (run, _) => Some((run + 1, size)),
    }
}

/// What the first [`SEEN`] of sixteen `bits` say.
fn seen(code: &Code, bits: u32) -> u32 {
    let Some((symbol, length)) = code.symbol(bits).filter(|(_, length)| *length <= SEEN) else {
        return 0;
    };
    let Some((places, size)) = places(symbol) else {
        return 0;
    };
    let taken = length + size;
    if taken > SEEN {
        return size << 16 | places << 8 | VALUE_FOLLOWS | length;
    }
    let value = extended(bits >> (16 - taken) & ((1 << size) - 1), size) as i16;
    u32::from(value as u16) << 16 | places << 8 | taken
}

/// As many symbols as stand whole in `bits`, taken together.
fn skipped(seen: &[u32; 1 << SEEN], bits: u32) -> u16 {
    let (mut places, mut taken) = (0_u16, 0);
    loop {
        let rest = (bits << taken & ((1 << SKIPPED) - 1)) >> (SKIPPED - SEEN);
        let entry = seen[rest as usize];
        let follows = if entry & VALUE_FOLLOWS == 0 {
            0
        } else {
            entry >> 16
        };
        let length = (entry & 0x1F) + follows;
        let step = entry >> 8 & 0x7F;
        // Of what is seen, only so many bits are there, and the rest is made up.
        if entry == 0 || taken + length > SKIPPED || step > Step::END {
            break;
        }
        taken += length;
        if step == Step::END {
            return ENDS | places << 8 | taken as u16;
        }
        places += step as u16;
        if places > 63 {
            return 0; // more than any block: left to single steps
        }
    }
    places << 8 | taken as u16
}
