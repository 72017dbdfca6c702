//! libjpeg-turbo, through its TurboJPEG interface.
#![allow(unsafe_code)] // C has no other way

use std::borrow::Cow;
use std::ffi::{CStr, c_int};

use turbojpeg_sys as tj;

use crate::planes::{Halved, Plane};

/// Channels of what [`Decoder::decode`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channels {
    Rgb,
    /// As stored: whether 255 means ink or none depends on who wrote it.
    Cmyk,
}

impl Channels {
    pub(crate) const fn count(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }

    const fn format(self) -> c_int {
        match self {
            Self::Rgb => tj::TJPF_TJPF_RGB,
            Self::Cmyk => tj::TJPF_TJPF_CMYK,
        }
    }
}

/// What the decoder may do, as its own second line of defence: the header has been checked before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) max_pixels: u64,
    pub(crate) max_memory: u64,
    pub(crate) max_scans: u32,
}

/// A TurboJPEG instance, freed when dropped.
struct Handle(tj::tjhandle);

impl Handle {
    fn new(kind: tj::TJINIT) -> Result<Self, String> {
        // SAFETY: takes a number, returns null or a handle that is ours.
        let handle = unsafe { tj::tj3Init(kind as c_int) };
        if handle.is_null() {
            Err("no memory for a JPEG codec".into())
        } else {
            Ok(Self(handle))
        }
    }

    fn set(&mut self, parameter: tj::TJPARAM, value: u64) -> Result<(), String> {
        let value = c_int::try_from(value).unwrap_or(c_int::MAX);
        // SAFETY: the handle lives as long as `self`.
        let status = unsafe { tj::tj3Set(self.0, parameter as c_int, value) };
        if status == 0 { Ok(()) } else { Err(self.message()) }
    }

    fn get(&self, parameter: tj::TJPARAM) -> Option<u32> {
        // SAFETY: the handle lives as long as `self`.
        u32::try_from(unsafe { tj::tj3Get(self.0, parameter as c_int) }).ok()
    }

    fn message(&self) -> String {
        // SAFETY: TurboJPEG returns a NUL-terminated string that lives in the handle; it is copied at once.
        let text = unsafe { CStr::from_ptr(tj::tj3GetErrorStr(self.0)) };
        text.to_string_lossy().into_owned()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: made by tj3Init, and nobody else has it.
        unsafe { tj::tj3Destroy(self.0) };
    }
}

/// Decodes `jpeg`, which must be `width`×`height`, scaled by `eighths`/8 (1 to 8) while it is transformed.
///
/// Gives tightly packed pixels of ⌈width·eighths/8⌉×⌈height·eighths/8⌉. A picture with faults in its data is given as
/// far as it goes, as browsers do; an error means there is none.
pub(crate) fn decode(
    jpeg: &[u8],
    width: u32,
    height: u32,
    eighths: u32,
    channels: Channels,
    bounds: Bounds,
) -> Result<Vec<u8>, String> {
    let mut handle = Handle::new(tj::TJINIT_TJINIT_DECOMPRESS)?;
    handle.set(tj::TJPARAM_TJPARAM_SCANLIMIT, u64::from(bounds.max_scans))?;
    handle.set(tj::TJPARAM_TJPARAM_MAXPIXELS, bounds.max_pixels)?;
    handle.set(tj::TJPARAM_TJPARAM_MAXMEMORY, bounds.max_memory >> 20)?;
    handle.set(tj::TJPARAM_TJPARAM_SAVEMARKERS, 0)?;
    // SAFETY: pointer and length are those of a slice that outlives the call.
    unsafe { tj::tj3DecompressHeader(handle.0, jpeg.as_ptr(), jpeg.len() as _) };
    // Its status is not looked at: a warning counts as an error there. The dimensions decide how much is written.
    let dimensions = (
        handle.get(tj::TJPARAM_TJPARAM_JPEGWIDTH),
        handle.get(tj::TJPARAM_TJPARAM_JPEGHEIGHT),
    );
    if dimensions != (Some(width), Some(height)) {
        return Err(handle.message());
    }
    // Only lowest terms are known: 1/2, never 4/8.
    let common = 1 << eighths.trailing_zeros().min(3);
    let factor = tj::tjscalingfactor {
        num: (eighths / common) as c_int,
        denom: (8 / common) as c_int,
    };
    // SAFETY: the handle lives; the factor is passed by value.
    if unsafe { tj::tj3SetScalingFactor(handle.0, factor) } != 0 {
        return Err(handle.message()); // going on would write a full-size picture into a small buffer
    }
    let scaled = |side: u32| (side as usize * eighths as usize).div_ceil(8);
    let row = scaled(width) * channels.count();
    let mut buffer = vec![0_u8; row * scaled(height)];
    let canary = Canary::lay(&mut buffer, row);
    // SAFETY: the buffer holds ⌈width·factor⌉×⌈height·factor⌉ pixels, which is what TurboJPEG writes for a file with
    // these dimensions (just read by the same parser from the same bytes) at the factor it has just accepted.
    let status = unsafe {
        tj::tj3Decompress8(
            handle.0,
            jpeg.as_ptr(),
            jpeg.len() as _,
            buffer.as_mut_ptr(),
            row as c_int,
            channels.format(),
        )
    };
    // Warnings give an error status too, and after a warning a fatal error gives the code of a warning. Whether the last
    // row has been written tells them apart.
    if status != 0 && canary.lives(&buffer) {
        return Err(handle.message());
    }
    Ok(buffer)
}

/// A pattern in the last row, which no picture holds by chance.
struct Canary(Vec<u8>);

impl Canary {
    fn lay(buffer: &mut [u8], row: usize) -> Self {
        let last = buffer.len() - row;
        let mut state = 0x9E37_79B9_u32;
        for byte in &mut buffer[last..] {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
        Self(buffer[last..].to_vec())
    }

    fn lives(&self, buffer: &[u8]) -> bool {
        buffer.ends_with(&self.0)
    }
}

/// Codes as baseline JPEG with 4:2:0 chroma.
pub(crate) fn encode(picture: &Halved, quality: u8) -> Result<Vec<u8>, String> {
    let mut handle = Handle::new(tj::TJINIT_TJINIT_COMPRESS)?;
    handle.set(tj::TJPARAM_TJPARAM_QUALITY, u64::from(quality))?;
    handle.set(tj::TJPARAM_TJPARAM_SUBSAMP, tj::TJSAMP_TJSAMP_420 as u64)?;
    let (width, height) = picture.size();
    let half = (width.div_ceil(2), height.div_ceil(2));
    // TurboJPEG reads an even number of columns and rows of brightness, whatever the picture's size.
    let luma = evened(&picture.luma);
    let planes = [&*luma, &picture.cb, &picture.cr];
    for (plane, size) in planes.iter().zip([(2 * half.0, 2 * half.1), half, half]) {
        assert_eq!((plane.width, plane.height), size);
        assert_eq!(plane.samples.len(), size.0 as usize * size.1 as usize);
    }
    let sources = planes.map(|plane| plane.samples.as_ptr());
    let strides = planes.map(|plane| plane.width as c_int);
    let (mut bytes, mut length) = (std::ptr::null_mut(), 0);
    // SAFETY: three planes of tightly packed samples, of the size that tj3YUVPlaneWidth and tj3YUVPlaneHeight give for
    // 4:2:0 (asserted above); a null destination
    // is allocated by TurboJPEG, and the out-parameters are ours.
    let status = unsafe {
        tj::tj3CompressFromYUVPlanes8(
            handle.0,
            sources.as_ptr(),
            width as c_int,
            strides.as_ptr(),
            height as c_int,
            &mut bytes,
            &mut length,
        )
    };
    let result = if status == 0 && !bytes.is_null() {
        // SAFETY: on success `bytes` points to `length` initialised bytes.
        Ok(unsafe { std::slice::from_raw_parts(bytes, length as usize) }.to_vec())
    } else {
        Err(handle.message())
    };
    // SAFETY: null or allocated by TurboJPEG, and not used after this.
    unsafe { tj::tj3Free(bytes.cast()) };
    result
}

/// Repeats the last column and the last row where there is an odd number of them.
fn evened(plane: &Plane) -> Cow<'_, Plane> {
    let (width, height) = (plane.width.next_multiple_of(2), plane.height.next_multiple_of(2));
    if (width, height) == (plane.width, plane.height) {
        return Cow::Borrowed(plane);
    }
    let mut samples = Vec::with_capacity(width as usize * height as usize);
    for row in plane.samples.chunks_exact(plane.width as usize) {
        samples.extend_from_slice(row);
        samples.resize(samples.len().next_multiple_of(width as usize), row[row.len() - 1]);
    }
    if height > plane.height {
        samples.extend_from_within(samples.len() - width as usize..);
    }
    Cow::Owned(Plane {
        width,
        height,
        samples,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_edge_is_repeated() {
        let plane = Plane {
            width: 3,
            height: 1,
            samples: vec![1, 2, 3],
        };
        let even = evened(&plane);
        assert_eq!(
            (even.width, even.height, &*even.samples),
            (4, 2, &[1, 2, 3, 3, 1, 2, 3, 3][..])
        );
    }
}
