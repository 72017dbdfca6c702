//! What is said of a file, and what is not.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use photure_decoding::{DecodeError, Failure};
use photure_imaging::ImagingError;
use rustix::process::Signal;

use crate::support::{LONG, Workers, open_files, progressive_that_declares, send, until};

#[test]
fn a_worker_killed_in_the_middle_of_a_photo_costs_that_photo_alone() {
    let workers = Workers::new(|_| ());
    let long = workers.long_photo();
    let outcome = std::thread::scope(|scope| {
        let decoding = scope.spawn(|| workers.pool.decode(File::open(&long).unwrap()));
        let busy = workers.busy_with(&long);
        // Meanwhile another photo has a worker of its own.
        workers.pool.decode(workers.photo()).unwrap();
        send(busy, Signal::KILL);
        decoding.join().unwrap()
    });
    match outcome {
        Err(DecodeError::Failed(Failure::Died(status))) => assert_eq!(status.signal(), Some(9)),
        other => panic!("{other:?}"),
    }
    workers.pool.decode(workers.photo()).unwrap();
}

#[test]
fn a_photo_does_not_pay_for_what_others_have_done_to_its_worker() {
    let workers = Workers::new(|_| ());
    let long = workers.long_photo();
    workers.pool.decode(workers.photo()).unwrap();
    let used = workers.pid();
    let outcome = std::thread::scope(|scope| {
        let decoding = scope.spawn(|| workers.pool.decode(File::open(&long).unwrap()));
        assert_eq!(workers.busy_with(&long), used);
        send(used, Signal::ABORT);
        decoding.join().unwrap()
    });
    assert_eq!(outcome.unwrap().width, LONG);
    assert_ne!(workers.pid(), used);
}

#[test]
fn an_idle_worker_that_died_is_not_missed() {
    let workers = Workers::new(|_| ());
    workers.pool.decode(workers.photo()).unwrap();
    let idle = workers.pid();
    send(idle, Signal::KILL);
    until("it is dead", || open_files(idle).is_empty().then_some(()));
    workers.pool.decode(workers.photo()).unwrap();
    assert_ne!(workers.pid(), idle);
}

#[test]
fn a_stuck_worker_meets_its_deadline_and_the_photo_gets_another() {
    let workers = Workers::new(|settings| settings.deadline = Duration::from_millis(1500));
    workers.pool.decode(workers.photo()).unwrap();
    let stuck = workers.pid();
    send(stuck, Signal::STOP);
    workers.pool.decode(workers.photo()).unwrap();
    assert_ne!(workers.pid(), stuck);
}

#[test]
fn a_photo_that_a_new_worker_is_stuck_on_is_refused() {
    let workers = Workers::new(|settings| settings.deadline = Duration::from_millis(1500));
    let long = workers.long_photo();
    let outcome = std::thread::scope(|scope| {
        let decoding = scope.spawn(|| workers.pool.decode(File::open(&long).unwrap()));
        send(workers.busy_with(&long), Signal::STOP);
        decoding.join().unwrap()
    });
    assert!(
        matches!(outcome, Err(DecodeError::Failed(Failure::TookTooLong))),
        "{outcome:?}"
    );
    assert_eq!(workers.pids(), [0_u32; 0], "the stuck one is gone");
}

#[test]
fn a_photo_that_needs_more_memory_than_there_is_for_one_is_refused_or_kills_its_worker_alone() {
    // A picture within the limits of imaging whose decoder holds all of it: more than this pool has.
    let workers = Workers::new(|settings| settings.memory = 16 << 20);
    let bomb = workers.file("bomb.jpg", &progressive_that_declares(9_000, 8_000));
    let outcome = workers.pool.decode(File::open(bomb).unwrap());
    match outcome {
        Err(
            DecodeError::Refused(ImagingError::TooCostly(_) | ImagingError::Corrupt(_))
            | DecodeError::Failed(Failure::Died(_)),
        ) => {}
        other => panic!("{other:?}"),
    }
    workers.pool.decode(workers.photo()).unwrap();
}

#[test]
fn what_a_file_only_declares_is_refused_without_harm() {
    let workers = Workers::new(|_| ());
    let bomb = workers.file("bomb.jpg", &progressive_that_declares(49_157, 27_397));
    let outcome = workers.pool.decode(File::open(bomb).unwrap());
    let declared = (49_157, 27_397);
    match outcome {
        Err(DecodeError::Refused(ImagingError::TooManyPixels { width, height, .. })) => {
            assert_eq!((width, height), declared);
        }
        other => panic!("{other:?}"),
    }
    let kept = workers.pid();
    workers.pool.decode(workers.photo()).unwrap();
    assert_eq!(workers.pid(), kept, "nothing was decoded, so nothing is broken");
}

#[test]
fn after_a_damaged_picture_a_worker_is_not_used_again() {
    let workers = Workers::new(|_| ());
    workers.pool.decode(workers.photo()).unwrap();
    let first = workers.pid();
    let mut cut = crate::support::png(640, 480);
    cut.truncate(cut.len() / 2);
    let cut = workers.file("cut.png", &cut);
    let refused = workers.pool.decode(File::open(cut).unwrap());
    assert!(
        matches!(refused, Err(DecodeError::Refused(ImagingError::Truncated))),
        "{refused:?}"
    );
    workers.pool.decode(workers.photo()).unwrap();
    assert_ne!(workers.pid(), first);
}

#[test]
fn where_no_worker_can_be_started_it_is_not_the_files_fault() {
    for program in ["/nowhere/photure", "/bin/true", "/bin/cat"] {
        let workers = Workers::new(|settings| settings.program = program.into());
        let outcome = workers.pool.decode(workers.photo());
        assert!(
            matches!(outcome, Err(DecodeError::NoWorker(_))),
            "{program}: {outcome:?}"
        );
    }
}
