use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use photure_common::Problem;
use photure_domain::{Timestamp, UploadId, UserId};

use super::{Ending, Kind, Outcome, Phase, Ticket, Upload};
use crate::error::{MediaError, MediaResult};
use crate::gallery::Answer;
use crate::staging::{Durable, Note, Staging, blocking, remove, replace};
use crate::upload::Xmp;

/// How an upload ended can be asked for this long.
const TOLD_FOR: Duration = Duration::from_secs(86_400);

/// Nobody has more files on their way at once; each costs a file and some memory.
const MAX_OPEN_PER_OWNER: usize = 2_000;

/// Every resumable upload that this process has: the open ones in memory too, the ended ones as files alone.
#[derive(Clone, Debug)]
pub(crate) struct Uploads(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    open: Mutex<HashMap<UploadId, Arc<Upload>>>,
    /// Of an upload without new bytes.
    lifetime: Duration,
}

/// An upload that there is.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    Open(Arc<Upload>),
    Ended(Ending),
}

impl Uploads {
    /// Finds those that an earlier process has left. Blocks.
    pub(crate) fn open(staging: &Staging, lifetime: Duration) -> io::Result<Self> {
        let folder = staging.folder().join("resumable");
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o750)
            .create(&folder)?;
        let uploads = Self(Arc::new(Inner {
            folder,
            open: Mutex::default(),
            lifetime,
        }));
        uploads.find_open()?;
        for id in staging.parked_uploads() {
            if let Some(upload) = uploads.open_ones().get(&id) {
                upload.enter(Phase::Stored);
            }
        }
        Ok(uploads)
    }

    pub(crate) async fn create(&self, id: UploadId, ticket: Ticket) -> MediaResult<Arc<Upload>> {
        let owner = ticket.owner_id;
        let upload = {
            let mut open = self.open_ones();
            if open.values().filter(|upload| upload.owner() == owner).count() >= MAX_OPEN_PER_OWNER {
                return Err(MediaError::TooManyUploads);
            }
            let at = ticket.created_at;
            let upload = Arc::new(Upload::new(id, self.path(id, BYTES), ticket, 0, at));
            open.insert(id, Arc::clone(&upload));
            upload
        };
        let (this, made) = (self.clone(), Arc::clone(&upload));
        let written = blocking(move || {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o640)
                .open(&made.bytes)?;
            this.write_ticket(&made)
        });
        if let Err(error) = written.await {
            self.forget(id).await;
            return Err(MediaError::staging(error));
        }
        Ok(upload)
    }

    /// The one of this owner, where there is one.
    pub(crate) async fn find(&self, owner: UserId, id: UploadId) -> MediaResult<Found> {
        if let Some(upload) = self.open_ones().get(&id).cloned() {
            return if upload.owner() == owner {
                Ok(Found::Open(upload))
            } else {
                Err(MediaError::NoSuchUpload)
            };
        }
        let path = self.path(id, ENDED);
        let read = blocking(move || match std::fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => Ok(Some(read?)),
        });
        let text = read.await.map_err(MediaError::staging)?;
        let ending = text.and_then(|text| serde_json::from_slice::<Ending>(&text).ok());
        ending
            .filter(|ending| ending.owner_id == owner)
            .map(Found::Ended)
            .ok_or(MediaError::NoSuchUpload)
    }

    pub(crate) async fn change_ticket(
        &self,
        upload: &Arc<Upload>,
        edit: impl FnOnce(&mut Ticket),
    ) -> MediaResult<()> {
        upload.edit_ticket(edit);
        let (this, upload) = (self.clone(), Arc::clone(upload));
        blocking(move || this.write_ticket(&upload))
            .await
            .map_err(MediaError::staging)
    }

    /// How far the upload behind a staged file has come.
    pub(crate) fn enter(&self, note: &Note, phase: Phase) {
        let upload = note.upload.and_then(|id| self.open_ones().get(&id).cloned());
        if let Some(upload) = upload {
            upload.enter(phase);
        }
    }

    /// The upload behind a staged file has become the photo of gallery's answer.
    pub(crate) async fn succeed(&self, note: &Note, answer: &Answer, now: Timestamp) {
        if let (Some(id), Some(outcome)) = (note.upload, Outcome::of(answer, note.received_at)) {
            self.end(id, note.owner_id, note.bytes, outcome, now).await;
        }
    }

    /// What cannot be written now is told no more; the photo, if it is one, is there all the same.
    async fn end(&self, id: UploadId, owner_id: UserId, bytes: u64, outcome: Outcome, now: Timestamp) {
        let kind = self.open_ones().get(&id).map(|upload| upload.ticket().kind);
        let ending = Ending {
            owner_id,
            kind: kind.unwrap_or(Kind::Whole),
            bytes,
            outcome,
            expires_at: now.plus(TOLD_FOR),
        };
        let (path, draft) = (self.path(id, ENDED), self.path(id, DRAFT));
        let written = blocking(move || {
            // The first word counts: recovery may settle once more what was settled.
            if path.exists() {
                return Ok(());
            }
            replace(&path, &draft, &serde_json::to_vec(&ending)?, Durable::No)
        });
        if let Err(error) = written.await {
            tracing::warn!(upload = %id, %error, "how an upload ended cannot be kept");
        }
        self.forget(id).await;
    }

    /// It never becomes a photo, because of `error`; that, as it is told.
    pub(crate) async fn fail(
        &self,
        id: UploadId,
        owner: UserId,
        bytes: u64,
        error: MediaError,
        now: Timestamp,
    ) -> MediaError {
        if let MediaError::GalleryRefused(answer) = &error {
            if let Some(outcome) = Outcome::of(answer, now) {
                self.end(id, owner, bytes, outcome, now).await;
            }
            return error;
        }
        let problem = Problem::from(error);
        let outcome = Outcome::failed(&problem);
        self.end(id, owner, bytes, outcome, now).await;
        MediaError::Told(Box::new(problem))
    }

    /// What somebody has sent of uploads that nobody goes on with right now.
    pub(crate) async fn forget_of(&self, owner: UserId) {
        let theirs = |upload: &&Arc<Upload>| {
            upload.owner() == owner && upload.phase() == Phase::Receiving && !upload.is_held()
        };
        let ids: Vec<_> = {
            let open = self.open_ones();
            open.values().filter(theirs).map(|upload| upload.id).collect()
        };
        for id in ids {
            self.forget(id).await;
        }
    }

    /// Its bytes and its ticket are gone, and it is open no more.
    pub(crate) async fn forget(&self, id: UploadId) {
        let paths = [OPEN, BYTES, XMP].map(|ending| self.path(id, ending));
        let removed = blocking(move || {
            let removed = paths.map(|path| remove(&path));
            removed.into_iter().collect::<io::Result<()>>()
        });
        if let Err(error) = removed.await {
            tracing::warn!(upload = %id, %error, "files of an upload that is over stay for now");
        }
        let upload = self.open_ones().remove(&id);
        if let Some(upload) = upload {
            upload.enter(Phase::Ended);
        }
    }

    /// How it ended is told no more.
    pub(crate) async fn forget_ending(&self, id: UploadId) -> MediaResult<()> {
        let path = self.path(id, ENDED);
        blocking(move || remove(&path)).await.map_err(MediaError::staging)
    }

    pub(crate) fn expires_at(&self, upload: &Upload) -> Timestamp {
        upload.last_at().plus(self.0.lifetime)
    }

    /// Removes what nobody has gone on with for long.
    pub(crate) async fn expire(&self, now: Timestamp) {
        let over: Vec<_> = {
            let open = self.open_ones();
            let over = |upload: &&Arc<Upload>| {
                upload.phase() == Phase::Receiving && self.expires_at(upload) < now && !upload.is_held()
            };
            open.values().filter(over).map(|upload| upload.id).collect()
        };
        for id in over {
            tracing::info!(upload = %id, "an upload that nobody went on with has expired");
            self.forget(id).await;
        }
        let this = self.clone();
        if let Err(error) = blocking(move || this.remove_old_endings(now)).await {
            tracing::warn!(%error, "old endings of uploads stay");
        }
    }

    fn remove_old_endings(&self, now: Timestamp) -> io::Result<()> {
        for (_, path) in self.files(ENDED)? {
            if modified(&path)?.plus(TOLD_FOR) < now {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn find_open(&self) -> io::Result<()> {
        for (id, path) in self.files(OPEN)? {
            let ticket = std::fs::read(&path)
                .ok()
                .and_then(|text| serde_json::from_slice::<Ticket>(&text).ok());
            let bytes = self.path(id, BYTES);
            let there = std::fs::metadata(&bytes);
            let (Some(ticket), Ok(there)) = (ticket, there) else {
                tracing::warn!(upload = %id, "an open upload cannot be read, it has to begin anew");
                remove(&path)?;
                continue;
            };
            // More than belongs to it cannot count.
            let most = ticket.unchecked_from.or(ticket.length).unwrap_or(u64::MAX);
            let upload = Upload::new(
                id,
                bytes.clone(),
                ticket,
                there.len().min(most),
                modified(&bytes)?,
            );
            self.open_ones().insert(id, Arc::new(upload));
        }
        let of_open_ones = [BYTES, XMP, DRAFT].map(|ending| self.files(ending));
        for (id, path) in of_open_ones.into_iter().collect::<io::Result<Vec<_>>>()?.concat() {
            if !self.open_ones().contains_key(&id) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// What is to lie beside the photo; the last one counts. Durable: the client has been told.
    pub(super) async fn put_xmp(&self, upload: &Upload, xmp: Xmp) -> io::Result<()> {
        let (path, draft) = (self.path(upload.id, XMP), self.path(upload.id, DRAFT));
        let folder = self.0.folder.clone();
        blocking(move || {
            replace(&path, &draft, &xmp.bytes(), Durable::Yes)?;
            File::open(folder)?.sync_all()
        })
        .await
    }

    pub(super) async fn xmp(&self, upload: &Upload) -> io::Result<Option<Xmp>> {
        let path = self.path(upload.id, XMP);
        blocking(move || match std::fs::read(path) {
            Ok(bytes) => Ok(Xmp::read(bytes.into()).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    fn write_ticket(&self, upload: &Upload) -> io::Result<()> {
        let text = serde_json::to_vec(&upload.ticket())?;
        replace(
            &self.path(upload.id, OPEN),
            &self.path(upload.id, DRAFT),
            &text,
            Durable::No,
        )
    }

    fn files(&self, ending: &str) -> io::Result<Vec<(UploadId, PathBuf)>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.0.folder)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let id = name
                .strip_suffix(ending)
                .and_then(|stem| stem.strip_suffix('.'))
                .and_then(|stem| stem.parse().ok());
            if let Some(id) = id {
                files.push((id, path));
            }
        }
        Ok(files)
    }

    fn path(&self, id: UploadId, ending: &str) -> PathBuf {
        self.0.folder.join(format!("{id}.{ending}"))
    }

    fn open_ones(&self) -> MutexGuard<'_, HashMap<UploadId, Arc<Upload>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const BYTES: &str = "bytes";
const OPEN: &str = "open";
const XMP: &str = "xmp";
const ENDED: &str = "ended";
const DRAFT: &str = "draft";

fn modified(path: &Path) -> io::Result<Timestamp> {
    let time = std::fs::metadata(path)?.modified()?;
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Timestamp::from_millis(
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
    ))
}
