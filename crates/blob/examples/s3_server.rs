//! An S3 server for tests: `s3_server ADDRESS FOLDER`. Buckets are the folders in FOLDER. It checks signatures by the keys in
//! `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY`, and prints a line for each request: its method, path and status.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool of the tests"
)]

use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, folder] = &arguments[..] else {
        panic!("s3_server ADDRESS FOLDER");
    };
    let key = |name: &str| std::env::var(name).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    service.set_auth(SimpleAuth::from_single(
        key("S3_ACCESS_KEY_ID"),
        key("S3_SECRET_ACCESS_KEY"),
    ));
    let service = service.build();
    let listener = TcpListener::bind(address).await.unwrap();
    println!("listening");
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let service = service.clone();
        let answer = service_fn(move |request| answer(request, service.clone()));
        tokio::spawn(async move {
            let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(socket), answer).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    service: S3Service,
) -> Result<Response<s3s::Body>, s3s::HttpError> {
    let asked = format!("{} {}", request.method(), request.uri().path());
    let answer = service.call(request.map(s3s::Body::from)).await;
    let status = answer
        .as_ref()
        .map_or(StatusCode::INTERNAL_SERVER_ERROR, Response::status);
    println!("{asked} {}", status.as_u16());
    answer
}
