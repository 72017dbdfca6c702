use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use http::HeaderValue;
use ipnet::IpNet;
use photure_common::config::{Env, PublicUrl};
use photure_common::service::Descriptor;

/// What multipart puts around a file.
const MULTIPART_SLACK: u64 = 1 << 20;

pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "gateway",
    about: "The only door of Photure's API.",
    version: env!("CARGO_PKG_VERSION"),
    listen: SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 8000)),
    variables: "\
PHOTURE_PUBLIC_URL        what people type; the issuer of tokens; http://localhost:8000
PHOTURE_AUTH_URL          where auth is
PHOTURE_GALLERY_URL       where gallery is
PHOTURE_MEDIA_URL         where media is; of several replicas each, with commas between
PHOTURE_MAX_UPLOAD_BYTES  the largest file that is taken; 104857600
PHOTURE_CORS_ORIGINS      origins of other pages that may use the API, with commas between; none
PHOTURE_TRUSTED_PROXIES   networks whose X-Forwarded-For is believed, such as 10.0.0.0/8, with commas between; none
PHOTURE_RATE_LIMIT        on or off; on
PHOTURE_RATE_PER_SECOND   requests a user, or an address without a user, may make in the long run; 50
PHOTURE_RATE_BURST        and at once; 500
PHOTURE_SIGN_IN_PER_MINUTE  attempts to sign in or register an address may make in the long run; 12
PHOTURE_SIGN_IN_BURST     and at once; 30",
};

#[derive(Clone, Debug)]
pub struct GatewayConfig {
    pub public_url: PublicUrl,
    /// Of one upload, multipart included.
    pub max_upload_body: u64,
    pub cors_origins: Vec<HeaderValue>,
    pub trusted_proxies: Vec<IpNet>,
    /// `None` limits nothing.
    pub rates: Option<Rates>,
}

#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub per_second: u32,
    pub burst: u32,
    pub sign_in_per_minute: u32,
    pub sign_in_burst: u32,
}

impl GatewayConfig {
    pub fn from_env(env: &Env<'_>) -> Self {
        let limited = match env.text("PHOTURE_RATE_LIMIT").as_deref() {
            None | Some("on") => true,
            Some("off") => false,
            Some(other) => {
                env.fault(
                    "PHOTURE_RATE_LIMIT",
                    format_args!("{other:?} is neither on nor off"),
                );
                true
            }
        };
        let rate =
            |name, default| u32::try_from(env.number_in(name, default, 1..=1_000_000)).unwrap_or(u32::MAX);
        let rates = Rates {
            per_second: rate("PHOTURE_RATE_PER_SECOND", 50),
            burst: rate("PHOTURE_RATE_BURST", 500),
            sign_in_per_minute: rate("PHOTURE_SIGN_IN_PER_MINUTE", 12),
            sign_in_burst: rate("PHOTURE_SIGN_IN_BURST", 30),
        };
        let max_upload = env.number_in("PHOTURE_MAX_UPLOAD_BYTES", 100 << 20, 1..=1 << 40);
        Self {
            public_url: PublicUrl::from_env(env),
            max_upload_body: max_upload + MULTIPART_SLACK,
            cors_origins: list(env, "PHOTURE_CORS_ORIGINS", origin),
            trusted_proxies: list(env, "PHOTURE_TRUSTED_PROXIES", network),
            rates: limited.then_some(rates),
        }
    }
}

/// Each of the words between commas, as a `T`.
fn list<T>(env: &Env<'_>, name: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let text = env.text(name).unwrap_or_default();
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let each = words.filter_map(|word| {
        let value = read(word);
        if value.is_none() {
            env.fault(name, format_args!("{word:?} is not understood"));
        }
        value
    });
    each.collect()
}

/// Scheme, host and port, as a browser sends it.
fn origin(text: &str) -> Option<HeaderValue> {
    let url: url::Url = text.parse().ok()?;
    let ascii = url.origin().ascii_serialization();
    (matches!(url.scheme(), "http" | "https") && ascii == text.trim_end_matches('/'))
        .then(|| ascii.parse().ok())?
}

/// A network, or an address alone.
fn network(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}
