//! From a form to a photo: receiving, settling, and finishing what was interrupted.

mod body;
mod digest;
mod file_name;
mod film;
mod form;
mod receive;
mod recover;
mod settle;
mod sidecar;
mod taken;
mod xmp;

pub(crate) use body::PacedBody;
pub(crate) use digest::repr_digest;
pub(crate) use file_name::without_folders;
pub(crate) use form::Form;
pub(crate) use receive::{AROUND_FILE, Received, Receiver, Uploader};
pub(crate) use recover::Recovery;
pub(crate) use settle::{Authority, Settler};
pub(crate) use taken::said_by_client;
pub(crate) use xmp::Xmp;
