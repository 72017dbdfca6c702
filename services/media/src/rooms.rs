use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use photure_domain::UserId;
use photure_domain::registration::RoomQuestion;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::error::{MediaError, MediaResult};
use crate::gallery::Gallery;

/// What gallery said is believed this long: most uploads of many cost no question. It decides anew when a photo is registered.
const KNOWN_FOR: Duration = Duration::from_secs(30);

/// Whether there is room for a file with its owner, so that what gallery would refuse in the end costs nobody anything before.
#[derive(Clone, Debug)]
pub(crate) struct Rooms {
    gallery: Gallery,
    known: Arc<Mutex<HashMap<UserId, Known>>>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    /// `None` is no limit.
    left: Option<u64>,
    until: Instant,
}

impl Rooms {
    pub(crate) fn new(gallery: Gallery) -> Self {
        Self {
            gallery,
            known: Arc::default(),
        }
    }

    /// [`MediaError::QuotaExceeded`] where gallery says so. Where it says nothing, because it is away or takes the token no more, work goes on:
    /// it will be heard later.
    pub(crate) async fn ask(&self, question: &RoomQuestion, bearer: &SecretString) -> MediaResult<()> {
        let fits = |known: Known| known.left.is_none_or(|left| question.bytes <= left);
        if self.of(question.owner_id).is_some_and(fits) {
            return Ok(());
        }
        match self.gallery.room(bearer, question).await {
            Ok(answer) => {
                self.learn(question.owner_id, answer.left_bytes);
                if answer.fits {
                    Ok(())
                } else {
                    Err(MediaError::QuotaExceeded)
                }
            }
            Err(error) => {
                tracing::debug!(cause = %error, "whether there is room is not known yet");
                Ok(())
            }
        }
    }

    /// Before the bytes of a file are here. Who does not say its hash may be sending what is there already, and sends it.
    pub(crate) async fn ask_early(&self, question: &RoomQuestion, bearer: &SecretString) -> MediaResult<()> {
        match question.sha256 {
            Some(_) => self.ask(question, bearer).await,
            None => Ok(()),
        }
    }

    /// So many bytes are about to be registered.
    pub(crate) fn fill(&self, owner: UserId, bytes: u64) {
        if let Some(known) = self.known().get_mut(&owner) {
            known.left = known.left.map(|left| left.saturating_sub(bytes));
        }
    }

    fn of(&self, owner: UserId) -> Option<Known> {
        let known = self.known().get(&owner).copied();
        known.filter(|known| Instant::now() < known.until)
    }

    fn learn(&self, owner: UserId, left: Option<u64>) {
        let now = Instant::now();
        let until = now + KNOWN_FOR;
        let mut all = self.known();
        all.retain(|_, known| now < known.until);
        all.insert(owner, Known { left, until });
    }

    fn known(&self) -> MutexGuard<'_, HashMap<UserId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
