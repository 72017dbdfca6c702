//! What pictures cost: `cargo run --release -p photure-imaging --example measure -- FILE…` prints for each file the
//! processor time of this thread (the best of five), the most memory that the process held at once, and the result.
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
    let mut best = f64::INFINITY;
    let mut result = String::new();
    for round in 0..5 {
        let before = processor_ms()?;
        result = match process(&mut File::open(file)?, &Limits::default()) {
            Ok(picture) => format!(
                "{}×{} {:?} {:?} {:?}",
                picture.width,
                picture.height,
                picture.preview,
                picture.thumb,
                picture
                    .taken
                    .map(|taken| (taken.local(), taken.utc_offset_minutes)),
            ),
            Err(refusal) => format!("{}: {refusal}", refusal.code()),
        };
        best = best.min(processor_ms()? - before);
        if round == 0 {
            println!("       {:8.1}  {file}", peak_kib()? as f64 / 1024.0);
        }
    }
    println!("{best:6.1}           {result}");
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
