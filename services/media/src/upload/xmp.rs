use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photure_imaging::{ImagingError, MAX_SIDECAR_BYTES, Picture, Sidecar, sidecar};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The `.xmp` that somebody sent with a photo, as it came, and found to be one.
///
/// It is read here and not in a worker: there are no pixels in it and no C reads it, what it may hold is bounded, and its parser is fuzzed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Xmp(bytes::Bytes);

impl Xmp {
    pub(crate) const MAX_BYTES: usize = MAX_SIDECAR_BYTES as usize;

    /// Takes its time: call it on a blocking thread.
    pub(crate) fn read(bytes: bytes::Bytes) -> Result<Self, ImagingError> {
        sidecar(&bytes).map(|_| Self(bytes))
    }

    /// Lets the picture say what is written beside it.
    pub(crate) fn beside(&self, picture: &mut Picture) {
        match self.said() {
            Ok(said) => picture.heed(said),
            Err(error) => tracing::warn!(%error, "an .xmp that was understood is not any more"),
        }
    }

    fn said(&self) -> Result<Sidecar, ImagingError> {
        sidecar(&self.0)
    }

    pub(crate) fn bytes(&self) -> bytes::Bytes {
        self.0.clone()
    }
}

impl std::fmt::Debug for Xmp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Xmp({} bytes)", self.0.len())
    }
}

impl Serialize for Xmp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Xmp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes.into()))
    }
}
