//! Throws bytes at one parser of what users send after the other, guided by which code they reach. `make fuzz` builds it with
//! the instrumentation that needs, and runs each target for a minute; `docs/fuzzing.md` says what came of it.
#![no_main]

use std::collections::BTreeSet;
use std::panic::PanicHookInfo;
use std::sync::{Mutex, OnceLock, PoisonError};

use libfuzzer_sys::fuzz_target;
use photure_imaging::fuzz::Target;

static TARGET: OnceLock<Target> = OnceLock::new();

fuzz_target!(
    init: TARGET.get_or_init(target),
    |bytes: &[u8]| (TARGET.get_or_init(target).run)(bytes)
);

fn targets() -> impl Iterator<Item = Target> {
    photure_imaging::fuzz::TARGETS
        .into_iter()
        .chain(photure_decoding::fuzz::TARGETS)
}

/// libFuzzer owns the arguments, so the target's name comes by the environment; without one, all of them are listed.
#[allow(clippy::disallowed_methods)] // no service, and nothing to configure but this
#[allow(clippy::print_stdout)] // the list is what it was asked for
fn target() -> Target {
    let name = std::env::var("PHOTURE_FUZZ_TARGET").unwrap_or_default();
    if name.is_empty() {
        for target in targets() {
            println!("{}\t{}\t{}", target.name, target.seeds.join(" "), target.longest);
        }
        std::process::exit(0);
    }
    let Some(target) = targets().find(|target| target.name == name) else {
        panic!("PHOTURE_FUZZ_TARGET names no target");
    };
    std::panic::set_hook(Box::new(move |panic| panicked(panic, target.catches)));
    target
}

/// A panic ends the process, and is a finding, even where it would be caught: but for those of a foreign decoder in the targets that
/// are made for it. Each of these is said once.
#[allow(clippy::print_stderr)] // libFuzzer's log
fn panicked(panic: &PanicHookInfo<'_>, catches: bool) {
    static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let Some(place) = panic.location() else {
        std::process::abort();
    };
    // Those of the workspace are compiled by their paths in it.
    let foreign = place.file().starts_with('/');
    if !catches || !foreign {
        eprintln!("{panic}");
        std::process::abort();
    }
    let place = place.to_string();
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.insert(place) {
        eprintln!("caught: {panic}");
    }
}
