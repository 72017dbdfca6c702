use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::BodyDataStream;
use futures::StreamExt;
use photure_domain::Sha256;
use sha2::Digest;
use tokio_util::sync::CancellationToken;

use crate::error::{MediaError, MediaResult};
use crate::staging::{Sink, Writer, blocking};

/// Nothing arrived for this long: the client is gone without a word.
const STALLED_AFTER: Duration = Duration::from_secs(60);

/// The bytes of an upload as they grow.
#[derive(Debug)]
pub(super) struct Growth {
    offset: u64,
    /// Of all bytes up to the offset; `None` where they have to be read again for that.
    hasher: Option<sha2::Sha256>,
}

/// What one request brings.
pub(crate) struct Chunk {
    pub(crate) body: BodyDataStream,
    /// How long it is at least, as far as its request said.
    pub(crate) announced: u64,
    /// How long it may be, in bytes.
    pub(crate) at_most: u64,
    /// What the chunk's SHA-256 has to be.
    pub(crate) checksum: Option<Sha256>,
}

impl Growth {
    pub(super) fn from(offset: u64) -> Self {
        let hasher = (offset == 0).then(sha2::Sha256::new);
        Self { offset, hasher }
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Adds a chunk, durably. What arrived of one that broke off stays and counts, unless it has a checksum to meet.
    pub(super) async fn append(
        &mut self,
        path: &Path,
        chunk: Chunk,
        taken_away: &CancellationToken,
    ) -> MediaResult<()> {
        let before = self.offset;
        let checked = chunk.checksum;
        let sink = self.open(path.to_owned()).await.map_err(MediaError::staging)?;
        let known = self.hasher.clone();
        let sink = if checked.is_some() {
            sink.hashing_its_own()
        } else {
            sink
        };
        let mut writer = Writer::new(sink);
        let read = read(chunk, &mut writer, taken_away).await;
        let grown = before + writer.written();
        let mut sink = match writer.finish().await {
            Ok(sink) => sink,
            Err(error) => return self.roll_back(path, known, MediaError::staging(error)).await,
        };
        match (&read, checked) {
            (Ok(()), Some(_)) if sink.own_hash() != checked => {
                return self.roll_back(path, known, MediaError::ChecksumMismatch).await;
            }
            (Ok(()), _) => {}
            // The line broke: what came before is as good as ever, if nothing has to be compared.
            (Err(MediaError::BrokenBody(_) | MediaError::Stalled), None) => {}
            (Err(_), _) => {
                let error = read.err().unwrap_or(MediaError::Stopping);
                return self.roll_back(path, known, error).await;
            }
        }
        match blocking(move || sink.keep()).await {
            Ok(hasher) => {
                self.offset = grown;
                self.hasher = Some(hasher);
                read
            }
            Err(error) => self.roll_back(path, known, MediaError::staging(error)).await,
        }
    }

    /// Adds all of a file, durably.
    pub(super) async fn take_in(&mut self, path: &Path, mut source: File) -> io::Result<()> {
        let mut sink = self.open(path.to_owned()).await?;
        let (taken, hasher) = blocking(move || {
            let taken = sink.take_in(&mut source)?;
            Ok((taken, sink.keep()?))
        })
        .await?;
        self.offset += taken;
        self.hasher = Some(hasher);
        Ok(())
    }

    /// The hash of all that is here.
    pub(super) async fn hash(&mut self, path: &Path) -> io::Result<Sha256> {
        if self.hasher.is_none() {
            self.open(path.to_owned()).await?;
        }
        let hasher = self.hasher.clone().unwrap_or_default();
        Ok(Sha256::new(hasher.finalize().into()))
    }

    /// The file, cut to the offset and standing there.
    async fn open(&mut self, path: PathBuf) -> io::Result<Sink> {
        let (offset, known) = (self.offset, self.hasher.take());
        let opened = blocking(move || {
            let mut file = OpenOptions::new().read(true).write(true).open(path)?;
            file.set_len(offset)?;
            let hasher = match known {
                Some(hasher) => hasher,
                None => hash_of(&mut file, offset)?,
            };
            file.seek(SeekFrom::Start(offset))?;
            Ok((file, hasher))
        });
        let (file, hasher) = opened.await?;
        self.hasher = Some(hasher.clone());
        Ok(Sink::new(file, hasher))
    }

    /// To where it stood before `error`. If that fails, the next one to open the file does it.
    async fn roll_back(
        &mut self,
        path: &Path,
        known: Option<sha2::Sha256>,
        error: MediaError,
    ) -> MediaResult<()> {
        self.hasher = known;
        let (path, offset) = (path.to_owned(), self.offset);
        let cut = blocking(move || OpenOptions::new().write(true).open(path)?.set_len(offset));
        if let Err(error) = cut.await {
            tracing::warn!(%error, "a chunk that does not count stays for now");
        }
        Err(error)
    }
}

/// Until the chunk is over, or the line is, or somebody else goes on with it.
async fn read(mut chunk: Chunk, writer: &mut Writer, taken_away: &CancellationToken) -> MediaResult<()> {
    loop {
        let next = tokio::select! {
            biased;
            () = taken_away.cancelled() => return Err(MediaError::BrokenBody("another request goes on with this upload".into())),
            next = tokio::time::timeout(STALLED_AFTER, chunk.body.next()) => next.map_err(|_| MediaError::Stalled)?,
        };
        let Some(bytes) = next else {
            return Ok(());
        };
        let bytes = bytes.map_err(|error| MediaError::BrokenBody(error.into()))?;
        if writer.written().saturating_add(bytes.len() as u64) > chunk.at_most {
            return Err(MediaError::MoreThanAnnounced);
        }
        writer.write(&bytes).await.map_err(MediaError::staging)?;
    }
}

fn hash_of(file: &mut File, bytes: u64) -> io::Result<sha2::Sha256> {
    file.rewind()?;
    let mut hasher = sha2::Sha256::new();
    let mut block = vec![0; 256 << 10];
    let mut source = file.take(bytes);
    loop {
        let read = source.read(&mut block)?;
        if read == 0 {
            return Ok(hasher);
        }
        hasher.update(&block[..read]);
    }
}
