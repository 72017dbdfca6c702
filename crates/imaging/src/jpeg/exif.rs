use std::io::{Read, Seek};

use crate::ImagingError;
use crate::input::Input;

/// Cameras write a dozen before the picture begins.
const MAX_SEGMENTS: u32 = 1024;

/// The first EXIF block of a JPEG, without looking at the picture behind it.
pub(crate) fn exif<S: Read + Seek>(input: &mut Input<'_, S>) -> Result<Option<Vec<u8>>, ImagingError> {
    input.skip(2)?; // it was recognised by them
    for _ in 0..MAX_SEGMENTS {
        let [0xFF, mut marker] = input.array()? else {
            return Ok(None);
        };
        while marker == 0xFF {
            marker = input.byte()?;
        }
        // Standing alone, or the beginning of the picture or the end of all.
        match marker {
            0x01 | 0xD0..=0xD7 => continue,
            0xD9 | 0xDA => return Ok(None),
            _ => {}
        }
        let length = u16::from_be_bytes(input.array()?);
        let Some(mut left) = length.checked_sub(2) else {
            return Ok(None);
        };
        if marker == 0xE1 && left >= 6 {
            let name: [u8; 6] = input.array()?;
            left -= 6;
            if matches!(&name, b"Exif\0\0" | b"Exif\0\xFF") {
                return input.take(usize::from(left)).map(Some);
            }
        }
        input.skip(u64::from(left))?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::super::condense::condense;
    use super::*;
    use crate::Limits;

    /// Of real photos, where there are any.
    #[allow(clippy::disallowed_methods, reason = "tests find the samples by it")]
    #[test]
    fn it_finds_the_block_that_the_decoder_finds() {
        let Some(samples) = std::env::var_os("PHOTURE_SAMPLES") else {
            return;
        };
        let camera = std::fs::read_dir(std::path::Path::new(&samples).join("camera")).unwrap();
        for path in camera.map(|entry| entry.unwrap().path()) {
            if path.extension().is_none_or(|ending| ending != "jpg") {
                continue;
            }
            let mut file = File::open(&path).unwrap();
            let ours = exif(&mut Input::open(&mut file).unwrap()).unwrap();
            let theirs = condense(&mut Input::open(&mut file).unwrap(), &Limits::default());
            assert_eq!(ours, theirs.unwrap().exif, "{path:?}");
        }
    }
}
