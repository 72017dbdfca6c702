//! What goes over the socket between a pool and its worker.
//!
//! Both ways *frames*: the lengths of a document and of two blobs, each four bytes, little endian, then the three. Documents
//! are JSON, since what a file says about itself is. The only exception is an order: one byte that says what is to be made and carries
//! the descriptor of the file of which to make it.

use std::io::{self, Read};

use photure_imaging::{Encoded, ImagingError, Limits, Picture, Recoding};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// To a worker: its whole configuration.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) memory: u64,
    pub(crate) confine: bool,
    /// The process it works for. Once it has another parent, that one is dead.
    pub(crate) parent: u32,
}

/// From a worker that is ready for photos.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ready {
    /// What does not hold although it was asked for, each as half a sentence.
    pub(crate) missing: Vec<String>,
    pub(crate) reach: Reach,
}

/// What a worker found that it can still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reach {
    pub(crate) files: bool,
    pub(crate) network: bool,
    pub(crate) processes: bool,
}

impl Reach {
    pub(crate) fn is_nothing(self) -> bool {
        !(self.files || self.network || self.processes)
    }
}

/// What a worker is to make of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// All that is to be known of a photo: an [`Outcome`].
    Picture,
    /// A variant of a preview: a [`Recoded`].
    Recode(Recoding),
}

impl Order {
    const ALL: [Self; 3] = [
        Self::Picture,
        Self::Recode(Recoding::JpegThumb),
        Self::Recode(Recoding::WebpPreview),
    ];

    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Picture => b'p',
            Self::Recode(Recoding::JpegThumb) => b'j',
            Self::Recode(Recoding::WebpPreview) => b'w',
        }
    }

    pub(crate) fn of_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.byte() == byte)
    }
}

/// From a worker about a preview. What was made of it follows as a blob.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Recoded {
    pub(crate) result: Result<Encoded, ImagingError>,
    pub(crate) panic: Option<String>,
}

/// From a worker about a photo. The variants of a picture follow as blobs.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) result: Result<Picture, ImagingError>,
    /// Where a decoder panicked, for the log.
    pub(crate) panic: Option<String>,
}

/// Longest of each part of a frame, in bytes: far more than pictures need. A preview of 1440×1440 has 6 MB of pixels.
const LONGEST: [usize; 3] = [1 << 20, 2 << 20, 8 << 20];

#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) document: Vec<u8>,
    pub(crate) blobs: [Vec<u8>; 2],
}

impl Frame {
    pub(crate) fn of(document: &impl Serialize) -> io::Result<Self> {
        Ok(Self {
            document: serde_json::to_vec(document)?,
            blobs: Default::default(),
        })
    }

    pub(crate) fn parse<T: DeserializeOwned>(&self) -> io::Result<T> {
        Ok(serde_json::from_slice(&self.document)?)
    }

    fn parts(&self) -> [&[u8]; 3] {
        [&self.document, &self.blobs[0], &self.blobs[1]]
    }

    /// The lengths, then the three parts.
    pub(crate) fn write(&self, mut write: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut lengths = [0; 12];
        for ((part, longest), length) in self
            .parts()
            .into_iter()
            .zip(LONGEST)
            .zip(lengths.chunks_exact_mut(4))
        {
            if part.len() > longest {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "it is too long to be sent",
                ));
            }
            length.copy_from_slice(&(part.len() as u32).to_le_bytes());
        }
        write(&lengths)?;
        self.parts().into_iter().try_for_each(write)
    }

    /// Nothing is set aside for what has not been said to come, nor for more than a part may have.
    pub(crate) fn read(source: &mut impl Read) -> io::Result<Self> {
        let mut lengths = [0; 12];
        source.read_exact(&mut lengths)?;
        let mut parts = [const { Vec::new() }; 3];
        for ((part, longest), length) in parts.iter_mut().zip(LONGEST).zip(lengths.as_chunks::<4>().0) {
            let length = u32::from_le_bytes(*length) as usize;
            if length > longest {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("a part of {length} bytes where {longest} are the most"),
                ));
            }
            *part = vec![0; length];
        }
        for part in &mut parts {
            source.read_exact(part)?;
        }
        let [document, first, second] = parts;
        Ok(Self {
            document,
            blobs: [first, second],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(frame: &Frame) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        frame.write(|part| {
            bytes.extend_from_slice(part);
            Ok(())
        })?;
        Ok(bytes)
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let frame = Frame {
            document: b"{}".to_vec(),
            blobs: [vec![1; 70_000], vec![]],
        };
        let read = Frame::read(&mut &written(&frame).unwrap()[..]).unwrap();
        assert_eq!((read.document, read.blobs), (frame.document, frame.blobs));
    }

    #[test]
    fn a_length_beyond_the_longest_is_refused_before_anything_is_set_aside() {
        for (part, longest) in LONGEST.into_iter().enumerate() {
            let mut lengths = [0; 12];
            lengths[part * 4..][..4].copy_from_slice(&(longest as u32 + 1).to_le_bytes());
            let refused = Frame::read(&mut &lengths[..]).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
        }
        let unsendable = Frame {
            document: vec![0; LONGEST[0] + 1],
            blobs: Default::default(),
        };
        assert!(written(&unsendable).is_err());
    }

    #[test]
    fn a_frame_that_ends_early_is_an_error() {
        let frame = Frame {
            document: b"{}".to_vec(),
            blobs: [vec![1; 10], vec![2; 10]],
        };
        let bytes = written(&frame).unwrap();
        for end in 0..bytes.len() {
            assert!(Frame::read(&mut &bytes[..end]).is_err(), "{end}");
        }
    }
}
