use std::io;

use rustix::process::{Resource, Rlimit};

/// What a worker has open at most: the three of every process, a photo, and some to spare.
const DESCRIPTORS: u64 = 16;

/// What the program itself, its libraries and its stack take of addresses beyond what they have when it starts.
const SLACK: u64 = 64 << 20;

/// `memory` in bytes, beside what the program has when it starts.
pub(super) fn set(memory: u64) -> io::Result<()> {
    let memory = memory.saturating_add(SLACK);
    let limits = [
        (Resource::Core, 0), // it would hold somebody's photo
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Nofile, DESCRIPTORS),
        // What it allocates, and where a kernel does not count that, the addresses it uses.
        (Resource::Data, memory),
        (Resource::As, addresses()?.saturating_add(memory)),
    ];
    for (resource, most) in limits {
        let limit = rustix::process::getrlimit(resource);
        // Never more than it was given: only root could.
        let most = limit.maximum.map_or(most, |hard| hard.min(most));
        rustix::process::setrlimit(
            resource,
            Rlimit {
                current: Some(most),
                maximum: Some(most),
            },
        )?;
    }
    Ok(())
}

/// In use now, in bytes.
fn addresses() -> io::Result<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let pages = pages
        .split(' ')
        .next()
        .and_then(|pages| pages.parse::<u64>().ok());
    let pages = pages.ok_or(io::ErrorKind::InvalidData)?;
    Ok(pages * rustix::param::page_size() as u64)
}
