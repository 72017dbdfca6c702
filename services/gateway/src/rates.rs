//! The first rate limit: by user, or by address where nobody is signed in.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::middleware::map_response;
use axum::response::IntoResponse;
use http::StatusCode;
use http::{HeaderName, HeaderValue, Request, Response};
use photure_common::Problem;
use photure_common::service::Kit;
use photure_domain::UserId;
use tower_governor::governor::GovernorConfigBuilder;
use tower_governor::key_extractor::KeyExtractor;
use tower_governor::{GovernorError, GovernorLayer};

use crate::client::ClientAddress;
use crate::edge::VerifiedUser;

/// Keys that have been quiet are forgotten this often.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// The limits that hold for a request, and what is left of each.
pub(crate) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    User(UserId),
    Address(IpAddr),
}

fn address<T>(request: &Request<T>) -> IpAddr {
    let known = request.extensions().get::<ClientAddress>();
    known.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |client| client.household())
}

/// A user wherever they are, else an address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByUser;

impl KeyExtractor for ByUser {
    type Key = Counted;

    fn extract<T>(&self, request: &Request<T>) -> Result<Counted, GovernorError> {
        let user = request.extensions().get::<VerifiedUser>();
        Ok(user.map_or_else(
            || Counted::Address(address(request)),
            |user| Counted::User(user.0),
        ))
    }
}

/// An address, whoever is signed in there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByAddress;

impl KeyExtractor for ByAddress {
    type Key = Counted;

    fn extract<T>(&self, request: &Request<T>) -> Result<Counted, GovernorError> {
        Ok(Counted::Address(address(request)))
    }
}

/// What is allowed, and under which name a client is told so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) name: &'static str,
    /// One request each so long in the long run.
    pub(crate) interval: Duration,
    /// And so many at once.
    pub(crate) burst: u32,
}

impl Policy {
    /// How long it takes until `requests` more are allowed, in whole seconds.
    fn seconds_for(self, requests: u32) -> u64 {
        (self.interval * requests).as_millis().div_ceil(1000) as u64
    }

    /// Adds what is left (draft-ietf-httpapi-ratelimit-headers-10) to what other policies have said.
    fn tell<B>(self, mut response: Response<B>, left: u32, wait: u64) -> Response<B> {
        let Self { name, burst, .. } = self;
        let window = self.seconds_for(burst).max(1);
        let policy = format!("\"{name}\";q={burst};w={window}");
        let state = format!("\"{name}\";r={left};t={wait}");
        for (header, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(header, value);
            }
        }
        response
    }

    /// What the limiter has noted for itself, as clients are told it.
    fn told(self, mut response: Response<Body>) -> Response<Body> {
        let headers = response.headers_mut();
        headers.remove("x-ratelimit-limit");
        let left = headers.remove("x-ratelimit-remaining");
        let left = left.and_then(|left| left.to_str().ok()?.parse().ok());
        match left {
            Some(left) => self.tell(response, left, self.seconds_for(self.burst.saturating_sub(left))),
            None => response,
        }
    }

    #[allow(clippy::needless_pass_by_value, reason = "the layer hands it over")]
    fn refuse(self, error: GovernorError) -> Response<Body> {
        let wait = match error {
            GovernorError::TooManyRequests { wait_time, .. } => wait_time.clamp(1, 3600),
            GovernorError::UnableToExtractKey | GovernorError::Other { .. } => 1,
        };
        let problem = Problem::of_status(StatusCode::TOO_MANY_REQUESTS);
        let problem = problem.retry_after(u32::try_from(wait).unwrap_or(1));
        self.tell(problem.into_response(), 0, wait)
    }
}

/// `routes` with a limit.
pub(crate) fn limited<K>(routes: Router, key: K, policy: Policy, kit: &Kit) -> Router
where
    K: KeyExtractor<Key = Counted> + Send + Sync + 'static,
{
    let config = GovernorConfigBuilder::default()
        .key_extractor(key)
        .period(policy.interval)
        .burst_size(policy.burst)
        .use_headers()
        .finish();
    let Some(config) = config.map(Arc::new) else {
        return routes;
    }; // only for a zero, which configuration refuses
    let limiter = config.limiter().clone();
    let shutdown = kit.shutdown.clone();
    kit.tasks.spawn(async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(FORGET_EVERY) => limiter.retain_recent(),
                () = shutdown.cancelled() => return,
            }
        }
    });
    routes
        .layer(GovernorLayer::new(config).error_handler(move |error| policy.refuse(error)))
        .layer(map_response(move |response: Response<Body>| {
            std::future::ready(policy.told(response))
        }))
}
