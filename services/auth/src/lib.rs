//! The service that knows who people are: accounts, passwords, sessions, and the keys that sign access tokens.
//!
//! No photo and nobody's library: what a person may do with those, gallery decides. It alone signs tokens; everyone else
//! verifies them with the keys it publishes.

mod accounts;
mod administration;
mod api_keys;
mod app;
mod assemble;
mod audit;
mod clerk;
mod closings;
mod config;
mod cookie;
mod documentation;
mod endpoints;
mod error;
mod factor;
mod identities;
mod invitations;
mod kept;
mod keyring;
mod links;
mod mail;
mod oidc;
mod operator;
mod organizations;
mod outside;
mod own_keys;
mod passkeys;
mod passwords;
mod places;
mod problem;
mod refusals;
mod service_tokens;
mod sessions;
mod signed;
mod tokens;

pub use administration::Rotation;
pub use assemble::{Stores, main, openapi, router};
pub use config::{AuthConfig, ClerkConfig, ProviderConfig, Registration};
pub use mail::MailConfig;
pub use operator::{Application, Operator};
pub use passwords::hash_password;
