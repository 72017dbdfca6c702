//! The database, for commands that work on it beside services or without any.

use std::time::Duration;

use photure_common::service::{Kit, StartError};
use photure_database::{Database, DatabaseUrl};

/// Indexes over a large catalogue take their time, once.
const MIGRATION_LIMIT: Duration = Duration::from_secs(600);

/// Opened and migrated.
pub(crate) async fn open(url: &DatabaseUrl, kit: &Kit) -> Result<Database, StartError> {
    let database = photure_database::open(url, kit).await?;
    kit.tasks.close();
    let migrated = tokio::time::timeout(MIGRATION_LIMIT, kit.tasks.wait()).await;
    migrated.map_err(|late| StartError::new("the database does not answer", late))?;
    Ok(database)
}

/// Where there is one; looking makes none.
pub(crate) async fn open_existing(url: &DatabaseUrl, kit: &Kit) -> Result<Database, StartError> {
    if let DatabaseUrl::Sqlite(path) = url
        && !path.exists()
    {
        let cause = "`photure rebuild` makes one from what the storage holds";
        return Err(StartError::new(
            format!("there is no database {}", path.display()),
            cause,
        ));
    }
    open(url, kit).await
}
