use std::collections::BTreeSet;

use photure_domain::UserId;
use photure_domain::access::{Actor, Scope};
use photure_domain::audit::Trail;
use photure_domain::quota::{Holding, Quota};
use photure_domain::registration::{RoomAnswer, RoomQuestion};
use photure_store::Room;

use super::Library;
use super::register::may_register;
use crate::error::GalleryError;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 500;

/// Holdings by owner, and the owner behind whom the next ones come.
#[derive(Debug)]
pub(crate) struct HoldingPage {
    pub(crate) holdings: Vec<Holding>,
    pub(crate) next_cursor: Option<UserId>,
}

impl Library {
    pub(crate) async fn holding(&self, owner: UserId) -> Result<Holding, GalleryError> {
        Ok(self.quotas.holding(owner).await?)
    }

    pub(crate) async fn holdings(
        &self,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<HoldingPage, GalleryError> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(GalleryError::field(
                "limit",
                "out_of_range",
                format!("must be from 1 to {MAX_LIMIT}"),
            ));
        }
        let after = cursor.map(str::parse).transpose();
        let after = after.map_err(|_| GalleryError::InvalidCursor)?;
        // One more than asked for tells whether the list goes on.
        let mut holdings = self.quotas.holdings(after, limit + 1).await?;
        let goes_on = holdings.len() > limit as usize;
        holdings.truncate(limit as usize);
        let last = holdings.last().filter(|_| goes_on);
        Ok(HoldingPage {
            next_cursor: last.map(|holding| holding.owner_id),
            holdings,
        })
    }

    pub(crate) async fn set_quota(
        &self,
        owner: UserId,
        quota: Quota,
        trail: Trail,
    ) -> Result<Holding, GalleryError> {
        if matches!(quota, Quota::Bytes(bytes) if bytes > Quota::MOST) {
            return Err(GalleryError::field(
                "quota_bytes",
                "out_of_range",
                format!("must be at most {}", Quota::MOST),
            ));
        }
        Ok(self.quotas.set_quota(owner, quota, trail).await?)
    }

    /// For media, before it does any work. Registering has the last word.
    pub(crate) async fn has_room(
        &self,
        actor: Actor,
        scopes: &BTreeSet<Scope>,
        question: RoomQuestion,
    ) -> Result<RoomAnswer, GalleryError> {
        let RoomQuestion {
            owner_id,
            sha256,
            film_of,
            bytes,
        } = question;
        may_register(actor, scopes, owner_id)?;
        let left = self.holding(owner_id).await?.left(self.default_quota);
        let mut fits = left.is_none_or(|left| bytes <= left);
        if !fits && let Some(sha256) = film_of.or(sha256) {
            let there = self.photos.photos_by_hash(owner_id, &[sha256]).await?;
            fits = there
                .iter()
                .any(|photo| film_of.is_none() || photo.film.is_some());
        }
        Ok(RoomAnswer {
            fits,
            left_bytes: left,
        })
    }

    /// What a newcomer has to fit into.
    pub(super) fn room(&self) -> Room {
        Room::Quota(self.default_quota)
    }

    /// Where nothing else was decided for somebody. `None` is no limit.
    pub(crate) fn default_quota(&self) -> Option<u64> {
        self.default_quota
    }
}
