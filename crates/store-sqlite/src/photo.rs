use async_trait::async_trait;
use photure_domain::film::Film;
use photure_domain::photo::{Metadata, NewPhoto, Photo, PhotoEdit, Usage};
use photure_domain::timeline::{Segment, SegmentPhoto, Timeline, TimelineScope};
use photure_domain::{ClaimId, PhotoId, SegmentId, Sha256, Timestamp, UserId};
use photure_store::{
    Attached, Claim, ListedBy, PhotoFilter, PhotoStore, Position, Purged, Registered, Released, Room,
    StoreResult, Trashed,
};

use crate::{SqliteStore, hash, purged, timeline};

mod change;
mod list;
mod row;

#[async_trait]
impl PhotoStore for SqliteStore {
    async fn register(&self, photo: NewPhoto, room: Room, now: Timestamp) -> StoreResult<Registered> {
        let ids = self.ids.clone();
        self.write(move |tx| change::register(tx, &ids, photo, room, now))
            .await
    }

    async fn attach_film(
        &self,
        owner: UserId,
        sha256: Sha256,
        film: Film,
        room: Room,
    ) -> StoreResult<Attached> {
        let ids = self.ids.clone();
        self.write(move |tx| change::attach_film(tx, &ids, owner, sha256, film, room))
            .await
    }

    async fn photo(&self, owner: UserId, id: PhotoId) -> StoreResult<Photo> {
        self.read(move |tx| row::find(tx, owner, id)).await
    }

    async fn photos_by_hash(&self, owner: UserId, hashes: &[Sha256]) -> StoreResult<Vec<Photo>> {
        let hashes: std::collections::BTreeSet<Sha256> = hashes.iter().copied().collect();
        self.read(move |tx| {
            let found = hashes
                .iter()
                .filter_map(|sha256| row::by_hash(tx, owner, *sha256).transpose());
            found.collect()
        })
        .await
    }

    async fn metadata(&self, owner: UserId, id: PhotoId) -> StoreResult<Metadata> {
        self.read(move |tx| row::metadata(tx, owner, id)).await
    }

    async fn list(
        &self,
        owner: UserId,
        filter: PhotoFilter,
        order: ListedBy,
        after: Option<Position>,
        limit: u32,
    ) -> StoreResult<Vec<Photo>> {
        self.read(move |tx| list::page(tx, owner, filter, order, after, limit))
            .await
    }

    async fn edit(
        &self,
        owner: UserId,
        id: PhotoId,
        edit: PhotoEdit,
        expected: Option<u64>,
    ) -> StoreResult<Photo> {
        let ids = self.ids.clone();
        self.write(move |tx| change::edit(tx, &ids, owner, id, &edit, expected))
            .await
    }

    async fn trash(
        &self,
        owner: UserId,
        id: PhotoId,
        expected: Option<u64>,
        now: Timestamp,
    ) -> StoreResult<Trashed> {
        let ids = self.ids.clone();
        self.write(move |tx| change::trash(tx, &ids, owner, id, expected, now))
            .await
    }

    async fn restore(&self, owner: UserId, id: PhotoId) -> StoreResult<Photo> {
        let ids = self.ids.clone();
        self.write(move |tx| change::restore(tx, &ids, owner, id)).await
    }

    async fn purge(
        &self,
        owner: UserId,
        id: PhotoId,
        expected: Option<u64>,
        now: Timestamp,
    ) -> StoreResult<()> {
        let ids = self.ids.clone();
        self.write(move |tx| change::purge(tx, &ids, owner, id, expected, now))
            .await
    }

    async fn purge_trashed(
        &self,
        owner: Option<UserId>,
        before: Timestamp,
        limit: u32,
        now: Timestamp,
    ) -> StoreResult<u32> {
        let ids = self.ids.clone();
        self.write(move |tx| change::purge_trashed(tx, &ids, owner, before, limit, now))
            .await
    }

    async fn timeline(&self, owner: UserId, scope: TimelineScope) -> StoreResult<Timeline> {
        self.read(move |tx| timeline::read(tx, owner, scope)).await
    }

    async fn segment(&self, owner: UserId, id: SegmentId) -> StoreResult<(Segment, Vec<SegmentPhoto>)> {
        self.read(move |tx| timeline::segment(tx, owner, id)).await
    }

    async fn usage(&self, owner: UserId) -> StoreResult<Usage> {
        self.read(move |tx| timeline::usage(tx, owner)).await
    }

    async fn rebuild_counts(&self, owner: UserId) -> StoreResult<()> {
        let ids = self.ids.clone();
        self.write(move |tx| timeline::rebuild(tx, &ids, owner)).await
    }

    async fn released(&self, limit: u32, now: Timestamp) -> StoreResult<Vec<Released>> {
        self.read(move |tx| hash::released(tx, limit, now)).await
    }

    async fn claim_released(
        &self,
        hash: Sha256,
        claim: ClaimId,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Claim> {
        self.write(move |tx| hash::claim(tx, hash, claim, now, until))
            .await
    }

    async fn claim_orphan(
        &self,
        hash: Sha256,
        claim: ClaimId,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Claim> {
        self.write(move |tx| hash::claim_orphan(tx, hash, claim, now, until))
            .await
    }

    async fn confirm_released(&self, hash: Sha256, claim: ClaimId, now: Timestamp) -> StoreResult<Claim> {
        self.write(move |tx| hash::confirm(tx, hash, claim, now)).await
    }

    async fn empty_library(&self, owner: UserId, limit: u32, now: Timestamp) -> StoreResult<u32> {
        self.write(move |tx| change::empty_library(tx, owner, limit, now))
            .await
    }

    async fn catalogue(&self, after: Option<(Sha256, UserId)>, limit: u32) -> StoreResult<Vec<Photo>> {
        self.read(move |tx| list::catalogue(tx, after, limit)).await
    }

    async fn purged(&self, limit: u32) -> StoreResult<Vec<Purged>> {
        self.read(move |tx| purged::list(tx, limit)).await
    }

    async fn confirm_purged(&self, purged: Purged) -> StoreResult<Claim> {
        self.write(move |tx| purged::confirm(tx, purged)).await
    }
}
