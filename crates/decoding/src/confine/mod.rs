//! What a worker gives away before its first photo, for good, and whether it is gone.
//!
//! Three layers, each of which holds where another does not exist: limits of the kernel on what it may use, Landlock on what it may
//! open, and a list of the system calls that decoding takes.

mod calls;
mod descriptors;
mod limits;
mod opening;

use std::io;
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::net::{AddressFamily, SocketType};

pub(crate) use descriptors::close_inherited;

use crate::wire::{Reach, Ready, Setup};
use crate::worker::ARGUMENT;

/// Whatever is missing is only told: whether it matters is the pool's to decide.
///
/// # Errors
/// A limit of the kernel that cannot be set.
pub(crate) fn confine(setup: &Setup) -> io::Result<Ready> {
    prefer_to_be_killed();
    step_back();
    limits::set(setup.memory)?;
    let mut missing = Vec::new();
    if setup.confine {
        let layers = [
            rustix::thread::set_no_new_privs(true).map_err(|error| format!("no_new_privs: {error}")),
            opening::nothing(),
            calls::only_those_of_decoding(),
        ];
        missing.extend(layers.into_iter().filter_map(Result::err));
    }
    Ok(Ready {
        missing,
        reach: reach(),
    })
}

/// Where a container's memory is used up, the kernel is to take a worker and not the service.
fn prefer_to_be_killed() {
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000"); // some containers do not have it
}

/// Decoding takes what the answering of requests leaves of the processor.
fn step_back() {
    let _ = rustix::process::nice(NICENESS); // it may have been told to be nicer already
}

/// Of 0 to 19: a third of the share of a process that is not nice, where both want all.
const NICENESS: i32 = 5;

/// By trying. Each of these succeeds in a process that has given nothing away.
fn reach() -> Reach {
    let file = rustix::fs::open("/", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None);
    // Ends at once: its standard input is no socket.
    let process = Command::new("/proc/self/exe")
        .arg(ARGUMENT)
        .stdin(Stdio::piped())
        .spawn();
    let processes = process.is_ok();
    if let Ok(mut child) = process {
        let _ = child.wait();
    }
    Reach {
        files: file.is_ok(),
        network: socket.is_ok(),
        processes,
    }
}
