use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use photure_imaging::Limits;

/// What a worker may hold beside what its decoder may: the file's coded data, rows, the two variants.
const BESIDE_DECODER: u64 = 256 << 20;

/// What workers are and what they may.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A program whose `main` begins with [`crate::as_worker`].
    pub program: PathBuf,
    pub sandbox: Sandbox,
    pub limits: Limits,
    /// What a worker may hold, in bytes, beside its program.
    pub memory: u64,
    /// For one photo in one worker.
    pub deadline: Duration,
    pub idle: Duration,
    /// After this many a worker is replaced.
    pub photos: u32,
    /// A worker that holds more than this after a photo is replaced. In bytes.
    pub kept_bytes: u64,
}

impl Settings {
    /// Workers of the program that runs.
    pub fn new(limits: Limits) -> Self {
        Self {
            // Not its path: that may name another program since the last upgrade.
            program: "/proc/self/exe".into(),
            sandbox: Sandbox::default(),
            memory: limits.max_decoder_bytes.saturating_add(BESIDE_DECODER),
            limits,
            deadline: Duration::from_secs(60),
            idle: Duration::from_secs(10),
            photos: 200,
            kept_bytes: 160 << 20,
        }
    }
}

/// Whether a worker has to have given away what it could do before it is handed a photo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sandbox {
    /// Without it no photo is decoded.
    Required,
    /// What the kernel does not know is done without, and the log says so.
    #[default]
    Preferred,
    /// Only limits: for looking into a worker.
    Off,
}

impl FromStr for Sandbox {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "required" => Ok(Self::Required),
            "preferred" => Ok(Self::Preferred),
            "off" => Ok(Self::Off),
            _ => Err(()),
        }
    }
}
