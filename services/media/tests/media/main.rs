//! Media as a whole, in process: a folder of its own, an auth and a gallery that behave as the real ones do, and fail when they
//! are told to.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod addresses;
mod decoders;
mod interruptions;
mod outages;
mod refusals;
mod resumable;
mod serving;
mod support;
mod sweeping;
mod uploads;
