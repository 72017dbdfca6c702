//! Brightness and colours apart, as JPEG and WebP code them: Y'CbCr of BT.601 over the full range of a byte, as JFIF has it.

use crate::ImagingError;
use crate::raster::Raster;
use crate::resize::Resize;
use crate::upright::Orientation;

/// Samples of one kind, row after row without gaps.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) samples: Vec<u8>,
}

/// A plane as a decoder gives it: scaled, and with whole blocks of which the last lie outside of the picture.
#[derive(Clone, Debug)]
pub(crate) struct ScaledPlane {
    pub(crate) plane: Plane,
    /// How much of it the picture covers.
    pub(crate) covered: (f64, f64),
}

impl ScaledPlane {
    fn resized(&self, resize: &mut Resize, width: u32, height: u32) -> Result<Plane, ImagingError> {
        let Plane {
            width: w,
            height: h,
            samples,
        } = &self.plane;
        let samples = resize.plane(samples, (*w, *h), self.covered, (width, height))?;
        Ok(Plane {
            width,
            height,
            samples,
        })
    }
}

/// The pixels of a decoded JPEG at `width`×`height`. `planes`: brightness, and both colours where there are any.
pub(crate) fn to_raster(
    planes: &[ScaledPlane],
    resize: &mut Resize,
    width: u32,
    height: u32,
) -> Result<Raster, ImagingError> {
    let [luma, chroma @ ..] = planes else {
        return Err(ImagingError::corrupt("it holds no picture"));
    };
    let luma = luma.resized(resize, width, height)?;
    let mut pixels = vec![0; luma.samples.len() * 3];
    let each = pixels.chunks_exact_mut(3).zip(&luma.samples);
    if let [cb, cr] = chroma {
        let (cb, cr) = (
            cb.resized(resize, width, height)?,
            cr.resized(resize, width, height)?,
        );
        for ((pixel, y), (cb, cr)) in each.zip(cb.samples.iter().zip(&cr.samples)) {
            pixel.copy_from_slice(&rgb(*y, *cb, *cr));
        }
    } else {
        each.for_each(|(pixel, y)| pixel.fill(*y));
    }
    Ok(Raster {
        width,
        height,
        rgb: pixels,
    })
}

/// A picture ready for coding: of the colours one sample for four pixels, rounded up (4:2:0).
#[derive(Clone, Debug)]
pub(crate) struct Halved {
    pub(crate) luma: Plane,
    pub(crate) cb: Plane,
    pub(crate) cr: Plane,
}

impl Halved {
    /// Resizes what a JPEG decoder gives without a way through RGB.
    pub(crate) fn of_planes(
        planes: &[ScaledPlane],
        resize: &mut Resize,
        width: u32,
        height: u32,
    ) -> Result<Self, ImagingError> {
        let [luma, chroma @ ..] = planes else {
            return Err(ImagingError::corrupt("it holds no picture"));
        };
        let (across, down) = (width.div_ceil(2), height.div_ceil(2));
        let (cb, cr) = if let [cb, cr] = chroma {
            (
                cb.resized(resize, across, down)?,
                cr.resized(resize, across, down)?,
            )
        } else {
            let grey = Plane {
                width: across,
                height: down,
                samples: vec![128; across as usize * down as usize],
            };
            (grey.clone(), grey)
        };
        let luma = luma.resized(resize, width, height)?;
        Ok(Self { luma, cb, cr })
    }

    pub(crate) fn of_raster(raster: &Raster) -> Self {
        let (width, height) = (raster.width as usize, raster.height as usize);
        let luma = raster
            .rgb
            .chunks_exact(3)
            .map(|pixel| brightness(pixel[0], pixel[1], pixel[2]));
        let luma = Plane {
            width: raster.width,
            height: raster.height,
            samples: luma.collect(),
        };
        let (across, down) = (width.div_ceil(2), height.div_ceil(2));
        let (mut cb, mut cr) = (
            Vec::with_capacity(across * down),
            Vec::with_capacity(across * down),
        );
        for y in 0..down {
            let upper = &raster.rgb[2 * y * width * 3..][..width * 3];
            let lower = &raster.rgb[(2 * y + 1).min(height - 1) * width * 3..][..width * 3];
            for (upper, lower) in upper.chunks(6).zip(lower.chunks(6)) {
                // At the right edge there may be but one column.
                let (left, right) = ([upper, lower], upper.len() - 3);
                let sum = |channel: usize| {
                    left.iter()
                        .map(|row| i32::from(row[channel]) + i32::from(row[right + channel]))
                        .sum()
                };
                let (blue, red) = colours(sum(0), sum(1), sum(2));
                cb.push(blue);
                cr.push(red);
            }
        }
        let plane = |samples| Plane {
            width: across as u32,
            height: down as u32,
            samples,
        };
        Self {
            luma,
            cb: plane(cb),
            cr: plane(cr),
        }
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        (self.luma.width, self.luma.height)
    }

    pub(crate) fn turned(self, orientation: Orientation) -> Self {
        Self {
            luma: orientation.plane(self.luma),
            cb: orientation.plane(self.cb),
            cr: orientation.plane(self.cr),
        }
    }

    pub(crate) fn smaller(&self, resize: &mut Resize, width: u32, height: u32) -> Result<Self, ImagingError> {
        if self.size() == (width, height) {
            return Ok(self.clone());
        }
        Self::of_planes(&self.clone().whole(), resize, width, height)
    }

    pub(crate) fn to_raster(
        &self,
        resize: &mut Resize,
        width: u32,
        height: u32,
    ) -> Result<Raster, ImagingError> {
        to_raster(&self.clone().whole(), resize, width, height)
    }

    fn whole(self) -> [ScaledPlane; 3] {
        [self.luma, self.cb, self.cr].map(|plane| ScaledPlane {
            covered: (f64::from(plane.width), f64::from(plane.height)),
            plane,
        })
    }
}

/// Weights of red, green and blue, of 65,536.
const LUMA: [i32; 3] = [19_595, 38_470, 7_471];

fn brightness(r: u8, g: u8, b: u8) -> u8 {
    let [r, g, b] = [r, g, b].map(i32::from);
    ((LUMA[0] * r + LUMA[1] * g + LUMA[2] * b + 32_768) >> 16) as u8
}

/// Blue and red against brightness, of the sums of four pixels.
fn colours(r: i32, g: i32, b: i32) -> (u8, u8) {
    const MIDDLE: i32 = (128 << 18) + (1 << 17) - 1;
    let cb = -11_059 * r - 21_709 * g + 32_768 * b;
    let cr = 32_768 * r - 27_439 * g - 5_329 * b;
    (((cb + MIDDLE) >> 18) as u8, ((cr + MIDDLE) >> 18) as u8)
}

fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y) << 16, i32::from(cb) - 128, i32::from(cr) - 128);
    let channel = |value: i32| ((y + value + 32_768) >> 16).clamp(0, 255) as u8;
    [
        channel(91_881 * cr),
        channel(-22_554 * cb - 46_802 * cr),
        channel(116_130 * cb),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_back_as_they_went() {
        for colour in [
            [0, 0, 0],
            [255, 255, 255],
            [255, 0, 0],
            [0, 255, 0],
            [0, 0, 255],
            [200, 120, 40],
        ] {
            let raster = Raster {
                width: 3,
                height: 3,
                rgb: colour.repeat(9),
            };
            let halved = Halved::of_raster(&raster);
            assert_eq!((halved.cb.width, halved.cr.height), (2, 2));
            let back = halved.to_raster(&mut Resize::default(), 3, 3).unwrap();
            for pixel in back.rgb.chunks(3) {
                let differs = pixel
                    .iter()
                    .zip(colour)
                    .any(|(back, sent)| back.abs_diff(sent) > 2);
                assert!(!differs, "{pixel:?} was {colour:?}");
            }
        }
    }

    #[test]
    fn a_grey_plane_is_grey() {
        let plane = Plane {
            width: 8,
            height: 8,
            samples: vec![77; 64],
        };
        let planes = [ScaledPlane {
            plane,
            covered: (5.0, 3.0),
        }];
        let grey = Halved::of_planes(&planes, &mut Resize::default(), 5, 3).unwrap();
        assert_eq!(grey.size(), (5, 3));
        assert_eq!(
            grey.to_raster(&mut Resize::default(), 5, 3).unwrap().rgb,
            [77; 45]
        );
    }
}
