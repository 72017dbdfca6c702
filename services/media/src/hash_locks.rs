use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use photure_domain::Sha256;
use tokio::sync::OwnedMutexGuard;

type Lock = tokio::sync::Mutex<()>;

/// One lock per hash, so that in this process nothing deletes the bytes that something else is just storing, and no variant is
/// made twice at once. Between processes gallery's claims do the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct HashLocks(Arc<Mutex<HashMap<Sha256, Weak<Lock>>>>);

impl HashLocks {
    pub(crate) async fn lock(&self, hash: Sha256) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            locks.retain(|_, lock| lock.strong_count() > 0);
            let held = locks.get(&hash).and_then(Weak::upgrade);
            held.unwrap_or_else(|| {
                let new = Arc::new(Lock::default());
                locks.insert(hash, Arc::downgrade(&new));
                new
            })
        };
        lock.lock_owned().await
    }
}
