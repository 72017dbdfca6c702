//! How an owner's figures follow a photo: decided once, for all adapters.

use photure_domain::photo::Photo;

/// To be added to what is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageChange {
    pub photos: i64,
    pub bytes: i64,
}

impl UsageChange {
    /// What a photo that was `before` and is `after` changes; `None` where there was or is none.
    pub fn between(before: Option<&Photo>, after: Option<&Photo>) -> Self {
        let (before, after) = (Self::of(before), Self::of(after));
        Self {
            photos: after.photos - before.photos,
            bytes: after.bytes - before.bytes,
        }
    }

    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// The trash takes room, but is not counted among the photos.
    fn of(photo: Option<&Photo>) -> Self {
        photo.map_or_else(Self::default, |photo| Self {
            photos: i64::from(photo.trashed_at.is_none()),
            bytes: i64::try_from(photo.bytes()).unwrap_or(i64::MAX),
        })
    }
}
