//! JPEG XL, whose decoder works in floating numbers: memory is what it costs, so that is what is bounded.

use std::io::{Read, Seek};

use jxl_oxide::{
    AllocTracker, EnumColourEncoding, InitializeResult, JxlImage, JxlThreadPool, Render, RenderingIntent,
};
use serde_json::json;

use crate::boxes::boxes;
use crate::hdr::ToneMap;
use crate::input::Input;
use crate::raster::{Contents, MAX_EXIF_BYTES, MAX_XMP_BYTES, over_white};
use crate::shrink::{Order, Shrink};
use crate::{ImagingError, Limits};

/// The decoder holds a picture more than once, in four bytes a sample.
const BYTES_PER_SAMPLE: u64 = 8;

pub(crate) fn read<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Contents, ImagingError> {
    let (exif, xmp) = said(input);
    input.go_to(0)?;
    let mut image = load(input, limits)?;
    let hdr = image.hdr_type().is_some();
    if !hdr && image.image_header().metadata.xyb_encoded {
        image.request_color_encoding(EnumColourEncoding::srgb(RenderingIntent::Relative));
    }
    if image.pixel_format().has_black() {
        return Err(ImagingError::UnsupportedType);
    }
    let tone = image
        .rendered_cicp()
        .filter(|_| hdr)
        .and_then(|[primaries, transfer, ..]| ToneMap::from_cicp(u32::from(transfer), u32::from(primaries)));
    let icc = (tone.is_none() && !image.pixel_format().is_grayscale()).then(|| image.rendered_icc());
    let depth = image.image_header().metadata.bit_depth.bits_per_sample();
    let render = image.render_frame(0).map_err(|error| refusal(&*error))?;
    let shrink = shrink(&render, tone)?;
    Ok(Contents {
        exif,
        xmp,
        icc,
        upright: true,
        coding: vec![("BitsPerSample", json!(depth))],
        ..Contents::of(shrink.finish())
    })
}

/// The first picture of the file with all its data, once its size is known to be bearable.
fn load<S: Read + Seek>(input: &mut Input<'_, S>, limits: &Limits) -> Result<JxlImage, ImagingError> {
    let mut loading = JxlImage::builder()
        .pool(JxlThreadPool::none())
        .alloc_tracker(AllocTracker::with_limit(limits.max_decoder_bytes as usize))
        .build_uninit();
    let mut feed = Feed::default();
    let mut worth_a_try = 0;
    let mut image = loop {
        let more = feed.more(input)?;
        let consumed = loading
            .feed_bytes(&feed.bytes)
            .map_err(|error| refusal(&*error))?;
        feed.bytes.drain(..consumed);
        if more && input.position() < worth_a_try {
            continue;
        }
        worth_a_try = input.position() * 2;
        match loading.try_init().map_err(|error| refusal(&*error))? {
            InitializeResult::Initialized(image) => break image,
            InitializeResult::NeedMoreData(_) if !more || input.position() > HEADER_BYTES => {
                return Err(ImagingError::Truncated);
            }
            InitializeResult::NeedMoreData(same) => loading = same,
        }
    };
    check(&image, limits)?;
    while image.num_loaded_keyframes() == 0 {
        if !feed.more(input)? {
            return Err(ImagingError::Truncated);
        }
        let consumed = image.feed_bytes(&feed.bytes).map_err(|error| refusal(&*error))?;
        feed.bytes.drain(..consumed);
    }
    Ok(image)
}

/// What stands before the picture is read anew with each try, so there are few: a preview and a profile fit.
const HEADER_BYTES: u64 = 16 << 20;

#[derive(Default)]
struct Feed {
    bytes: Vec<u8>,
}

impl Feed {
    /// Takes up to 64 KiB more; `false` at the end.
    fn more<S: Read + Seek>(&mut self, input: &mut Input<'_, S>) -> Result<bool, ImagingError> {
        let piece = input.buffered()?;
        let length = piece.len();
        self.bytes.extend(piece);
        input.consume(length);
        Ok(length > 0)
    }
}

fn check(image: &JxlImage, limits: &Limits) -> Result<(), ImagingError> {
    let (width, height) = (image.width(), image.height());
    if width == 0 || height == 0 {
        return Err(ImagingError::corrupt("it declares no pixels"));
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.max_pixels {
        return Err(ImagingError::TooManyPixels {
            width,
            height,
            limit: limits.max_pixels,
        });
    }
    let channels = 3 + image.image_header().metadata.ec_info.len() as u64;
    let bytes = pixels * channels * BYTES_PER_SAMPLE;
    if bytes > limits.max_decoder_bytes {
        let megabytes = bytes >> 20;
        return Err(ImagingError::TooCostly(format!(
            "decoding it would take {megabytes} MiB"
        )));
    }
    Ok(())
}

fn shrink(render: &Render, tone: Option<ToneMap>) -> Result<Shrink, ImagingError> {
    let mut stream = render.stream();
    let (width, height, channels) = (stream.width(), stream.height(), stream.channels() as usize);
    let mut shrink = Shrink::new(width, height, Order::FromTheTop);
    let mut row = vec![0_f32; width as usize * channels];
    let eight = |value: f32| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    for y in 0..height {
        if stream.write_to_buffer(&mut row) != row.len() {
            return Err(ImagingError::corrupt("rows are missing"));
        }
        let pixels = row.chunks_exact(channels).map(|pixel| {
            let rgb = match *pixel {
                [grey] | [grey, _] => [grey; 3],
                _ => [pixel[0], pixel[1], pixel[2]],
            };
            let rgb = match tone {
                Some(tone) => tone.apply(rgb.map(|value| value.clamp(0.0, 1.0))),
                None => rgb.map(eight),
            };
            match *pixel {
                [_, alpha] | [_, _, _, alpha, ..] => rgb.map(|colour| over_white(colour, eight(alpha))),
                _ => rgb,
            }
        });
        shrink.put(y, 0, 1, pixels);
    }
    Ok(shrink)
}

/// EXIF and XMP, which only the container has, in boxes of their own.
fn said<S: Read + Seek>(input: &mut Input<'_, S>) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let end = input.length();
    let (mut exif, mut xmp) = (None, None);
    for found in boxes(input, 0, end) {
        match &found.kind {
            b"Exif" if exif.is_none() => {
                // Four bytes say how far behind them it begins.
                exif = found.content(input, MAX_EXIF_BYTES).and_then(|item| {
                    let skipped = u32::from_be_bytes(*item.first_chunk()?) as usize;
                    Some(item.get(skipped.checked_add(4)?..)?.to_vec())
                });
            }
            b"xml " if xmp.is_none() => xmp = found.content(input, MAX_XMP_BYTES),
            _ => {}
        }
    }
    (exif, xmp)
}

fn refusal(error: &(dyn std::error::Error + Send + Sync)) -> ImagingError {
    let text = error.to_string();
    if text.contains("memory") || text.contains("alloc") {
        ImagingError::TooCostly("its decoder asks for too much memory".into())
    } else {
        ImagingError::Corrupt(text)
    }
}
