//! Throws bytes at one parser of `photure-imaging` after the other, guided by which code they reach. `make fuzz` builds it with
//! the instrumentation that needs, and runs each target for a minute.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use photure_imaging::fuzz::TARGETS;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

/// libFuzzer owns the arguments, so the target's name comes by the environment.
#[allow(clippy::disallowed_methods)] // no service, and nothing to configure but this
fn target() -> fn(&[u8]) {
    let name = std::env::var("PHOTURE_FUZZ_TARGET").unwrap_or_default();
    match TARGETS.iter().find(|target| target.name == name) {
        Some(target) => {
            // libFuzzer's hook ends the process on every panic, even on one that is caught, as a foreign decoder's is.
            if target.catches {
                std::panic::set_hook(Box::new(|_| {}));
            }
            target.run
        }
        None => panic!(
            "PHOTURE_FUZZ_TARGET is none of: {}",
            TARGETS.map(|target| target.name).join(" ")
        ),
    }
}

fuzz_target!(|bytes: &[u8]| TARGET.get_or_init(target)(bytes));
