//! Idle workers, and the thread that starts all workers and ends those that idle.
//!
//! A thread of its own, because the kernel takes the thread that started a worker for its parent: with any other, workers would be
//! killed whenever a runtime lets one of its threads go.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::process::Process;
use crate::settings::Settings;

/// Dropped, its thread ends, and all workers with it.
#[derive(Debug)]
pub(crate) struct Keeper {
    orders: Sender<Order>,
    idle: Arc<Idle>,
}

enum Order {
    Start(SyncSender<io::Result<Process>>),
    /// A worker idles.
    Watch,
}

/// The one that was used last comes first, so that those too many grow old.
#[derive(Debug, Default)]
struct Idle(Mutex<Vec<(Instant, Process)>>);

impl Keeper {
    pub(crate) fn start(settings: Arc<Settings>) -> io::Result<Self> {
        let (orders, received) = mpsc::channel();
        let idle = Arc::new(Idle::default());
        let kept = Arc::clone(&idle);
        std::thread::Builder::new()
            .name("decoders".to_owned())
            .spawn(move || keep(&received, &kept, &settings))?;
        Ok(Self { orders, idle })
    }

    pub(crate) fn new_process(&self) -> io::Result<Process> {
        let (answer, started) = mpsc::sync_channel(1);
        let gone = || io::Error::other("the thread that starts decoders is gone");
        self.orders.send(Order::Start(answer)).map_err(|_| gone())?;
        started.recv().map_err(|_| gone())?
    }

    pub(crate) fn take_idle(&self) -> Option<Process> {
        Some(self.idle.lock().pop()?.1)
    }

    pub(crate) fn put_back(&self, process: Process) {
        let mut idle = self.idle.lock();
        idle.push((Instant::now(), process));
        if idle.len() == 1 {
            let _ = self.orders.send(Order::Watch);
        }
    }
}

fn keep(orders: &Receiver<Order>, idle: &Idle, settings: &Settings) {
    loop {
        let order = match idle.oldest() {
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(since) => orders.recv_timeout(settings.idle.saturating_sub(since.elapsed())),
        };
        match order {
            Ok(Order::Start(answer)) => {
                let _ = answer.send(Process::spawn(settings));
            }
            Ok(Order::Watch) => {}
            Err(RecvTimeoutError::Timeout) => drop(idle.beyond(settings)),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    idle.lock().clear();
}

impl Idle {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Instant, Process)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn oldest(&self) -> Option<Instant> {
        self.lock().first().map(|(since, _)| *since)
    }

    /// Those that have idled for too long, to be dropped when nothing is locked: that takes its time.
    fn beyond(&self, settings: &Settings) -> Vec<(Instant, Process)> {
        let mut all = self.lock();
        let old = all.partition_point(|(since, _)| since.elapsed() >= settings.idle);
        all.drain(..old).collect()
    }
}
