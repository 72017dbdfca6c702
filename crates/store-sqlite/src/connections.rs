use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

use crate::Result;
use crate::error::Error;

/// How long another process may hold the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a caller waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(8);
/// Reads on a machine with few cores: more would only wait for each other.
const READERS: usize = 3;
/// KiB. The operating system caches the file as well.
const WRITER_CACHE: i32 = 4096;
const READER_CACHE: i32 = 2048;

/// One connection that writes and a few that read, each used by one caller at a time.
#[derive(Clone)]
pub(crate) struct Connections {
    file: Arc<File>,
    writer: Arc<Mutex<Connection>>,
    readers: Arc<[Arc<Mutex<Connection>>; READERS]>,
    turn: Arc<std::sync::atomic::AtomicUsize>,
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Connections").field(&self.file.path).finish()
    }
}

impl Connections {
    pub(crate) async fn open(path: &Path) -> Result<Self> {
        let path = path.to_owned();
        on_blocking_thread(move || {
            let writer = open_writer(&path)?;
            let file = Arc::new(File::at(path)?);
            let reader = || open_reader(&file.path).map(|reader| Arc::new(Mutex::new(reader)));
            let readers = Arc::new([reader()?, reader()?, reader()?]);
            Ok(Self {
                file,
                writer: Arc::new(Mutex::new(writer)),
                readers,
                turn: Arc::default(),
            })
        })
        .await
    }

    pub(crate) fn path(&self) -> &Path {
        &self.file.path
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let connection = self.idle_reader().await?;
        self.run(connection, TransactionBehavior::Deferred, work).await
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let connection = my_turn(&self.writer).await?;
        self.run(connection, TransactionBehavior::Immediate, work).await
    }

    async fn idle_reader(&self) -> Result<OwnedMutexGuard<Connection>> {
        for reader in self.readers.iter() {
            if let Ok(reader) = reader.clone().try_lock_owned() {
                return Ok(reader);
            }
        }
        let turn = self.turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        my_turn(&self.readers[turn % READERS]).await
    }

    /// Once begun, `work` runs to its end, also where nobody waits for it any more.
    async fn run<T: Send + 'static>(
        &self,
        mut connection: OwnedMutexGuard<Connection>,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let file = self.file.clone();
        on_blocking_thread(move || {
            file.is_still_there()?;
            let transaction = connection.transaction_with_behavior(behavior)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
        .await
    }
}

async fn my_turn(connection: &Arc<Mutex<Connection>>) -> Result<OwnedMutexGuard<Connection>> {
    timeout(TURN_TIMEOUT, connection.clone().lock_owned())
        .await
        .map_err(|_| Error::Busy)
}

async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::BrokeOff)?
}

fn open_writer(path: &Path) -> Result<Connection> {
    let is_new = !path.exists();
    let writer = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    if is_new {
        // It will hold password hashes and signing keys. The log beside it takes over its mode.
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(Error::Unreachable)?;
    }
    set_up(&writer, WRITER_CACHE)?;
    let mode = in_wal_mode(&writer)?;
    if mode != "wal" {
        return Err(Error::NoWal(mode));
    }
    writer.pragma_update(None, "synchronous", "FULL")?;
    writer.pragma_update(None, "journal_size_limit", 16 << 20)?;
    Ok(writer)
}

/// Two that open a new file at once may meet here, where SQLite does not wait by itself.
fn in_wal_mode(writer: &Connection) -> Result<String> {
    let mut tries = 0;
    loop {
        match writer.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)) {
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) && tries < 100 =>
            {
                tries += 1;
                std::thread::sleep(BUSY_TIMEOUT / 100);
            }
            other => return Ok(other?),
        }
    }
}

fn open_reader(path: &Path) -> Result<Connection> {
    let reader = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    set_up(&reader, READER_CACHE)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok(reader)
}

fn set_up(connection: &Connection, cache: i32) -> Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -cache)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// The file that was opened. On Unix a deleted file goes on taking writes, and they are lost with it.
struct File {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl File {
    fn at(path: PathBuf) -> Result<Self> {
        let found = std::fs::metadata(&path).map_err(Error::Unreachable)?;
        Ok(Self {
            device: found.dev(),
            inode: found.ino(),
            path,
        })
    }

    fn is_still_there(&self) -> Result<()> {
        let found = std::fs::metadata(&self.path).map_err(Error::Unreachable)?;
        if (found.dev(), found.ino()) == (self.device, self.inode) {
            Ok(())
        } else {
            Err(Error::Replaced)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use photure_domain::Timestamp;
    use photure_store::{PhotoStore, Room, StoreError};
    use photure_testkit::{TestIds, photo, user};

    use crate::SqliteStore;

    async fn store(folder: &tempfile::TempDir) -> SqliteStore {
        SqliteStore::open(&folder.path().join("photure.db"), Arc::new(TestIds::default()))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn every_commit_reaches_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let pragma = |name: &'static str| {
            store.write(move |tx| Ok(tx.pragma_query_value(None, name, |row| row.get::<_, String>(0))?))
        };
        assert_eq!(pragma("journal_mode").await.unwrap(), "wal");
        let full: i64 = store
            .write(|tx| Ok(tx.pragma_query_value(None, "synchronous", |row| row.get(0))?))
            .await
            .unwrap();
        assert_eq!(full, 2, "FULL");
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_nothing_half_written_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let now = Timestamp::default();
        store
            .register(photo(user(1), 0, now), Room::Boundless, now)
            .await
            .unwrap();
        let limit =
            |pages: u32| store.write(move |tx| Ok(tx.pragma_update(None, "max_page_count", pages)?));
        limit(1).await.unwrap(); // as many as there are
        let mut large = photo(user(1), 1, now);
        large.description = Some("x".repeat(100_000));
        let answer = store.register(large.clone(), Room::Boundless, now).await;
        assert!(matches!(answer, Err(StoreError::Full(_))), "{answer:?}");
        assert!(matches!(
            store.photo(user(1), large.id).await,
            Err(StoreError::NotFound)
        ));
        assert_eq!(store.usage(user(1)).await.unwrap().photos, 1);
        limit(1_000_000).await.unwrap();
        store.register(large, Room::Boundless, now).await.unwrap();
        assert_eq!(store.usage(user(1)).await.unwrap().photos, 2);
    }
}
