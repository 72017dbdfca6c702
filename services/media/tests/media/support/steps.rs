use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

/// The steps that others take for media, in their order, one of which may be the last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    taken: Vec<&'static str>,
    hold: Option<Hold>,
    held: bool,
    released: bool,
}

#[derive(Clone, Copy, Debug)]
enum Hold {
    Nth(usize),
    Named(&'static str),
}

impl Steps {
    /// Whoever takes the n-th step, counted from 0, stays in it.
    pub(crate) fn hold_at(&self, n: usize) {
        self.0.state.lock().unwrap().hold = Some(Hold::Nth(n));
    }

    pub(crate) fn hold_in(&self, name: &'static str) {
        self.0.state.lock().unwrap().hold = Some(Hold::Named(name));
    }

    /// Goes on with what is held; nothing is held any more.
    pub(crate) fn release(&self) {
        let mut state = self.0.state.lock().unwrap();
        state.hold = None;
        state.released = true;
        self.0.changed.notify_waiters();
    }

    pub(crate) fn forget(&self) {
        *self.0.state.lock().unwrap() = State::default();
    }

    pub(crate) fn taken(&self) -> Vec<&'static str> {
        self.0.state.lock().unwrap().taken.clone()
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        self.taken().iter().filter(|taken| **taken == name).count()
    }

    /// Until somebody is held.
    pub(crate) async fn held(&self) {
        self.until(|state| state.held).await;
    }

    /// Until the step of this name was taken that often.
    pub(crate) async fn until_taken(&self, name: &str, times: usize) {
        self.until(|state| state.taken.iter().filter(|taken| **taken == name).count() >= times)
            .await;
    }

    /// One step.
    pub(crate) async fn take(&self, name: &'static str) {
        let hold = {
            let mut state = self.0.state.lock().unwrap();
            let hold = match state.hold {
                Some(Hold::Nth(n)) => state.taken.len() == n,
                Some(Hold::Named(held)) => held == name,
                None => false,
            };
            state.taken.push(name);
            state.held |= hold;
            self.0.changed.notify_waiters();
            hold
        };
        if hold {
            self.until(|state| state.released).await;
        }
    }

    async fn until(&self, reached: impl Fn(&State) -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.0.changed.notified());
            changed.as_mut().enable();
            if reached(&self.0.state.lock().unwrap()) {
                return;
            }
            changed.await;
        }
    }
}
