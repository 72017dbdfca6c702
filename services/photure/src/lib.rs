//! Photure in one process: the four services and the page behind one port, with an embedded database and a folder.
//!
//! No rule and no route of its own: it hands requests from one service's router to the next, as the sockets would.

mod admin;
mod assemble;
mod care;
pub mod cli;
mod database;
mod defaults;
mod page;
mod secret_file;
mod upload;

pub use assemble::openapi;
