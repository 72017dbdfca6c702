//! What it costs to decode in a worker: `cargo run --release -p photure-decoding --example cost -- FILE…` decodes each photo here, in a
//! worker, and in a new worker by turns, in one run, and prints medians: of the time on the clock, and of the processor time that this
//! process and its worker took together, which other work on the machine disturbs less.
#![allow(clippy::print_stdout)] // a command-line tool

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

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
    println!(
        "medians of {ROUNDS} rounds, in milliseconds; the differences are medians of those in each round\n"
    );
    println!("          clock                        processor");
    println!("   here  worker    more  if new     here  worker    more  file");
    let mut all = [const { Vec::new() }; 2];
    for path in files {
        let here = || -> Outcome<()> { Ok(process(&mut File::open(&path)?, &limits).map(drop)?) };
        let worker = || -> Outcome<()> { Ok(kept.decode(File::open(&path)?).map(drop)?) };
        let new_worker = || -> Outcome<()> { Ok(anew.decode(File::open(&path)?).map(drop)?) };
        let mut rounds = Vec::new();
        for round in 0..=ROUNDS {
            let times = [timed(here)?, timed(worker)?, timed(new_worker)?];
            if round > 0 {
                rounds.push(times); // the first warms up
            }
        }
        let of = |what: &dyn Fn(&[Times; 3]) -> f64| median(rounds.iter().map(what).collect());
        let clock = of(&|[here, worker, _]| worker.clock - here.clock);
        let processor = of(&|[here, worker, _]| worker.processor - here.processor);
        println!(
            "{:7.1} {:7.1} {clock:+7.2} {:+7.1}  {:7.1} {:7.1} {processor:+7.2}  {path}",
            of(&|times| times[0].clock),
            of(&|times| times[1].clock),
            of(&|[here, _, anew]| anew.clock - here.clock),
            of(&|times| times[0].processor),
            of(&|times| times[1].processor),
        );
        all[0].push(clock);
        all[1].push(processor);
    }
    let [clock, processor] = all.map(median);
    println!(
        "\nmedian over the photos: a worker costs {clock:+.2} ms on the clock, {processor:+.2} ms of the processor"
    );
    Ok(())
}

struct Times {
    clock: f64,
    processor: f64,
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<Times> {
    let before = processor_ms()?;
    let begun = Instant::now();
    work()?;
    Ok(Times {
        clock: begun.elapsed().as_secs_f64() * 1e3,
        processor: processor_ms()? - before,
    })
}

/// What the threads of this process and the workers that live have run.
fn processor_ms() -> Outcome<f64> {
    std::thread::sleep(Duration::from_millis(1)); // the kernel counts a thread's time when it stops running
    let mut nanos = 0.0;
    for task in fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        let children = fs::read_to_string(task.join("children"))?;
        let children = children
            .split_whitespace()
            .map(|pid| format!("/proc/{pid}/schedstat").into());
        for file in children.chain([task.join("schedstat")]) {
            let text = fs::read_to_string::<&PathBuf>(&file)?;
            nanos += text.split(' ').next().unwrap_or_default().parse::<f64>()?;
        }
    }
    Ok(nanos / 1e6)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
