//! The media service.

use std::process::ExitCode;

fn main() -> ExitCode {
    photure_media::main()
}
