//! Media as a whole, in process: a folder of its own, an auth and a gallery that behave as the real ones do, and fail when they
//! are told to.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod addresses;
mod archives;
mod decoders;
mod films;
mod integrity;
mod interruptions;
mod outages;
mod quotas;
mod refusals;
mod resumable;
mod serving;
mod sidecars;
mod support;
mod sweeping;
mod uploads;
mod xmps;
