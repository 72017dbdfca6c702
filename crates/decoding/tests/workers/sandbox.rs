//! What a worker is able to do: what it says itself, and what the kernel says of it.

use std::fs;
use std::path::Path;

use photure_decoding::{DecodeError, Sandbox};

use crate::support::{Workers, open_files, status};

#[test]
fn a_worker_has_tried_in_vain_to_open_a_file_and_a_socket_and_to_start_a_process() {
    // `Required` hands a photo only to a worker that could do none of these …
    let confined = Workers::new(|settings| settings.sandbox = Sandbox::Required);
    confined.pool.check().unwrap();
    confined.pool.decode(confined.photo()).unwrap();
}

#[test]
fn the_kernel_holds_a_worker_to_it() {
    let workers = Workers::new(|settings| settings.sandbox = Sandbox::Preferred);
    workers.pool.decode(workers.photo()).unwrap();
    let worker = workers.pid();
    assert_eq!(status(worker, "Seccomp"), "2");
    assert_eq!(status(worker, "NoNewPrivs"), "1");
    assert_eq!(status(worker, "Threads"), "1");
    let limits = fs::read_to_string(format!("/proc/{worker}/limits")).unwrap();
    for limit in [
        "Max core file size",
        "Max file size",
        "Max processes",
        "Max locked memory",
    ] {
        let line = limits.lines().find_map(|line| line.strip_prefix(limit)).unwrap();
        assert_eq!(
            line.split_whitespace().take(2).collect::<Vec<_>>(),
            ["0", "0"],
            "{limit}"
        );
    }
}

#[test]
fn without_its_sandbox_a_worker_is_seen_to_reach_further() {
    let workers = Workers::new(|settings| settings.sandbox = Sandbox::Off);
    workers.pool.decode(workers.photo()).unwrap();
    assert_eq!(
        status(workers.pid(), "Seccomp"),
        status(std::process::id(), "Seccomp")
    );
}

#[test]
fn a_worker_that_is_not_confined_gets_no_photo_where_it_is_required() {
    // A program that answers as a worker does, but has given nothing away.
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/workers/liar.sh");
    let liar = Workers::new(|settings| settings.program = program.into());
    let outcome = liar.pool.decode(liar.photo());
    match outcome {
        Err(DecodeError::NoWorker(error)) => assert!(error.to_string().contains("files: true"), "{error}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_worker_knows_nothing_of_the_service() {
    let _handed_on = rustix::io::dup(std::io::stdout()).unwrap(); // to every process that this one starts
    let workers = Workers::new(|_| ());
    workers.pool.decode(workers.photo()).unwrap();
    let worker = workers.pid();
    let environment = fs::read(format!("/proc/{worker}/environ")).unwrap();
    // What glibc reads of it, glibc cuts up where it lies.
    let pairs = environment
        .split(|byte| *byte == 0)
        .filter(|pair| !pair.is_empty());
    let foreign: Vec<_> = pairs
        .map(String::from_utf8_lossy)
        .filter(|pair| {
            !pair.starts_with("GLIBC_TUNABLES=glibc.malloc.") && !pair.starts_with("glibc.malloc.")
        })
        .collect();
    assert_eq!(foreign, [""; 0]);
    let arguments = fs::read(format!("/proc/{worker}/cmdline")).unwrap();
    assert_eq!(arguments, b"photure-decoder\0decode-for-parent\0");
    let mut open = open_files(worker);
    open.sort();
    assert_eq!(
        open.len(),
        3,
        "and nothing that this process was started with: {open:?}"
    );
    assert_eq!(open[..2], [Path::new("/dev/null"), Path::new("/dev/null")]);
    assert!(open[2].to_str().unwrap().starts_with("socket:"), "{open:?}");
}

#[test]
fn a_secret_in_the_memory_of_the_service_is_not_in_that_of_a_worker() {
    let secret: Vec<u8> = b"a key of which "
        .iter()
        .chain(std::process::id().to_string().as_bytes())
        .copied()
        .collect();
    let workers = Workers::new(|_| ());
    workers.pool.decode(workers.photo()).unwrap();
    let holds = |pid: u32| {
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
        let memory = fs::File::open(format!("/proc/{pid}/mem")).unwrap();
        maps.lines()
            .any(|line| writable(line).is_some_and(|range| contains(&memory, range, &secret)))
    };
    assert!(holds(std::process::id()), "the search finds it where it is");
    assert!(!holds(workers.pid()));
}

fn writable(line: &str) -> Option<std::ops::Range<u64>> {
    let (range, rest) = line.split_once(' ')?;
    let (from, to) = range.split_once('-')?;
    let parse = |text| u64::from_str_radix(text, 16).ok();
    rest.starts_with("rw").then_some(parse(from)?..parse(to)?)
}

fn contains(memory: &fs::File, range: std::ops::Range<u64>, what: &[u8]) -> bool {
    use std::os::unix::fs::FileExt;
    let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap().min(256 << 20)];
    memory.read_exact_at(&mut bytes, range.start).is_ok()
        && bytes.windows(what.len()).any(|part| part == what)
}
