//! Fixtures and builders for tests. Depends on no service and no database.

mod issuer;
pub mod live;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use photure_domain::account::Client;
use photure_domain::audit::{Doer, Trail};
use photure_domain::photo::{Camera, FileFacts, MediaType, NewPhoto, Taken};
use photure_domain::{AuditId, Clock, IdSource, PhotoId, Sha256, Timestamp, UserId};
use uuid::Uuid;

pub use issuer::Issuer;

/// A clock that stands still until it is told otherwise.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl Default for TestClock {
    /// 2025-06-15T15:06:40Z.
    fn default() -> Self {
        Self(AtomicI64::new(1_750_000_000_000))
    }
}

impl TestClock {
    pub fn advance(&self, by: std::time::Duration) {
        self.0.fetch_add(
            i64::try_from(by.as_millis()).unwrap_or(i64::MAX),
            Ordering::SeqCst,
        );
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Ids that count up, with room for [`photure_domain::audit::Trail::next`] between them: shaped as UUIDv7, the same in every run.
#[derive(Debug, Default)]
pub struct TestIds(AtomicU64);

impl IdSource for TestIds {
    fn next(&self) -> Uuid {
        nth_uuid(self.0.fetch_add(16, Ordering::SeqCst))
    }
}

/// Shaped as those of [`TestIds`], each greater than the one before.
pub const fn nth_uuid(n: u64) -> Uuid {
    Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0000 | n as u128)
}

pub fn user(n: u64) -> UserId {
    UserId::new(nth_uuid(0xA000_0000 + n))
}

/// A hash that stands for the n-th file.
pub fn sha256(n: u64) -> Sha256 {
    let mut bytes = [0xAB; 32];
    bytes[..8].copy_from_slice(&n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    bytes[24..].copy_from_slice(&n.to_be_bytes());
    Sha256::new(bytes)
}

/// Something that an operator does; each is another.
pub fn trail() -> Trail {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    Trail {
        id: AuditId::new(nth_uuid(0xC000_0000 + 2 * NEXT.fetch_add(1, Ordering::SeqCst))),
        at: TestClock::default().now(),
        doer: Doer::Operator,
        from: Client::default(),
        request_id: None,
    }
}

pub fn time(text: &str) -> Timestamp {
    text.parse()
        .unwrap_or_else(|_| panic!("{text:?} is no RFC 3339 time"))
}

/// The n-th photo of `owner`, taken at `taken_at`, of 1,000 bytes and with the n-th hash.
pub fn photo(owner: UserId, n: u64, taken_at: Timestamp) -> NewPhoto {
    NewPhoto {
        id: PhotoId::new(nth_uuid(0xF000_0000 + n)),
        owner_id: owner,
        facts: FileFacts {
            sha256: sha256(n),
            bytes: 1_000,
            filename: format!("IMG_{n:04}.jpg"),
            media_type: MediaType::Jpeg,
            width: 4000,
            height: 3000,
            taken: Taken {
                at: taken_at,
                utc_offset_minutes: None,
            },
            camera: Camera::default(),
            position: None,
            thumbhash: "3OcRJYB4d3h/iIeHeEh3eIhw+j3A".into(),
            color: "#6f6a64".into(),
        },
        metadata: std::collections::BTreeMap::default(),
        title: None,
        description: None,
        rating: None,
        tags: Vec::new(),
        film: None,
        uploaded_at: taken_at,
    }
}
