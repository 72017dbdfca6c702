use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// What a file turned out to be.
enum Look {
    Photo(Box<Candidate>),
    /// Half of a Live Photo whose other half was found before.
    OfPair,
    Nothing,
}

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
    /// Pictures that somebody sees to with their films: whichever of the two was found first.
    pairs: Arc<Mutex<HashSet<PathBuf>>>,
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
            pairs: Arc::default(),
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
        let path = found.path.clone();
        let this = self.clone();
        let looked = tokio::task::spawn_blocking(move || this.look_into(found));
        let looked = looked
            .await
            .unwrap_or_else(|died| Err(std::io::Error::other(died)));
        match looked {
            Ok(Look::Photo(photo)) => {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                if !seen.insert(photo.sha256) && photo.film.is_none() {
                    self.report.repeated(&photo.path);
                    return None;
                }
                Some(*photo)
            }
            Ok(Look::OfPair) => None,
            Ok(Look::Nothing) => {
                self.report.no_picture(&path);
                None
            }
            Err(error) => {
                self.report.failed(None, &path, &error.to_string());
                None
            }
        }
    }

    /// A film is found with its photo, and a photo with its film, in whatever order: while watching, either may come later. Blocks.
    fn look_into(&self, found: Found) -> std::io::Result<Look> {
        let (photo, film) = if files::is_picture(&found.path)? {
            let film = files::film_beside(&found.path)?;
            (found, film)
        } else {
            let photo = files::picture_beside(&found.path);
            let photo = photo.map(|photo| files::look_at(&photo)).transpose()?.flatten();
            match photo {
                Some(photo) => (photo, Some(found.path)),
                None => return Ok(Look::Nothing),
            }
        };
        let film = film.map(|film| files::look_at(&film)).transpose()?.flatten();
        if film.is_some() && !self.pairs().insert(photo.path.clone()) {
            return Ok(Look::OfPair);
        }
        let mut photo = self.candidate(photo)?;
        if let Some(film) = film {
            photo.film = Some(Box::new(Candidate {
                live_of: Some(photo.sha256),
                ..self.candidate(film)?
            }));
        }
        Ok(Look::Photo(Box::new(photo)))
    }

    fn candidate(&self, file: Found) -> std::io::Result<Candidate> {
        let known = locked(&self.journal).hash_of(&file);
        let sha256 = match known {
            Some(sha256) => sha256,
            None => {
                let sha256 = sha256_of(&file.path)?;
                locked(&self.journal).hashed(&file, sha256)?;
                sha256
            }
        };
        Ok(Candidate {
            path: file.path,
            bytes: file.bytes,
            modified: file.modified,
            sha256,
            xmp: None,
            film: None,
            live_of: None,
        })
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
                Verdict::Accept => wanted.extend(self.want(file)),
                Verdict::Duplicate { has_film } => {
                    if let Err(error) = locked(&self.journal).over(file.sha256) {
                        tracing::warn!(%error, "the journal cannot be written");
                    }
                    self.report.already_there(&file.path);
                    match file.film {
                        Some(film) if has_film => self.report.already_there(&film.path),
                        Some(film) => wanted.extend(self.want(*film)),
                        None => {}
                    }
                }
                Verdict::Rejected(code) => {
                    self.give_up(&file, &refused(&code));
                }
            }
        }
        wanted
    }

    /// It, where it is to be sent, with all that goes after it.
    fn want(&self, file: Candidate) -> Option<Candidate> {
        for one in [Some(&file), file.film.as_deref()].into_iter().flatten() {
            if self.arguments.dry_run {
                self.report.would_send(&one.path, one.bytes);
            } else {
                self.report.expect(one.bytes);
            }
        }
        (!self.arguments.dry_run).then_some(file)
    }

    /// The film after its photo: without the photo the server has no place for it.
    async fn send(&self, mut file: Candidate) {
        let film = file.film.take();
        if !self.send_one(file).await {
            if let Some(film) = film {
                self.report.failed(None, &film.path, "its photo was not sent");
            }
            return;
        }
        if let Some(film) = film {
            self.send_one(*film).await;
        }
    }

    /// Whether it is there.
    async fn send_one(&self, mut file: Candidate) -> bool {
        let path = file.path.clone();
        let is_film = file.live_of.is_some();
        let beside = tokio::task::spawn_blocking(move || {
            if is_film {
                Ok(None)
            } else {
                files::sidecar_of(&path)
            }
        })
        .await;
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
        let is_there = sent.is_ok();
        match sent {
            Ok(()) => self.report.uploaded(&sending, &file.path, file.bytes),
            Err(error) => {
                self.unsee(&file);
                self.report.failed(Some(&sending), &file.path, &in_words(&error));
            }
        }
        is_there
    }

    fn give_up(&self, file: &Candidate, reason: &str) {
        self.unsee(file);
        self.report.failed(None, &file.path, reason);
    }

    /// While watching, a later change may make it good.
    fn unsee(&self, file: &Candidate) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.remove(&file.sha256);
        let film_of =
            |photo: &PathBuf| files::film_beside(photo).is_ok_and(|film| film.as_ref() == Some(&file.path));
        self.pairs()
            .retain(|photo| *photo != file.path && !(file.live_of.is_some() && film_of(photo)));
    }

    fn pairs(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self, file: &Candidate) -> Result<(), ServerError> {
        locked(&self.journal)
            .over(file.sha256)
            .map_err(ServerError::Journal)
    }
}

/// What `photos/check` says, in words.
fn refused(code: &str) -> String {
    match code {
        "quota_exceeded" => {
            "there is no room left for it in what this account may keep, the trash included".to_owned()
        }
        code => format!("the server does not take it ({code})"),
    }
}
