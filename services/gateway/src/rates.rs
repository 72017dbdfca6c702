//! The first rate limit: by user, or by address where nobody is signed in.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use http::StatusCode;
use http::{Request, Response};
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

/// `routes` with a limit: one request each `interval` in the long run, `burst` at once.
pub(crate) fn limited<K>(routes: Router, key: K, interval: Duration, burst: u32, kit: &Kit) -> Router
where
    K: KeyExtractor<Key = Counted> + Send + Sync + 'static,
{
    let config = GovernorConfigBuilder::default()
        .key_extractor(key)
        .period(interval)
        .burst_size(burst)
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
    routes.layer(GovernorLayer::new(config).error_handler(refuse))
}

#[allow(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn refuse(error: GovernorError) -> Response<Body> {
    let wait = match error {
        GovernorError::TooManyRequests { wait_time, .. } => wait_time.clamp(1, 3600),
        GovernorError::UnableToExtractKey | GovernorError::Other { .. } => 1,
    };
    let wait = u32::try_from(wait).unwrap_or(1);
    Problem::of_status(StatusCode::TOO_MANY_REQUESTS)
        .retry_after(wait)
        .into_response()
}
