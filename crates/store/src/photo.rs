use async_trait::async_trait;
use photure_domain::film::Film;
use photure_domain::photo::{Metadata, NewPhoto, Photo, PhotoEdit, Usage};
use photure_domain::timeline::{Segment, SegmentPhoto, Timeline, TimelineScope};
use photure_domain::{ClaimId, PhotoId, SegmentId, Sha256, Timestamp, UserId};

use crate::{Room, StoreResult};

/// Photos, the timeline counts that go with them, and what became of their bytes.
///
/// # The timeline
///
/// Every change of a photo that a reader of a timeline would see changes, in the same step, the segment of each [`TimelineScope`] that showed it
/// or shows it now, and that timeline's version; the segment gets the same version. A title is seen in no timeline, and the trash in none. A segment belongs to one month and begins at a key, the first of a month at the
/// month's beginning; it holds the photos from there to the next segment's beginning. A segment that would hold more than
/// [`photure_domain::timeline::SEGMENT_LIMIT`] is split in the same step: in the middle, or where the newcomer is the
/// newest of its segment and the segment is full, before the newcomer, so that photos arriving in order fill segments to the brim. An empty segment is removed,
/// its range falling to the older neighbour in the month or, where there is none, to the newer one. All this is decided in
/// [`crate::segments`].
/// So a timeline costs one read of its segments whatever the library's size, and a change a bounded number of rows.
///
/// # Bytes
///
/// For each hash the store counts the photos, of whoever, that refer to it, the trash included. When the last is purged
/// the hash is *released*. Media claims a released hash for some time, deletes the bytes, and confirms. While a claim is
/// live, registering that hash is [`crate::StoreError::HashClaimed`]; registering a released hash that is not claimed, or whose claim has
/// lapsed, takes it back, and the claim is void.
#[async_trait]
pub trait PhotoStore: Send + Sync + std::fmt::Debug {
    /// Catalogues a photo; where the owner already has these bytes, in the trash too, answers what there is and changes nothing.
    /// [`crate::StoreError::QuotaExceeded`] where a new one leaves no `room` behind it. `now` decides whether a claim on the hash is still live.
    async fn register(&self, photo: NewPhoto, room: Room, now: Timestamp) -> StoreResult<Registered>;

    /// Gives the owner's photo of these bytes, in the trash too, its film, which counts in [`PhotoStore::usage`] like the photo's own bytes. The
    /// first film stays; none is ever taken away. One that comes has to fit into the `room` as a photo has.
    async fn attach_film(
        &self,
        owner: UserId,
        sha256: Sha256,
        film: Film,
        room: Room,
    ) -> StoreResult<Attached>;

    async fn photo(&self, owner: UserId, id: PhotoId) -> StoreResult<Photo>;

    /// Those of `hashes` that `owner` has, the trash included, each once, in no particular order.
    async fn photos_by_hash(&self, owner: UserId, hashes: &[Sha256]) -> StoreResult<Vec<Photo>>;

    async fn metadata(&self, owner: UserId, id: PhotoId) -> StoreResult<Metadata>;

    /// Newest first by `order`, ties by id, the greater first. After `after` (exclusive), at most `limit`.
    async fn list(
        &self,
        owner: UserId,
        filter: PhotoFilter,
        order: ListedBy,
        after: Option<Position>,
        limit: u32,
    ) -> StoreResult<Vec<Photo>>;

    /// Raises the revision, unless the edit changes nothing. [`crate::StoreError::RevisionMismatch`] where `expected` is given and is not
    /// the revision.
    async fn edit(
        &self,
        owner: UserId,
        id: PhotoId,
        edit: PhotoEdit,
        expected: Option<u64>,
    ) -> StoreResult<Photo>;

    /// To the trash; what is there already keeps its time. `expected` as with [`PhotoStore::edit`].
    async fn trash(
        &self,
        owner: UserId,
        id: PhotoId,
        expected: Option<u64>,
        now: Timestamp,
    ) -> StoreResult<Trashed>;

    /// Back from the trash; what is not there is left as it is.
    async fn restore(&self, owner: UserId, id: PhotoId) -> StoreResult<Photo>;

    /// Forgets a photo, from the trash or from the library, and releases its hash where it was the last.
    /// `expected` as with [`PhotoStore::edit`].
    async fn purge(
        &self,
        owner: UserId,
        id: PhotoId,
        expected: Option<u64>,
        now: Timestamp,
    ) -> StoreResult<()>;

    /// Purges at most `limit` photos that were put into the trash at or before `before`: of one owner, or of all.
    /// Says how many; fewer than `limit` means that none is left.
    async fn purge_trashed(
        &self,
        owner: Option<UserId>,
        before: Timestamp,
        limit: u32,
        now: Timestamp,
    ) -> StoreResult<u32>;

    async fn timeline(&self, owner: UserId, scope: TimelineScope) -> StoreResult<Timeline>;

    /// A segment of any of the owner's timelines and its photos, newest first. All read at one moment.
    async fn segment(&self, owner: UserId, id: SegmentId) -> StoreResult<(Segment, Vec<SegmentPhoto>)>;

    async fn usage(&self, owner: UserId) -> StoreResult<Usage>;

    /// Makes an owner's segments, versions and usage anew from the photos. Versions grow.
    async fn rebuild_counts(&self, owner: UserId) -> StoreResult<()>;

    /// Released hashes that no live claim holds, the longest released first.
    async fn released(&self, limit: u32, now: Timestamp) -> StoreResult<Vec<Released>>;

    /// `true` where the hash is released, nothing refers to it and no live claim of another holds it; the claim then lives until
    /// `until`. The same claim may be renewed.
    async fn claim_released(
        &self,
        hash: Sha256,
        claim: ClaimId,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Claim>;

    /// As [`PhotoStore::claim_released`], also for a hash that the store does not know: of bytes that lie in the storage although
    /// no photo refers to them. It counts as released from now on, so that a deletion that dies half-way is finished later.
    async fn claim_orphan(
        &self,
        hash: Sha256,
        claim: ClaimId,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Claim>;

    /// The bytes are gone: the store forgets the hash. [`Claim::Refused`] where the claim is not the live one any more
    /// or something refers to the hash by now; confirming what was confirmed and is still forgotten is [`Claim::Granted`].
    async fn confirm_released(&self, hash: Sha256, claim: ClaimId, now: Timestamp) -> StoreResult<Claim>;

    /// Deletes a closed account's photos, whatever shelf they are on, at most `limit`, as purging does, and says how many. From the first time on its
    /// owner registers nothing any more ([`crate::StoreError::AccountClosed`]), and has no timeline and no figures.
    async fn empty_library(&self, owner: UserId, limit: u32, now: Timestamp) -> StoreResult<u32>;

    /// Photos of whoever, the trash included, by hash and then by owner. After `after` (exclusive), at most `limit`.
    async fn catalogue(&self, after: Option<(Sha256, UserId)>, limit: u32) -> StoreResult<Vec<Photo>>;

    /// What owners have purged, each hash of each owner, the longest purged first, until it is confirmed: what is written of it beside
    /// the bytes is to go, also where another's photo keeps the bytes. Registering the hash again takes it back.
    async fn purged(&self, limit: u32) -> StoreResult<Vec<Purged>>;

    /// It is gone. [`Claim::Refused`] where the owner has that hash again, or has purged it once more since.
    async fn confirm_purged(&self, purged: Purged) -> StoreResult<Claim>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purged {
    pub sha256: Sha256,
    pub owner_id: UserId,
    pub purged_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Registered {
    Created(Photo),
    Existing(Photo),
}

/// What became of a film, and its photo as it is now.
#[derive(Clone, Debug, PartialEq)]
pub enum Attached {
    Now(Photo),
    /// It was there before.
    Already(Photo),
    /// Another one was.
    Another(Photo),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Trashed {
    Now(Photo),
    Already(Photo),
}

/// `None` asks for both. Archived photos are listed like others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhotoFilter {
    pub favorite: Option<bool>,
    /// In the trash, or not. The trash is never mixed with the library.
    pub trashed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedBy {
    TakenAt,
    UploadedAt,
    /// Only with [`PhotoFilter::trashed`].
    TrashedAt,
}

impl ListedBy {
    /// Where `photo` stands in this order.
    pub fn position(self, photo: &Photo) -> Position {
        let time = match self {
            Self::TakenAt => photo.facts.taken.at,
            Self::UploadedAt => photo.uploaded_at,
            Self::TrashedAt => photo.trashed_at.unwrap_or_default(),
        };
        Position { time, id: photo.id }
    }
}

/// A place in a list: behind the photo that stood there, whether it still does or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub time: Timestamp,
    pub id: PhotoId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    pub sha256: Sha256,
    pub released_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Granted,
    Refused,
}
