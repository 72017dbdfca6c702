//! Decoders stay in the thread that asks: services decide how many pictures are decoded at once, and a sandbox need not let
//! them begin others. Linux only, and the only test of its file: a process has one list of threads.

#![allow(clippy::unwrap_used)] // in what tests share, too

mod support;

use std::sync::atomic::{AtomicBool, Ordering};

use support::picture;

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn no_decoder_starts_a_thread() {
    let before = threads();
    let done = AtomicBool::new(false);
    let most = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut most = 0;
            while !done.load(Ordering::Relaxed) {
                most = most.max(threads());
            }
            most
        });
        let decoding = std::panic::catch_unwind(|| {
            for _ in 0..50 {
                picture(include_bytes!("fixtures/8bit.heic"));
                picture(include_bytes!("fixtures/8bit.avif"));
                picture(include_bytes!("fixtures/lossy.jxl"));
            }
        });
        done.store(true, Ordering::Relaxed);
        decoding.unwrap();
        watcher.join().unwrap()
    });
    assert_eq!(most, before + 1, "this one that watches, and no other");
}
