//! What it costs to decode in a worker: `cargo run --release -p photure-decoding --example cost -- FILE…` decodes each photo here and
//! in a worker by turns, in one run, and prints the medians and their difference.
//!
//! The third column is what a worker of its own for each photo would cost.
#![allow(clippy::print_stdout)] // a command-line tool

use std::fs::File;
use std::process::ExitCode;
use std::time::Instant;

use photure_decoding::{Pool, Sandbox, Settings};
use photure_imaging::{Limits, process};

const ROUNDS: usize = 15;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    if let Some(code) = photure_decoding::as_worker() {
        return code;
    }
    match measure(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(files: Vec<String>) -> Outcome<()> {
    let limits = Limits::default();
    let kept = Pool::new(Settings {
        sandbox: Sandbox::Required,
        ..Settings::new(limits)
    });
    let anew = Pool::new(Settings {
        photos: 1,
        ..Settings::new(limits)
    });
    println!("medians of {ROUNDS} rounds, milliseconds of wall-clock time\n");
    println!("   here  worker  difference  a new worker  file");
    let mut differences = Vec::new();
    for path in files {
        let mut here = || -> Outcome<()> { Ok(process(&mut File::open(&path)?, &limits).map(drop)?) };
        let mut worker = || -> Outcome<()> { Ok(kept.decode(File::open(&path)?).map(drop)?) };
        let mut new_worker = || -> Outcome<()> { Ok(anew.decode(File::open(&path)?).map(drop)?) };
        let mut times = [const { Vec::new() }; 3];
        for round in 0..=ROUNDS {
            let works: [&mut dyn FnMut() -> Outcome<()>; 3] = [&mut here, &mut worker, &mut new_worker];
            for (work, times) in works.into_iter().zip(&mut times) {
                let begun = Instant::now();
                work()?;
                let took = begun.elapsed().as_secs_f64() * 1e3;
                if round > 0 {
                    times.push(took); // the first warms up
                }
            }
        }
        let [here, worker, new_worker] = times.map(median);
        differences.push(worker - here);
        let (difference, anew) = (worker - here, new_worker - here);
        println!("{here:7.1} {worker:7.1} {difference:+11.2} {anew:+13.2}  {path}");
    }
    let worst = differences.iter().copied().fold(f64::MIN, f64::max);
    println!(
        "\na worker costs {:+.2} ms a photo (median), {worst:+.2} at most",
        median(differences)
    );
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
