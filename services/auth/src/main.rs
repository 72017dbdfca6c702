//! The auth service.

use std::process::ExitCode;

fn main() -> ExitCode {
    photure_auth::main()
}
