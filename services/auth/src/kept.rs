//! What a browser keeps on its way to a provider and back: out of reach of scripts, for minutes, and sent to auth alone.

use std::time::Duration;

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue};
use photure_common::config::PublicUrl;

use crate::oidc::LIVES;

const PATH: &str = "/api/v1/auth";

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The way that was begun.
    Journey,
    /// A link that waits for its confirmation.
    Link,
}

impl Kept {
    const fn cookie(self) -> &'static str {
        match self {
            Self::Journey => "photure_oidc",
            Self::Link => "photure_link",
        }
    }

    /// What the browser brought of it.
    pub(crate) fn brought(self, headers: &HeaderMap) -> Option<String> {
        let jar = CookieJar::from_headers(headers);
        jar.get(self.cookie()).map(|cookie| cookie.value().to_owned())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Keeping {
    secure: bool,
}

impl Keeping {
    pub(crate) fn new(public_url: &PublicUrl) -> Self {
        Self {
            secure: public_url.is_https(),
        }
    }

    /// `Set-Cookie` with `text`.
    pub(crate) fn keep(&self, kept: Kept, text: &str) -> (HeaderName, HeaderValue) {
        self.header(kept, text, LIVES)
    }

    /// `Set-Cookie` that takes it away.
    pub(crate) fn clear(&self, kept: Kept) -> (HeaderName, HeaderValue) {
        self.header(kept, "", Duration::ZERO)
    }

    fn header(&self, kept: Kept, value: &str, lives: Duration) -> (HeaderName, HeaderValue) {
        let mut cookie = Cookie::new(kept.cookie(), value.to_owned());
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(self.secure);
        cookie.set_path(PATH);
        let text = format!("{cookie}; Max-Age={}", lives.as_secs());
        let value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        (SET_COOKIE, value)
    }
}
