use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use photure_domain::{Timestamp, UploadId, UserId};
use tokio::sync::{OwnedMutexGuard, watch};
use tokio_util::sync::CancellationToken;

use super::Ticket;
use super::append::Growth;
use crate::error::{MediaError, MediaResult};

/// A request that holds an upload is told to let go; this long it may take to bring what has arrived to the disk.
const LETTING_GO: Duration = Duration::from_secs(10);

/// An upload that has not ended yet.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) id: UploadId,
    pub(super) bytes: PathBuf,
    ticket: Mutex<Ticket>,
    offset: AtomicU64,
    last_at: Mutex<Timestamp>,
    phase: watch::Sender<Phase>,
    growth: Arc<tokio::sync::Mutex<Growth>>,
    /// Of the request that holds it, or has held it last.
    holder: Mutex<CancellationToken>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Bytes are missing.
    Receiving,
    /// All bytes are durable; somebody has to go on.
    Stored,
    /// A photo is being made of it.
    Processing,
    /// See [`super::Ending`].
    Ended,
}

/// The right to change an upload's bytes. Whoever comes later takes it away: of two connections the newer one is alive.
pub(super) struct Hold {
    pub(super) growth: OwnedMutexGuard<Growth>,
    pub(super) taken_away: CancellationToken,
}

impl Upload {
    pub(super) fn new(id: UploadId, bytes: PathBuf, ticket: Ticket, offset: u64, last_at: Timestamp) -> Self {
        Self {
            id,
            bytes,
            ticket: Mutex::new(ticket),
            offset: AtomicU64::new(offset),
            last_at: Mutex::new(last_at),
            phase: watch::Sender::new(Phase::Receiving),
            growth: Arc::new(tokio::sync::Mutex::new(Growth::from(offset))),
            holder: Mutex::default(),
        }
    }

    pub(crate) fn owner(&self) -> UserId {
        locked(&self.ticket).owner_id
    }

    pub(crate) fn ticket(&self) -> Ticket {
        locked(&self.ticket).clone()
    }

    pub(super) fn edit_ticket(&self, edit: impl FnOnce(&mut Ticket)) -> Ticket {
        let mut ticket = locked(&self.ticket);
        edit(&mut ticket);
        ticket.clone()
    }

    /// How many bytes are here to stay.
    pub(crate) fn offset(&self) -> u64 {
        self.offset.load(Ordering::Relaxed)
    }

    /// When bytes arrived last.
    pub(crate) fn last_at(&self) -> Timestamp {
        *locked(&self.last_at)
    }

    pub(super) fn has_grown(&self, offset: u64, now: Timestamp) {
        self.offset.store(offset, Ordering::Relaxed);
        *locked(&self.last_at) = now;
    }

    pub(crate) fn is_complete(&self) -> bool {
        locked(&self.ticket).length == Some(self.offset())
    }

    pub(crate) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.phase.send_if_modified(|now| {
            // What has ended stays so.
            let moves = *now != phase && *now != Phase::Ended;
            if moves {
                *now = phase;
            }
            moves
        });
    }

    /// Whether it has ended, after waiting for that.
    pub(crate) async fn ends_within(&self, time: Duration) -> bool {
        let mut phases = self.phase.subscribe();
        let ended = phases.wait_for(|phase| *phase == Phase::Ended);
        matches!(tokio::time::timeout(time, ended).await, Ok(Ok(_)))
    }

    /// Takes the upload from whoever holds it.
    pub(super) async fn hold(&self) -> MediaResult<Hold> {
        let taken_away = {
            let mut holder = locked(&self.holder);
            holder.cancel();
            *holder = CancellationToken::new();
            holder.clone()
        };
        let growth = tokio::time::timeout(LETTING_GO, Arc::clone(&self.growth).lock_owned());
        Ok(Hold {
            growth: growth.await.map_err(|_| MediaError::UploadBusy)?,
            taken_away,
        })
    }

    /// Whether some request is bringing bytes right now.
    pub(super) fn is_held(&self) -> bool {
        self.growth.try_lock().is_err()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
