//! The worker's side. It has one thread, so that what it gives away is given away for all of it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IoSliceMut, Read, Stdin};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use photure_imaging::{Limits, Recoding, keep_freed_memory, process, recode};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags};
use rustix::process::Signal;

use crate::confine;
use crate::wire::{Frame, Order, Outcome, Recoded, Setup};

/// What makes a worker of a program, as its first argument.
pub(crate) const ARGUMENT: &str = "decode-for-parent";

/// The descriptor of the socket: standard input.
pub(crate) const SOCKET: i32 = 0;

/// How long a text about a panic may be, in bytes.
const LONGEST_PANIC: usize = 500;

/// Where this process was started as a worker, it is one to its end, and this is its exit code. To be asked before
/// anything else in `main`: what a program opens or starts before, a worker would have.
pub fn as_worker() -> Option<ExitCode> {
    let first = std::env::args_os().nth(1)?;
    (first == OsStr::new(ARGUMENT)).then(|| match work() {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody reads what it would say; the pool sees that it ended. Not for people: they get EX_USAGE.
        Err(_) => ExitCode::from(64),
    })
}

fn work() -> io::Result<()> {
    keep_freed_memory();
    confine::close_inherited();
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    let mut socket = Socket(io::stdin());
    let setup: Setup = Frame::read(&mut socket)?.parse()?;
    if rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get().cast_unsigned()) != Some(setup.parent)
    {
        return Ok(()); // it died before it could take us with it
    }
    // Told to end, a service ends when its photos are done. The terminal and systemd tell all processes; only the pool ends us.
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    std::panic::set_hook(Box::new(|panic| {
        let mut text = panic.to_string();
        text.truncate(text.floor_char_boundary(LONGEST_PANIC));
        *last_panic() = Some(text);
    }));

    let ready = confine::confine(&setup)?;
    socket.send(&Frame::of(&ready)?)?;
    while let Some((order, file)) = socket.receive()? {
        let answer = match order {
            Order::Picture => picture(file, &setup.limits),
            Order::Recode(recoding) => recoded(file, recoding, &setup.limits),
        };
        socket.send(&answer?)?;
    }
    Ok(())
}

fn last_panic() -> std::sync::MutexGuard<'static, Option<String>> {
    static LAST: Mutex<Option<String>> = Mutex::new(None);
    LAST.lock().unwrap_or_else(PoisonError::into_inner)
}

fn recoded(mut preview: File, recoding: Recoding, limits: &Limits) -> io::Result<Frame> {
    let mut result = recode(&mut preview, recoding, limits);
    let bytes = result
        .as_mut()
        .map_or_else(|_| Vec::new(), |made| std::mem::take(&mut made.bytes));
    let outcome = Recoded {
        result,
        panic: last_panic().take(),
    };
    Ok(Frame {
        blobs: [Vec::new(), bytes],
        ..Frame::of(&outcome)?
    })
}

fn picture(mut file: File, limits: &Limits) -> io::Result<Frame> {
    let mut result = process(&mut file, limits);
    let blobs = result.as_mut().map_or_else(
        |_| Default::default(),
        |picture| {
            [&mut picture.thumb, &mut picture.preview].map(|variant| std::mem::take(&mut variant.bytes))
        },
    );
    let outcome = Outcome {
        result,
        panic: last_panic().take(),
    };
    Ok(Frame {
        blobs,
        ..Frame::of(&outcome)?
    })
}

/// Unlike what the standard library makes of standard input it reads nothing ahead.
struct Socket(Stdin);

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(&self.0, buffer)?)
    }
}

impl Socket {
    /// By `send`, since a worker may not `write`.
    fn send(&self, frame: &Frame) -> io::Result<()> {
        frame.write(|mut part| {
            while !part.is_empty() {
                match rustix::net::send(&self.0, part, SendFlags::NOSIGNAL) {
                    Ok(sent) => part = &part[sent..],
                    Err(rustix::io::Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        })
    }

    /// The next order and its file; `None` where there are to be no more.
    fn receive(&self) -> io::Result<Option<(Order, File)>> {
        let mut byte = [0];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let received = loop {
            let flags = RecvFlags::CMSG_CLOEXEC;
            match rustix::net::recvmsg(&self.0, &mut [IoSliceMut::new(&mut byte)], &mut control, flags) {
                Err(rustix::io::Errno::INTR) => {}
                received => break received?,
            }
        };
        if received.bytes == 0 {
            return Ok(None);
        }
        let descriptor = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        let descriptor: OwnedFd = descriptor.ok_or(io::ErrorKind::InvalidData)?;
        let order = Order::of_byte(byte[0]).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Some((order, File::from(descriptor))))
    }
}
