use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum_reverse_proxy::{ProxyError, ProxyPolicy, ReverseProxy, XForwardedFor};
use http::StatusCode;
use hyper::upgrade::OnUpgrade;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use photure_common::Problem;
use photure_common::peer::{Peer, pass_on_context};
use tower::{Service, ServiceExt};

/// An upload is answered when its pictures are made; beyond this nobody waits any more.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(300);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The services behind the gateway.
#[derive(Clone, Debug)]
pub struct Upstreams {
    pub auth: Peer,
    pub gallery: Peer,
    pub media: Peer,
    /// Further replicas of media.
    pub more_media: Vec<Peer>,
}

impl Upstreams {
    pub(crate) fn every_media(&self) -> impl Iterator<Item = &Peer> {
        std::iter::once(&self.media).chain(&self.more_media)
    }
}

/// A service behind the gateway, to which whole requests are handed: bodies stream both ways, upgrades pass.
#[derive(Clone)]
pub(crate) enum Upstream {
    Remote {
        name: &'static str,
        proxy: Box<ReverseProxy<HttpConnector>>,
    },
    Local(Router),
}

impl Upstream {
    pub(crate) fn new(name: &'static str, peer: &Peer) -> Self {
        match peer {
            Peer::Local(router) => Self::Local(router.clone()),
            Peer::Remote { base, .. } => {
                let mut connector = HttpConnector::new();
                connector.set_nodelay(true);
                connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
                let client = Client::builder(TokioExecutor::new())
                    .pool_timer(TokioTimer::new())
                    .pool_idle_timeout(Duration::from_secs(30))
                    .build(connector);
                let policy = ProxyPolicy::new()
                    .with_x_forwarded_for(XForwardedFor::Preserve) // said by `client::identify`
                    .with_upstream_timeout(ANSWER_TIMEOUT);
                let proxy = ReverseProxy::new_with_client("", base.as_str(), client).with_policy(policy);
                Self::Remote {
                    name,
                    proxy: Box::new(proxy),
                }
            }
        }
    }

    async fn hand_over(self, mut request: Request) -> Response {
        pass_on_context(&mut request);
        match self {
            Self::Local(router) => match router.oneshot(as_arrived(request)).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            Self::Remote { name, proxy } => {
                let Ok(response) = proxy.proxy_request(request).await;
                translated(name, response)
            }
        }
    }
}

/// As over a socket: what this router noted about the request stays here, else the next one's routing would stumble over it.
fn as_arrived(request: Request) -> Request {
    let (mut parts, body) = request.into_parts();
    let upgrade = parts.extensions.remove::<OnUpgrade>();
    parts.extensions.clear();
    if let Some(upgrade) = upgrade {
        parts.extensions.insert(upgrade);
    }
    Request::from_parts(parts, body)
}

/// A service that is not there is an outage, not a riddle.
fn translated(name: &'static str, response: Response<Body>) -> Response {
    let failed = response.extensions().get::<ProxyError>();
    match (failed, response.status()) {
        (Some(error), _) => {
            let cause = std::io::Error::other(error.message().to_owned());
            Problem::unavailable(name, &cause).into_response()
        }
        (None, StatusCode::GATEWAY_TIMEOUT) => {
            Problem::of_status(StatusCode::GATEWAY_TIMEOUT).into_response()
        }
        _ => response,
    }
}

impl Service<Request> for Upstream {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let upstream = self.clone();
        Box::pin(async move { Ok(upstream.hand_over(request).await) })
    }
}
