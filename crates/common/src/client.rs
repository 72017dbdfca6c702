use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::USER_AGENT;
use http::request::Parts;
use photure_domain::account::Client;

/// What browsers say of themselves is shorter.
const MAX_DEVICE_CHARS: usize = 256;
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Where a request says it comes from. The gateway leaves nothing in these headers about the address that a stranger wrote; who goes
/// past it only lies to the list of their own sessions.
#[derive(Debug)]
pub struct Seen(pub Client);

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Client {
            device: device(&parts.headers),
            address: last_forwarded(&parts.headers).and_then(|address| address.parse().ok()),
        }))
    }
}

fn device(headers: &HeaderMap) -> Option<String> {
    let said = String::from_utf8_lossy(headers.get(USER_AGENT)?.as_bytes());
    let printable = said.chars().filter(|character| !character.is_control());
    let device: String = printable.take(MAX_DEVICE_CHARS).collect();
    let device = device.trim();
    (!device.is_empty()).then(|| device.to_owned())
}

fn last_forwarded(headers: &HeaderMap) -> Option<&str> {
    let last = headers.get_all(FORWARDED_FOR).iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    async fn seen(headers: &[(&str, &str)]) -> Client {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let Ok(Seen(client)) = Seen::from_request_parts(&mut parts, &()).await;
        client
    }

    #[tokio::test]
    async fn a_device_is_what_it_says_cut_short() {
        let long = "x".repeat(1000);
        assert_eq!(
            seen(&[("user-agent", &long)]).await.device.unwrap().len(),
            MAX_DEVICE_CHARS
        );
        for silent in ["", "  ", "\t"] {
            assert_eq!(seen(&[("user-agent", silent)]).await.device, None);
        }
        assert_eq!(seen(&[]).await, Client::default());
    }

    #[tokio::test]
    async fn an_address_is_the_last_one_said() {
        let address = async |text| seen(&[("x-forwarded-for", text)]).await.address;
        assert_eq!(
            address("198.51.100.1, 203.0.113.7").await,
            "203.0.113.7".parse().ok()
        );
        assert_eq!(address("2001:db8::1").await, "2001:db8::1".parse().ok());
        assert_eq!(address("nonsense").await, None);
    }
}
