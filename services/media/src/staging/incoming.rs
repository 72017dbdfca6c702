use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use photure_domain::Sha256;
use sha2::Digest;
use uuid::Uuid;

use super::writer::{Sink, Writer, blocking};
use super::{Note, Staged, Staging, State, remove};

/// Bytes on their way into the staging folder. Dropped, they are gone.
#[derive(Debug)]
pub(crate) struct Incoming {
    claim: Claim,
    writer: Writer,
}

/// What arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) sha256: Sha256,
    pub(crate) bytes: u64,
}

impl Incoming {
    pub(super) async fn begin(staging: Staging) -> io::Result<Self> {
        let (claim, sink) = blocking(move || Claim::open(staging)).await?;
        Ok(Self {
            claim,
            writer: Writer::new(sink),
        })
    }

    /// So far.
    pub(crate) fn len(&self) -> u64 {
        self.writer.written()
    }

    pub(crate) async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.writer.write(chunk).await
    }

    /// Everything is there and fsynced; what it is worth, the caller knows.
    pub(crate) async fn finish(self) -> io::Result<Arrived> {
        let bytes = self.writer.written();
        let sink = self.writer.finish().await?;
        let sha256 = blocking(move || sink.settle()).await?;
        Ok(Arrived {
            claim: self.claim,
            content: Content { sha256, bytes },
        })
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

    pub(crate) fn path(&self) -> PathBuf {
        self.claim.staging.part(self.claim.id)
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

    /// A file that is known to be whole, under a second name. Blocks.
    pub(super) fn linked(staging: &Staging, file: &Path, note: &Note) -> io::Result<Self> {
        let claim = Claim::take(staging.clone());
        let part = staging.part(claim.id);
        if std::fs::hard_link(file, &part).is_err() {
            // Not every file system has links.
            std::fs::copy(file, &part)?;
            File::open(&part)?.sync_all()?;
        }
        let content = Content {
            sha256: note.sha256,
            bytes: note.bytes,
        };
        Ok(Self { claim, content })
    }

    /// The same bytes once more, in a file of their own. Blocks.
    pub(super) fn copy_of(staging: &Staging, mut source: impl Read) -> io::Result<Self> {
        let (claim, mut sink) = Claim::open(staging.clone())?;
        let bytes = sink.take_in(&mut source)?;
        let sha256 = sink.settle()?;
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
    /// Known before there is a file, so that nobody takes it for a leftover.
    fn take(staging: Staging) -> Self {
        let id = staging.0.ids.next();
        staging.uploads().insert(id, State::Live);
        Self {
            staging,
            id,
            handed_over: false,
        }
    }

    fn open(staging: Staging) -> io::Result<(Self, Sink)> {
        let claim = Self::take(staging);
        let part = claim.staging.part(claim.id);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o640)
            .open(part)?;
        Ok((claim, Sink::new(file, sha2::Sha256::new())))
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
