//! What pictures cost: `cargo run --release -p photure-imaging --example measure -- FILE…` prints for each file the
//! processor time of this thread (the mean of ten), the most memory that the process held at once, and the result.
//!
//! Each file is measured in a process of its own, since a peak never goes down. Linux only: it reads `/proc`.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a command-line tool

use std::fs::{self, File};
use std::process::Command;

use photure_imaging::{Limits, process};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "--alone") {
        return measure(&arguments.remove(1));
    }
    println!("    ms  peak MB  file");
    for file in arguments {
        Command::new(std::env::current_exe()?)
            .args(["--alone", &file])
            .status()?;
    }
    Ok(())
}

fn measure(file: &str) -> Result<(), Box<dyn std::error::Error>> {
    const ROUNDS: u32 = 10;
    let mut open = File::open(file)?;
    let result = match process(&mut open, &Limits::default()) {
        Ok(picture) => format!(
            "{}×{}, preview {:?}, thumb {:?}",
            picture.width, picture.height, picture.preview, picture.thumb
        ),
        Err(refusal) => format!("{}: {refusal}", refusal.code()),
    };
    let peak = peak_kib()? as f64 / 1024.0;
    let before = processor_ms()?;
    for _ in 0..ROUNDS {
        let _ = process(&mut open, &Limits::default());
    }
    let milliseconds = (processor_ms()? - before) / f64::from(ROUNDS);
    println!("{milliseconds:6.1} {peak:8.1}  {file}  {result}");
    Ok(())
}

fn peak_kib() -> Result<u64, Box<dyn std::error::Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Nanoseconds that this thread has run, by its first number.
fn processor_ms() -> Result<f64, Box<dyn std::error::Error>> {
    let schedstat = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = schedstat.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanos / 1e6)
}
