use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use backon::BackoffBuilder;
use mongodb::bson::doc;
use mongodb::error::UNKNOWN_TRANSACTION_COMMIT_RESULT;
use mongodb::options::{
    Acknowledgment, ReadConcern, ReadPreference, SelectionCriteria, TransactionOptions, WriteConcern,
};
use mongodb::{ClientSession, SessionCursor};
use photure_store::StoreResult;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout, timeout_at};

use crate::collections::Collections;
use crate::error::Error;
use crate::{Ids, MongoStore, Result};

/// A server that does not answer for so long is away.
const ANSWER_TIME_LIMIT: Duration = Duration::from_millis(4_500);
/// For all tries of a change together, where others change the same things.
const TIME_LIMIT: Duration = Duration::from_secs(8);
/// Making a large library's counts anew is one transaction, which MongoDB ends by itself after a minute.
const LONG_TIME_LIMIT: Duration = Duration::from_secs(55);
/// Who is not seen in the snapshot and yet there was committed meanwhile, and is seen in the next.
const DUPLICATES_TOLERATED: u32 = 3;

/// What a transaction works on.
pub(crate) struct Tx<'a> {
    pub(crate) collections: &'a Collections,
    pub(crate) session: &'a mut ClientSession,
    pub(crate) ids: &'a Ids,
}

impl Tx<'_> {
    /// Makes this transaction and any other that does the same come one after another, in whatever process.
    pub(crate) async fn take_turn(&mut self, turn: &str) -> Result<()> {
        let (one, next) = (doc! { "_id": turn }, doc! { "$inc": { "n": 1_i64 } });
        self.collections
            .state
            .update_one(one, next)
            .session(&mut *self.session)
            .await?;
        Ok(())
    }
}

/// What a transaction does, perhaps more than once.
pub(crate) type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// All that a question found.
pub(crate) async fn collected<D: DeserializeOwned, T>(
    mut found: SessionCursor<D>,
    session: &mut ClientSession,
    convert: impl Fn(D) -> Result<T>,
) -> Result<Vec<T>> {
    let mut all = Vec::new();
    while found.advance(session).await? {
        all.push(convert(found.deserialize_current()?)?);
    }
    Ok(all)
}

impl MongoStore {
    /// One question, or one write that is atomic by itself.
    pub(crate) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&Collections) -> Result<T>,
    ) -> StoreResult<T> {
        let answer = async { question(self.collections()?).await };
        within(ANSWER_TIME_LIMIT, answer)
            .await
            .map_err(Error::into_answer)
    }

    /// Several questions about one moment.
    pub(crate) async fn look<T>(
        &self,
        questions: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> StoreResult<T> {
        let answer = async {
            let collections = self.collections()?;
            let mut session = collections.client.start_session().snapshot(true).await?;
            questions(&mut Tx {
                collections,
                session: &mut session,
                ids: &self.ids,
            })
            .await
        };
        within(ANSWER_TIME_LIMIT, answer)
            .await
            .map_err(Error::into_answer)
    }

    /// All that `work` does, or nothing. Whoever changes `what` too waits for their turn, where they are in this process;
    /// where they are in another, one of the two is told to begin anew.
    pub(crate) async fn change<T>(
        &self,
        what: impl Hash,
        work: impl for<'a> Fn(&'a mut Tx<'_>) -> Doing<'a, T> + Send + Sync,
    ) -> StoreResult<T> {
        self.try_until(what, TIME_LIMIT, ANSWER_TIME_LIMIT, work)
            .await
            .map_err(Error::into_answer)
    }

    pub(crate) async fn change_much<T>(
        &self,
        what: impl Hash,
        work: impl for<'a> Fn(&'a mut Tx<'_>) -> Doing<'a, T> + Send + Sync,
    ) -> StoreResult<T> {
        self.try_until(what, LONG_TIME_LIMIT, LONG_TIME_LIMIT, work)
            .await
            .map_err(Error::into_answer)
    }

    async fn try_until<T>(
        &self,
        what: impl Hash,
        limit: Duration,
        limit_of_one: Duration,
        work: impl for<'a> Fn(&'a mut Tx<'_>) -> Doing<'a, T> + Send + Sync,
    ) -> Result<T> {
        let collections = self.collections()?;
        let deadline = Instant::now() + limit;
        let _turn = timeout_at(deadline, self.turns.of(what))
            .await
            .map_err(|_| Error::Contended)?;
        let mut duplicates = 0;
        let mut waits = waits();
        loop {
            let end = deadline.min(Instant::now() + limit_of_one);
            let try_once = self.try_once(collections, &work);
            let error = match timeout_at(end, try_once).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(error)) => error,
                Err(_) => return Err(Error::Late),
            };
            duplicates += u32::from(error.is_duplicate());
            let again = error.is_transient() || (error.is_duplicate() && duplicates <= DUPLICATES_TOLERATED);
            if !again {
                return Err(error);
            }
            let wait = waits.next().unwrap_or(LONGEST_WAIT);
            if Instant::now() + wait >= deadline {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn try_once<T>(
        &self,
        collections: &Collections,
        work: &(impl for<'a> Fn(&'a mut Tx<'_>) -> Doing<'a, T> + Send + Sync),
    ) -> Result<T> {
        let mut session = collections.client.start_session().await?;
        session.start_transaction().with_options(options()).await?;
        let mut tx = Tx {
            collections,
            session: &mut session,
            ids: &self.ids,
        };
        let done = match work(&mut tx).await {
            Ok(done) => done,
            Err(error) => {
                // Dropping the session would do it too, later: a command that ends with its refusal would leave others waiting for a minute.
                let _ = session.abort_transaction().await;
                return Err(error);
            }
        };
        loop {
            match session.commit_transaction().await {
                Ok(()) => return Ok(done),
                // It may be done; asking again tells, until the time limit of the try.
                Err(error) if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) => {
                    tokio::time::sleep(SHORTEST_WAIT).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn options() -> TransactionOptions {
    TransactionOptions::builder()
        .read_concern(ReadConcern::snapshot())
        .write_concern(
            WriteConcern::builder()
                .w(Acknowledgment::Majority)
                .journal(true)
                .build(),
        )
        .selection_criteria(SelectionCriteria::ReadPreference(ReadPreference::Primary))
        .build()
}

const SHORTEST_WAIT: Duration = Duration::from_millis(3);
const LONGEST_WAIT: Duration = Duration::from_millis(250);

/// Ever longer, and never the same for two.
fn waits() -> impl Iterator<Item = Duration> {
    backon::ExponentialBuilder::default()
        .with_min_delay(SHORTEST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .without_max_times()
        .with_jitter()
        .build()
}

pub(crate) async fn within<T>(limit: Duration, answer: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(limit, answer).await.unwrap_or(Err(Error::Late))
}

/// Lets those of one process who change the same things come one after another, rather than undo each other's work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns(Arc<[Mutex<()>; 32]>);

impl Turns {
    async fn of(&self, what: impl Hash) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        let nth = usize::try_from(hasher.finish() % 32).unwrap_or_default();
        self.0[nth].lock().await
    }
}
