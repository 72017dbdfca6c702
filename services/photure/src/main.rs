//! The `photure` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    photure::cli::main()
}
