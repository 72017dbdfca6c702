use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photure_domain::Sha256;
use photure_domain::photo::Taken;
use serde::{Deserialize, Serialize};

use crate::error::{MediaError, MediaResult};
use crate::upload::{said_by_client, without_folders};

/// A name, a type, a hash and a time are far shorter, in bytes.
const MAX_BYTES: usize = 4 << 10;

/// What a client says of the file in `Upload-Metadata`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadMetadata {
    /// As it came, to be told again.
    pub(crate) header: String,
    /// Without folders; empty where there was no name.
    pub(crate) filename: String,
    pub(crate) sha256: Option<Sha256>,
    pub(crate) taken_at: Option<Taken>,
    /// It is the film of the photo with this hash.
    #[serde(default)]
    pub(crate) live_of: Option<Sha256>,
}

impl UploadMetadata {
    /// `filename d29ybGQ=,sha256 …`: keys and base64 with a comma between. Keys that mean nothing here are a client's own affair.
    pub(crate) fn parse(header: &str) -> MediaResult<Self> {
        if header.len() > MAX_BYTES {
            return Err(malformed("is longer than 4 KiB"));
        }
        let mut said = BTreeMap::new();
        for pair in header.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let bytes = STANDARD
                .decode(value.trim())
                .map_err(|_| malformed("holds a value that is not base64"))?;
            let value = String::from_utf8(bytes).map_err(|_| malformed("holds a value that is not UTF-8"))?;
            if said.insert(key, value).is_some() {
                return Err(malformed("names a key twice"));
            }
        }
        let mut taken = |key: &'static str| said.remove(key).filter(|value| !value.is_empty());
        // Uppy says `name`.
        let filename = taken("filename").or_else(|| taken("name")).unwrap_or_default();
        let mut hash = |key: &'static str| {
            let text = taken(key)?;
            let parsed = text.to_ascii_lowercase().parse();
            Some(parsed.map_err(|_| field(key, "is no SHA-256 of 64 hexadecimal digits")))
        };
        let (sha256, live_of) = (hash("sha256"), hash("live_of"));
        let taken_at = taken("taken_at").map(|text| {
            said_by_client(&text).ok_or_else(|| {
                field(
                    "taken_at",
                    "is no RFC 3339 time, such as 2024-07-28T21:04:05+02:00",
                )
            })
        });
        // There are no albums yet, so it names none that there is.
        if taken("album_id").is_some() {
            return Err(MediaError::UnknownAlbum);
        }
        Ok(Self {
            header: header.to_owned(),
            filename: without_folders(&filename),
            sha256: sha256.transpose()?,
            taken_at: taken_at.transpose()?,
            live_of: live_of.transpose()?,
        })
    }
}

fn malformed(why: &'static str) -> MediaError {
    MediaError::MalformedHeader {
        header: "Upload-Metadata",
        why,
    }
}

fn field(key: &str, message: &'static str) -> MediaError {
    MediaError::Part {
        part: key.to_owned(),
        code: "invalid",
        message,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(pairs: &[(&str, &str)]) -> String {
        let pairs = pairs
            .iter()
            .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
        pairs.collect::<Vec<_>>().join(",")
    }

    #[test]
    fn what_clients_say_is_understood() {
        let hash = "44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38";
        let said = UploadMetadata::parse(&header(&[
            ("filename", "../Größe 📷.jpg"),
            ("filetype", "image/jpeg"),
            ("sha256", &hash.to_ascii_uppercase()),
            ("taken_at", "2024-07-28T21:04:05+02:00"),
            ("relativePath", "null"),
        ]));
        let said = said.unwrap();
        assert_eq!(said.filename, "Größe 📷.jpg");
        assert_eq!(said.sha256.unwrap().to_string(), hash);
        assert_eq!(said.taken_at.unwrap().utc_offset_minutes, Some(120));
        let uppy = UploadMetadata::parse(&format!("{},is_empty", header(&[("name", "a.jpg")])));
        assert_eq!(uppy.unwrap().filename, "a.jpg");
        assert_eq!(UploadMetadata::parse("").unwrap(), UploadMetadata::default());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "filename not-base64!".to_owned(),
            "filename /w==".to_owned(),
            "filename YQ==,filename Yg==".to_owned(),
            "x".repeat(5000),
        ] {
            let refused = UploadMetadata::parse(&text);
            assert!(
                matches!(refused, Err(MediaError::MalformedHeader { .. })),
                "{text:?}"
            );
        }
        for pair in [
            ("sha256", "44aff4"),
            ("live_of", "IMG_1.HEIC"),
            ("taken_at", "yesterday"),
        ] {
            let refused = UploadMetadata::parse(&header(&[pair]));
            assert!(matches!(refused, Err(MediaError::Part { .. })), "{pair:?}");
        }
        let album = header(&[("album_id", "0192d3a4-0000-7000-8000-000000000000")]);
        assert!(matches!(
            UploadMetadata::parse(&album),
            Err(MediaError::UnknownAlbum)
        ));
    }

    proptest! {
        #[test]
        fn whatever_a_client_says_is_understood_or_refused(
            text in "[ -~]{0,80}|((filename|name|sha256|taken_at|x) [A-Za-z0-9+/]{0,16}={0,2},? ?){0,4}",
            pairs in prop::collection::vec(("filename|name|taken_at|relativePath", any::<String>()), 0..4),
        ) {
            let said = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>();
            for header in [text, header(&said)] {
                let Ok(understood) = UploadMetadata::parse(&header) else { continue };
                prop_assert!(!understood.filename.contains(['/', '\\', '\0', '\n']), "{:?}", understood.filename);
                // It is noted down, and read again after a restart.
                let note = serde_json::to_vec(&understood).unwrap();
                prop_assert_eq!(serde_json::from_slice::<UploadMetadata>(&note).unwrap(), understood);
            }
        }
    }
}
