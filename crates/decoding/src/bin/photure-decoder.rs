//! A worker and nothing else: for tests and measurements. Services start themselves anew.

use std::process::ExitCode;

fn main() -> ExitCode {
    photure_decoding::as_worker().unwrap_or(ExitCode::from(64))
}
