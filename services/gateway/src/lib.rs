//! The only door of the API: it routes to the services, verifies tokens early, limits rates and bodies, and gathers health
//! and documents.
//!
//! It holds no data and no rule: what a request may do, the service behind decides, again.

mod client;
mod config;
mod documents;
mod edge;
mod health;
mod limits;
mod me;
mod rates;
mod replicas;
mod routes;
mod upstream;

pub use config::{DESCRIPTOR, GatewayConfig};
pub use documents::merge;
pub use routes::router;
pub use upstream::Upstreams;
