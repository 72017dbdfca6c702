use rusqlite::Transaction;

use crate::Result;
use crate::error::Error;

/// In order; what was released is never changed, only added to.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001.sql"),
    include_str!("../migrations/0002.sql"),
    include_str!("../migrations/0003.sql"),
    include_str!("../migrations/0004.sql"),
    include_str!("../migrations/0005.sql"),
    include_str!("../migrations/0006.sql"),
    include_str!("../migrations/0007.sql"),
    include_str!("../migrations/0008.sql"),
    include_str!("../migrations/0009.sql"),
    include_str!("../migrations/0010.sql"),
    include_str!("../migrations/0011.sql"),
    include_str!("../migrations/0012.sql"),
    include_str!("../migrations/0013.sql"),
];

/// Runs what is missing. The transaction already holds the write lock, so that a second process waits and then finds
/// nothing to do.
pub(crate) fn migrate(tx: &Transaction<'_>) -> Result<()> {
    let found: usize = tx.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    if found > MIGRATIONS.len() {
        return Err(Error::Newer {
            found,
            known: MIGRATIONS.len(),
        });
    }
    for migration in &MIGRATIONS[found..] {
        tx.execute_batch(migration)?;
    }
    if found < MIGRATIONS.len() {
        tx.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
    }
    Ok(())
}
