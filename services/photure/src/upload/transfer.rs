use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;

use super::files::{self, Found};
use super::hashing::sha256_of;
use super::journal::Journal;
use super::report::Report;
use super::server::{Server, ServerError, Verdict, again_and_again, in_words};
use super::tus::{self, locked};
use super::{Arguments, Candidate};

/// The server is asked about as many at once.
const BATCH: usize = 100;

/// From files on this side to photos on the other.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    pub(super) server: Arc<Server>,
    pub(super) journal: Arc<Mutex<Journal>>,
    pub(super) report: Report,
    pub(super) arguments: Arc<Arguments>,
    /// Ctrl-C.
    pub(super) interrupted: CancellationToken,
    seen: Arc<Mutex<HashSet<photure_domain::Sha256>>>,
}

impl Transfer {
    pub(super) fn new(
        server: Arc<Server>,
        journal: Journal,
        report: Report,
        arguments: Arc<Arguments>,
        interrupted: CancellationToken,
    ) -> Self {
        Self {
            server,
            journal: Arc::new(Mutex::new(journal)),
            report,
            arguments,
            interrupted,
            seen: Arc::default(),
        }
    }

    /// Hashes, asks, sends: each of the three goes on while the others do.
    pub(super) async fn send_all(&self, found: impl Stream<Item = Result<Found, (PathBuf, std::io::Error)>>) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let sending = found
            .take_until(self.interrupted.cancelled())
            .map(|found| self.identify(found))
            .buffer_unordered(cores)
            .filter_map(async |candidate| candidate)
            .ready_chunks(BATCH)
            .then(|batch| self.ask(batch))
            .flat_map(futures::stream::iter)
            .for_each_concurrent(usize::from(self.arguments.parallel), |file| self.send(file));
        // What is half sent stays on the server, to be gone on with.
        tokio::select! {
            () = sending => {}
            () = self.interrupted.cancelled() => {}
        }
    }

    /// What is in a file; `None` where it is of no use.
    async fn identify(&self, found: Result<Found, (PathBuf, std::io::Error)>) -> Option<Candidate> {
        self.report.looked_at();
        let found = match found {
            Ok(found) => found,
            Err((path, error)) => {
                self.report.failed(None, &path, &error.to_string());
                return None;
            }
        };
        let known = locked(&self.journal).hash_of(&found);
        let (this, file) = (self.clone(), found.clone());
        let looked = tokio::task::spawn_blocking(move || {
            if let Some(sha256) = known {
                return Ok(Some(sha256));
            }
            if !files::is_picture(&file.path)? {
                return Ok(None);
            }
            let sha256 = sha256_of(&file.path)?;
            locked(&this.journal).hashed(&file, sha256)?;
            Ok::<_, std::io::Error>(Some(sha256))
        });
        let looked = looked
            .await
            .unwrap_or_else(|died| Err(std::io::Error::other(died)));
        match looked {
            Ok(Some(sha256)) => {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                if !seen.insert(sha256) {
                    self.report.repeated(&found.path);
                    return None;
                }
                Some(Candidate {
                    xmp: None,
                    path: found.path,
                    bytes: found.bytes,
                    modified: found.modified,
                    sha256,
                })
            }
            Ok(None) => {
                self.report.no_picture(&found.path);
                None
            }
            Err(error) => {
                self.report.failed(None, &found.path, &error.to_string());
                None
            }
        }
    }

    /// Those that the server does not have yet.
    async fn ask(&self, batch: Vec<Candidate>) -> Vec<Candidate> {
        let asked = again_and_again(self.arguments.retries, async || self.server.check(&batch).await);
        let verdicts = match asked.await {
            Ok(verdicts) => verdicts,
            Err(error) => {
                let reason = in_words(&error);
                batch.iter().for_each(|file| self.give_up(file, &reason));
                return Vec::new();
            }
        };
        let mut wanted = Vec::new();
        for (file, verdict) in batch.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Accept if self.arguments.dry_run => self.report.would_send(&file.path, file.bytes),
                Verdict::Accept => {
                    self.report.expect(file.bytes);
                    wanted.push(file);
                }
                Verdict::Duplicate => {
                    if let Err(error) = locked(&self.journal).over(file.sha256) {
                        tracing::warn!(%error, "the journal cannot be written");
                    }
                    self.report.already_there(&file.path);
                }
                Verdict::Rejected(code) => {
                    self.give_up(&file, &format!("the server does not take it ({code})"));
                }
            }
        }
        wanted
    }

    async fn send(&self, mut file: Candidate) {
        let path = file.path.clone();
        let beside = tokio::task::spawn_blocking(move || files::sidecar_of(&path)).await;
        file.xmp = beside.unwrap_or(Ok(None)).unwrap_or_else(|no_xmp| {
            let name = no_xmp.display();
            self.report.say(&format!(
                "{name} is no XMP that can be read; its photo goes without it"
            ));
            None
        });
        let sending = self.report.sending(&file.path, file.bytes);
        let bar = sending.clone();
        let progress = move |bytes| bar.at(bytes);
        let album = self.arguments.album.as_deref();
        let sent = again_and_again(self.arguments.retries, async || {
            match tus::send(&self.server, &self.journal, &file, album, &progress).await {
                // It begins anew, once.
                Err(ServerError::Forgotten) => {
                    self.forget(&file)?;
                    tus::send(&self.server, &self.journal, &file, album, &progress).await
                }
                sent => sent,
            }
        });
        let sent = sent.await;
        // What failed for good begins anew another time.
        if sent
            .as_ref()
            .err()
            .is_none_or(|error| error.is_passing().is_none())
            && let Err(error) = self.forget(&file)
        {
            self.report.say(&in_words(&error));
        }
        match sent {
            Ok(()) => self.report.uploaded(&sending, &file.path, file.bytes),
            Err(error) => {
                self.unsee(&file);
                self.report.failed(Some(&sending), &file.path, &in_words(&error));
            }
        }
    }

    fn give_up(&self, file: &Candidate, reason: &str) {
        self.unsee(file);
        self.report.failed(None, &file.path, reason);
    }

    /// While watching, a later change may make it good.
    fn unsee(&self, file: &Candidate) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.remove(&file.sha256);
    }

    fn forget(&self, file: &Candidate) -> Result<(), ServerError> {
        locked(&self.journal)
            .over(file.sha256)
            .map_err(ServerError::Journal)
    }
}
