//! The whole service, in process, on SQLite.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod administration;
mod api_keys;
mod closings;
mod cookie;
mod invitations;
mod life;
mod links;
mod organizations;
mod outage;
mod passkeys;
mod post_office;
mod refusals;
mod second_factor;
mod service_tokens;
mod sessions;
mod signing_keys;
mod support;
mod tokens;
