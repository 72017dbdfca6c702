//! Entropy-coded data, bit by bit.

/// Data that is not as a camera writes it: what it still holds, a more patient decoder must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Irregular;

/// Takes bits from the front of coded data, without the zeros that are stuffed after each 0xFF. Before a marker it stops, and
/// gives zeros.
///
/// It is copied and handed back rather than lent: so it stays in registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits<'d> {
    rest: &'d [u8],
    /// What comes next, from its highest bit down. Below `filled` may stand bits of bytes that are still in `rest`.
    next: u64,
    filled: u32,
    /// How many of `filled` were made up.
    made_up: u32,
}

impl<'d> Bits<'d> {
    pub(super) fn new(rest: &'d [u8]) -> Self {
        Self {
            rest,
            next: 0,
            filled: 0,
            made_up: 0,
        }
    }

    /// Makes sure that at least 56 bits are at hand.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        if let Some(word) = self.rest.first_chunk() {
            let word = u64::from_be_bytes(*word);
            if !holds_ff(word) {
                self.next |= word >> (self.filled & 63);
                let bytes = (self.filled ^ 63) >> 3 & 7;
                self.rest = &self.rest[bytes as usize..];
                self.filled |= 56;
                return;
            }
        }
        *self = self.filled_by_bytes();
    }

    #[cold]
    #[inline(never)]
    fn filled_by_bytes(mut self) -> Self {
        while self.filled < 56 {
            let byte = match *self.rest {
                [0xFF, 0x00, ref rest @ ..] => {
                    self.rest = rest;
                    0xFF
                }
                [0xFF, ..] | [] => {
                    self.made_up += 8;
                    0
                }
                [byte, ref rest @ ..] => {
                    self.rest = rest;
                    byte
                }
            };
            self.next |= u64::from(byte) << (56 - self.filled);
            self.filled += 8;
        }
        self
    }

    /// The next `count` bits, 1 to 32, as a number; they must be at hand.
    #[inline(always)]
    pub(super) fn peek(&self, count: u32) -> usize {
        (self.next >> (64 - count)) as usize
    }

    /// Goes on by `count` bits, below 64, which must be at hand.
    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.next <<= count & 63;
        self.filled = self.filled.wrapping_sub(count);
    }

    /// Whether what was taken was all there. To be asked now and then: a file that ends soon may declare many pixels.
    pub(super) fn still_real(&self) -> Result<(), Irregular> {
        if self.made_up > self.filled {
            Err(Irregular)
        } else {
            Ok(())
        }
    }

    /// Ends a stretch of data, which must be used up but for the last byte's rest, and gives what follows: a marker.
    pub(super) fn end(&self) -> Result<&'d [u8], Irregular> {
        self.still_real()?;
        let left = self.filled - self.made_up;
        if left < 8 { Ok(self.rest) } else { Err(Irregular) }
    }

    /// Goes beyond the restart marker of this number, which must be next.
    fn restarted(&self, number: u8) -> Result<Self, Irregular> {
        match self.end()? {
            [0xFF, marker, rest @ ..] if *marker == 0xD0 + number => Ok(Self::new(rest)),
            _ => Err(Irregular),
        }
    }
}

/// Counts the units of a scan from one restart marker to the next.
#[derive(Debug)]
pub(super) struct Restarts {
    /// 0 where there are none.
    interval: usize,
    left: usize,
    number: u8,
}

impl Restarts {
    pub(super) fn each(interval: usize) -> Self {
        Self {
            interval,
            left: interval,
            number: 0,
        }
    }

    /// Where the next unit begins, if that is beyond a restart marker.
    #[inline(always)]
    pub(super) fn before_unit<'d>(&mut self, bits: &Bits<'d>) -> Result<Option<Bits<'d>>, Irregular> {
        let due = self.interval > 0 && self.left == 0;
        if due {
            self.left = self.interval;
        }
        self.left = self.left.wrapping_sub(1);
        if !due {
            return Ok(None);
        }
        let beyond = bits.restarted(self.number)?;
        self.number = (self.number + 1) & 7;
        Ok(Some(beyond))
    }
}

/// Whether any of eight bytes is 0xFF.
#[inline(always)]
fn holds_ff(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    (!word).wrapping_sub(ONES) & word & (ONES << 7) != 0
}
