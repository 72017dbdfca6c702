use std::borrow::Cow;

use photure_domain::photo::{Camera, Metadata, Position, Taken};

use crate::raster::MAX_XMP_BYTES;
use crate::said::{Groups, Said};
use crate::{ImagingError, Picture, xmp};

/// No `.xmp` that is taken is longer, in bytes.
pub const MAX_SIDECAR_BYTES: u64 = MAX_XMP_BYTES;

/// As JSON, what a picture and its sidecar say together; what is more stays with the picture.
const MAX_METADATA_BYTES: usize = 64 << 10;

/// What a `.xmp` beside a picture says of it, for a program that writes nothing into pictures themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Sidecar {
    pub taken: Option<Taken>,
    pub camera: Camera,
    pub position: Option<Position>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// 1 to 5.
    pub rating: Option<u8>,
    /// Each once, in the file's order.
    pub tags: Vec<String>,
    /// Group → tag → value, named as `exiftool -j -n -g` names them.
    pub metadata: Metadata,
}

/// Reads the bytes of a `.xmp`.
///
/// # Errors
/// What holds no XMP, or more than 256 KiB of it, is refused.
pub fn sidecar(bytes: &[u8]) -> Result<Sidecar, ImagingError> {
    if bytes.is_empty() {
        return Err(ImagingError::Empty);
    }
    if bytes.len() as u64 > MAX_XMP_BYTES {
        return Err(ImagingError::TooCostly(
            "it is larger than any description".into(),
        ));
    }
    let mut groups = Groups::default();
    let said = xmp::read(&in_utf8(bytes), &mut groups).ok_or(ImagingError::UnsupportedType)?;
    let said = Said::together(Said::default(), said, Said::default());
    Ok(Sidecar {
        taken: said.moments.taken(),
        rating: said.rating(),
        camera: said.camera,
        position: said.position,
        title: said.title,
        description: said.description,
        tags: said.tags,
        metadata: groups.into_metadata(),
    })
}

/// XMP may be UTF-16, with a mark at its beginning or without (ISO 16684-1, section 7.3.2).
fn in_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xFE, 0xFF, ..] | [0, b'<', ..] => u16::from_be_bytes,
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => u16::from_le_bytes,
        _ => return Cow::Borrowed(bytes),
    };
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
    Cow::Owned(String::from_utf16_lossy(&units).into_bytes())
}

impl Picture {
    /// What is written beside a picture counts more than what is in it: who writes beside it did so later, and could not write into it.
    pub fn heed(&mut self, sidecar: Sidecar) {
        self.taken = sidecar.taken.or(self.taken);
        self.position = sidecar.position.or(self.position);
        self.title = sidecar.title.or(self.title.take());
        self.description = sidecar.description.or(self.description.take());
        self.rating = sidecar.rating.or(self.rating);
        if !sidecar.tags.is_empty() {
            self.tags = sidecar.tags;
        }
        let (mine, theirs) = (&mut self.camera, sidecar.camera);
        // A camera knows itself better than who writes of it.
        mine.make = mine.make.take().or(theirs.make);
        mine.model = mine.model.take().or(theirs.model);
        mine.lens = mine.lens.take().or(theirs.lens);
        mine.iso = mine.iso.or(theirs.iso);
        mine.f_number = mine.f_number.or(theirs.f_number);
        mine.exposure = mine.exposure.or(theirs.exposure);
        mine.focal_length = mine.focal_length.or(theirs.focal_length);
        heed_metadata(&mut self.metadata, sidecar.metadata);
    }
}

/// The part of [`Picture::heed`] that a catalogue does not write down beside a picture.
pub fn heed_metadata(metadata: &mut Metadata, sidecar: Metadata) {
    let mut together = metadata.clone();
    for (group, tags) in sidecar {
        together.entry(group).or_default().extend(tags);
    }
    if serde_json::to_vec(&together).is_ok_and(|json| json.len() <= MAX_METADATA_BYTES) {
        *metadata = together;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XMP: &str = r#"<?xml version="1.0"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4">
        <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Čaj 🫖</rdf:li></rdf:Alt></dc:title>
        </rdf:Description></rdf:RDF></x:xmpmeta>"#;

    #[test]
    fn it_is_read_in_every_coding_that_it_may_have() {
        let units: Vec<u16> = XMP.encode_utf16().collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        for bytes in [
            XMP.as_bytes().to_vec(),
            [&b"\xEF\xBB\xBF"[..], XMP.as_bytes()].concat(),
            big.clone(),
            little.clone(),
            [&[0xFE, 0xFF][..], &big].concat(),
            [&[0xFF, 0xFE][..], &little].concat(),
        ] {
            let said = sidecar(&bytes).unwrap();
            assert_eq!((said.title.as_deref(), said.rating), (Some("Čaj 🫖"), Some(4)));
        }
        for none in [&b""[..], b"\xFE\xFF", b"<\0", b"\xFF\xD8\xFF", b"<html/>"] {
            assert!(sidecar(none).is_err(), "{none:?}");
        }
    }

    #[test]
    fn what_grows_too_long_together_stays_as_it_was() {
        let group = |name: &str, length: usize| {
            Metadata::from([(
                "XMP".to_owned(),
                [(name.to_owned(), "x".repeat(length).into())].into(),
            )])
        };
        let mut metadata = group("Label", 10);
        heed_metadata(&mut metadata, group("Label", 20));
        assert_eq!(metadata, group("Label", 20));
        heed_metadata(&mut metadata, group("Other", 65_536));
        assert_eq!(metadata, group("Label", 20));
    }
}
