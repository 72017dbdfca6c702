//! Mail to people: what is written to them, and how it gets there although servers are slow and away.

mod config;
mod letter;
mod post;

pub use config::MailConfig;
pub(crate) use letter::{Letter, Matter};
pub(crate) use post::Post;
