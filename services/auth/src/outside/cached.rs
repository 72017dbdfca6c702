use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// What is older is asked for anew.
const FRESH: Duration = Duration::from_secs(3600);
/// Asked for before its time at most so often, however many wish it: what strangers send must not become load on others.
const ASK_AGAIN: Duration = Duration::from_secs(15);
/// Who did not answer is left alone for so long.
const AWAY: Duration = Duration::from_secs(5);

/// Why it is not to be had, told to all who wait for it.
pub(crate) type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Something that somebody else publishes, kept for an hour. One asks, the others take what is known or wait for the answer; where there is
/// none, what is known goes on counting.
#[derive(Debug)]
pub(crate) struct Cached<T> {
    known: RwLock<Option<Known<T>>>,
    asking: Mutex<Asking>,
}

#[derive(Debug)]
struct Known<T> {
    what: Arc<T>,
    since: Instant,
}

#[derive(Debug, Default)]
struct Asking {
    last: Option<Instant>,
    failed: Option<(Instant, Cause)>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self {
            known: RwLock::new(None),
            asking: Mutex::default(),
        }
    }
}

impl<T> Cached<T> {
    /// What `ask` answers, or answered within the hour.
    pub(crate) async fn get(&self, ask: impl AsyncFnOnce() -> Result<T, Cause>) -> Result<Arc<T>, Cause> {
        let is_fresh = |since: Instant| since.elapsed() < FRESH;
        let mut asking = match self.known() {
            Some((what, since)) if is_fresh(since) => return Ok(what),
            Some((what, _)) => match self.asking.try_lock() {
                Ok(asking) => asking,
                Err(_) => return Ok(what),
            },
            None => self.asking.lock().await,
        };
        match self.known() {
            Some((what, since)) if is_fresh(since) => Ok(what),
            known => self
                .ask(&mut asking, ask)
                .await
                .or_else(|cause| known.map(|(what, _)| what).ok_or(cause)),
        }
    }

    /// What is published since `seen` was, as far as it may be asked.
    pub(crate) async fn newer(&self, seen: &Arc<T>, ask: impl AsyncFnOnce() -> Result<T, Cause>) -> Arc<T> {
        let mut asking = self.asking.lock().await;
        match self.known() {
            Some((what, _)) if !Arc::ptr_eq(&what, seen) => what,
            _ if asking.last.is_some_and(|last| last.elapsed() < ASK_AGAIN) => seen.clone(),
            _ => self.ask(&mut asking, ask).await.unwrap_or_else(|_| seen.clone()),
        }
    }

    async fn ask(
        &self,
        asking: &mut Asking,
        ask: impl AsyncFnOnce() -> Result<T, Cause>,
    ) -> Result<Arc<T>, Cause> {
        if let Some((at, cause)) = asking.failed.as_ref().filter(|(at, _)| at.elapsed() < AWAY) {
            tracing::debug!(seconds = at.elapsed().as_secs(), "not asked again so soon");
            return Err(cause.clone());
        }
        let since = Instant::now();
        asking.last = Some(since);
        let answer = ask().await.map(Arc::new);
        asking.failed = answer.as_ref().err().map(|cause| (Instant::now(), cause.clone()));
        let what = answer?;
        if let Ok(mut known) = self.known.write() {
            *known = Some(Known {
                what: what.clone(),
                since,
            });
        }
        Ok(what)
    }

    fn known(&self) -> Option<(Arc<T>, Instant)> {
        let known = self.known.read().ok()?;
        known.as_ref().map(|known| (known.what.clone(), known.since))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Somebody who publishes how often they were asked, or does not answer.
    #[derive(Default)]
    struct Publisher {
        asked: AtomicU32,
        is_away: std::sync::atomic::AtomicBool,
    }

    impl Publisher {
        async fn answer(&self) -> Result<u32, Cause> {
            let asked = 1 + self.asked.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
            if self.is_away.load(Ordering::SeqCst) {
                return Err(Arc::new(std::io::Error::other("away")));
            }
            Ok(asked)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_asks_for_all_and_once_an_hour() {
        let (cached, publisher) = (Cached::default(), Publisher::default());
        let get = || cached.get(async || publisher.answer().await);
        let all = futures::future::join_all((0..20).map(|_| get())).await;
        assert!(all.into_iter().all(|answer| *answer.unwrap() == 1));
        tokio::time::advance(FRESH).await;
        let all = futures::future::join_all((0..20).map(|_| get())).await;
        let new = all.into_iter().filter(|answer| **answer.as_ref().unwrap() == 2);
        assert_eq!(new.count(), 1, "the others take what is known");
        assert_eq!(publisher.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn whatever_strangers_wish_it_is_asked_for_seldom() {
        let (cached, publisher) = (Cached::default(), Publisher::default());
        let seen = cached.get(async || publisher.answer().await).await.unwrap();
        tokio::time::advance(ASK_AGAIN).await;
        for _ in 0..100 {
            cached.newer(&seen, async || publisher.answer().await).await;
        }
        let newest = cached.get(async || publisher.answer().await).await.unwrap();
        for _ in 0..100 {
            cached.newer(&newest, async || publisher.answer().await).await;
        }
        assert_eq!(publisher.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_known_counts_while_nobody_answers() {
        let (cached, publisher) = (Cached::default(), Publisher::default());
        publisher.is_away.store(true, Ordering::SeqCst);
        for _ in 0..10 {
            assert!(cached.get(async || publisher.answer().await).await.is_err());
        }
        assert_eq!(publisher.asked.load(Ordering::SeqCst), 1, "left alone");
        tokio::time::advance(AWAY).await;
        publisher.is_away.store(false, Ordering::SeqCst);
        assert_eq!(*cached.get(async || publisher.answer().await).await.unwrap(), 2);
        publisher.is_away.store(true, Ordering::SeqCst);
        tokio::time::advance(FRESH).await;
        assert_eq!(*cached.get(async || publisher.answer().await).await.unwrap(), 2);
    }
}
