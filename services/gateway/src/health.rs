//! `/api/health`: how every part is.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use photure_common::extract::Json;
use photure_common::health::{CheckReport, Readiness, Status};
use photure_common::peer::Peer;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Upstreams;

const TIMEOUT: Duration = Duration::from_secs(4);
const MAX_ANSWER_BYTES: usize = 64 << 10;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlatformHealth {
    status: Status,
    version: &'static str,
    services: BTreeMap<&'static str, ServiceHealth>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ServiceHealth {
    status: Status,
    latency_ms: f64,
    checks: BTreeMap<String, CheckReport>,
}

/// How every part of the platform is.
#[utoipa::path(
    get,
    operation_id = "platform_health",
    path = "/api/health",
    tag = "platform",
    responses(
        (status = 200, description = "All is well", body = PlatformHealth),
        (status = 503, description = "A part is not", body = PlatformHealth),
    )
)]
pub(crate) async fn health(State(upstreams): State<Upstreams>) -> Response {
    let named = [("auth", &upstreams.auth), ("gallery", &upstreams.gallery)];
    let media = upstreams.every_media().map(|peer| ("media", peer));
    let each = named
        .into_iter()
        .chain(media)
        .map(|(name, peer)| async move { (name, ask(peer).await) });
    let mut services = BTreeMap::new();
    for (name, service) in futures::future::join_all(each).await {
        // Of several replicas the worst speaks for all.
        let kept = services.entry(name).or_insert_with(|| service.clone());
        if service.status == Status::Failing {
            *kept = service;
        }
    }
    let well = services.values().all(|service| service.status == Status::Ok);
    let health = PlatformHealth {
        status: if well { Status::Ok } else { Status::Failing },
        version: env!("CARGO_PKG_VERSION"),
        services,
    };
    let status = if well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(health)).into_response()
}

async fn ask(peer: &Peer) -> ServiceHealth {
    let start = Instant::now();
    let readiness = tokio::time::timeout(TIMEOUT, readiness(peer))
        .await
        .ok()
        .flatten();
    let latency_ms = start.elapsed().as_secs_f64() * 1000.0;
    match readiness {
        Some(Readiness { status, checks }) => ServiceHealth {
            status,
            latency_ms,
            checks: without_reasons(checks),
        },
        None => ServiceHealth {
            status: Status::Failing,
            latency_ms,
            checks: BTreeMap::new(),
        },
    }
}

/// What is wrong inside is for the operator's eyes: `/health/ready` of the service itself says it.
fn without_reasons(checks: BTreeMap<String, CheckReport>) -> BTreeMap<String, CheckReport> {
    checks
        .into_iter()
        .map(|(name, report)| {
            (
                name,
                CheckReport {
                    reason: None,
                    ..report
                },
            )
        })
        .collect()
}

/// Red is an answer too, whatever its status.
async fn readiness(peer: &Peer) -> Option<Readiness> {
    let request = Request::get("/health/ready").body(Body::empty()).ok()?;
    let response = peer.send(request).await.ok()?;
    let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES)
        .collect()
        .await
        .ok()?;
    serde_json::from_slice(&body.to_bytes()).ok()
}
