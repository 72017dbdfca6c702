//! Decoders in processes of their own: what a hostile picture does, it does to one worker, and costs its own upload.
//!
//! No codec and no rule about pictures, that is `photure-imaging`; no async; no storage.
//!
//! # A worker
//!
//! The same executable once more, told by its first argument, with an environment that holds nothing of ours. Its standard
//! input is one end of a socket; by it come its limits, then photos, each as an open descriptor; by it go the facts and
//! the two variants of each. Before the first photo it gives away what it could do: it opens no file and no socket,
//! starts nothing, writes nowhere but to its socket, and holds no more memory than it was told ([`confine`]). It then tries whether
//! that is so, and says what it found.
//!
//! # Who is to blame
//!
//! A worker that dies, hangs or answers nonsense is ended. If it was not new, an earlier photo may have left it broken, or something
//! killed it while it idled, so the photo is tried once more in a new one; only what a new worker meets is said of the file.
//! After a picture that its decoder refused a worker is not used again.
//!
//! # When they live
//!
//! Started when there is a photo and no idle worker, so never more than photos at the same time; ended when idle for
//! [`Settings::idle`], after [`Settings::photos`], or grown beyond [`Settings::kept_bytes`]; killed by the kernel together with the process they work for.

mod answer;
mod confine;
mod error;
#[cfg(feature = "fuzzing")]
pub mod fuzz;
mod keeper;
mod pool;
mod process;
mod settings;
mod wire;
mod worker;

pub use error::{DecodeError, Failure};
pub use pool::Pool;
pub use settings::{Sandbox, Settings};
pub use worker::as_worker;
