use async_trait::async_trait;
use mongodb::bson::doc;
use photure_domain::film::Film;
use photure_domain::photo::{Metadata, NewPhoto, Photo, PhotoEdit, Usage};
use photure_domain::timeline::{Segment, SegmentPhoto, Timeline, TimelineScope};
use photure_domain::{ClaimId, PhotoId, SegmentId, Sha256, Timestamp, UserId};
use photure_store::{
    Attached, Claim, ListedBy, PhotoFilter, PhotoStore, Position, Purged, Registered, Released, Room,
    StoreError, StoreResult, Trashed,
};

use crate::documents::{binary, uuid};
use crate::{MongoStore, hash, purged, timeline};

mod change;
mod list;
mod purge;

#[async_trait]
impl PhotoStore for MongoStore {
    async fn register(&self, photo: NewPhoto, room: Room, now: Timestamp) -> StoreResult<Registered> {
        self.change(photo.owner_id, |tx| {
            Box::pin(change::register(tx, photo.clone(), room, now))
        })
        .await
    }

    async fn attach_film(
        &self,
        owner: UserId,
        sha256: Sha256,
        film: Film,
        room: Room,
    ) -> StoreResult<Attached> {
        self.change(owner, |tx| {
            Box::pin(change::attach_film(tx, owner, sha256, film, room))
        })
        .await
    }

    async fn photo(&self, owner: UserId, id: PhotoId) -> StoreResult<Photo> {
        self.ask(async |collections| {
            let found = collections.photos.find_one(change::one(owner, id)).await?;
            found.ok_or(StoreError::NotFound)?.into_photo()
        })
        .await
    }

    async fn photos_by_hash(&self, owner: UserId, hashes: &[Sha256]) -> StoreResult<Vec<Photo>> {
        let hashes: Vec<_> = hashes.iter().map(|sha256| binary(sha256.as_bytes())).collect();
        self.ask(async |collections| {
            let any = doc! { "owner": uuid(owner.as_uuid()), "sha256": { "$in": hashes } };
            list::photos(collections.photos.find(any).await?).await
        })
        .await
    }

    async fn metadata(&self, owner: UserId, id: PhotoId) -> StoreResult<Metadata> {
        self.ask(async |collections| {
            let found = collections.metadata.find_one(change::one(owner, id)).await?;
            found.ok_or(StoreError::NotFound)?.into_metadata()
        })
        .await
    }

    async fn list(
        &self,
        owner: UserId,
        filter: PhotoFilter,
        order: ListedBy,
        after: Option<Position>,
        limit: u32,
    ) -> StoreResult<Vec<Photo>> {
        self.ask(async |collections| list::page(collections, owner, filter, order, after, limit).await)
            .await
    }

    async fn edit(
        &self,
        owner: UserId,
        id: PhotoId,
        edit: PhotoEdit,
        expected: Option<u64>,
    ) -> StoreResult<Photo> {
        self.change(owner, |tx| {
            Box::pin(change::edit(tx, owner, id, edit.clone(), expected))
        })
        .await
    }

    async fn trash(
        &self,
        owner: UserId,
        id: PhotoId,
        expected: Option<u64>,
        now: Timestamp,
    ) -> StoreResult<Trashed> {
        self.change(owner, |tx| Box::pin(change::trash(tx, owner, id, expected, now)))
            .await
    }

    async fn restore(&self, owner: UserId, id: PhotoId) -> StoreResult<Photo> {
        self.change(owner, |tx| Box::pin(change::restore(tx, owner, id)))
            .await
    }

    async fn purge(
        &self,
        owner: UserId,
        id: PhotoId,
        expected: Option<u64>,
        now: Timestamp,
    ) -> StoreResult<()> {
        self.change(owner, |tx| Box::pin(purge::one(tx, owner, id, expected, now)))
            .await
    }

    async fn purge_trashed(
        &self,
        owner: Option<UserId>,
        before: Timestamp,
        limit: u32,
        now: Timestamp,
    ) -> StoreResult<u32> {
        purge::trashed(self, owner, before, limit, now).await
    }

    async fn timeline(&self, owner: UserId, scope: TimelineScope) -> StoreResult<Timeline> {
        self.look(async |tx| timeline::read(tx, owner, scope).await).await
    }

    async fn segment(&self, owner: UserId, id: SegmentId) -> StoreResult<(Segment, Vec<SegmentPhoto>)> {
        self.look(async |tx| timeline::segment(tx, owner, id).await).await
    }

    async fn usage(&self, owner: UserId) -> StoreResult<Usage> {
        self.ask(async |collections| timeline::usage(collections, owner).await)
            .await
    }

    async fn rebuild_counts(&self, owner: UserId) -> StoreResult<()> {
        self.change_much(owner, |tx| Box::pin(timeline::rebuild(tx, owner)))
            .await
    }

    async fn released(&self, limit: u32, now: Timestamp) -> StoreResult<Vec<Released>> {
        self.look(async |tx| hash::released(tx, limit, now).await).await
    }

    async fn claim_released(
        &self,
        hash: Sha256,
        claim: ClaimId,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Claim> {
        self.change(hash, |tx| Box::pin(hash::claim(tx, hash, claim, now, until)))
            .await
    }

    async fn claim_orphan(
        &self,
        hash: Sha256,
        claim: ClaimId,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Claim> {
        self.change(hash, |tx| {
            Box::pin(hash::claim_orphan(tx, hash, claim, now, until))
        })
        .await
    }

    async fn confirm_released(&self, hash: Sha256, claim: ClaimId, now: Timestamp) -> StoreResult<Claim> {
        self.change(hash, |tx| Box::pin(hash::confirm(tx, hash, claim, now)))
            .await
    }

    async fn empty_library(&self, owner: UserId, limit: u32, now: Timestamp) -> StoreResult<u32> {
        self.change(owner, |tx| Box::pin(purge::all_of(tx, owner, limit, now)))
            .await
    }

    async fn catalogue(&self, after: Option<(Sha256, UserId)>, limit: u32) -> StoreResult<Vec<Photo>> {
        self.ask(async |collections| list::catalogue(collections, after, limit).await)
            .await
    }

    async fn purged(&self, limit: u32) -> StoreResult<Vec<Purged>> {
        self.ask(async |collections| purged::list(collections, limit).await)
            .await
    }

    async fn confirm_purged(&self, purged: Purged) -> StoreResult<Claim> {
        self.ask(async |collections| purged::confirm(collections, purged).await)
            .await
    }
}
