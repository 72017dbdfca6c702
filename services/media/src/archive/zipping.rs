use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use photure_blob::{BlobError, BlobStore};
use photure_domain::Sha256;
use photure_domain::photo::Taken;
use sha2::Digest;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use zip::write::{ExtendedFileOptions, FileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::plan::{Entry, Plan};

/// What could not be put in, if anything.
pub(super) const MISSING: &str = "MISSING.txt";

/// As much is handed on at once, in bytes; three of these lie in memory for each archive.
const CHUNK: usize = 128 << 10;
const CHUNKS_AHEAD: usize = 2;

/// `UT`, Info-ZIP's field for times in seconds of UTC, beside ZIP's own that know neither zones nor odd seconds.
const UNIVERSAL_TIME: u16 = 0x5455;
const MODIFIED: u8 = 1;

type Zip = ZipWriter<StreamWriter<Outgoing>>;

/// Photos are compressed already, so that it only takes them together (Stored), with ZIP64 where it takes that. `turn` is held until the
/// last byte is made or nobody reads any more.
pub(super) fn stream(
    blobs: Arc<dyn BlobStore>,
    plan: Plan,
    turn: OwnedSemaphorePermit,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let failing = sender.clone();
        let outgoing = Outgoing::new(sender);
        if let Err(error) = write(&runtime, &*blobs, &plan, outgoing) {
            // The reader learns that it is not whole: its connection breaks.
            tracing::warn!(%error, "an archive broke off");
            let _ = failing.blocking_send(Err(error));
        }
    });
    stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    })
}

fn write(runtime: &Handle, blobs: &dyn BlobStore, plan: &Plan, outgoing: Outgoing) -> io::Result<()> {
    let is_gone = Arc::clone(&outgoing.is_gone);
    let mut zip = ZipWriter::new_stream(outgoing);
    let mut missing: Vec<String> = plan
        .missing
        .iter()
        .map(|id| format!("photo {id}: there is no such photo"))
        .collect();
    for entry in &plan.entries {
        match add(runtime, blobs, &mut zip, entry)? {
            None => {}
            Some(why) => {
                tracing::warn!(sha256 = %entry.sha256, why, "a photo is missing in an archive");
                missing.push(format!("{}: {why}", entry.name));
            }
        }
        if is_gone.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
    if !missing.is_empty() {
        let text = format!(
            "These photos could not be put into this archive, or not whole:\r\n\r\n{}\r\n",
            missing.join("\r\n")
        );
        zip.start_file(MISSING, options(text.len() as u64))?;
        zip.write_all(text.as_bytes())?;
    }
    zip.finish()?.into_inner().finish()
}

/// Why it is missing, or not what it should be. An error is the archive's end.
fn add(
    runtime: &Handle,
    blobs: &dyn BlobStore,
    zip: &mut Zip,
    entry: &Entry,
) -> io::Result<Option<&'static str>> {
    let opened = runtime.block_on(blobs.open(entry.key(), None));
    let reader = match opened {
        Ok(reader) => reader,
        Err(error) => return Ok(Some(why(&error))),
    };
    let options = with_time(options(reader.meta.len), entry.taken);
    zip.start_file(&*entry.name, options)?;
    let mut body = reader.body.fuse();
    let mut hasher = sha2::Sha256::new();
    loop {
        match runtime.block_on(body.try_next()) {
            Ok(Some(chunk)) => {
                hasher.update(&chunk);
                zip.write_all(&chunk)?;
            }
            Ok(None) => break,
            // What of it is there is there; nothing that was sent can be taken back.
            Err(_) => return Ok(Some("it could not be read to its end, and is cut short here")),
        }
    }
    let found = Sha256::new(hasher.finalize().into());
    Ok((found != entry.sha256).then_some("its bytes are damaged in the storage"))
}

fn why(error: &BlobError) -> &'static str {
    match error {
        BlobError::NotFound => "it is not in the storage",
        BlobError::Corrupt(_) => "it is damaged in the storage",
        _ => "the storage did not give it",
    }
}

fn options(len: u64) -> FileOptions<'static, 'static, ExtendedFileOptions> {
    FileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o644)
        .large_file(len >= u64::from(u32::MAX))
}

/// The clock on the wall where it was taken, as cameras date their files; and for programs that know it, the moment itself.
fn with_time<'k, 'n>(
    options: FileOptions<'k, 'n, ExtendedFileOptions>,
    taken: Taken,
) -> FileOptions<'k, 'n, ExtendedFileOptions> {
    let local = taken.at.to_civil(taken.utc_offset_minutes.unwrap_or(0));
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let time = DateTime::from_date_and_time(
        u16::try_from(local.year()).unwrap_or_default(),
        part(local.month()),
        part(local.day()),
        part(local.hour()),
        part(local.minute()),
        part(local.second()),
    );
    let mut options = options.last_modified_time(time.unwrap_or_default());
    // Where the zone is not known the moment is not either.
    if let (Some(_), Ok(seconds)) = (taken.utc_offset_minutes, i32::try_from(taken.at.as_seconds())) {
        let mut field = vec![MODIFIED];
        field.extend(seconds.to_le_bytes());
        if let Err(error) = options.add_extra_field(UNIVERSAL_TIME, field, false) {
            tracing::debug!(%error, "a file keeps its local time alone");
        }
    }
    options
}

/// Hands on what is written, a chunk at a time, and waits for a reader who is slow.
struct Outgoing {
    sender: mpsc::Sender<io::Result<Bytes>>,
    filling: BytesMut,
    /// Nobody reads any more. What is written then goes nowhere: it is no failure of the archive.
    is_gone: Arc<AtomicBool>,
}

impl Outgoing {
    fn new(sender: mpsc::Sender<io::Result<Bytes>>) -> Self {
        Self {
            sender,
            filling: BytesMut::with_capacity(CHUNK),
            is_gone: Arc::default(),
        }
    }

    fn hand_on(&mut self) {
        if self.filling.is_empty() {
            return;
        }
        let chunk = self.filling.split().freeze();
        self.filling.reserve(CHUNK);
        if self.sender.blocking_send(Ok(chunk)).is_err() {
            self.is_gone.store(true, Ordering::Relaxed);
        }
    }

    fn finish(mut self) -> io::Result<()> {
        self.hand_on();
        Ok(())
    }
}

impl Write for Outgoing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_gone.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        let taken = bytes.len().min(CHUNK - self.filling.len());
        self.filling.extend_from_slice(&bytes[..taken]);
        if self.filling.len() >= CHUNK {
            self.hand_on();
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
