//! The cookie that holds a browser's refresh token, out of reach of scripts and of other sites.

use std::time::Duration;

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use http::header::{ORIGIN, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use photure_common::Problem;
use photure_common::config::PublicUrl;

use crate::tokens::RefreshToken;

const NAME: &str = "photure_refresh";
/// Sent to auth alone, with nothing else.
const PATH: &str = "/api/v1/auth";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

#[derive(Clone, Debug)]
pub(crate) struct RefreshCookie {
    secure: bool,
    /// Whose pages may use it.
    origin: String,
    lives: Duration,
}

impl RefreshCookie {
    pub(crate) fn new(public_url: &PublicUrl, lives: Duration) -> Self {
        Self {
            secure: public_url.is_https(),
            origin: public_url.origin(),
            lives,
        }
    }

    /// `Set-Cookie` with `token`.
    pub(crate) fn keep(&self, token: &RefreshToken) -> [(HeaderName, HeaderValue); 1] {
        self.header(token.as_str(), self.lives)
    }

    /// `Set-Cookie` that takes it away.
    pub(crate) fn clear(&self) -> [(HeaderName, HeaderValue); 1] {
        self.header("", Duration::ZERO)
    }

    /// What the browser brought. Refused where another site made the browser bring it: with a cookie, unlike a header, being
    /// sent proves nothing.
    pub(crate) fn brought(&self, headers: &HeaderMap) -> Result<Option<RefreshToken>, Problem> {
        let jar = CookieJar::from_headers(headers);
        let Some(cookie) = jar.get(NAME) else {
            return Ok(None);
        };
        if !self.comes_from_our_page(headers) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "cross_site",
                "This request came from another site, so the sign-in kept in this browser does not count for it.",
            ));
        }
        Ok(RefreshToken::brought(cookie.value()))
    }

    /// Browsers say where a request comes from; programs that keep cookies themselves say nothing.
    fn comes_from_our_page(&self, headers: &HeaderMap) -> bool {
        if let Some(site) = headers.get(SEC_FETCH_SITE) {
            // `none`: by the person's own hand.
            return matches!(site.as_bytes(), b"same-origin" | b"none");
        }
        headers
            .get(ORIGIN)
            .is_none_or(|origin| origin.as_bytes() == self.origin.as_bytes())
    }

    fn header(&self, value: &str, lives: Duration) -> [(HeaderName, HeaderValue); 1] {
        let mut cookie = Cookie::new(NAME, value.to_owned());
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Strict);
        cookie.set_secure(self.secure);
        cookie.set_path(PATH);
        let text = format!("{cookie}; Max-Age={}", lives.as_secs());
        let value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        [(SET_COOKIE, value)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(url: &str) -> RefreshCookie {
        RefreshCookie::new(&PublicUrl(url.parse().unwrap()), Duration::from_secs(60))
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs.iter().chain(&[("cookie", "photure_refresh=abc")]) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn it_is_out_of_reach_of_scripts_and_other_sites() {
        let [(_, value)] = cookie("https://photos.example.org").keep(&RefreshToken::brought("abc").unwrap());
        assert_eq!(
            value.to_str().unwrap(),
            "photure_refresh=abc; HttpOnly; SameSite=Strict; Secure; Path=/api/v1/auth; Max-Age=60"
        );
        let [(_, value)] = cookie("http://localhost:8000").clear();
        assert_eq!(
            value.to_str().unwrap(),
            "photure_refresh=; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=0"
        );
    }

    #[test]
    fn it_counts_for_our_own_page_and_for_programs() {
        let cookie = cookie("https://photos.example.org");
        for ours in [
            headers(&[]),
            headers(&[("origin", "https://photos.example.org")]),
            headers(&[("sec-fetch-site", "same-origin")]),
            // The browser knows better than our configuration.
            headers(&[
                ("sec-fetch-site", "same-origin"),
                ("origin", "http://192.168.1.2:8000"),
            ]),
        ] {
            assert_eq!(cookie.brought(&ours).unwrap().unwrap().as_str(), "abc");
        }
    }

    #[test]
    fn it_does_not_count_for_other_sites() {
        let cookie = cookie("https://photos.example.org");
        for theirs in [
            headers(&[("origin", "https://evil.example")]),
            headers(&[("origin", "null")]),
            headers(&[("origin", "http://photos.example.org")]),
            headers(&[("sec-fetch-site", "cross-site")]),
            headers(&[
                ("sec-fetch-site", "same-site"),
                ("origin", "https://other.example.org"),
            ]),
        ] {
            assert_eq!(
                cookie.brought(&theirs).unwrap_err().code,
                "cross_site",
                "{theirs:?}"
            );
        }
    }
}
