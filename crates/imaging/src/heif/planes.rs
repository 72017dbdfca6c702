use libheif_rs::{Channel, ColorProfileNCLX, ColorSpace, Image, ImageHandle, Plane};
use moxcms::ColorProfile;

use crate::hdr::ToneMap;
use crate::raster::{Decoded, MAX_ICC_BYTES, Pixels, Raster, over_white};
use crate::{ImagingError, PREVIEW_EDGE};

/// A picture as small as a preview needs.
#[derive(Debug)]
pub(super) struct Shrunk {
    pub(super) decoded: Decoded,
    pub(super) icc: Option<Vec<u8>>,
    /// Bits a sample, as stored.
    pub(super) depth: u8,
}

/// The mean of squares of pixels, as [`crate::shrink`] does it, plane by plane; then sRGB, or what the profile means.
pub(super) fn shrink(handle: &ImageHandle, image: &Image) -> Result<Shrunk, ImagingError> {
    let (width, height) = (image.width(), image.height());
    if width == 0 || height == 0 {
        return Err(ImagingError::corrupt("it holds no picture"));
    }
    let step = (width.max(height) / PREVIEW_EDGE).max(1);
    let grid = Grid { width, height, step };
    let planes = image.planes();
    let (stored, kind) = match image.color_space() {
        Some(ColorSpace::Monochrome) => ([&planes.y; 3], Kind::Grey),
        Some(ColorSpace::YCbCr(_)) => ([&planes.y, &planes.cb, &planes.cr], Kind::Luma),
        _ => ([&planes.r, &planes.g, &planes.b], Kind::Rgb),
    };
    let [Some(first), Some(second), Some(third)] = stored.map(Option::as_ref) else {
        return Err(ImagingError::corrupt("a plane is missing"));
    };
    let depth = first.bits_per_pixel;
    let coding = Coding::of(handle, image, kind, depth);
    let channels = [grid.plane(first)?, grid.plane(second)?, grid.plane(third)?];
    let mut rgb = coding.to_rgb(&channels);
    if let Some(alpha) = &planes.a
        && image.has_channel(Channel::Alpha)
    {
        let alpha = grid.plane(alpha)?;
        let premultiplied = handle.is_premultiplied_alpha();
        for (pixel, alpha) in rgb.chunks_exact_mut(3).zip(&alpha) {
            let alpha = (alpha * 255.0 + 0.5) as u8;
            for colour in pixel {
                *colour = match premultiplied {
                    true => colour.saturating_add(255 - alpha),
                    false => over_white(*colour, alpha),
                };
            }
        }
    }
    let (raster_width, raster_height) = grid.size();
    Ok(Shrunk {
        decoded: Decoded {
            pixels: Pixels::Rgb(
                Raster {
                    width: raster_width,
                    height: raster_height,
                    rgb,
                },
                (
                    f64::from(width) / f64::from(step),
                    f64::from(height) / f64::from(step),
                ),
            ),
            width,
            height,
        },
        icc: coding.icc,
        depth,
    })
}

#[derive(Clone, Copy)]
struct Grid {
    width: u32,
    height: u32,
    step: u32,
}

impl Grid {
    fn size(self) -> (u32, u32) {
        (self.width.div_ceil(self.step), self.height.div_ceil(self.step))
    }

    /// The samples of a plane, which may be coarser than the picture, as numbers of 0 to 1.
    fn plane(self, plane: &Plane<&[u8]>) -> Result<Vec<f32>, ImagingError> {
        let bytes = if plane.storage_bits_per_pixel > 8 { 2 } else { 1 };
        let (width, height) = (plane.width as usize, plane.height as usize);
        let fits = width > 0
            && height > 0
            && (1..=16).contains(&plane.bits_per_pixel)
            && width * bytes <= plane.stride
            && plane.data.len() >= plane.stride * (height - 1) + width * bytes;
        if !fits {
            return Err(ImagingError::corrupt("a plane is not what it says"));
        }
        let columns = self.spans(self.width, plane.width);
        let rows = self.spans(self.height, plane.height);
        let most = ((1_u32 << plane.bits_per_pixel) - 1) as f32;
        let mut samples = Vec::with_capacity(columns.len() * rows.len());
        let mut sums = vec![0_u32; width];
        for (first, last) in rows {
            sums.fill(0);
            for y in first..last {
                let row = &plane.data[y * plane.stride..][..width * bytes];
                if bytes == 1 {
                    sums.iter_mut()
                        .zip(row)
                        .for_each(|(sum, value)| *sum += u32::from(*value));
                } else {
                    let values = row
                        .chunks_exact(2)
                        .map(|pair| u16::from_ne_bytes([pair[0], pair[1]]));
                    sums.iter_mut()
                        .zip(values)
                        .for_each(|(sum, value)| *sum += u32::from(value));
                }
            }
            samples.extend(columns.iter().map(|(left, right)| {
                let sum: u64 = sums[*left..*right].iter().map(|sum| u64::from(*sum)).sum();
                let count = ((last - first) * (right - left)) as f32;
                sum as f32 / (count * most)
            }));
        }
        Ok(samples)
    }

    /// Which samples of a plane's side each square of the picture covers.
    fn spans(self, picture: u32, plane: u32) -> Vec<(usize, usize)> {
        let (picture, plane, step) = (u64::from(picture), u64::from(plane), u64::from(self.step));
        (0..picture.div_ceil(step))
            .map(|square| {
                let first = (square * step * plane / picture).min(plane - 1);
                let end = ((square + 1) * step).min(picture);
                let last = (end * plane).div_ceil(picture).clamp(first + 1, plane);
                (first as usize, last as usize)
            })
            .collect()
    }
}

/// What the planes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Grey,
    /// Luma and two of colour.
    Luma,
    Rgb,
}

/// What the numbers of a picture mean.
struct Coding {
    matrix: Matrix,
    full_range: bool,
    /// As in `Y′CbCr`: the depth decides where black and white are in the narrow range.
    depth: u8,
    tone: Option<ToneMap>,
    icc: Option<Vec<u8>>,
}

#[derive(Clone, Copy)]
enum Matrix {
    /// Weights of red and blue in luma.
    Weights(f32, f32),
    YCgCo,
    /// Green, blue, red.
    Identity,
    Rgb,
    Grey,
}

impl Coding {
    /// By CICP (ITU-T H.273), from the file and from the picture's data, and by its ICC profile, which has the last word on
    /// colours. Where nothing is said, it is sRGB by the matrix of BT.601 in full range.
    fn of(handle: &ImageHandle, image: &Image, kind: Kind, depth: u8) -> Self {
        const UNSPECIFIED: u32 = 2;
        let file = handle.color_profile_nclx().as_ref().map(said);
        let data = image.color_profile_nclx().as_ref().map(said);
        let first = |one: Option<Said>, other: Option<Said>, number: fn(Said) -> u32| {
            let mut said = [one, other].into_iter().flatten().map(number);
            said.find(|number| *number != UNSPECIFIED).unwrap_or(UNSPECIFIED)
        };
        // The file knows best what its colours are, the data how they are coded.
        let primaries = first(file, data, |said| said.primaries);
        let transfer = first(file, data, |said| said.transfer);
        let matrix = first(data, file, |said| said.matrix);
        let full_range = data.or(file).is_none_or(|said| said.full_range);
        let profile = handle
            .color_profile_raw()
            .map(|profile| profile.data)
            .filter(|icc| !icc.is_empty() && icc.len() as u64 <= MAX_ICC_BYTES);
        let tone = match profile {
            Some(_) => None,
            None => ToneMap::from_cicp(transfer, primaries),
        };
        let icc = profile.or_else(|| match (tone, primaries) {
            (None, 12) => ColorProfile::new_display_p3().encode().ok(),
            (None, 9) => ColorProfile::new_bt2020().encode().ok(),
            _ => None,
        });
        Self {
            matrix: match matrix {
                _ if kind == Kind::Grey => Matrix::Grey,
                _ if kind == Kind::Rgb => Matrix::Rgb,
                0 => Matrix::Identity,
                1 => Matrix::Weights(0.2126, 0.0722),
                4 => Matrix::Weights(0.30, 0.11),
                7 => Matrix::Weights(0.212, 0.087),
                8 => Matrix::YCgCo,
                9 | 10 => Matrix::Weights(0.2627, 0.0593),
                12 | 13 if primaries == 12 => Matrix::Weights(0.2290, 0.0793),
                12 | 13 if primaries == 9 => Matrix::Weights(0.2627, 0.0593),
                12 | 13 if primaries == 1 => Matrix::Weights(0.2126, 0.0722),
                _ => Matrix::Weights(0.299, 0.114),
            },
            full_range,
            depth: depth.clamp(8, 16),
            tone,
            // One for three channels says nothing of one.
            icc: icc.filter(|_| kind != Kind::Grey),
        }
    }

    fn to_rgb(&self, [one, two, three]: &[Vec<f32>; 3]) -> Vec<u8> {
        let most = ((1_u32 << self.depth) - 1) as f32;
        let unit = (1_u32 << (self.depth - 8)) as f32;
        let (black, luma, chroma) = match self.full_range || matches!(self.matrix, Matrix::Rgb) {
            true => (0.0, 1.0, 1.0),
            false => (16.0 * unit / most, most / (219.0 * unit), most / (224.0 * unit)),
        };
        let middle = 128.0 * unit / most;
        let samples = one.iter().zip(two).zip(three);
        samples
            .flat_map(|((one, two), three)| {
                let y = (one - black) * luma;
                let (cb, cr) = ((two - middle) * chroma, (three - middle) * chroma);
                let rgb = match self.matrix {
                    Matrix::Weights(red, blue) => {
                        let (r, b) = (y + 2.0 * (1.0 - red) * cr, y + 2.0 * (1.0 - blue) * cb);
                        [r, (y - red * r - blue * b) / (1.0 - red - blue), b]
                    }
                    Matrix::YCgCo => [y - cb + cr, y + cb, y - cb - cr],
                    Matrix::Identity => [(three - black) * luma, y, (two - black) * luma],
                    Matrix::Rgb => [*one, *two, *three],
                    Matrix::Grey => [y; 3],
                };
                match self.tone {
                    Some(tone) => tone.apply(rgb.map(|value| value.clamp(0.0, 1.0))),
                    None => rgb.map(|value| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8),
                }
            })
            .collect()
    }
}

/// Numbers of CICP.
#[derive(Clone, Copy)]
struct Said {
    primaries: u32,
    transfer: u32,
    matrix: u32,
    full_range: bool,
}

fn said(nclx: &ColorProfileNCLX) -> Said {
    Said {
        primaries: nclx.color_primaries() as u32,
        transfer: nclx.transfer_characteristics() as u32,
        matrix: nclx.matrix_coefficients() as u32,
        full_range: nclx.full_range_flag() != 0,
    }
}
