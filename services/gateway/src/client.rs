//! Whose request this is, as far as the network tells.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// The address a request comes from: the connection's, or what a trusted proxy says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl ClientAddress {
    /// What is counted as one client: an IPv6 customer has a whole /64.
    pub(crate) fn household(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 => v4,
        }
    }

    fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let peer = peer.to_canonical();
        if !trusted.iter().any(|network| network.contains(&peer)) {
            return Self(peer);
        }
        // The last word is the trusted proxy's own; all before it is hearsay.
        let last = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .next_back()
            .and_then(|value| value.to_str().ok());
        let said = last
            .and_then(|list| list.rsplit(',').next())
            .and_then(|word| word.trim().parse().ok());
        Self(said.map_or(peer, |address: IpAddr| address.to_canonical()))
    }
}

/// Finds the client's address, and leaves in the headers nothing about it that a stranger wrote.
pub(crate) async fn identify(
    State(trusted): State<Arc<[IpNet]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let connection = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let peer = connection.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let client = ClientAddress::of(peer, request.headers(), &trusted);
    let proxied = trusted
        .iter()
        .any(|network| network.contains(&peer.to_canonical()));
    let headers = request.headers_mut();
    headers.remove(REAL_IP);
    headers.remove(http::header::FORWARDED);
    if !proxied {
        headers.remove(FORWARDED_PROTO);
        headers.remove(FORWARDED_HOST);
    }
    if let Ok(value) = HeaderValue::from_str(&client.0.to_string()) {
        headers.insert(FORWARDED_FOR, value);
    }
    request.extensions_mut().insert(client);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(values: &[&'static str]) -> HeaderMap {
        values
            .iter()
            .map(|value| (FORWARDED_FOR, HeaderValue::from_static(value)))
            .collect()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let headers = forwarded(&["10.9.9.9"]);
        assert_eq!(
            ClientAddress::of(address("203.0.113.7"), &headers, &[]).0,
            address("203.0.113.7")
        );
    }

    #[test]
    fn of_what_a_trusted_proxy_passes_on_only_its_own_word_counts() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        for headers in [
            forwarded(&["198.51.100.1, 203.0.113.7"]),
            forwarded(&["198.51.100.1", "203.0.113.7"]),
        ] {
            assert_eq!(
                ClientAddress::of(address("10.0.0.2"), &headers, &trusted).0,
                address("203.0.113.7")
            );
        }
        assert_eq!(
            ClientAddress::of(address("::ffff:10.0.0.2"), &forwarded(&["203.0.113.7"]), &trusted).0,
            address("203.0.113.7")
        );
        assert_eq!(
            ClientAddress::of(address("10.0.0.2"), &forwarded(&["nonsense"]), &trusted).0,
            address("10.0.0.2")
        );
    }

    #[test]
    fn a_household_has_one_count() {
        let one = ClientAddress(address("2001:db8:1:2:aaaa::1")).household();
        assert_eq!(one, ClientAddress(address("2001:db8:1:2:bbbb::2")).household());
        assert_ne!(one, ClientAddress(address("2001:db8:1:3::1")).household());
    }
}
