use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use photure_blob::{BlobKey, BlobLocation};
use photure_common::identity::{Identity, RemoteKeys};
use photure_common::peer::Peer;
use photure_common::service::Kit;
use photure_decoding::Sandbox;
use photure_domain::Sha256;
use photure_domain::media_address::{AddressKey, Variant};
use photure_domain::sidecar::Sidecar;
use photure_media::{Deps, MediaConfig};
use photure_testkit::{TestClock, user};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use super::auth::{Auth, CREDENTIAL, ISSUER};
use super::blobs::Blobs;
use super::form::{BOUNDARY, Form};
use super::gallery::{Gallery, sidecar};
use super::steps::Steps;

pub(crate) const SECRET: &str = "a key that gallery shares with media";

/// What stays while media's process comes and goes.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) steps: Steps,
    pub(crate) auth: Auth,
    pub(crate) gallery: Gallery,
    pub(crate) key: AddressKey,
    pub(crate) config: MediaConfig,
}

/// A running media.
pub(crate) struct Process {
    router: Router,
    kit: Kit,
    token: String,
    pub(crate) blobs: Arc<Blobs>,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(TestClock::default());
        let steps = Steps::default();
        let auth = Auth::new(clock.clone());
        let key = AddressKey::new(SECRET.as_bytes()).unwrap();
        let keys = Arc::new(RemoteKeys::new(Peer::Local(auth.router())));
        let identity = Identity::new(keys, clock.clone(), ISSUER, "gallery");
        let gallery = Gallery::new(identity, key.clone(), clock.clone(), steps.clone());
        let config = MediaConfig {
            storage: BlobLocation::Folder(folder.path().join("files")),
            s3: None,
            staging: Some(folder.path().join("staging")),
            signing_key: SECRET.into(),
            gallery_url: "http://gallery.invalid".parse().unwrap(),
            auth_url: "http://auth.invalid".parse().unwrap(),
            issuer: ISSUER.into(),
            credential: Some(CREDENTIAL.into()),
            max_upload_bytes: 100 << 20,
            max_pixels: 1_000_000,
            decode_concurrency: None,
            decode_sandbox: Sandbox::Required,
            decode_deadline: Duration::from_secs(60),
            // Of this test's process a worker cannot be made: its `main` is the test harness.
            decode_program: Some(env!("CARGO_BIN_EXE_photure-media").into()),
            accel_redirect: None,
            s3_redirect: false,
            sweep_every: Duration::from_secs(86_400),
            scrub_every: None,
            upload_lifetime: Duration::from_secs(86_400),
        };
        Self {
            folder,
            clock,
            steps,
            auth,
            gallery,
            key,
            config,
        }
    }

    pub(crate) async fn start(&self) -> Process {
        self.try_start().await.unwrap()
    }

    /// `Err` says why it does not start.
    pub(crate) async fn try_start(&self) -> Result<Process, String> {
        let folder = photure_media::open_storage(&self.config).await.unwrap();
        let blobs = Arc::new(Blobs::new(folder, self.steps.clone()));
        // Ids from the machine: those of tests count up from the same one in each process.
        let kit = Kit {
            clock: self.clock.clone(),
            ..Kit::default()
        };
        let deps = Deps {
            blobs: blobs.clone(),
            auth: Peer::Local(self.auth.router()),
            gallery: Peer::Local(self.gallery.router()),
        };
        let router = photure_media::router(self.config.clone(), deps, &kit)
            .await
            .map_err(|error| error.to_string())?;
        Ok(Process {
            router,
            kit,
            token: self.auth.person(user(1)),
            blobs,
        })
    }

    pub(crate) fn staging(&self) -> PathBuf {
        self.folder.path().join("staging")
    }

    /// Of every file in the staging folder and in that of resumable uploads, but for what is told of ended ones.
    pub(crate) fn staged(&self) -> Vec<String> {
        let mut names = Vec::new();
        for folder in [self.staging(), self.staging().join("resumable")] {
            for entry in std::fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                if entry.file_type().unwrap().is_file() && !name.ends_with(".ended") {
                    names.push(name);
                }
            }
        }
        names.sort();
        names
    }

    /// Of every blob, below the root.
    pub(crate) fn stored(&self) -> Vec<String> {
        let mut stored = self.lying();
        stored.retain(|path| !path.ends_with(".json") && !path.ends_with(".xmp"));
        stored
    }

    /// What lies beside the originals, by hash and owner.
    pub(crate) fn sidecars(&self) -> Vec<Sidecar> {
        let root = self.folder.path().join("files");
        let sidecars = self.lying().into_iter().filter(|path| path.ends_with(".json"));
        sidecars
            .map(|path| Sidecar::from_json(&std::fs::read(root.join(path)).unwrap()).unwrap())
            .collect()
    }

    /// The `.xmp` that lie beside the originals.
    pub(crate) fn xmps(&self) -> Vec<Vec<u8>> {
        let root = self.folder.path().join("files");
        let xmps = self.lying().into_iter().filter(|path| path.ends_with(".xmp"));
        xmps.map(|path| std::fs::read(root.join(path)).unwrap()).collect()
    }

    /// Asserts that the sidecars say what gallery says, of every photo and of no other.
    #[track_caller]
    pub(crate) fn assert_sidecars(&self) {
        let mut photos: Vec<_> = self.gallery.photos().into_iter().map(sidecar).collect();
        photos.sort_by_key(|photo| (photo.facts.sha256, photo.owner_id));
        assert_eq!(self.sidecars(), photos);
    }

    fn lying(&self) -> Vec<String> {
        let root = self.folder.path().join("files");
        let mut found = Vec::new();
        let mut folders = vec![root.join("originals"), root.join("variants")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// The paths of a photo's three blobs, as [`World::stored`] gives them.
    pub(crate) fn all_of(sha256: Sha256) -> Vec<String> {
        let mut all: Vec<_> = Variant::ALL
            .map(|variant| BlobKey::new(sha256, variant).path())
            .into();
        all.sort();
        all
    }

    #[track_caller]
    pub(crate) fn assert_nothing_changed(&self) {
        assert_eq!(self.staged(), Vec::<String>::new());
        assert_eq!(self.stored(), Vec::<String>::new());
        assert_eq!(self.gallery.photos(), []);
        assert_eq!(self.sidecars(), []);
        assert_eq!(self.xmps(), Vec::<Vec<u8>>::new());
    }
}

impl Process {
    pub(crate) async fn upload(&self, form: Form) -> Answer {
        self.send(self.upload_request(form.body())).await
    }

    pub(crate) fn upload_request(&self, body: Body) -> Request<Body> {
        Request::post("/api/v1/photos")
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body)
            .unwrap()
    }

    /// A request of tus.
    pub(crate) fn tus(
        &self,
        method: &str,
        address: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Request<Body> {
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header("tus-resumable", "1.0.0");
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(body).unwrap()
    }

    /// The state of a resumable upload.
    pub(crate) async fn state_of(&self, address: &str) -> Value {
        let answer = self.send(self.tus("GET", address, &[], Body::empty())).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn get_signed_in(&self, address: &str) -> Answer {
        let request = Request::get(address).header(AUTHORIZATION, format!("Bearer {}", self.token));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post_json(&self, address: &str, body: &Value) -> Answer {
        let request = Request::post(address)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// The answer before its body has come.
    pub(crate) async fn stream(&self, request: Request<Body>) -> http::Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    /// As somebody else.
    pub(crate) fn with_token(&self, token: String) -> Self {
        Self {
            router: self.router.clone(),
            kit: self.kit.clone(),
            token,
            blobs: self.blobs.clone(),
        }
    }

    /// In order: what is under way is brought to its end.
    pub(crate) async fn stop(self) {
        self.kit.shutdown.cancel();
        self.kit.tasks.close();
        self.kit.tasks.wait().await;
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{:?}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(
            problem["instance"],
            format!("urn:photure:request:{}", self.header("x-request-id"))
        );
    }

    #[track_caller]
    pub(crate) fn assert_photo(&self, status: u16, sha256: Sha256) {
        assert_eq!(self.status.as_u16(), status, "{:?}", self.body);
        assert_eq!(self.json()["sha256"], sha256.to_string());
        let id = self.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(self.header("location"), format!("/api/v1/photos/{id}"));
        assert_eq!(self.header("etag"), "\"1-0\"");
    }
}
