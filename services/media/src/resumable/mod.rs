//! Uploads that may break off and be gone on with: tus 1.0 (<https://tus.io/protocols/resumable-upload>), and what the staging
//! folder keeps of them.
//!
//! ```text
//! <staging>/resumable/<id>.bytes     what has arrived; its length is the offset
//! <staging>/resumable/<id>.open      the ticket: whose it is, and what the client said of the file
//! <staging>/resumable/<id>.xmp       what the client sent to lie beside the photo
//! <staging>/resumable/<id>.ended     what became of it, for a day
//! ```
//!
//! When the last byte is there, the bytes get a second name in the staging folder and a note of their own, and go the way of
//! every upload; the note remembers which upload wants to know how it ends. A full offset is told to a client only when
//! the photo is in the catalogue: clients take it for the end.

mod append;
mod ending;
mod metadata;
mod receive;
mod registry;
mod ticket;
mod upload;

pub(crate) use append::Chunk;
pub(crate) use ending::{Ending, Outcome};
pub(crate) use metadata::UploadMetadata;
pub(crate) use receive::{NewUpload, Resumable};
pub(crate) use registry::{Found, Uploads};
pub(crate) use ticket::{Kind, Ticket};
pub(crate) use upload::{Phase, Upload};
