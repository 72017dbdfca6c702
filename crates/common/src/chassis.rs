//! What stands around every service's routes: health, metrics, request ids, the log of requests, problems for every
//! refusal, and a wall against panics.

use std::any::Any;
use std::sync::OnceLock;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_prometheus::PrometheusMetricLayer;
use axum_prometheus::metrics_exporter_prometheus::PrometheusHandle;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use photure_domain::IdSource;
use tower::Layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::normalize_path::NormalizePathLayer;
use tracing::{Instrument, Span, field};

use crate::health::{self, Checks};
use crate::{Problem, SystemIds, telemetry};

/// Where a service shows its OpenAPI document to the gateway.
pub const OPENAPI_PATH: &str = "/internal/openapi.json";

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, from nginx through every service: what a person quotes and an operator greps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

tokio::task_local! {
    static CURRENT: RequestId;
}

impl RequestId {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of the request this task is answering.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// `work` as a part of the request this task is answering, for work that goes on in a task of its own.
    pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
        let id = Self::current();
        async move {
            match id {
                Some(id) => CURRENT.scope(id, work).await,
                None => work.await,
            }
        }
    }

    /// What the caller says, if it is short and plain; else a new one.
    fn of(request: &Request) -> Self {
        let plain = |text: &&str| {
            (8..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let said = request
            .headers()
            .get(REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(plain);
        Self(said.map_or_else(|| SystemIds.next().to_string(), str::to_owned))
    }
}

/// `routes` as a whole service called `name`.
pub fn service(name: &'static str, routes: Router, checks: Checks) -> Router {
    let (metrics_layer, _) = metrics();
    let whole = routes
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::of_status(StatusCode::METHOD_NOT_ALLOWED) })
        .layer(metrics_layer.clone())
        .merge(health::router(checks))
        .route("/metrics", get(|| async { metrics().1.render() }))
        .layer(CatchPanicLayer::custom(|cause: Box<dyn Any + Send>| {
            panicked(&*cause)
        }))
        .layer(from_fn(move |request, next| answer(name, request, next)));
    // Before routing, so that `/photos/` finds `/photos`.
    Router::new().fallback_service(NormalizePathLayer::trim_trailing_slash().layer(whole))
}

/// One recorder for the process, however many services live in it.
fn metrics() -> &'static (PrometheusMetricLayer<'static>, PrometheusHandle) {
    static METRICS: OnceLock<(PrometheusMetricLayer<'static>, PrometheusHandle)> = OnceLock::new();
    METRICS.get_or_init(PrometheusMetricLayer::pair)
}

fn panicked(cause: &(dyn Any + Send)) -> Response {
    let said = cause
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    tracing::error!(cause = said.unwrap_or("unknown"), "panic");
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

async fn answer(service: &'static str, request: Request, next: Next) -> Response {
    let id = RequestId::of(&request);
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let quiet = request.uri().path().starts_with("/health/") || request.uri().path() == "/metrics";
    let span = tracing::info_span!(
        "request",
        service,
        request_id = id.as_str(),
        method = %request.method(),
        route,
        status = field::Empty,
    );
    telemetry::adopt_trace(&span, request.headers());
    let start = Instant::now();
    let answering = async {
        let response = as_problem(next.run(request).await, &id);
        log(&response, start, quiet);
        response
    };
    let mut response = CURRENT.scope(id.clone(), answering.instrument(span)).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Every refusal is a problem that names the request, also those that a library made. What a handler or a layer said in
/// other headers stays.
fn as_problem(mut response: Response, id: &RequestId) -> Response {
    let problem = response
        .extensions_mut()
        .remove::<Problem>()
        .or_else(|| foreign_refusal(&response));
    let Some(problem) = problem else { return response };
    let mut named = problem.respond(Some(id.as_str()));
    let own = named.headers().clone();
    for (name, value) in response.headers() {
        // One header may have several lines.
        if name != CONTENT_LENGTH && name != CONTENT_ENCODING && !own.contains_key(name) {
            named.headers_mut().append(name, value.clone());
        }
    }
    named
}

/// A refusal that is no document of ours yet.
fn foreign_refusal(response: &Response) -> Option<Problem> {
    let status = response.status();
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let said = kind.starts_with("application/problem+json") || kind.starts_with("application/json");
    ((status.is_client_error() || status.is_server_error()) && !said).then(|| Problem::of_status(status))
}

fn log(response: &Response<Body>, start: Instant, quiet: bool) {
    let status = response.status().as_u16();
    let millis = start.elapsed().as_secs_f64() * 1000.0;
    Span::current().record("status", status);
    let code = response.extensions().get::<Problem>().map(|problem| problem.code);
    if quiet {
        tracing::debug!(status, millis, code, "answered");
    } else {
        tracing::info!(status, millis, code, "answered");
    }
}
