use crate::planes::ScaledPlane;

/// Pixels of eight-bit RGB, row after row without gaps.
#[derive(Clone, Debug)]
pub(crate) struct Raster {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgb: Vec<u8>,
}

impl Raster {
    pub(crate) fn white(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            rgb: vec![255; width as usize * height as usize * 3],
        }
    }
}

/// What a decoder gives: the picture as it is stored, neither upright nor in sRGB yet, and large enough for a preview.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) pixels: Pixels,
    /// Pixels of the picture itself.
    pub(crate) width: u32,
    pub(crate) height: u32,
}

#[derive(Debug)]
pub(crate) enum Pixels {
    /// With how much of it the picture covers: a picture scaled by 1/8 spans a fraction of a pixel at its right and lower
    /// edges, and a resize that ignores it shifts everything.
    Rgb(Raster, (f64, f64)),
    /// Brightness, and both colours where there are any.
    Planes(Vec<ScaledPlane>),
}

impl Decoded {
    /// Says that the picture is larger than what shows it: a raw photo than its preview.
    pub(crate) fn claim(&mut self, width: u32, height: u32) {
        (self.width, self.height) = (width, height);
    }

    /// The long edge of what shows the picture.
    pub(crate) fn shown_edge(&self) -> u32 {
        let covered = match &self.pixels {
            Pixels::Rgb(_, covered) => *covered,
            Pixels::Planes(planes) => planes.first().map_or((0.0, 0.0), |luma| luma.covered),
        };
        covered.0.max(covered.1).ceil() as u32
    }
}

/// What a file holds: its picture, and what it says of it.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) decoded: Decoded,
    /// A TIFF structure.
    pub(crate) exif: Option<Vec<u8>>,
    pub(crate) xmp: Option<Vec<u8>>,
    /// IPTC's Information Interchange Model: a row of data sets.
    pub(crate) iptc: Option<Vec<u8>>,
    /// An ICC profile of RGB pixels.
    pub(crate) icc: Option<Vec<u8>>,
    /// Whether the decoder has turned it upright already, so that EXIF must not turn it again.
    pub(crate) upright: bool,
    /// A film of the moment, inside the file.
    pub(crate) motion: Option<Motion>,
    /// How it is coded, under the names of exiftool's group `File`.
    pub(crate) coding: Vec<(&'static str, serde_json::Value)>,
}

impl Contents {
    /// A picture of which nothing is said.
    pub(crate) fn of(decoded: Decoded) -> Self {
        Self {
            decoded,
            exif: None,
            xmp: None,
            iptc: None,
            icc: None,
            upright: false,
            motion: None,
            coding: Vec::new(),
        }
    }
}

/// Where the film of a motion photo lies in its file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Motion {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// A larger colour profile is not read: half a megabyte is a large one for RGB, and printers' for CMYK take two.
pub(crate) const MAX_ICC_BYTES: u64 = 4 << 20;

/// Larger EXIF is not read. JPEG allows it 64 KiB; PNG and WebP have no limit.
pub(crate) const MAX_EXIF_BYTES: u64 = 256 << 10;

/// Larger XMP is a program's history, not a person's words.
pub(crate) const MAX_XMP_BYTES: u64 = 256 << 10;

pub(crate) const MAX_IPTC_BYTES: u64 = 64 << 10;

/// White behind whatever is transparent: `colour` at `alpha` of 255.
pub(crate) fn over_white(colour: u8, alpha: u8) -> u8 {
    let blended = u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
    ((blended + 127) / 255) as u8
}

/// The largest size with the shape of `width`×`height` and no side over `edge`; never enlarged, never nothing.
pub(crate) fn fit(width: u32, height: u32, edge: u32) -> (u32, u32) {
    let long = width.max(height);
    if long <= edge {
        return (width, height);
    }
    let scaled = |side: u32| {
        let (side, edge, long) = (u64::from(side), u64::from(edge), u64::from(long));
        ((side * edge + long / 2) / long).max(1) as u32
    };
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone_and_nothing_vanishes() {
        assert_eq!(fit(800, 600, 1440), (800, 600));
        assert_eq!(fit(6000, 4000, 1440), (1440, 960));
        assert_eq!(fit(4000, 6000, 1440), (960, 1440));
        assert_eq!(fit(65_000, 2, 512), (512, 1));
    }
}
