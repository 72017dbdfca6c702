//! Which of the decoders of ours reads a JPEG, and what both give.

use super::headers::{Component, Frame, Headers};
use super::transform::LANES;
use super::{baseline, progressive};
use crate::planes::{Plane, ScaledPlane};

/// Decodes a condensed JPEG of one grey or three Y'CbCr components, scaled by `eighths`/8: 1 to 4, or 8.
///
/// `None`: it is something else, or something is wrong with it.
pub(super) fn decode(jpeg: &[u8], eighths: u32) -> Option<Vec<ScaledPlane>> {
    let side = eighths as usize;
    if !matches!(side, 1..=4 | 8) {
        return None;
    }
    let (mut headers, frame, scan, data) = Headers::read(jpeg)?;
    if frame.progressive {
        progressive::decode(side, &mut headers, &frame, scan, data)
    } else {
        baseline::decode(side, &mut headers, &frame, &scan, data)
    }
}

impl Component {
    /// Rounded up to what is transformed together.
    pub(super) fn blocks_in_row(&self, units: usize) -> usize {
        (units * self.across).next_multiple_of(LANES)
    }
}

/// Planes of whole blocks, with what of them the picture covers.
pub(super) fn scaled_planes(side: usize, frame: &Frame, samples: Vec<Vec<u8>>) -> Vec<ScaledPlane> {
    let (across, down) = frame.unit();
    let (units, _) = frame.units();
    let covered = |length: usize, own: usize, most: usize| (length * own * side) as f64 / (most * 8) as f64;
    let planes = frame.components.iter().zip(samples);
    let planes = planes.map(|(component, samples)| {
        let width = component.blocks_in_row(units) * side;
        ScaledPlane {
            covered: (
                covered(frame.width, component.across, across),
                covered(frame.height, component.down, down),
            ),
            plane: Plane {
                width: width as u32,
                height: (samples.len() / width) as u32,
                samples,
            },
        }
    });
    planes.collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::path::PathBuf;

    use super::*;
    use crate::Limits;
    use crate::ffi::turbojpeg::{self, Bounds, Channels};
    use crate::input::Input;
    use crate::jpeg::condense::{Condensed, condense};
    use crate::planes::to_raster;
    use crate::resize::Resize;

    fn condensed(file: &[u8]) -> Condensed {
        condense(
            &mut Input::open(&mut Cursor::new(file)).unwrap(),
            &Limits::default(),
        )
        .unwrap()
    }

    fn fixture(name: &str) -> Condensed {
        let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
        condensed(&std::fs::read(path).unwrap())
    }

    /// Every JPEG there is: the fixtures, and cameras' where there are samples.
    #[expect(clippy::disallowed_methods)] // of the test itself, not of a service
    fn files() -> Vec<PathBuf> {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
        let samples =
            std::env::var_os("PHOTURE_SAMPLES").map(|samples| PathBuf::from(samples).join("camera"));
        let folders = [Some(PathBuf::from(fixtures)), samples].into_iter().flatten();
        let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let files = files.map(|entry| entry.unwrap().path());
        files
            .filter(|file| file.extension().is_some_and(|ending| ending == "jpg"))
            .collect()
    }

    /// By libjpeg-turbo, which doubles colours by its own filter: compared where they change little.
    fn brightness_of(jpeg: &Condensed, eighths: u32) -> Vec<u8> {
        let (width, height) = (jpeg.frame.width, jpeg.frame.height);
        let bounds = Bounds {
            max_pixels: 1 << 30,
            max_memory: 1 << 30,
            max_scans: 100,
        };
        let rgb = turbojpeg::decode(&jpeg.bytes, width, height, eighths, Channels::Rgb, bounds).unwrap();
        let brightness = |pixel: &[u8]| {
            0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2])
        };
        rgb.chunks_exact(3)
            .map(|pixel| brightness(pixel).round() as u8)
            .collect()
    }

    #[test]
    fn ours_decode_as_libjpeg_turbo_does() {
        let mut kinds = Vec::new();
        for file in files() {
            let jpeg = condensed(&std::fs::read(&file).unwrap());
            if jpeg.frame.components.len() == 4 {
                continue;
            }
            // Not halves and quarters: it makes them as means, with what is finer than they can show folded in.
            for eighths in [1, 3, 8] {
                let Some(planes) = decode(&jpeg.bytes, eighths) else {
                    continue; // arithmetic, RGB, …
                };
                kinds.push((jpeg.frame.marker, planes.len()));
                let (width, height) = (jpeg.frame.width * eighths, jpeg.frame.height * eighths);
                let theirs = brightness_of(&jpeg, eighths);
                let (across, down) = (width.div_ceil(8) as usize, height.div_ceil(8) as usize);
                let luma = &planes[0].plane;
                let rows = luma.samples.chunks_exact(luma.width as usize);
                let ours = rows.take(down).flat_map(|row| &row[..across]);
                let apart: Vec<u32> = ours
                    .zip(&theirs)
                    .map(|(one, other)| u32::from(one.abs_diff(*other)))
                    .collect();
                let mean = f64::from(apart.iter().sum::<u32>()) / apart.len() as f64;
                assert!(
                    mean < 1.0,
                    "{} at {eighths}/8: brightness differs by {mean} in the mean",
                    file.display()
                );
            }
        }
        for kind in [(0xC0, 3), (0xC0, 1), (0xC2, 3)] {
            assert!(kinds.contains(&kind), "none of {kind:?} was decoded");
        }
    }

    #[test]
    fn a_flaw_anywhere_is_left_to_others() {
        for name in ["444.jpg", "422.jpg"] {
            let jpeg = fixture(name).bytes;
            assert!(decode(&jpeg, 3).is_some());
            for cut in (2..jpeg.len()).step_by(97) {
                let broken = [&jpeg[..cut], &[0xFF, 0xD9]].concat();
                assert!(decode(&broken, 3).is_none(), "{name} cut at {cut} was taken");
            }
        }
    }

    #[test]
    fn many_pixels_without_data_are_given_up_soon() {
        for name in ["444.jpg", "progressive.jpg"] {
            let mut jpeg = fixture(name).bytes;
            let frame = jpeg
                .windows(2)
                .position(|marker| matches!(marker, [0xFF, 0xC0 | 0xC2]))
                .unwrap();
            jpeg[frame + 5..frame + 9].copy_from_slice(&[0x37, 0x3E, 0x37, 0x3E]); // 200 megapixels
            assert!(decode(&jpeg, 1).is_none());
        }
    }

    #[test]
    fn colours_are_where_they_belong() {
        let mut resize = Resize::default();
        let mut seen = Vec::new();
        for name in ["444.jpg", "422.jpg", "440.jpg"] {
            let jpeg = fixture(name);
            let planes = decode(&jpeg.bytes, 8).unwrap();
            seen.push(
                to_raster(&planes, &mut resize, jpeg.frame.width, jpeg.frame.height)
                    .unwrap()
                    .rgb,
            );
        }
        for other in &seen[1..] {
            let apart = seen[0]
                .iter()
                .zip(other)
                .map(|(one, other)| f64::from(one.abs_diff(*other)))
                .sum::<f64>();
            assert!(
                apart / (seen[0].len() as f64) < 4.0,
                "{}",
                apart / seen[0].len() as f64
            );
        }
    }
}
