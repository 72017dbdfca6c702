use mongodb::error::{ErrorKind, TRANSIENT_TRANSACTION_ERROR, WriteFailure};
use photure_store::StoreError;

/// What may go wrong inside the adapter.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// An answer that a port foresees.
    #[error(transparent)]
    Answer(#[from] StoreError),
    #[error("MongoDB: {0}")]
    Driver(#[from] mongodb::error::Error),
    #[error("the address of the database is not one MongoDB takes: {0}")]
    Address(#[source] mongodb::error::Error),
    #[error("MongoDB did not answer in time")]
    Late,
    #[error("others kept changing the same things")]
    Contended,
    #[error("MongoDB was not reached since the start, so that its indexes are not known to be there")]
    NotMigrated,
    #[error("the database has schema {found}, this Photure knows {known}: it was used by a newer one")]
    Newer { found: i64, known: i64 },
    #[error("{0} does not fit into the database")]
    TooLarge(&'static str),
    #[error("the database holds {0} that is none")]
    Nonsense(&'static str),
    #[error("only the trash is listed by when it was trashed")]
    NotTheTrash,
    #[error("the photo was in no segment of the timeline {0:?}; its counts must be rebuilt")]
    NoSegment(photure_domain::timeline::TimelineScope),
    #[error("JSON in the database: {0}")]
    Json(#[from] serde_json::Error),
}

/// What the server says where there is no room (`OutOfDiskSpace`), or where Atlas has blocked writes for want of it.
const OUT_OF_DISK_SPACE: i32 = 14031;
const DUPLICATE_KEY: i32 = 11000;
/// Not primary, shutting down, stepping down, interrupted by it, no majority in time, no snapshot yet: it passes.
const PASSING: [i32; 14] = [
    6, 7, 50, 64, 89, 91, 112, 189, 262, 9001, 10107, 11600, 11602, 13435,
];

impl Error {
    /// Whether the transaction may be begun anew. Where no server was found there is nobody to begin with: that wait was
    /// long enough.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Driver(error) => {
                error.contains_label(TRANSIENT_TRANSACTION_ERROR)
                    && !matches!(&*error.kind, ErrorKind::ServerSelection { .. })
            }
            _ => false,
        }
    }

    /// Whether something is there already that this transaction did not see.
    pub(crate) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Driver(error) if code(error) == Some(DUPLICATE_KEY))
    }

    pub(crate) fn into_answer(self) -> StoreError {
        match self {
            Self::Answer(answer) => answer,
            Self::Late | Self::Contended | Self::NotMigrated => StoreError::Unavailable(Box::new(self)),
            Self::Driver(ref error) => match (&*error.kind, code(error)) {
                (_, Some(OUT_OF_DISK_SPACE)) => StoreError::Full(Box::new(self)),
                (
                    ErrorKind::Io(_)
                    | ErrorKind::ServerSelection { .. }
                    | ErrorKind::ConnectionPoolCleared { .. }
                    | ErrorKind::DnsResolve { .. }
                    | ErrorKind::Authentication { .. }
                    | ErrorKind::Shutdown,
                    _,
                ) => StoreError::Unavailable(Box::new(self)),
                (_, Some(code)) if PASSING.contains(&code) => StoreError::Unavailable(Box::new(self)),
                _ if error.contains_label(TRANSIENT_TRANSACTION_ERROR) => {
                    StoreError::Unavailable(Box::new(self))
                }
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

fn code(error: &mongodb::error::Error) -> Option<i32> {
    match &*error.kind {
        ErrorKind::Command(error) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteConcernError(error)) => Some(error.code),
        ErrorKind::InsertMany(error) => error
            .write_errors
            .as_ref()
            .and_then(|errors| errors.first())
            .map(|error| error.code),
        _ => None,
    }
}
