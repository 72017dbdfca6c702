use std::fs::File;
use std::io::{self, Read, Write};

use bytes::{Bytes, BytesMut};
use photure_domain::Sha256;
use sha2::Digest;
use tokio::task::JoinHandle;

/// As much is written and hashed at once, in bytes. Two of these lie in memory for each upload: one that fills, one that is
/// being written.
const BLOCK: usize = 256 << 10;

/// Bytes on their way into a file, hashed as they go: one block fills while the one before is being written.
#[derive(Debug)]
pub(crate) struct Writer {
    filling: BytesMut,
    writing: Option<JoinHandle<io::Result<Sink>>>,
    written: u64,
}

/// A file, written from where it stands, and the hash of all that is in it.
#[derive(Debug)]
pub(crate) struct Sink {
    file: File,
    hasher: sha2::Sha256,
    /// Of what this sink alone has taken in, where somebody wants to know.
    own: Option<sha2::Sha256>,
}

impl Writer {
    pub(crate) fn new(sink: Sink) -> Self {
        Self {
            filling: BytesMut::new(),
            writing: Some(tokio::task::spawn_blocking(|| Ok(sink))), // nothing yet
            written: 0,
        }
    }

    /// By this writer so far, in bytes.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    pub(crate) async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.written += chunk.len() as u64;
        self.filling.extend_from_slice(chunk);
        if self.filling.len() >= BLOCK {
            let block = self.filling.split().freeze();
            self.flush(block).await?;
        }
        Ok(())
    }

    /// Handed to the system, not yet on the disk.
    pub(crate) async fn finish(mut self) -> io::Result<Sink> {
        let block = self.filling.split().freeze();
        self.flush(block).await?;
        self.sink().await
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

impl Sink {
    /// `hasher` has seen all that comes before in `file`.
    pub(crate) fn new(file: File, hasher: sha2::Sha256) -> Self {
        Self {
            file,
            hasher,
            own: None,
        }
    }

    pub(crate) fn hashing_its_own(self) -> Self {
        Self {
            own: Some(sha2::Sha256::new()),
            ..self
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        if let Some(own) = &mut self.own {
            own.update(bytes);
        }
        Ok(())
    }

    /// All of `source`; how much that was. Blocks.
    pub(crate) fn take_in(&mut self, source: &mut impl Read) -> io::Result<u64> {
        let mut block = vec![0; BLOCK];
        let mut taken = 0;
        loop {
            let read = source.read(&mut block)?;
            if read == 0 {
                return Ok(taken);
            }
            self.write(&block[..read])?;
            taken += read as u64;
        }
    }

    pub(crate) fn own_hash(&mut self) -> Option<Sha256> {
        let own = self.own.take()?;
        Some(Sha256::new(own.finalize().into()))
    }

    /// On the disk, whatever happens next; the hash to go on with. Blocks.
    pub(crate) fn keep(self) -> io::Result<sha2::Sha256> {
        self.file.sync_all()?;
        Ok(self.hasher)
    }

    /// On the disk, and complete. Blocks.
    pub(super) fn settle(self) -> io::Result<Sha256> {
        Ok(Sha256::new(self.keep()?.finalize().into()))
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}
