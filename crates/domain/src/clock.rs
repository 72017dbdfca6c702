use uuid::Uuid;

use crate::Timestamp;

/// What time it is. Handed in everywhere, so that tests decide.
pub trait Clock: Send + Sync + std::fmt::Debug {
    fn now(&self) -> Timestamp;
}

/// Where new ids come from: UUIDv7, so that they sort by the time they were made.
pub trait IdSource: Send + Sync + std::fmt::Debug {
    fn next(&self) -> Uuid;
}
