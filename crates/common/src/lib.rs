//! The chassis every service stands on: configuration, telemetry, serving and shutting down, problem responses,
//! identity, calls to other services.
//!
//! No business rule and no database. What only one service uses lives in that service.

pub mod chassis;
pub mod client;
mod clock;
mod codes;
pub mod config;
pub mod documentation;
pub mod extract;
pub mod health;
pub mod identity;
mod linger;
pub mod memory;
pub mod peer;
mod problem;
pub mod secret;
pub mod service;
mod store_problem;
mod telemetry;
pub mod trail;

/// What is counted and shown at `/metrics`.
pub use axum_prometheus::metrics;
pub use clock::{SystemClock, SystemIds};
pub use codes::PROBLEM_CODES;
pub use problem::{FieldError, Problem, ProblemBody};
