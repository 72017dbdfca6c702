use crate::planes::Plane;
use crate::raster::Raster;
use crate::resize::transposed;

/// EXIF orientation: how the stored pixels are turned to be seen upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Orientation {
    /// Rows become columns, before the flips.
    transpose: bool,
    flip_x: bool,
    flip_y: bool,
}

impl Orientation {
    /// By its EXIF number; whatever is not 2 to 8 is upright.
    pub(crate) const fn from_exif(number: u32) -> Self {
        let (transpose, flip_x, flip_y) = match number {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self {
            transpose,
            flip_x,
            flip_y,
        }
    }

    pub(crate) const fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.transpose {
            (height, width)
        } else {
            (width, height)
        }
    }

    pub(crate) fn plane(self, plane: Plane) -> Plane {
        let (width, height) = self.size(plane.width, plane.height);
        let mut samples = plane.samples;
        if self.transpose {
            samples = transposed(&samples, plane.width as usize, plane.height as usize);
        }
        // Both flips at once turn everything round.
        if self.flip_x && self.flip_y {
            samples.reverse();
        } else if self.flip_x {
            samples.chunks_exact_mut(width as usize).for_each(<[u8]>::reverse);
        } else if self.flip_y {
            samples = samples.rchunks_exact(width as usize).flatten().copied().collect();
        }
        Plane {
            width,
            height,
            samples,
        }
    }

    pub(crate) fn raster(self, raster: Raster) -> Raster {
        if self == Self::from_exif(1) {
            return raster;
        }
        let stored_row = raster.width as isize * 3;
        // One pixel to the right and one row down in the upright picture are these steps in the stored one.
        let (mut right, mut down) = if self.transpose {
            (stored_row, 3)
        } else {
            (3, stored_row)
        };
        let (width, height) = self.size(raster.width, raster.height);
        let mut start = 0;
        if self.flip_x {
            start += right * (width as isize - 1);
            right = -right;
        }
        if self.flip_y {
            start += down * (height as isize - 1);
            down = -down;
        }
        let mut rgb = Vec::with_capacity(raster.rgb.len());
        for y in 0..height as isize {
            let row = start + y * down;
            for x in 0..width as isize {
                let at = (row + x * right) as usize;
                rgb.extend_from_slice(&raster.rgb[at..at + 3]);
            }
        }
        Raster { width, height, rgb }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of three: a b c / d e f.
    fn seen(number: u32) -> (u32, u32, String) {
        let rgb = "abcdef".bytes().flat_map(|letter| [letter; 3]).collect();
        let turned = Orientation::from_exif(number).raster(Raster {
            width: 3,
            height: 2,
            rgb,
        });
        let letters = turned.rgb.chunks(3).map(|pixel| char::from(pixel[0])).collect();
        (turned.width, turned.height, letters)
    }

    #[test]
    fn planes_turn_as_rasters_do() {
        for number in 0..=9 {
            let (width, height, seen) = seen(number);
            let turned = Orientation::from_exif(number).plane(Plane {
                width: 3,
                height: 2,
                samples: b"abcdef".to_vec(),
            });
            assert_eq!(
                (turned.width, turned.height),
                (width, height),
                "orientation {number}"
            );
            assert_eq!(turned.samples, seen.as_bytes(), "orientation {number}");
        }
    }

    #[test]
    fn each_orientation_turns_as_exif_says() {
        for (number, expected) in [
            (0, (3, 2, "abcdef")),
            (1, (3, 2, "abcdef")),
            (2, (3, 2, "cbafed")),
            (3, (3, 2, "fedcba")),
            (4, (3, 2, "defabc")),
            (5, (2, 3, "adbecf")),
            (6, (2, 3, "daebfc")),
            (7, (2, 3, "fcebda")),
            (8, (2, 3, "cfbead")),
            (9, (3, 2, "abcdef")),
        ] {
            let (width, height, letters) = seen(number);
            assert_eq!(
                (width, height, letters.as_str()),
                expected,
                "orientation {number}"
            );
        }
    }
}
