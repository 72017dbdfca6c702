//! From coefficients to pixels, scaled: of each block's 8×8 frequencies the lowest N×N make N×N pixels.

/// Blocks transformed together, one in each lane.
pub(super) const LANES: usize = 8;

type Lane = [f32; LANES];

/// In which order coefficients are coded: row and column of each.
#[rustfmt::skip]
const ZIGZAG: [(u8, u8); 64] = [
    (0, 0), (0, 1), (1, 0), (2, 0), (1, 1), (0, 2), (0, 3), (1, 2), (2, 1), (3, 0), (4, 0), (3, 1), (2, 2), (1, 3), (0, 4), (0, 5),
    (1, 4), (2, 3), (3, 2), (4, 1), (5, 0), (6, 0), (5, 1), (4, 2), (3, 3), (2, 4), (1, 5), (0, 6), (0, 7), (1, 6), (2, 5), (3, 4),
    (4, 3), (5, 2), (6, 1), (7, 0), (7, 1), (6, 2), (5, 3), (4, 4), (3, 5), (2, 6), (1, 7), (2, 7), (3, 6), (4, 5), (5, 4), (6, 3),
    (7, 2), (7, 3), (6, 4), (5, 5), (4, 6), (3, 7), (4, 7), (5, 6), (6, 5), (7, 4), (7, 5), (6, 6), (5, 7), (6, 7), (7, 6), (7, 7),
];

/// How many coefficients must be read for the lowest `side`×`side`: up to the last of them.
pub(super) const fn needed(side: usize) -> usize {
    match side {
        1 => 1,
        2 => 5,
        3 => 13,
        4 => 25,
        _ => 64,
    }
}

/// Turns rows of blocks into rows of pixels, so many for each block.
#[derive(Debug)]
pub(super) struct Transform {
    side: usize,
    /// What one step of quantisation means at each place in coded order, with all factors that pixels have in common.
    steps: [f32; 64],
}

impl Transform {
    /// `quantisation` in coded order; `side` from 1 to 4, or 8.
    pub(super) fn new(side: usize, quantisation: &[u16; 64]) -> Self {
        let norm = |frequency: u8| if frequency == 0 { 0.5_f32.sqrt() } else { 1.0 };
        let mut steps = [0.0; 64];
        for (step, ((row, column), quantisation)) in steps.iter_mut().zip(ZIGZAG.iter().zip(quantisation)) {
            *step = f32::from(*quantisation) * norm(*row) * norm(*column) / 4.0;
        }
        Self { side, steps }
    }

    /// `coefficients`: for each place in coded order the values of all `blocks`, which are a multiple of the lanes. `pixels`: as
    /// many rows as the side, of as many times the blocks.
    pub(super) fn row(&self, coefficients: &[i16], blocks: usize, pixels: &mut [u8]) {
        match self.side {
            1 => self.row_of::<1>(coefficients, blocks, pixels),
            2 => self.row_of::<2>(coefficients, blocks, pixels),
            3 => self.row_of::<3>(coefficients, blocks, pixels),
            4 => self.row_of::<4>(coefficients, blocks, pixels),
            _ => self.row_of::<8>(coefficients, blocks, pixels),
        }
    }

    fn row_of<const N: usize>(&self, coefficients: &[i16], blocks: usize, pixels: &mut [u8]) {
        let (order, waves) = (order::<N>(), waves::<N>());
        let stride = blocks * N;
        for first in (0..blocks).step_by(LANES) {
            let mut values = [[[0.0; LANES]; N]; N];
            for row in 0..N {
                for column in 0..N {
                    let place = order[row][column];
                    let step = self.steps[place];
                    let from = &coefficients[place * blocks + first..][..LANES];
                    for (lane, value) in values[row][column].iter_mut().zip(from) {
                        *lane = f32::from(*value) * step;
                    }
                }
            }
            for row in &mut values {
                sum(&waves, row);
            }
            let mut rows = [[[0_u8; LANES]; N]; N];
            for x in 0..N {
                let mut column = [[0.0; LANES]; N];
                for y in 0..N {
                    column[y] = values[y][x];
                }
                sum(&waves, &mut column);
                for y in 0..N {
                    for lane in 0..LANES {
                        rows[y][x][lane] = pixel(column[y][lane]);
                    }
                }
            }
            for (y, lanes) in rows.iter().enumerate() {
                let to = &mut pixels[y * stride + first * N..][..LANES * N];
                for block in 0..LANES {
                    for x in 0..N {
                        to[block * N + x] = lanes[x][block];
                    }
                }
            }
        }
    }
}

/// Where in the coded order the coefficient of each row and column stands.
fn order<const N: usize>() -> [[usize; N]; N] {
    let mut order = [[0; N]; N];
    for (place, (row, column)) in ZIGZAG.iter().enumerate() {
        if let Some(place_of) = order
            .get_mut(usize::from(*row))
            .and_then(|row| row.get_mut(usize::from(*column)))
        {
            *place_of = place;
        }
    }
    order
}

/// The cosines: pixel × frequency.
fn waves<const N: usize>() -> [[f32; N]; N] {
    let mut waves = [[0.0; N]; N];
    for (pixel, waves) in waves.iter_mut().enumerate() {
        for (frequency, wave) in waves.iter_mut().enumerate() {
            let angle = (2 * pixel + 1) as f64 * frequency as f64 * std::f64::consts::PI / (2 * N) as f64;
            *wave = angle.cos() as f32;
        }
    }
    waves
}

/// From frequencies to what they sum up to, in place. Waves are even or odd about the middle: half of them do.
#[inline(always)]
fn sum<const N: usize>(waves: &[[f32; N]; N], values: &mut [Lane; N]) {
    let mut sums = [[0.0; LANES]; N];
    for pixel in 0..N.div_ceil(2) {
        let mut even = values[0];
        let mut odd = [0.0; LANES];
        for frequency in 1..N {
            let wave = waves[pixel][frequency];
            let sum = if frequency % 2 == 0 { &mut even } else { &mut odd };
            for lane in 0..LANES {
                sum[lane] += wave * values[frequency][lane];
            }
        }
        for lane in 0..LANES {
            sums[pixel][lane] = even[lane] + odd[lane];
            sums[N - 1 - pixel][lane] = even[lane] - odd[lane];
        }
    }
    *values = sums;
}

/// Rounds and lifts to 0…255.
#[inline(always)]
fn pixel(value: f32) -> u8 {
    // Beyond 2²³ the lowest bits of a float are its whole number: cheaper than a conversion that saturates.
    const WHOLE: f32 = 8_388_608.0;
    ((value + 128.0).clamp(0.0, 255.0) + WHOLE).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_reaches_to_the_corner() {
        for side in [1, 2, 3, 4, 8_u8] {
            let corner = (side - 1, side - 1);
            let last = ZIGZAG.iter().position(|place| *place == corner).unwrap();
            assert_eq!(needed(usize::from(side)), last + 1);
        }
    }

    #[test]
    fn a_mean_alone_is_a_plain_block_at_every_size() {
        fn pixels<const N: usize>() -> Vec<u8> {
            let mut coefficients = vec![0; needed(N) * LANES];
            coefficients[..LANES].copy_from_slice(&[0, 10, -10, 1000, -1000, 1, 2, 3]);
            let mut pixels = vec![0; LANES * N * N];
            Transform::new(N, &[16; 64]).row(&coefficients, LANES, &mut pixels);
            pixels
        }
        fn check<const N: usize>() {
            for row in pixels::<N>().chunks(LANES * N) {
                let blocks: Vec<u8> = row.chunks(N).map(|block| block[0]).collect();
                assert_eq!(blocks, [128, 148, 108, 255, 0, 130, 132, 134]);
                assert!(
                    row.chunks(N)
                        .all(|block| block.iter().all(|pixel| *pixel == block[0]))
                );
            }
        }
        check::<1>();
        check::<3>();
        check::<8>();
    }
}
