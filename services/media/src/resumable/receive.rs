use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use photure_common::chassis::RequestId;
use photure_domain::{Clock, IdSource, UploadId, UserId};
use photure_imaging::ImagingError;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::upload::Hold;
use super::{Chunk, Found, Kind, Phase, Ticket, Upload, UploadMetadata, Uploads};
use crate::error::{MediaError, MediaResult};
use crate::staging::{Note, Staged, Staging, blocking};
use crate::upload::{Authority, Settler, Xmp};

/// Whoever asks for an upload that is just becoming a photo waits this long for it.
const WAIT_FOR_END: Duration = Duration::from_secs(15);

/// Takes in files by resumable upload, and makes photos of them.
#[derive(Clone, Debug)]
pub(crate) struct Resumable {
    pub(crate) uploads: Uploads,
    pub(crate) staging: Staging,
    pub(crate) settler: Arc<Settler>,
    pub(crate) tasks: TaskTracker,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) max_bytes: u64,
}

/// An upload that a client announces.
#[derive(Debug)]
pub(crate) struct NewUpload {
    pub(crate) owner: UserId,
    /// What the owner is called, where that is known.
    pub(crate) owner_name: Option<String>,
    pub(crate) kind: Kind,
    /// `None` where the client will say it later.
    pub(crate) length: Option<u64>,
    pub(crate) metadata: UploadMetadata,
}

impl Resumable {
    /// Refused where it is known already that there is no room for it.
    pub(crate) async fn create(&self, new: NewUpload, authority: &Authority) -> MediaResult<Arc<Upload>> {
        self.check_length(new.length.unwrap_or(0))?;
        let ticket = Ticket {
            owner_id: new.owner,
            owner_name: new.owner_name,
            kind: new.kind,
            length: new.length,
            metadata: new.metadata,
            created_at: self.clock.now(),
            unchecked_from: None,
        };
        self.find_room(&ticket, authority).await?;
        self.uploads.create(UploadId::new(self.ids.next()), ticket).await
    }

    /// Adds what a request brings at `offset`; after the last byte there is a photo. Goes on to its end when the client
    /// hangs up: what arrived counts.
    pub(crate) async fn append(
        &self,
        upload: &Arc<Upload>,
        offset: u64,
        length: Option<u64>,
        chunk: Chunk,
        authority: Authority,
    ) -> MediaResult<()> {
        let (this, upload) = (self.clone(), Arc::clone(upload));
        self.to_its_end(async move {
            let mut hold = upload.hold().await?;
            this.grow(&upload, &mut hold, offset, length, chunk, &authority)
                .await?;
            if upload.is_complete() && upload.ticket().kind != Kind::Partial {
                this.complete(&upload, hold, authority).await?;
            }
            Ok(())
        })
        .await
    }

    /// Puts complete parts together to a file, and makes a photo of it.
    pub(crate) async fn join(
        &self,
        owner: UserId,
        owner_name: Option<String>,
        parts: Vec<UploadId>,
        metadata: UploadMetadata,
        authority: Authority,
    ) -> MediaResult<Arc<Upload>> {
        let mut sources = Vec::new();
        let mut length = 0_u64;
        for id in &parts {
            let part = self.part(owner, *id).await?;
            length = length.saturating_add(part.offset());
            sources.push(part.bytes.clone());
        }
        let new = NewUpload {
            owner,
            owner_name,
            kind: Kind::Final,
            length: Some(length),
            metadata,
        };
        let upload = self.create(new, &authority).await?;
        let (this, whole) = (self.clone(), Arc::clone(&upload));
        let joined = self.to_its_end(async move {
            let outcome = this.fill_and_complete(&whole, sources, authority).await;
            match &outcome {
                // Joined once more when the client asks again; this one goes on by itself if it got as far as that.
                Err(error) if error.is_passing() => {
                    if whole.phase() == Phase::Receiving {
                        this.uploads.forget(whole.id).await;
                    }
                }
                _ => {
                    for id in parts {
                        this.uploads.forget(id).await;
                    }
                }
            }
            outcome
        });
        joined.await?;
        Ok(upload)
    }

    /// How an upload stands, after going on with what only waits for somebody: its bytes are all here.
    pub(crate) async fn attend(
        &self,
        owner: UserId,
        id: UploadId,
        authority: Authority,
    ) -> MediaResult<Found> {
        let upload = match self.uploads.find(owner, id).await? {
            Found::Open(upload) => upload,
            ended @ Found::Ended(_) => return Ok(ended),
        };
        // Whoever asks on a new connection has given the old one up.
        let hold = upload.hold().await?;
        if upload.ticket().kind == Kind::Partial || !upload.is_complete() {
            return Ok(Found::Open(upload));
        }
        let (this, whole) = (self.clone(), Arc::clone(&upload));
        let going_on = self.to_its_end(async move {
            match whole.phase() {
                Phase::Receiving => this.complete(&whole, hold, authority).await,
                // Where somebody is working on it, there is nothing to take.
                Phase::Stored | Phase::Processing => match this.staging.take_of(whole.id) {
                    Some(staged) => this.settler.settle(staged, authority).await.map(drop),
                    None => Ok(()),
                },
                Phase::Ended => Ok(()),
            }
        });
        let waited = tokio::time::timeout(WAIT_FOR_END, async {
            going_on.await?;
            upload.ends_within(WAIT_FOR_END).await;
            Ok::<(), MediaError>(())
        });
        if let Ok(Err(error)) = waited.await {
            tracing::debug!(upload = %id, %error, "an upload waits on");
        }
        self.uploads.find(owner, id).await
    }

    /// The client wants it no more.
    pub(crate) async fn terminate(&self, owner: UserId, id: UploadId) -> MediaResult<()> {
        let upload = match self.uploads.find(owner, id).await? {
            Found::Ended(_) => return self.uploads.forget_ending(id).await,
            Found::Open(upload) => upload,
        };
        let hold = upload.hold().await?;
        if upload.phase() != Phase::Receiving {
            return Err(MediaError::UploadBusy);
        }
        self.uploads.forget(id).await;
        drop(hold);
        Ok(())
    }

    /// What is to lie beside the photo, in the place of what came before.
    pub(crate) async fn put_xmp(&self, owner: UserId, id: UploadId, xmp: Xmp) -> MediaResult<()> {
        let Found::Open(upload) = self.uploads.find(owner, id).await? else {
            return Err(MediaError::NoSuchUpload);
        };
        let _hold = upload.hold().await?;
        if upload.phase() != Phase::Receiving || upload.ticket().kind == Kind::Partial {
            return Err(MediaError::UploadBusy);
        }
        self.check_room(Xmp::MAX_BYTES as u64)?;
        let put = self.uploads.put_xmp(&upload, xmp).await;
        put.map_err(MediaError::staging)
    }

    async fn grow(
        &self,
        upload: &Arc<Upload>,
        hold: &mut Hold,
        offset: u64,
        length: Option<u64>,
        chunk: Chunk,
        authority: &Authority,
    ) -> MediaResult<()> {
        if upload.phase() != Phase::Receiving {
            return Err(MediaError::UploadBusy);
        }
        let here = hold.growth.offset();
        if offset != here {
            return Err(MediaError::WrongOffset { offset: here });
        }
        if let Some(length) = length {
            self.learn_length(upload, length).await?;
        }
        let most = upload.ticket().length.unwrap_or(self.max_bytes);
        let at_most = most.saturating_sub(here).min(chunk.at_most);
        if chunk.announced > at_most {
            return Err(MediaError::MoreThanAnnounced);
        }
        self.check_room(chunk.announced)?;
        // What is here stays: there may be room again before it expires.
        self.find_room(&upload.ticket(), authority).await?;
        let checked = chunk.checksum.is_some();
        if checked {
            let unchecked = |ticket: &mut Ticket| ticket.unchecked_from = Some(here);
            self.uploads.change_ticket(upload, unchecked).await?;
        }
        let chunk = Chunk { at_most, ..chunk };
        let grown = hold.growth.append(&upload.bytes, chunk, &hold.taken_away).await;
        upload.has_grown(hold.growth.offset(), self.clock.now());
        if checked {
            let settled = |ticket: &mut Ticket| ticket.unchecked_from = None;
            self.uploads.change_ticket(upload, settled).await?;
        }
        grown
    }

    async fn learn_length(&self, upload: &Arc<Upload>, length: u64) -> MediaResult<()> {
        match upload.ticket().length {
            Some(known) if known != length => Err(MediaError::MalformedHeader {
                header: "Upload-Length",
                why: "is another one than was said before",
            }),
            Some(_) => Ok(()),
            None if length < upload.offset() => Err(MediaError::MalformedHeader {
                header: "Upload-Length",
                why: "is less than is here already",
            }),
            None => {
                self.check_length(length)?;
                let learn = |ticket: &mut Ticket| ticket.length = Some(length);
                self.uploads.change_ticket(upload, learn).await
            }
        }
    }

    async fn fill_and_complete(
        &self,
        upload: &Arc<Upload>,
        sources: Vec<PathBuf>,
        authority: Authority,
    ) -> MediaResult<()> {
        let mut hold = upload.hold().await?;
        for source in sources {
            let file = blocking(move || File::open(source)).await;
            let file = file.map_err(MediaError::staging)?;
            hold.growth
                .take_in(&upload.bytes, file)
                .await
                .map_err(MediaError::staging)?;
        }
        upload.has_grown(hold.growth.offset(), self.clock.now());
        self.complete(upload, hold, authority).await
    }

    /// All bytes are here, and go the way of every upload.
    async fn complete(&self, upload: &Arc<Upload>, mut hold: Hold, authority: Authority) -> MediaResult<()> {
        let staged = match self.stage(upload, &mut hold).await {
            Ok(staged) => staged,
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => {
                let (owner, bytes) = (upload.owner(), upload.offset());
                let now = self.clock.now();
                return Err(self.uploads.fail(upload.id, owner, bytes, error, now).await);
            }
        };
        upload.enter(Phase::Stored);
        drop(hold);
        self.settler.settle(staged, authority).await.map(drop)
    }

    async fn stage(&self, upload: &Upload, hold: &mut Hold) -> MediaResult<Staged> {
        let ticket = upload.ticket();
        if upload.offset() == 0 {
            return Err(MediaError::Picture(ImagingError::Empty));
        }
        let sha256 = hold
            .growth
            .hash(&upload.bytes)
            .await
            .map_err(MediaError::staging)?;
        if ticket.metadata.sha256.is_some_and(|said| said != sha256) {
            return Err(MediaError::DigestMismatch);
        }
        let note = Note {
            owner_id: ticket.owner_id,
            owner_name: ticket.owner_name,
            filename: ticket.metadata.filename,
            taken_at: ticket.metadata.taken_at,
            sha256,
            bytes: upload.offset(),
            received_at: self.clock.now(),
            starts: 0,
            upload: Some(upload.id),
            xmp: self.uploads.xmp(upload).await.map_err(MediaError::staging)?,
            film_of: ticket.metadata.live_of,
        };
        let (staging, bytes) = (self.staging.clone(), upload.bytes.clone());
        blocking(move || staging.adopt(&bytes, note))
            .await
            .map_err(MediaError::staging)
    }

    async fn part(&self, owner: UserId, id: UploadId) -> MediaResult<Arc<Upload>> {
        match self.uploads.find(owner, id).await {
            Ok(Found::Open(upload)) if upload.ticket().kind == Kind::Partial && upload.is_complete() => {
                Ok(upload)
            }
            Ok(_) | Err(MediaError::NoSuchUpload) => Err(MediaError::MalformedHeader {
                header: "Upload-Concat",
                why: "names an upload that is no complete part of yours",
            }),
            Err(error) => Err(error),
        }
    }

    async fn find_room(&self, ticket: &Ticket, authority: &Authority) -> MediaResult<()> {
        match (ticket.room_question(), authority) {
            (Some(question), Authority::Owner(bearer)) => {
                self.settler.rooms.ask_early(&question, bearer).await
            }
            _ => Ok(()),
        }
    }

    fn check_length(&self, length: u64) -> MediaResult<()> {
        if length > self.max_bytes {
            return Err(MediaError::TooLarge {
                limit: self.max_bytes,
            });
        }
        self.check_room(length)
    }

    fn check_room(&self, bytes: u64) -> MediaResult<()> {
        if self.staging.has_room_for(bytes).map_err(MediaError::Staging)? {
            Ok(())
        } else {
            Err(MediaError::StagingFull(std::io::ErrorKind::StorageFull.into()))
        }
    }

    /// In a task of its own: a client that hangs up changes nothing.
    async fn to_its_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = MediaResult<T>> + Send + 'static,
    ) -> MediaResult<T> {
        let task = self.tasks.spawn(RequestId::carried(work).in_current_span());
        task.await.map_err(MediaError::Task)?
    }
}
