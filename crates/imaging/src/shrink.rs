use crate::PREVIEW_EDGE;
use crate::raster::{Decoded, Pixels, Raster};

/// Takes a picture row by row, in any order, and keeps it only as large as a preview needs: squares of `step`×`step`
/// pixels become their mean as they arrive. So a picture of 200 megapixels is never in memory.
///
/// The mean over whole squares before a Lanczos resize is what libvips does, too; `step` leaves at least the preview's
/// edge, so that the resize still has the last word.
pub(crate) struct Shrink {
    width: u32,
    height: u32,
    step: u32,
    raster: Raster,
    /// Sums of the squares under way: of one row of squares, or of all where rows come in any order.
    sums: Vec<u32>,
    order: Order,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Each row whole, from the top.
    FromTheTop,
    /// Interlaced.
    Any,
}

impl Shrink {
    /// Each pixel must be put exactly once.
    pub(crate) fn new(width: u32, height: u32, order: Order) -> Self {
        let step = (width.max(height) / PREVIEW_EDGE).max(1);
        let raster = Raster::white(width.div_ceil(step), height.div_ceil(step));
        let sums = match (step, order) {
            (1, _) => 0,
            (_, Order::FromTheTop) => raster.width as usize * 3,
            (_, Order::Any) => raster.rgb.len(),
        };
        Self {
            width,
            height,
            step,
            raster,
            sums: vec![0; sums],
            order,
        }
    }

    /// Pixels `first`, `first + every`, `first + 2 × every`, … of row `y`.
    pub(crate) fn put(&mut self, y: u32, first: u32, every: u32, pixels: impl Iterator<Item = [u8; 3]>) {
        let columns = (first..self.width).step_by(every as usize);
        if self.step == 1 {
            let row = y as usize * self.width as usize;
            for (x, pixel) in columns.zip(pixels) {
                let at = (row + x as usize) * 3;
                self.raster.rgb[at..at + 3].copy_from_slice(&pixel);
            }
            return;
        }
        let square_row = y / self.step;
        let start = match self.order {
            Order::FromTheTop => 0,
            Order::Any => square_row as usize * self.raster.width as usize,
        };
        for (x, pixel) in columns.zip(pixels) {
            let at = (start + (x / self.step) as usize) * 3;
            for (sum, value) in self.sums[at..at + 3].iter_mut().zip(pixel) {
                *sum += u32::from(value);
            }
        }
        let row_of_squares_complete = (y + 1).is_multiple_of(self.step) || y + 1 == self.height;
        if self.order == Order::FromTheTop && row_of_squares_complete {
            self.settle(square_row, 0);
            self.sums.fill(0);
        }
    }

    pub(crate) fn finish(mut self) -> Decoded {
        if self.step > 1 && self.order == Order::Any {
            for square_row in 0..self.raster.height {
                self.settle(square_row, square_row as usize * self.raster.width as usize);
            }
        }
        let step = f64::from(self.step);
        Decoded {
            pixels: Pixels::Rgb(
                self.raster,
                (f64::from(self.width) / step, f64::from(self.height) / step),
            ),
            width: self.width,
            height: self.height,
        }
    }

    /// Divides the sums from `start` on into one row of the raster. Squares at the edges hold fewer pixels.
    fn settle(&mut self, square_row: u32, start: usize) {
        let rows = self.step.min(self.height - square_row * self.step);
        let out = square_row as usize * self.raster.width as usize;
        for square in 0..self.raster.width {
            let columns = self.step.min(self.width - square * self.step);
            let (count, square) = (rows * columns, square as usize);
            let from = &self.sums[(start + square) * 3..][..3];
            let to = &mut self.raster.rgb[(out + square) * 3..][..3];
            for (value, sum) in to.iter_mut().zip(from) {
                *value = ((sum + count / 2) / count) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(x: u32, y: u32) -> [u8; 3] {
        [(x * 255 / 4000) as u8, (y * 255 / 3000) as u8, 40]
    }

    fn finished(shrink: Shrink) -> (Raster, (f64, f64)) {
        match shrink.finish().pixels {
            Pixels::Rgb(raster, covered) => (raster, covered),
            Pixels::Planes(_) => unreachable!(),
        }
    }

    #[test]
    fn rows_in_any_order_give_the_same_picture() {
        let (width, height) = (4001, 2999);
        let row = |y: u32| (0..width).map(move |x| ramp(x, y));
        let mut sequential = Shrink::new(width, height, Order::FromTheTop);
        (0..height).for_each(|y| sequential.put(y, 0, 1, row(y)));
        let mut scattered = Shrink::new(width, height, Order::Any);
        for y in (0..height).rev() {
            scattered.put(y, 1, 2, row(y).skip(1).step_by(2));
            scattered.put(y, 0, 2, row(y).step_by(2));
        }
        let ((sequential, covered), (scattered, _)) = (finished(sequential), finished(scattered));
        assert_eq!(sequential.rgb, scattered.rgb);
        assert_eq!((sequential.width, sequential.height), (2001, 1500));
        assert_eq!(covered, (2000.5, 1499.5));
        let last = sequential.rgb.last_chunk::<3>().unwrap();
        assert_eq!(
            *last,
            ramp(4000, 2998),
            "a square at the corner is the mean of the pixels it has"
        );
    }

    #[test]
    fn a_small_picture_is_kept_as_it_is() {
        let mut shrink = Shrink::new(3, 2, Order::FromTheTop);
        (0..2).for_each(|y| shrink.put(y, 0, 1, (0..3).map(|x| [x as u8, y as u8, 7])));
        assert_eq!(
            finished(shrink).0.rgb,
            [0, 0, 7, 1, 0, 7, 2, 0, 7, 0, 1, 7, 1, 1, 7, 2, 1, 7]
        );
    }
}
