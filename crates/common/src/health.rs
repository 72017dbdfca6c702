//! Whether a service lives, and whether it is ready: its dependencies, named, with latencies.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use photure_store::StoreProbe;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::causes;

/// A check may take this long before it counts as failed.
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);

/// Something a service cannot do without.
#[async_trait]
pub trait Check: Send + Sync + Debug {
    /// `Err` says in a few words, for operators, what is wrong.
    async fn check(&self) -> Result<(), String>;
}

/// Whether the database takes writes.
#[derive(Debug)]
pub struct DatabaseCheck(pub Arc<dyn StoreProbe>);

#[async_trait]
impl Check for DatabaseCheck {
    async fn check(&self) -> Result<(), String> {
        self.0.probe().await.map_err(|error| causes(&error))
    }
}

/// What a service cannot do without, by name.
#[derive(Clone, Debug, Default)]
pub struct Checks(Vec<(&'static str, Arc<dyn Check>)>);

impl Checks {
    #[must_use]
    pub fn with(mut self, name: &'static str, check: Arc<dyn Check>) -> Self {
        self.0.push((name, check));
        self
    }

    /// All at once.
    pub async fn run(&self) -> Readiness {
        let each = self.0.iter().map(|(name, check)| async move {
            let start = Instant::now();
            let outcome = tokio::time::timeout(CHECK_TIMEOUT, check.check())
                .await
                .unwrap_or_else(|_| Err(format!("no answer within {} s", CHECK_TIMEOUT.as_secs())));
            let latency_ms = start.elapsed().as_secs_f64() * 1000.0;
            let status = if outcome.is_ok() {
                Status::Ok
            } else {
                Status::Failing
            };
            (
                (*name).to_owned(),
                CheckReport {
                    status,
                    latency_ms,
                    reason: outcome.err(),
                },
            )
        });
        let checks: BTreeMap<_, _> = futures::future::join_all(each).await.into_iter().collect();
        let failing = checks.values().any(|report| report.status != Status::Ok);
        Readiness {
            status: if failing { Status::Failing } else { Status::Ok },
            checks,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Ok,
    Failing,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    pub status: Status,
    pub checks: BTreeMap<String, CheckReport>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CheckReport {
    pub status: Status,
    pub latency_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `/health/live` and `/health/ready`.
pub(crate) fn router(checks: Checks) -> Router {
    Router::new()
        .route(
            "/health/live",
            get(|| async { Json(serde_json::json!({"status": "ok"})) }),
        )
        .route("/health/ready", get(ready))
        .with_state(checks)
}

async fn ready(State(checks): State<Checks>) -> Response {
    let readiness = checks.run().await;
    let status = if readiness.status == Status::Ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness)).into_response()
}
