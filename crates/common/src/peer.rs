//! Calls to other services: over a socket, or straight into their router where they live in this process. The requests
//! are the same.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use backon::{ExponentialBuilder, Retryable};
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::de::DeserializeOwned;
use tower::ServiceExt;
use url::Url;

use crate::ProblemBody;
use crate::chassis::{REQUEST_ID, RequestId};

/// One answer may take this long, its body included.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// What one service tells another is small; more than this is a fault.
const MAX_ANSWER_BYTES: usize = 4 << 20;

/// Another service.
#[derive(Clone, Debug)]
pub enum Peer {
    /// Over a socket.
    Remote {
        base: Url,
        client: Box<Client<HttpConnector, Body>>,
    },
    /// In this process.
    Local(Router),
}

#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    #[error("the request could not be made")]
    Request(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("no connection, or it broke")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("no answer within {} s", TIMEOUT.as_secs())]
    Timeout,
    /// The other service refused, and said why.
    #[error("refused with {status} ({})", problem.as_ref().map_or("no code", |problem| problem.code.as_str()))]
    Refused {
        status: StatusCode,
        problem: Option<Box<ProblemBody>>,
    },
    #[error("the answer is not what it should be")]
    Answer(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl PeerError {
    pub fn request(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Request(cause.into())
    }

    /// The stable code the other service refused with.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused {
                problem: Some(problem),
                ..
            } => Some(&problem.code),
            _ => None,
        }
    }

    /// Whether the same request may succeed a moment later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Timeout => true,
            Self::Refused { status, .. } => matches!(
                *status,
                StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
            ),
            Self::Request(_) | Self::Answer(_) => false,
        }
    }
}

impl Peer {
    pub fn remote(base: Url) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .build(connector);
        Self::Remote {
            base,
            client: Box::new(client),
        }
    }

    /// One try, without a timeout; the answer's body streams.
    pub async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, PeerError> {
        pass_on_context(&mut request);
        match self {
            Self::Remote { base, client } => {
                *request.uri_mut() = absolute(base, request.uri())?;
                let response = client
                    .request(request)
                    .await
                    .map_err(|error| PeerError::Unreachable(error.into()))?;
                Ok(response.map(Body::new))
            }
            Self::Local(router) => {
                let response = router.clone().oneshot(request).await;
                Ok(response.unwrap_or_else(|never| match never {}))
            }
        }
    }

    /// One try; an answer that is a success, read whole, as JSON.
    pub async fn json<T: DeserializeOwned>(&self, request: Request<Body>) -> Result<T, PeerError> {
        let exchange = async {
            let (status, body) = self.whole(request).await?;
            if status.is_success() {
                return serde_json::from_slice(&body).map_err(|error| PeerError::Answer(error.into()));
            }
            Err(PeerError::Refused {
                status,
                problem: serde_json::from_slice(&body).ok(),
            })
        };
        tokio::time::timeout(TIMEOUT, exchange)
            .await
            .unwrap_or(Err(PeerError::Timeout))
    }

    /// As [`Peer::json`], tried up to three times where it fails in passing. Only for requests that may arrive twice.
    pub async fn json_retrying<T: DeserializeOwned>(
        &self,
        request: impl Fn() -> Result<Request<Body>, PeerError> + Send + Sync,
    ) -> Result<T, PeerError> {
        let once = || async { self.json(request()?).await };
        once.retry(
            ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(100))
                .with_max_times(2)
                .with_jitter(),
        )
        .when(PeerError::is_passing)
        .await
    }

    async fn whole(&self, request: Request<Body>) -> Result<(StatusCode, bytes::Bytes), PeerError> {
        let response = self.send(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    PeerError::Answer(error)
                } else {
                    PeerError::Unreachable(error)
                }
            })?;
        Ok((status, body.to_bytes()))
    }
}

/// The request id and the trace go along.
pub fn pass_on_context(request: &mut Request<Body>) {
    if let Some(id) = RequestId::current()
        && let Ok(value) = HeaderValue::from_str(id.as_str())
    {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    crate::telemetry::inject_trace(request.headers_mut());
}

fn absolute(base: &Url, uri: &Uri) -> Result<Uri, PeerError> {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let prefix = base.as_str().trim_end_matches('/');
    format!("{prefix}{path}").parse().map_err(PeerError::request)
}
