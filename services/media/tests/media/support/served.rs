use axum::body::Body;
use http::{Method, Request};
use photure_domain::media_address::Variant;
use photure_domain::{Clock, Sha256};

use super::pictures::{png, sha256};
use super::world::SECRET;
use super::{Answer, Form, Process, World};

pub(crate) type Headers<'a> = &'a [(&'a str, &'a str)];

/// A photo that is there.
pub(crate) struct Served {
    pub(crate) world: World,
    pub(crate) media: Process,
    pub(crate) picture: Vec<u8>,
    pub(crate) hash: Sha256,
}

impl Served {
    pub(crate) async fn new() -> Self {
        Self::of(World::new()).await
    }

    pub(crate) async fn of(world: World) -> Self {
        let media = world.start().await;
        let picture = png(600, 400, 5);
        let hash = sha256(&picture);
        media.upload(Form::file(&picture)).await.assert_photo(201, hash);
        Self {
            world,
            media,
            picture,
            hash,
        }
    }

    pub(crate) fn address(&self, variant: Variant, extension: &str, download_as: Option<&str>) -> String {
        self.world.key.sign(
            &self.hash,
            variant,
            Some(extension),
            download_as,
            self.world.clock.now(),
        )
    }

    /// As gallery signs it: without an ending.
    pub(crate) fn address_of(&self, variant: Variant) -> String {
        let now = self.world.clock.now();
        self.world.key.sign(&self.hash, variant, None, None, now)
    }

    pub(crate) fn original(&self) -> String {
        self.address(Variant::Original, "png", None)
    }

    pub(crate) async fn ask(&self, method: Method, address: &str, headers: Headers<'_>) -> Answer {
        let request = Request::builder().method(method).uri(address);
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        self.media.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get(&self, address: &str, headers: Headers<'_>) -> Answer {
        self.ask(Method::GET, address, headers).await
    }

    /// Any path, signed as gallery would sign it.
    pub(crate) fn signed(&self, path: &str) -> String {
        use base64::Engine;
        let expires = self.world.clock.now().as_seconds() + 3_600;
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
        let tag = aws_lc_rs::hmac::sign(&key, format!("{path}\n{expires}\ninline").as_bytes());
        let signature = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(tag);
        format!("{path}?exp={expires}&sig={signature}")
    }
}
