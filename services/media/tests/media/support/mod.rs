pub(crate) mod auth;
pub(crate) mod blobs;
pub(crate) mod form;
pub(crate) mod gallery;
pub(crate) mod pictures;
mod served;
pub(crate) mod steps;
mod world;

pub(crate) use form::Form;
pub(crate) use served::{Headers, Served};
pub(crate) use world::{Answer, Process, World};

/// The key that gallery shares with media.
pub(crate) fn world_secret() -> &'static str {
    world::SECRET
}
