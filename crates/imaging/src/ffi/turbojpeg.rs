//! libjpeg-turbo, through its TurboJPEG interface.
#![allow(unsafe_code)] // C has no other way

use std::ffi::{CStr, c_int};

use turbojpeg_sys as tj;

use crate::raster::Raster;

/// Channels of what [`Decoder::decode`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pixels {
    Rgb,
    /// As stored: whether 255 means ink or none depends on who wrote it.
    Cmyk,
}

impl Pixels {
    pub(crate) const fn channels(self) -> usize {
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
    pixels: Pixels,
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
    let row = scaled(width) * pixels.channels();
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
            pixels.format(),
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
pub(crate) fn encode(raster: &Raster, quality: u8) -> Result<Vec<u8>, String> {
    let mut handle = Handle::new(tj::TJINIT_TJINIT_COMPRESS)?;
    handle.set(tj::TJPARAM_TJPARAM_QUALITY, u64::from(quality))?;
    handle.set(tj::TJPARAM_TJPARAM_SUBSAMP, tj::TJSAMP_TJSAMP_420 as u64)?;
    assert_eq!(
        raster.rgb.len(),
        raster.width as usize * raster.height as usize * 3
    );
    let (mut bytes, mut length) = (std::ptr::null_mut(), 0);
    // SAFETY: the source holds width×height tightly packed RGB pixels (asserted above); a null destination is allocated
    // by TurboJPEG, and the out-parameters are ours.
    let status = unsafe {
        tj::tj3Compress8(
            handle.0,
            raster.rgb.as_ptr(),
            raster.width as c_int,
            0,
            raster.height as c_int,
            Pixels::Rgb.format(),
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
