//! One worker, seen from the process it works for.

use std::fs::File;
use std::io::{self, IoSlice, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use photure_imaging::{Encoded, ImagingError, Picture, Recoding};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use serde::de::DeserializeOwned;

use crate::answer;
use crate::error::Failure;
use crate::settings::{Sandbox, Settings};
use crate::wire::{Frame, Order, Outcome, Ready, Recoded, Setup};
use crate::worker::ARGUMENT;

/// From its start to its first word. Milliseconds, if nothing else runs.
const START_DEADLINE: Duration = Duration::from_secs(20);

/// glibc hands large buffers back to the system when they are freed, and takes them anew, page by page, for the next photo. A worker
/// has one thread and lives for a moment: it keeps them.
const KEEP_BUFFERS: &str = "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=268435456";

/// Ended and waited for when it is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    socket: UnixStream,
    photos: u32,
}

impl Process {
    /// By the thread that lives as long as the worker is to live: the kernel kills a worker when the thread that started it ends.
    pub(crate) fn spawn(settings: &Settings) -> io::Result<Self> {
        let (socket, theirs) = UnixStream::pair()?;
        let child = Command::new(&settings.program)
            .arg0("photure-decoder")
            .arg(ARGUMENT)
            .env_clear() // secrets, and what would change a program
            .env("GLIBC_TUNABLES", KEEP_BUFFERS)
            .current_dir("/")
            .process_group(0) // Ctrl-C is for the service, which brings to its end what is under way
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null()) // what a file makes a decoder say does not belong in the log
            .spawn()?;
        Ok(Self {
            child,
            socket,
            photos: 0,
        })
    }

    /// Hands it its limits, and waits until it has given away what it could do.
    pub(crate) fn begin(&mut self, settings: &Settings) -> io::Result<Ready> {
        let setup = Frame::of(&Setup {
            limits: settings.limits,
            memory: settings.memory,
            confine: settings.sandbox != Sandbox::Off,
            parent: std::process::id(),
        })?;
        setup.write(|part| io::Write::write_all(&mut self.socket, part))?;
        self.read(START_DEADLINE)?.parse()
    }

    /// What it says of a photo, checked. After a failure it is of no use any more.
    pub(crate) fn decode(
        &mut self,
        file: &File,
        settings: &Settings,
    ) -> Result<Result<Picture, ImagingError>, Failure> {
        let (outcome, [thumb, preview]) = self.exchange::<Outcome>(Order::Picture, file, settings)?;
        tell(outcome.panic);
        answer::checked(outcome.result, thumb, preview, &settings.limits).map_err(Failure::Nonsense)
    }

    /// What it makes of a preview, checked as well.
    pub(crate) fn recode(
        &mut self,
        preview: &File,
        recoding: Recoding,
        settings: &Settings,
    ) -> Result<Result<Encoded, ImagingError>, Failure> {
        let order = Order::Recode(recoding);
        let (outcome, [_, made]) = self.exchange::<Recoded>(order, preview, settings)?;
        tell(outcome.panic);
        answer::checked_recoding(outcome.result, made, recoding).map_err(Failure::Nonsense)
    }

    fn exchange<T: DeserializeOwned>(
        &mut self,
        order: Order,
        file: &File,
        settings: &Settings,
    ) -> Result<(T, [Vec<u8>; 2]), Failure> {
        self.photos += 1;
        let exchanged = self
            .hand_over(order, file)
            .and_then(|()| self.read(settings.deadline));
        let frame = exchanged.map_err(|error| self.failure(&error))?;
        let document = frame.parse();
        let document = document.map_err(|error| Failure::Nonsense(error.to_string()))?;
        Ok((document, frame.blobs))
    }

    /// One byte that carries the descriptor.
    fn hand_over(&self, order: Order, file: &File) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let descriptors = [file.as_fd()];
        if !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        rustix::net::sendmsg(
            &self.socket,
            &[IoSlice::new(&[order.byte()])],
            &mut control,
            SendFlags::NOSIGNAL,
        )?;
        Ok(())
    }

    fn read(&self, deadline: Duration) -> io::Result<Frame> {
        Frame::read(&mut Timed {
            socket: &self.socket,
            until: Instant::now() + deadline,
        })
    }

    fn failure(&mut self, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::TimedOut => Failure::TookTooLong,
            io::ErrorKind::InvalidData => Failure::Nonsense(error.to_string()),
            // The socket is closed: it is dying, if it is not dead. What it died of stays what it was.
            _ => {
                let _ = self.child.kill();
                self.child
                    .wait()
                    .map_or_else(|error| Failure::Nonsense(error.to_string()), Failure::Died)
            }
        }
    }

    /// Whether it is as good as a new one.
    pub(crate) fn is_fit(&self, settings: &Settings) -> bool {
        self.photos < settings.photos && self.resident().is_some_and(|bytes| bytes <= settings.kept_bytes)
    }

    /// In bytes; `None` where it is dead.
    fn resident(&self) -> Option<u64> {
        let pages = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id())).ok()?;
        let pages: u64 = pages.split(' ').nth(1)?.parse().ok()?;
        Some(pages * rustix::param::page_size() as u64)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn tell(panic: Option<String>) {
    if let Some(panic) = panic {
        let panic: String = panic.chars().take(500).collect();
        tracing::warn!(?panic, "a decoder panicked");
    }
}

/// Reads until a moment and no longer.
struct Timed<'a> {
    socket: &'a UnixStream,
    until: Instant,
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.socket.set_read_timeout(Some(left))?;
        match self.socket.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(io::ErrorKind::TimedOut.into()),
            read => read,
        }
    }
}
