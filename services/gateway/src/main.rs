//! The gateway's process.

use std::process::ExitCode;

use photure_common::config::Env;
use photure_common::peer::Peer;
use photure_common::service;
use photure_gateway::{DESCRIPTOR, GatewayConfig, Upstreams, router};

fn main() -> ExitCode {
    service::main(
        &DESCRIPTOR,
        |env: &Env<'_>| {
            let peer = |name| Peer::remote(env.required_http_url(name));
            let mut media = env
                .required_http_urls("PHOTURE_MEDIA_URL")
                .into_iter()
                .map(Peer::remote);
            let upstreams = Upstreams {
                auth: peer("PHOTURE_AUTH_URL"),
                gallery: peer("PHOTURE_GALLERY_URL"),
                media: media.next().unwrap_or_else(|| peer("PHOTURE_MEDIA_URL")), // a fault is recorded
                more_media: media.collect(),
            };
            (GatewayConfig::from_env(env), upstreams)
        },
        |(config, upstreams), kit| async move { router(config, upstreams, None, &kit).await },
    )
}
