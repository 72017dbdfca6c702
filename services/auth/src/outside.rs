//! Requests to those whom Photure does not run: providers that people sign in with.
//!
//! None is followed elsewhere, waited for without end or listened to without end, and none goes in clear over a network.

mod cached;

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use photure_common::service::StartError;
use reqwest::redirect::Policy;
use url::{Host, Url};

pub(crate) use cached::{Cached, Cause};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// One answer, its body included.
const TIMEOUT: Duration = Duration::from_secs(8);
/// Keys and claims are a few kilobytes.
const MAX_ANSWER_BYTES: usize = 512 << 10;

#[derive(Clone, Debug)]
pub(crate) struct Outside(reqwest::Client);

#[derive(Debug, thiserror::Error)]
pub(crate) enum OutsideError {
    #[error("the request could not be made")]
    Request(#[source] reqwest::Error),
    #[error("no answer, or it broke off")]
    Unreachable(#[source] reqwest::Error),
    #[error("the answer is longer than {MAX_ANSWER_BYTES} bytes")]
    TooLong,
    #[error("the answer is not what it should be: {0}")]
    Answer(String),
    /// What it says would be read, or be another's, on the way.
    #[error("{0} is not https://")]
    Insecure(String),
}

impl Outside {
    pub(crate) fn new() -> Result<Self, StartError> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .no_proxy()
            .user_agent(concat!("Photure/", env!("CARGO_PKG_VERSION")))
            .build();
        client
            .map(Self)
            .map_err(|error| StartError::new("no client for providers", error))
    }

    pub(crate) async fn get(&self, url: &Url) -> Result<Vec<u8>, OutsideError> {
        let request = self.0.get(url.clone()).build().map_err(OutsideError::Request)?;
        let response = self.send(request).await?;
        if response.status().is_success() {
            Ok(response.into_body())
        } else {
            Err(OutsideError::Answer(response.status().to_string()))
        }
    }

    async fn send(&self, request: reqwest::Request) -> Result<HttpResponse, OutsideError> {
        if !is_safe(request.url()) {
            return Err(OutsideError::Insecure(
                request.url().host_str().unwrap_or_default().into(),
            ));
        }
        // Without the address: it may hold what is nobody's business.
        let broken = |error: reqwest::Error| OutsideError::Unreachable(error.without_url());
        let mut response = self.0.execute(request).await.map_err(broken)?;
        let mut answer = HttpResponse::new(Vec::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        while let Some(part) = response.chunk().await.map_err(broken)? {
            if answer.body().len() + part.len() > MAX_ANSWER_BYTES {
                return Err(OutsideError::TooLong);
            }
            answer.body_mut().extend_from_slice(&part);
        }
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Outside {
    type Error = OutsideError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutsideError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = request.try_into().map_err(OutsideError::Request)?;
            self.send(request).await
        })
    }
}

/// Encrypted, or within this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_in_clear_over_a_network() {
        for safe in [
            "https://id.example.org",
            "http://localhost:3000",
            "http://127.0.0.1:3000/a",
            "http://[::1]",
        ] {
            assert!(is_safe(&safe.parse().unwrap()), "{safe}");
        }
        for unsafe_one in [
            "http://id.example.org",
            "http://192.168.1.5",
            "http://localhost.example.org",
            "ftp://localhost",
            "data:text/plain,x",
        ] {
            assert!(!is_safe(&unsafe_one.parse().unwrap()), "{unsafe_one}");
        }
    }
}
