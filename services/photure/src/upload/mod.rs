//! `photure upload`: files of this machine to a Photure somewhere.
//!
//! Each file is hashed, the server is asked what it has, and only the rest is sent, resumably. What was hashed and what is half
//! sent is written down as it happens, so that an interrupted run and the next one are as good as one.

mod files;
mod hashing;
mod journal;
mod report;
mod run;
mod server;
mod transfer;
mod tus;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use photure_domain::{OrganizationId, Sha256};
use url::Url;

pub(crate) use run::upload;

/// What `photure upload` is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// Files, and folders with all that is below them
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The Photure to send them to
    #[arg(long, env = "PHOTURE_SERVER", default_value = "http://localhost:8000")]
    server: Url,
    /// Name or e-mail address of the account
    #[arg(long, env = "PHOTURE_USERNAME")]
    user: Option<String>,
    /// A file with the password; else PHOTURE_PASSWORD, else it is asked for
    #[arg(long, env = "PHOTURE_PASSWORD_FILE")]
    password_file: Option<PathBuf>,
    /// A file with an API key that may read and write photos, instead of name and password; else PHOTURE_API_KEY
    #[arg(long, env = "PHOTURE_API_KEY_FILE", conflicts_with_all = ["user", "password_file"])]
    api_key_file: Option<PathBuf>,
    /// The id of an organization whose library they are for, instead of one's own
    #[arg(long, env = "PHOTURE_LIBRARY")]
    library: Option<OrganizationId>,
    /// The id of an album to put them in
    #[arg(long)]
    album: Option<String>,
    /// Go on watching the folders, and send what comes
    #[arg(long)]
    watch: bool,
    /// Say what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a line instead of words and bars
    #[arg(long)]
    json: bool,
    /// Files on their way at once
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    parallel: u8,
    /// How often a file is tried again after a failure that may pass
    #[arg(long, default_value_t = 8)]
    retries: u32,
}

/// A file that may be a photo, and its content's name.
#[derive(Clone, Debug)]
struct Candidate {
    path: PathBuf,
    bytes: u64,
    /// Seconds since 1970.
    modified: i64,
    sha256: Sha256,
    /// What another program wrote of it, in a file beside it.
    xmp: Option<Vec<u8>>,
    /// The film that goes after it, when it is there.
    film: Option<Box<Self>>,
    /// It is no photo, but the film of this one.
    live_of: Option<Sha256>,
}

/// How it went, as an exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    AllThere,
    /// Some could not be read, or were refused.
    SomeFailed,
    Interrupted,
    /// No server, or no way in.
    NoServer,
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        Self::from(match end {
            End::AllThere => 0,
            End::SomeFailed => 1,
            End::NoServer => 69,     // EX_UNAVAILABLE
            End::Interrupted => 130, // 128 + SIGINT
        })
    }
}
