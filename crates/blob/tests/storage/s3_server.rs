//! An S3 server in the process, on a loopback port, that checks signatures and keeps its objects in a folder. It can be made
//! to misbehave.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use photure_blob::{BlobLocation, BlobStore, S3Settings};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

const BUCKET: &str = "photos";
const ACCESS_KEY: &str = "AKIDPHOTURE";
const SECRET_KEY: &str = "correct horse battery staple";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// Takes requests and never answers.
    Silent,
    /// Closes every connection, new and old.
    Down,
    /// Has changed one bit in each body before it looks at it.
    BitRot,
    /// Has no room for another object.
    Full,
}

pub(crate) struct S3Server {
    address: SocketAddr,
    folder: TempDir,
    mood: watch::Sender<Mood>,
    serving: JoinHandle<()>,
}

impl S3Server {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = service.build();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mood, moods) = watch::channel(Mood::Well);
        let serving = tokio::spawn(serve(listener, service, moods));
        Self {
            address,
            folder,
            mood,
            serving,
        }
    }

    pub(crate) fn settings(&self) -> S3Settings {
        S3Settings {
            endpoint: Some(format!("http://{}", self.address).parse().unwrap()),
            public_endpoint: None,
            region: "fra1".into(),
            access_key_id: ACCESS_KEY.into(),
            secret_access_key: SecretString::from(SECRET_KEY),
            path_style: true,
        }
    }

    pub(crate) async fn open(&self, prefix: Option<&str>) -> Arc<dyn BlobStore> {
        self.open_with(prefix, &self.settings()).await
    }

    pub(crate) async fn open_with(&self, prefix: Option<&str>, settings: &S3Settings) -> Arc<dyn BlobStore> {
        let location = BlobLocation::Bucket {
            bucket: BUCKET.into(),
            prefix: prefix.map(Into::into),
        };
        photure_blob::open(&location, Some(settings)).await.unwrap()
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// The folder whose files are the bucket's objects.
    pub(crate) fn objects(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, service: S3Service, moods: watch::Receiver<Mood>) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        let (service, moods) = (service.clone(), moods.clone());
        let mut down = moods.clone();
        connections.spawn(async move {
            let answer = service_fn(move |request| answer(request, service.clone(), moods.clone()));
            let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            tokio::select! {
                _ = server.serve_connection(TokioIo::new(socket), answer) => {}
                _ = down.wait_for(|mood| *mood == Mood::Down) => {}
            }
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    service: S3Service,
    moods: watch::Receiver<Mood>,
) -> Result<Response<s3s::Body>, s3s::HttpError> {
    let mood = *moods.borrow();
    match mood {
        Mood::Silent => std::future::pending().await,
        Mood::BitRot => {
            let (head, body) = request.into_parts();
            let mut body = body.collect().await.unwrap().to_bytes().to_vec();
            let middle = body.len() / 2;
            if let Some(byte) = body.get_mut(middle) {
                *byte ^= 1;
            }
            service.call(Request::from_parts(head, body.into())).await
        }
        Mood::Full if request.method() == hyper::Method::PUT => {
            request.into_body().collect().await.unwrap();
            let body = "<Error><Code>QuotaExceeded</Code><Message>No room</Message></Error>";
            let answer = Response::builder().status(StatusCode::FORBIDDEN);
            Ok(answer.body(body.to_owned().into()).unwrap())
        }
        Mood::Well | Mood::Full | Mood::Down => service.call(request.map(s3s::Body::from)).await,
    }
}
