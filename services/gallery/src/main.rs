//! The gallery service.

use std::process::ExitCode;

fn main() -> ExitCode {
    photure_gallery::main()
}
