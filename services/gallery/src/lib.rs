//! The gallery: knows photos as facts (whose, when, where, how they look) and decides who may see what.
//!
//! No bytes and no pixels: of those it hands out signed addresses, which media honours. No accounts: who asks, a token
//! says. It calls nobody but auth, for the keys that verify tokens.

mod app;
mod assemble;
mod config;
mod documentation;
mod endpoints;
mod error;
mod etag;
mod library;
mod problem;
#[cfg(test)]
mod tests;
mod view;

pub use assemble::{Deps, main, openapi, router};
pub use config::GalleryConfig;
pub use library::taken_in;
