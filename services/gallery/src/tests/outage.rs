//! The database is away, or stands still.

use std::sync::Arc;

use async_trait::async_trait;
use photure_domain::audit::Trail;
use photure_domain::film::Film;
use photure_domain::photo::{Metadata, NewPhoto, Photo, PhotoEdit, Usage};
use photure_domain::quota::{Holding, Quota};
use photure_domain::timeline::{Segment, SegmentPhoto, Timeline, TimelineScope};
use photure_domain::{ClaimId, PhotoId, SegmentId, Sha256, Timestamp, UserId};
use photure_store::{
    Attached, Claim, ListedBy, PhotoFilter, PhotoStore, Position, Purged, QuotaStore, Registered, Released,
    Room, StoreError, StoreProbe, StoreResult, Trashed,
};
use serde_json::Value;

use super::World;
use super::strangers::{ask, routes};
use super::world::assert_problem;

#[derive(Clone, Copy, Debug)]
enum Faulty {
    Away,
    Silent,
}

impl Faulty {
    async fn answer<T>(self) -> StoreResult<T> {
        match self {
            Self::Away => Err(StoreError::Unavailable(
                "connection refused by mongodb://root:hunter2@db".into(),
            )),
            Self::Silent => std::future::pending().await,
        }
    }
}

macro_rules! faulty {
    ($port:ident: $($method:ident($($argument:ty),*) -> $answer:ty;)+) => {
        #[async_trait]
        impl $port for Faulty {
            $(async fn $method(&self, $(_: $argument),*) -> StoreResult<$answer> {
                self.answer().await
            })+
        }
    };
}

faulty! {
    PhotoStore:
    register(NewPhoto, Room, Timestamp) -> Registered;
    attach_film(UserId, Sha256, Film, Room) -> Attached;
    photo(UserId, PhotoId) -> Photo;
    photos_by_hash(UserId, &[Sha256]) -> Vec<Photo>;
    metadata(UserId, PhotoId) -> Metadata;
    list(UserId, PhotoFilter, ListedBy, Option<Position>, u32) -> Vec<Photo>;
    edit(UserId, PhotoId, PhotoEdit, Option<u64>) -> Photo;
    trash(UserId, PhotoId, Option<u64>, Timestamp) -> Trashed;
    restore(UserId, PhotoId) -> Photo;
    purge(UserId, PhotoId, Option<u64>, Timestamp) -> ();
    purge_trashed(Option<UserId>, Timestamp, u32, Timestamp) -> u32;
    timeline(UserId, TimelineScope) -> Timeline;
    segment(UserId, SegmentId) -> (Segment, Vec<SegmentPhoto>);
    usage(UserId) -> Usage;
    rebuild_counts(UserId) -> ();
    released(u32, Timestamp) -> Vec<Released>;
    claim_released(Sha256, ClaimId, Timestamp, Timestamp) -> Claim;
    claim_orphan(Sha256, ClaimId, Timestamp, Timestamp) -> Claim;
    confirm_released(Sha256, ClaimId, Timestamp) -> Claim;
    empty_library(UserId, u32, Timestamp) -> u32;
    catalogue(Option<(Sha256, UserId)>, u32) -> Vec<Photo>;
    purged(u32) -> Vec<Purged>;
    confirm_purged(Purged) -> Claim;
}

faulty! {
    QuotaStore:
    holding(UserId) -> Holding;
    holdings(Option<UserId>, u32) -> Vec<Holding>;
    set_quota(UserId, Quota, Trail) -> Holding;
}

#[async_trait]
impl StoreProbe for Faulty {
    async fn probe(&self) -> StoreResult<()> {
        self.answer().await
    }
}

const PHOTO: &str = "01970000-0000-7000-8000-000000000000";

async fn assert_every_route_answers(faulty: Faulty, status: u16, code: &str) {
    let world = World::on(Arc::new(faulty), None).await;
    for route in routes(PHOTO, PHOTO) {
        let client = match route.asks {
            "sweep" => world.service("blobs:sweep"),
            "compare" => world.service("catalogue:read"),
            "administer" => world.person_with(1, "admin"),
            _ => world.person(1),
        };
        let answer = ask(&client, &route).await;
        assert_problem(&answer, status, code);
        assert!(
            !answer.text().contains("hunter2"),
            "what happened inside stays inside"
        );
    }
    let registration = world.registration(1, 1, "2024-07-28T19:04:05Z");
    let answer = world.person(1).post("/internal/photos").json(&registration).await;
    assert_problem(&answer, status, code);
    world.kit.shutdown.cancel();
}

#[tokio::test]
async fn without_its_database_every_route_says_so() {
    assert_every_route_answers(Faulty::Away, 503, "unavailable").await;
}

/// Time is the test's: it passes as soon as everybody waits.
#[tokio::test(start_paused = true)]
async fn a_database_that_stands_still_holds_nobody_up() {
    assert_every_route_answers(Faulty::Silent, 504, "timeout").await;
}

#[tokio::test]
async fn readiness_names_what_is_missing() {
    let world = World::on(Arc::new(Faulty::Away), None).await;
    let answer = world.stranger().get("/health/ready").await;
    assert_eq!(answer.status_code(), 503);
    let readiness: Value = answer.json();
    assert_eq!(readiness["checks"]["database"]["status"], "failing");
    assert_eq!(readiness["checks"]["auth keys"]["status"], "ok");
    // In full: only operators come here, and the gateway tells others no reasons.
    let reason = readiness["checks"]["database"]["reason"].as_str().unwrap();
    assert!(reason.contains("connection refused"), "{reason}");

    let world = World::new().await;
    let ready = world.stranger().see("/health/ready").await;
    assert_eq!(ready["status"], "ok");
}
