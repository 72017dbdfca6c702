//! A real MongoDB for tests: the one `PHOTURE_TEST_MONGODB_URI` names, else a `mongod` of our own, which ends with the test process,
//! however that ends.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "only tests use it, and no service runs here"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use mongodb::Client;
use mongodb::bson::doc;
use mongodb::options::ClientOptions;
use photure_domain::photo::NewPhoto;
use photure_store::hash::HashState;
use tokio::sync::OnceCell;

use crate::collections::Collections;
use crate::documents::{HashDocument, MetadataDocument, PhotoDocument};

const URI: &str = "PHOTURE_TEST_MONGODB_URI";
/// Of several servers at once, with their journals.
const ROOM_NEEDED: u64 = 4 << 30;
const START_TIME_LIMIT: Duration = Duration::from_secs(60);

/// The address of a database of that name on a server that all tests of this process share.
pub async fn database_url(name: &str) -> String {
    static SHARED: OnceCell<TestServer> = OnceCell::const_new();
    match std::env::var(URI) {
        Ok(uri) => with_database(&uri, name),
        Err(_) => SHARED.get_or_init(TestServer::start).await.database_url(name),
    }
}

/// `uri` with another database in its path.
fn with_database(uri: &str, name: &str) -> String {
    let (scheme, rest) = uri
        .split_once("://")
        .unwrap_or_else(|| panic!("{URI} is no mongodb:// address"));
    let (servers, options) = rest.split_once('?').unwrap_or((rest, ""));
    let servers = servers.split('/').next().unwrap();
    format!("{scheme}://{servers}/{name}?{options}")
}

/// Puts photos there as registering each would, but for the counts, which [`photure_store::PhotoStore::rebuild_counts`] makes:
/// thousands in a second.
pub async fn fill(url: &str, photos: Vec<NewPhoto>) {
    let collections = Collections::at(url).await.unwrap();
    for photos in photos.chunks(1_000) {
        let (mut documents, mut metadata, mut hashes) = (vec![], vec![], vec![]);
        for photo in photos.iter().cloned() {
            let (photo, groups) = photure_store::change::catalogued(photo);
            let referred = HashState {
                refs: 1,
                ..HashState::default()
            };
            documents.push(PhotoDocument::new(&photo).unwrap());
            metadata.push(MetadataDocument::new(&photo, &groups).unwrap());
            hashes.push(HashDocument::new(photo.facts.sha256, referred).unwrap());
        }
        collections.photos.insert_many(documents).await.unwrap();
        collections.metadata.insert_many(metadata).await.unwrap();
        collections.hashes.insert_many(hashes).await.unwrap();
    }
}

/// A `mongod` of one's own: a replica set of one node in a folder of its own.
#[derive(Debug)]
pub struct TestServer {
    /// Ends when its standard input does, and `mongod` and its folder with it: also where this process is killed.
    keeper: Option<(Child, ChildStdin)>,
    port: u16,
    folder: PathBuf,
}

impl TestServer {
    pub async fn start() -> Self {
        let folder = fast_folder().join(format!("photure-mongod-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(folder.join("db")).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut server = Self {
            keeper: None,
            port,
            folder,
        };
        server.run();
        server.become_primary().await;
        server
    }

    pub fn database_url(&self, name: &str) -> String {
        format!("mongodb://127.0.0.1:{}/{name}?replicaSet=photure", self.port)
    }

    /// As a crash would: without a word.
    pub fn kill(&mut self) {
        self.end("keep\n");
    }

    /// Begins again where [`TestServer::kill`] left it.
    pub async fn restart(&mut self) {
        self.run();
        self.become_primary().await;
    }

    /// It goes on to hold its connections, and answers nothing. Stopped is it when all its threads are: the signal comes back
    /// before.
    pub fn freeze(&self) {
        self.signal("STOP");
        let threads = format!("/proc/{}/task", self.pid());
        let stopped = |thread: std::fs::DirEntry| {
            std::fs::read_to_string(thread.path().join("stat")).map_or(true, |stat| stat.contains(") T "))
        };
        let all_stopped = || std::fs::read_dir(&threads).unwrap().flatten().all(stopped);
        while !all_stopped() {
            std::thread::yield_now();
        }
    }

    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn run(&mut self) {
        let mongod = mongod();
        let script = r#"
            "$0" --dbpath "$1/db" --logpath "$1/log" --pidfilepath "$1/pid" --port "$2" --bind_ip 127.0.0.1 --nounixsocket \
                --replSet photure --oplogSize 64 --wiredTigerCacheSizeGB 0.25 \
                --setParameter diagnosticDataCollectionEnabled=false >/dev/null 2>&1 </dev/null &
            read -r last_word
            kill -KILL $! 2>/dev/null
            wait
            [ "$last_word" = keep ] || rm -rf "$1"
        "#;
        let mut keeper = Command::new("sh")
            .args(["-c", script])
            .arg(&mongod)
            .arg(&self.folder)
            .arg(self.port.to_string())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} did not start: {error}", mongod.display()));
        let stdin = keeper.stdin.take().unwrap();
        self.keeper = Some((keeper, stdin));
    }

    fn end(&mut self, last_word: &str) {
        if let Some((mut keeper, mut stdin)) = self.keeper.take() {
            stdin.write_all(last_word.as_bytes()).unwrap();
            drop(stdin);
            keeper.wait().unwrap();
        }
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args(["-s", signal, &self.pid()])
            .status()
            .unwrap();
        assert!(sent.success(), "mongod is not there to be sent {signal}");
    }

    fn pid(&self) -> String {
        let pid = std::fs::read_to_string(self.folder.join("pid")).unwrap();
        pid.trim().to_owned()
    }

    async fn become_primary(&self) {
        let address = format!("mongodb://127.0.0.1:{}/?directConnection=true", self.port);
        let mut options = ClientOptions::parse(address).await.unwrap();
        options.server_selection_timeout = Some(Duration::from_millis(500));
        let admin = Client::with_options(options).unwrap().database("admin");
        let host = format!("127.0.0.1:{}", self.port);
        let config = doc! { "_id": "photure", "members": [{ "_id": 0, "host": host }] };
        let ready = async {
            loop {
                match admin.run_command(doc! { "hello": 1 }).await {
                    Ok(hello) if hello.get_bool("isWritablePrimary").unwrap_or(false) => return,
                    Ok(hello) if hello.get_bool("isreplicaset").unwrap_or(false) => {
                        // It may be asked twice, and refuses the second time.
                        let _ = admin
                            .run_command(doc! { "replSetInitiate": config.clone() })
                            .await;
                    }
                    _ => {}
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(START_TIME_LIMIT, ready).await.is_err() {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            panic!(
                "mongod did not become ready; the end of its log:\n{}",
                tail(&log, 20)
            );
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.end("");
    }
}

/// In memory where there is room: what is made and dropped for each test waits for the disk most of its time.
fn fast_folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    match rustix::fs::statvfs(memory) {
        Ok(room) if room.f_bavail.saturating_mul(room.f_frsize) > ROOM_NEEDED => memory.into(),
        _ => std::env::temp_dir(),
    }
}

fn mongod() -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/mongod/bin/mongod");
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join("mongod"))
        .chain([ours.clone()])
        .find(|mongod| mongod.is_file())
        .unwrap_or_else(|| {
            panic!(
                "These tests need a MongoDB: name a replica set in {URI}, or put mongod on the PATH or at {}.",
                ours.display()
            )
        })
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
