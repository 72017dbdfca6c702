//! The service that knows bytes: it receives uploads, keeps originals and the sizes that screens need, and serves them
//! to whoever holds a signed address.
//!
//! No database, no rule about users, no list of what there is: gallery knows all that, and is told of each photo.
//!
//! # The life of an upload
//!
//! ```text
//! (streaming) ──▶ received ──▶ stored ──▶ registered ──▶ acknowledged
//! ```
//!
//! * **received**: all bytes and a note about them lie fsynced in the staging folder. A crash before that leaves a part
//!   without a note, which the next start removes; the client has no answer and sends again.
//! * **stored**: thumb, preview and original are in the blob store, and beside the original a sidecar that says what gallery is about to
//!   be told. A crash before or after that finds the note at the next start and goes on from *received*; storing what is there
//!   already changes nothing.
//! * **registered**: gallery has it in its catalogue. A crash between that and the answer finds the note once more;
//!   gallery answers with the photo it has, since a photo is one owner's one hash, and the sidecar is made to say the same.
//! * **acknowledged**: the staged files are gone, the client has gallery's answer. What it was told is then true whatever dies.
//!
//! A client that sends the same file again at any point ends in the same one photo, and takes what is staged of its
//! earlier tries with it.

mod archive;
mod assemble;
mod closed;
mod config;
mod decoder;
mod endpoints;
mod error;
mod gallery;
mod hash_locks;
pub mod integrity;
mod memory;
mod problem;
mod resumable;
mod rooms;
mod serve;
mod service_token;
mod staging;
mod state;
mod sweep;
mod upload;

pub use assemble::{Deps, main, open_existing_storage, open_storage, openapi, router};
pub use config::MediaConfig;
