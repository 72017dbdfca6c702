use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;

use bytes::{Bytes, BytesMut};
use photure_domain::Sha256;
use sha2::Digest;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Note, Staged, Staging, State, remove};

/// As much is written and hashed at once, in bytes. Two of these lie in memory for each upload: one that fills, one that is
/// being written.
const BLOCK: usize = 256 << 10;

/// Bytes on their way into the staging folder. Dropped, they are gone.
#[derive(Debug)]
pub(crate) struct Incoming {
    claim: Claim,
    filling: BytesMut,
    writing: Option<JoinHandle<io::Result<Sink>>>,
    len: u64,
}

/// What arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) sha256: Sha256,
    pub(crate) bytes: u64,
}

#[derive(Debug)]
struct Sink {
    file: File,
    hasher: sha2::Sha256,
}

impl Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        Ok(())
    }

    /// On the disk, whatever happens next.
    fn finish(self) -> io::Result<Sha256> {
        self.file.sync_all()?;
        Ok(Sha256::new(self.hasher.finalize().into()))
    }
}

impl Incoming {
    pub(super) async fn begin(staging: Staging) -> io::Result<Self> {
        let (claim, sink) = blocking(move || Claim::open(staging)).await?;
        let writing = Some(tokio::task::spawn_blocking(|| Ok(sink))); // nothing yet
        Ok(Self {
            claim,
            filling: BytesMut::new(),
            writing,
            len: 0,
        })
    }

    /// So far.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.len += chunk.len() as u64;
        self.filling.extend_from_slice(chunk);
        if self.filling.len() >= BLOCK {
            let block = self.filling.split().freeze();
            self.flush(block).await?;
        }
        Ok(())
    }

    /// Everything is there and fsynced; what it is worth, the caller knows.
    pub(crate) async fn finish(mut self) -> io::Result<Arrived> {
        let block = self.filling.split().freeze();
        self.flush(block).await?;
        let sink = self.sink().await?;
        let sha256 = blocking(move || sink.finish()).await?;
        Ok(Arrived {
            claim: self.claim,
            content: Content {
                sha256,
                bytes: self.len,
            },
        })
    }

    async fn flush(&mut self, block: Bytes) -> io::Result<()> {
        let mut sink = self.sink().await?;
        self.writing = Some(tokio::task::spawn_blocking(move || {
            sink.write(&block)?;
            Ok(sink)
        }));
        Ok(())
    }

    async fn sink(&mut self) -> io::Result<Sink> {
        let written = self
            .writing
            .take()
            .ok_or_else(|| io::Error::other("an earlier write failed"))?;
        written.await.map_err(io::Error::other)?
    }
}

/// All bytes of a file, without a note yet. Dropped, they are gone.
#[derive(Debug)]
pub(crate) struct Arrived {
    claim: Claim,
    content: Content,
}

impl Arrived {
    pub(crate) fn content(&self) -> Content {
        self.content
    }

    /// From here on it can be finished without its client.
    pub(crate) async fn keep(self, note: Note) -> io::Result<Staged> {
        blocking(move || self.keep_blocking(note)).await
    }

    pub(super) fn keep_blocking(self, note: Note) -> io::Result<Staged> {
        let staging = &self.claim.staging;
        note.write(&staging.note(self.claim.id), &staging.0.handle)?;
        let (staging, id) = self.claim.hand_over();
        Ok(Staged::new(staging, id, note))
    }

    /// The same bytes once more, in a file of their own. Blocks.
    pub(super) fn copy_of(staging: &Staging, mut source: impl Read) -> io::Result<Self> {
        let (claim, mut sink) = Claim::open(staging.clone())?;
        let mut block = vec![0; BLOCK];
        let mut bytes = 0;
        loop {
            let read = source.read(&mut block)?;
            if read == 0 {
                break;
            }
            sink.write(&block[..read])?;
            bytes += read as u64;
        }
        let sha256 = sink.finish()?;
        Ok(Self {
            claim,
            content: Content { sha256, bytes },
        })
    }
}

/// A live upload's files, removed with it unless they are handed over.
#[derive(Debug)]
struct Claim {
    staging: Staging,
    id: Uuid,
    handed_over: bool,
}

impl Claim {
    fn open(staging: Staging) -> io::Result<(Self, Sink)> {
        let id = staging.0.ids.next();
        // Known before there is a file, so that nobody takes it for a leftover.
        staging.uploads().insert(id, State::Live);
        let claim = Self {
            staging,
            id,
            handed_over: false,
        };
        let part = claim.staging.part(id);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o640)
            .open(part)?;
        Ok((
            claim,
            Sink {
                file,
                hasher: sha2::Sha256::new(),
            },
        ))
    }

    fn hand_over(mut self) -> (Staging, Uuid) {
        self.handed_over = true;
        (self.staging.clone(), self.id)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.handed_over {
            return;
        }
        for path in [self.staging.note(self.id), self.staging.part(self.id)] {
            if let Err(error) = remove(&path) {
                tracing::warn!(upload = %self.id, %error, "a staged file stays for now");
            }
        }
        self.staging.uploads().remove(&self.id);
    }
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}
