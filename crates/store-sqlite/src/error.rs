use photure_store::StoreError;
use rusqlite::ErrorCode;

/// What may go wrong inside the adapter.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// An answer that a port foresees.
    #[error(transparent)]
    Answer(#[from] StoreError),
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the database file cannot be reached: {0}")]
    Unreachable(#[source] std::io::Error),
    #[error("the database file was deleted or replaced while in use; restart to use the new one")]
    Replaced,
    #[error("less than {0} bytes are left on the disk of the database")]
    NoRoom(u64),
    #[error("the database was busy for too long")]
    Busy,
    #[error("the database keeps no write-ahead log here (journal mode {0}); is it on a network share?")]
    NoWal(String),
    #[error("the database has schema {found}, this Photure knows {known}: it was used by a newer one")]
    Newer { found: usize, known: usize },
    #[error("a thread that worked on the database broke off")]
    BrokeOff,
    #[error("{0} does not fit into the database")]
    TooLarge(&'static str),
    #[error("only the trash is listed by when it was trashed")]
    NotTheTrash,
    #[error("the photo was in no segment of the timeline {0:?}; its counts must be rebuilt")]
    NoSegment(photure_domain::timeline::TimelineScope),
    #[error("JSON in the database: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    pub(crate) fn into_answer(self) -> StoreError {
        match self {
            Self::Answer(answer) => answer,
            Self::NoRoom(_) => StoreError::Full(Box::new(self)),
            Self::Unreachable(_) | Self::Replaced | Self::Busy => StoreError::Unavailable(Box::new(self)),
            Self::Sqlite(ref error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => StoreError::Full(Box::new(self)),
                Some(
                    ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::CannotOpen
                    | ErrorCode::PermissionDenied
                    | ErrorCode::ReadOnly
                    | ErrorCode::FileLockingProtocolFailed,
                ) => StoreError::Unavailable(Box::new(self)),
                _ => StoreError::Internal(Box::new(self)),
            },
            _ => StoreError::Internal(Box::new(self)),
        }
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        error.into_answer()
    }
}
