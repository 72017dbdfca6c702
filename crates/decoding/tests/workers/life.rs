//! When workers are there, and when they are not.

use std::fs::{self, File};
use std::time::Duration;

use rustix::process::Signal;

use crate::support::{Workers, open_files, png, send, until};

#[test]
fn a_worker_is_started_for_a_photo_kept_for_the_next_and_ended_when_it_idles() {
    let workers = Workers::new(|settings| settings.idle = Duration::from_millis(500));
    assert_eq!(workers.pids(), [0_u32; 0]);
    workers.pool.decode(workers.photo()).unwrap();
    workers.pool.decode(workers.photo()).unwrap();
    until("it is ended and waited for", || {
        workers.pids().is_empty().then_some(())
    });
    workers.pool.decode(workers.photo()).unwrap();
}

#[test]
fn a_worker_is_replaced_after_its_share_of_photos() {
    let workers = Workers::new(|settings| settings.photos = 2);
    workers.pool.decode(workers.photo()).unwrap();
    let first = workers.pid();
    workers.pool.decode(workers.photo()).unwrap();
    assert_eq!(workers.pids(), [0_u32; 0], "{first} is gone");
    workers.pool.decode(workers.photo()).unwrap();
    assert_ne!(workers.pid(), first);
}

#[test]
fn a_worker_that_keeps_much_memory_is_replaced() {
    let workers = Workers::new(|settings| settings.kept_bytes = 1 << 20);
    workers.pool.decode(workers.photo()).unwrap();
    assert_eq!(workers.pids(), [0_u32; 0]);
}

#[test]
fn photos_at_the_same_time_have_workers_of_their_own_and_all_come_out_right() {
    let workers = Workers::new(|_| ());
    let sizes: Vec<u32> = (1..=40).collect();
    for size in &sizes {
        workers.file(&format!("{size}.png"), &png(size * 10, size * 7));
    }
    std::thread::scope(|scope| {
        let threads = sizes.chunks(10).map(|part| {
            let workers = &workers;
            scope.spawn(move || {
                for size in part {
                    let file = File::open(workers.folder.path().join(format!("{size}.png"))).unwrap();
                    let picture = workers.pool.decode(file).unwrap();
                    assert_eq!((picture.width, picture.height), (size * 10, size * 7));
                }
            })
        });
        for thread in threads.collect::<Vec<_>>() {
            thread.join().unwrap();
        }
    });
    assert!((1..=4).contains(&workers.pids().len()), "{:?}", workers.pids());
}

#[test]
fn nothing_stays_open_and_nothing_stays_a_zombie() {
    let workers = Workers::new(|settings| settings.photos = 3);
    workers.pool.decode(workers.photo()).unwrap();
    let worker = workers.pid();
    let open = open_files(worker).len();
    workers.pool.decode(workers.photo()).unwrap();
    assert_eq!(open_files(worker).len(), open, "in the worker");
    let photo = workers.folder.path().join("photo.png");
    for _ in 0..30 {
        workers.pool.decode(workers.photo()).unwrap();
        assert!(workers.pids().len() <= 1);
    }
    assert!(!open_files(std::process::id()).contains(&photo), "here");
}

#[test]
fn workers_end_with_their_pool() {
    let workers = Workers::new(|_| ());
    workers.pool.decode(workers.photo()).unwrap();
    let worker = workers.pid();
    drop(workers.pool);
    until("it is gone", || {
        (!fs::exists(format!("/proc/{worker}")).unwrap()).then_some(())
    });
}

#[test]
fn told_to_end_with_all_others_a_worker_goes_on() {
    let workers = Workers::new(|_| ());
    workers.pool.decode(workers.photo()).unwrap();
    let worker = workers.pid();
    send(worker, Signal::TERM);
    send(worker, Signal::INT);
    workers.pool.decode(workers.photo()).unwrap();
    assert_eq!(workers.pid(), worker);
}
