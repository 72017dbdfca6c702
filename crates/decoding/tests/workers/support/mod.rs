//! Pools of tests, their pictures, and what `/proc` tells of their workers.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use photure_decoding::{Pool, Sandbox, Settings};
use photure_imaging::Limits;
use rustix::process::{Pid, Signal};

/// A side of [`Workers::long_photo`], in pixels.
pub(crate) const LONG: u32 = 9_000;

pub(crate) fn settings() -> Settings {
    Settings {
        program: env!("CARGO_BIN_EXE_photure-decoder").into(),
        sandbox: Sandbox::Required,
        ..Settings::new(Limits::default())
    }
}

/// A pool that one test has for itself.
pub(crate) struct Workers {
    pub(crate) pool: Pool,
    pub(crate) folder: tempfile::TempDir,
    /// A limit that the workers of no other test have.
    mark: u64,
}

impl Workers {
    pub(crate) fn new(change: impl FnOnce(&mut Settings)) -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut settings = settings();
        settings.memory += (1 + NEXT.fetch_add(1, Ordering::Relaxed)) << 20;
        let mark = settings.memory + (64 << 20);
        change(&mut settings);
        Self {
            pool: Pool::new(settings),
            folder: tempfile::tempdir().unwrap(),
            mark,
        }
    }

    /// Of this pool, alive or not yet waited for.
    pub(crate) fn pids(&self) -> Vec<u32> {
        let mark = self.mark.to_string();
        children()
            .into_iter()
            .filter(|pid| {
                let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
                let data = limits.lines().find(|line| line.starts_with("Max data size"));
                data.is_some_and(|line| line.split_whitespace().any(|word| word == mark))
            })
            .collect()
    }

    /// The one there is.
    #[track_caller]
    pub(crate) fn pid(&self) -> u32 {
        let pids = self.pids();
        assert_eq!(pids.len(), 1, "{pids:?}");
        pids[0]
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        File::create(&path).unwrap().write_all(bytes).unwrap();
        path
    }

    pub(crate) fn photo(&self) -> File {
        File::open(self.file("photo.png", &png(64, 48))).unwrap()
    }

    /// One that takes seconds, so that something can happen to its worker meanwhile.
    pub(crate) fn long_photo(&self) -> PathBuf {
        static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
        self.file("long.png", BYTES.get_or_init(|| png(LONG, LONG)))
    }

    /// Waits until a worker has the file open, and gives it.
    pub(crate) fn busy_with(&self, path: &Path) -> u32 {
        until("a worker has the photo", || {
            self.pids()
                .into_iter()
                .find(|pid| open_files(*pid).iter().any(|open| open == path))
        })
    }
}

/// All children of this process, zombies too.
fn children() -> Vec<u32> {
    let mut all = Vec::new();
    for task in fs::read_dir("/proc/self/task").unwrap().flatten() {
        let list = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        all.extend(list.split_whitespace().map(|pid| pid.parse::<u32>().unwrap()));
    }
    all
}

/// What the descriptors of a process name.
pub(crate) fn open_files(pid: u32) -> Vec<PathBuf> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd"));
    let entries = entries.into_iter().flatten().flatten();
    entries
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .collect()
}

pub(crate) fn status(pid: u32, field: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.unwrap().trim().to_owned()
}

pub(crate) fn send(pid: u32, signal: Signal) {
    rustix::process::kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
}

/// Asks again and again; gives up long after anything healthy would have happened.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let give_up = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(Instant::now() < give_up, "{what}: never");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fastest);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    let row: Vec<u8> = (0..width).flat_map(|x| [(x % 251) as u8, 90, 200]).collect();
    for _ in 0..height {
        stream.write_all(&row).unwrap();
    }
    stream.finish().unwrap();
    drop(writer);
    bytes
}

/// A progressive JPEG of this size with three components and no data: what it says of itself is all that there is.
pub(crate) fn progressive_that_declares(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0];
    bytes.extend([1; 64]);
    bytes.extend([0xFF, 0xC2, 0, 17, 8]);
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    for table in [0x00, 0x10] {
        bytes.extend([0xFF, 0xC4, 0, 20, table, 1]);
        bytes.extend([0; 15]);
        bytes.push(0);
    }
    bytes.extend([0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0]);
    bytes.extend([0; 64]);
    bytes.extend([0xFF, 0xD9]);
    bytes
}
