//! libwebp.
#![allow(unsafe_code)] // C has no other way

use std::ffi::c_int;

use libwebp_sys as webp;

use crate::planes::{Halved, Plane};

/// Dimensions of the picture in a complete WebP file, and whether it has transparency.
pub(crate) fn features(file: &[u8]) -> Option<(u32, u32, bool)> {
    let config = webp::WebPDecoderConfig::new().ok()?;
    let mut found = config.input;
    // SAFETY: pointer and length are those of a slice that outlives the call.
    let status = unsafe { webp::WebPGetFeatures(file.as_ptr(), file.len(), &mut found) };
    if status != webp::VP8StatusCode::VP8_STATUS_OK {
        return None;
    }
    Some((
        u32::try_from(found.width).ok()?,
        u32::try_from(found.height).ok()?,
        found.has_alpha != 0,
    ))
}

/// Decodes a complete WebP file to `width`×`height` tightly packed pixels, scaled as it is read: RGBA where it has
/// transparency, else RGB.
pub(crate) fn decode(file: &[u8], width: u32, height: u32) -> Result<(Vec<u8>, usize), String> {
    let (stored_width, stored_height, transparent) = features(file).ok_or("its header makes no sense")?;
    let mut config = webp::WebPDecoderConfig::new().map_err(|()| "libwebp does not fit".to_owned())?;
    config.options.use_scaling = c_int::from((width, height) != (stored_width, stored_height));
    config.options.scaled_width = width as c_int;
    config.options.scaled_height = height as c_int;
    let (channels, colorspace) = match transparent {
        true => (4, webp::WEBP_CSP_MODE::MODE_RGBA),
        false => (3, webp::WEBP_CSP_MODE::MODE_RGB),
    };
    config.output.colorspace = colorspace;
    config.output.is_external_memory = 1;
    let mut pixels = vec![0_u8; width as usize * height as usize * channels];
    let stride = width as usize * channels;
    config.output.u.RGBA = webp::WebPRGBABuffer {
        rgba: pixels.as_mut_ptr(),
        stride: stride as c_int,
        size: pixels.len(),
    };
    // SAFETY: the input is a slice, the output describes a buffer with its true size, which libwebp checks against
    // the scaled dimensions before it writes; both outlive the call.
    let status = unsafe { webp::WebPDecode(file.as_ptr(), file.len(), &mut config) };
    // SAFETY: frees what libwebp holds itself; external memory is left alone.
    unsafe { webp::WebPFreeDecBuffer(&mut config.output) };
    if status == webp::VP8StatusCode::VP8_STATUS_OK {
        Ok((pixels, channels))
    } else {
        Err(format!("{status:?}"))
    }
}

/// Codes as lossy WebP. `effort` is libwebp's method, 0 to 6.
pub(crate) fn encode(source: &Halved, quality: u8, effort: u8) -> Result<Vec<u8>, String> {
    let unfit = |()| "libwebp does not fit".to_owned();
    let mut config = webp::WebPConfig::new().map_err(unfit)?;
    config.quality = f32::from(quality);
    config.method = c_int::from(effort);
    let mut picture = webp::WebPPicture::new().map_err(unfit)?;
    let (width, height) = source.size();
    picture.width = width as c_int;
    picture.height = height as c_int;
    // WebP's samples keep away from the ends: 16 to 235 for brightness, 16 to 240 for colours.
    let narrowed = |plane: &Plane, range: u32| -> Vec<u8> {
        let table: [u8; 256] = std::array::from_fn(|n| (16 + (n as u32 * range + 127) / 255) as u8);
        plane
            .samples
            .iter()
            .map(|sample| table[usize::from(*sample)])
            .collect()
    };
    let mut luma = narrowed(&source.luma, 219);
    let [mut cb, mut cr] = [&source.cb, &source.cr].map(|plane| narrowed(plane, 224));
    assert_eq!(luma.len(), width as usize * height as usize);
    let half = width.div_ceil(2) as usize * height.div_ceil(2) as usize;
    assert_eq!((cb.len(), cr.len()), (half, half));
    picture.y = luma.as_mut_ptr();
    picture.u = cb.as_mut_ptr();
    picture.v = cr.as_mut_ptr();
    picture.y_stride = width as c_int;
    picture.uv_stride = width.div_ceil(2) as c_int;
    let mut writer = std::mem::MaybeUninit::uninit();
    // SAFETY: initialises every field.
    unsafe { webp::WebPMemoryWriterInit(writer.as_mut_ptr()) };
    // SAFETY: just initialised.
    let mut writer: webp::WebPMemoryWriter = unsafe { writer.assume_init() };
    picture.writer = Some(webp::WebPMemoryWrite);
    picture.custom_ptr = (&raw mut writer).cast();
    // SAFETY: the planes are of the size that a picture with halved colours has (asserted above), and live until after
    // the call; what memory libwebp reserves for itself it keeps apart and frees; the writer outlives the picture.
    let encoded = unsafe {
        let encoded = webp::WebPEncode(&config, &mut picture) != 0;
        webp::WebPPictureFree(&mut picture);
        encoded
    };
    let result = if encoded && !writer.mem.is_null() {
        // SAFETY: the writer has collected `size` bytes at `mem`.
        Ok(unsafe { std::slice::from_raw_parts(writer.mem, writer.size) }.to_vec())
    } else {
        Err(format!("{:?}", picture.error_code))
    };
    // SAFETY: frees the writer's memory once.
    unsafe { webp::WebPMemoryWriterClear(&mut writer) };
    result
}
