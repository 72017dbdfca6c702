//! Lanczos, by `fast_image_resize`.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::ImagingError;
use crate::raster::Raster;

/// Keeps its buffers from one picture to the next.
#[derive(Debug, Default)]
pub(crate) struct Resize(Resizer);

impl Resize {
    pub(crate) fn raster(
        &mut self,
        raster: Raster,
        covered: (f64, f64),
        (width, height): (u32, u32),
    ) -> Result<Raster, ImagingError> {
        let size = (raster.width, raster.height);
        if size == (width, height) && covered == (f64::from(width), f64::from(height)) {
            return Ok(raster);
        }
        let rgb = self.scale(&raster.rgb, PixelType::U8x3, size, covered, (width, height))?;
        Ok(Raster { width, height, rgb })
    }

    /// Rows are mixed many pixels at a time, columns are not: so a plane is laid on its side to have its columns mixed as
    /// rows, and back, which takes half the time.
    pub(crate) fn plane(
        &mut self,
        samples: &[u8],
        (width, height): (u32, u32),
        covered: (f64, f64),
        wanted: (u32, u32),
    ) -> Result<Vec<u8>, ImagingError> {
        let whole = f64::from(width);
        let low = self.scale(
            samples,
            PixelType::U8,
            (width, height),
            (whole, covered.1),
            (width, wanted.1),
        )?;
        if (width, whole) == (wanted.0, covered.0) {
            return Ok(low);
        }
        let on_its_side = transposed(&low, width as usize, wanted.1 as usize);
        let covered = (f64::from(wanted.1), covered.0);
        let size = (wanted.1, width);
        let narrow = self.scale(&on_its_side, PixelType::U8, size, covered, (wanted.1, wanted.0))?;
        Ok(transposed(&narrow, wanted.1 as usize, wanted.0 as usize))
    }

    fn scale(
        &mut self,
        pixels: &[u8],
        kind: PixelType,
        (width, height): (u32, u32),
        covered: (f64, f64),
        wanted: (u32, u32),
    ) -> Result<Vec<u8>, ImagingError> {
        let failed = |reason: String| ImagingError::TooCostly(format!("resizing failed: {reason}"));
        let source = ImageRef::new(width, height, pixels, kind);
        let source = source.map_err(|error| failed(error.to_string()))?;
        let mut target = Image::new(wanted.0, wanted.1, kind);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(0.0, 0.0, covered.0, covered.1);
        self.0
            .resize(&source, &mut target, &options)
            .map_err(|error| failed(error.to_string()))?;
        Ok(target.into_vec())
    }
}

/// Rows of `width` samples become columns.
pub(crate) fn transposed(samples: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut turned = vec![0; width * height];
    // Squares of eight by eight, each row a word; what is left at the edges one by one.
    let (squares_across, squares_down) = (width / 8, height / 8);
    for y in (0..squares_down * 8).step_by(8) {
        for x in (0..squares_across * 8).step_by(8) {
            let mut square = [0_u64; 8];
            for (row, word) in square.iter_mut().enumerate() {
                if let Some(bytes) = samples[(y + row) * width + x..].first_chunk() {
                    *word = u64::from_le_bytes(*bytes);
                }
            }
            transpose(&mut square);
            for (row, word) in square.iter().enumerate() {
                turned[(x + row) * height + y..][..8].copy_from_slice(&word.to_le_bytes());
            }
        }
    }
    for y in 0..height {
        let from = if y < squares_down * 8 {
            squares_across * 8
        } else {
            0
        };
        for x in from..width {
            turned[x * height + y] = samples[y * width + x];
        }
    }
    turned
}

/// Rows of eight bytes become columns: halves, then quarters, then eighths are exchanged.
#[inline(always)]
fn transpose(square: &mut [u64; 8]) {
    for (distance, mask) in [
        (4, 0x0000_0000_FFFF_FFFF_u64),
        (2, 0x0000_FFFF_0000_FFFF),
        (1, 0x00FF_00FF_00FF_00FF),
    ] {
        for row in (0..8).filter(|row| row & distance == 0) {
            let other = row | distance;
            let differs = (square[row] >> (8 * distance) ^ square[other]) & mask;
            square[other] ^= differs;
            square[row] ^= differs << (8 * distance);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns() {
        for (width, height) in [(8, 8), (1, 9), (17, 10), (24, 16), (5, 3)] {
            let samples: Vec<u8> = (0..width * height).map(|n| (n * 7 % 251) as u8).collect();
            let turned = transposed(&samples, width, height);
            for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                assert_eq!(
                    turned[x * height + y],
                    samples[y * width + x],
                    "{width}×{height}, {x}, {y}"
                );
            }
        }
    }

    #[test]
    fn planes_are_resized_as_rasters_are() {
        let samples: Vec<u8> = (0..97 * 61).map(|n: u32| (n * n / 37 % 256) as u8).collect();
        let raster = Raster {
            width: 97,
            height: 61,
            rgb: samples.iter().flat_map(|sample| [*sample; 3]).collect(),
        };
        let (covered, wanted) = ((95.5, 60.25), (40, 33));
        let plane = Resize::default()
            .plane(&samples, (97, 61), covered, wanted)
            .unwrap();
        let raster = Resize::default().raster(raster, covered, wanted).unwrap();
        let apart = plane
            .iter()
            .zip(raster.rgb.chunks(3))
            .map(|(one, other)| one.abs_diff(other[0]))
            .max();
        assert!(apart <= Some(2), "{apart:?}: only the order of rounding differs");
    }

    #[test]
    fn a_resize_keeps_to_what_the_picture_covers() {
        // Nine columns, of which the last is half outside: what it repeats must not move the edge between the halves.
        let row: Vec<u8> = (0..9).flat_map(|x| [if x < 4 { 0 } else { 255 }; 3]).collect();
        let raster = Raster {
            width: 9,
            height: 1,
            rgb: row,
        };
        let scaled = Resize::default().raster(raster, (8.0, 1.0), (2, 1)).unwrap();
        assert!(scaled.rgb[0] < 40 && scaled.rgb[3] > 215, "{:?}", scaled.rgb);
    }
}
