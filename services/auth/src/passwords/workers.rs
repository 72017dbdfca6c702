use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use tokio::sync::oneshot;

/// A few threads for work that takes much memory, behind a queue with an end.
///
/// Threads of its own, so that the runtime's are free for the database, and work that nobody waits for any more is not begun.
#[derive(Clone, Debug)]
pub(super) struct Workers {
    queue: mpsc::Sender<Job>,
    /// Waiting or under way.
    pending: Arc<AtomicUsize>,
    most: usize,
}

type Job = Box<dyn FnOnce() + Send>;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undone {
    #[error("too much work is waiting")]
    QueueFull,
    #[error("the work broke off")]
    Died,
}

impl Workers {
    /// `threads` work; up to `waiting` wait.
    pub(super) fn start(threads: usize, waiting: usize) -> io::Result<Self> {
        let (queue, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..threads {
            let jobs = jobs.clone();
            thread::Builder::new()
                .name("password".into())
                .spawn(move || work(&jobs))?;
        }
        Ok(Self {
            queue,
            pending: Arc::default(),
            most: threads + waiting,
        })
    }

    /// The result of `work`. Where nobody waits for it any more when its turn comes, it is not begun.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Undone> {
        let place = Place::take(&self.pending, self.most).ok_or(Undone::QueueFull)?;
        let (answer, result) = oneshot::channel();
        let job = move || {
            let place = place;
            if !answer.is_closed() {
                let done = work();
                // Before the answer, so that whoever has it finds the place free.
                drop(place);
                let _ = answer.send(done);
            }
        };
        self.queue.send(Box::new(job)).map_err(|_| Undone::Died)?;
        result.await.map_err(|_| Undone::Died)
    }

    #[cfg(test)]
    pub(super) fn pending(&self) -> usize {
        self.pending.load(Ordering::SeqCst)
    }
}

/// Until the last that could send is gone.
fn work(jobs: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A job that panics costs its own answer.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

/// One among those that wait or work.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(pending: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let taken = pending.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| {
            (count < most).then_some(count + 1)
        });
        taken.is_ok().then(|| Self(pending.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
