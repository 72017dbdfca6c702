//! Real workers, which are killed, stopped and lied to.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod blame;
mod life;
mod pictures;
mod sandbox;
mod support;
