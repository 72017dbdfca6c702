//! The service as a whole, in process, on a database file of its own. What concerns one endpoint alone is tested in that
//! endpoint's file, with the same [`World`].

mod care;
mod closed;
mod cursors;
mod document;
mod etags;
mod films;
mod hostile;
mod life;
mod outage;
mod quotas;
mod registration;
mod released;
mod retention;
mod strangers;
pub(crate) mod world;

pub(crate) use world::World;
