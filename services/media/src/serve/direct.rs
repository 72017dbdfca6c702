use std::time::Duration;

use photure_blob::{BlobKey, Direct};
use photure_domain::Timestamp;
use photure_domain::media_address::Variant;

use super::Server;
use crate::error::MediaResult;

/// Where a browser may get the bytes from the bucket itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    pub(crate) url: String,
    /// How many seconds it may be told again without asking us.
    pub(crate) good_for: u64,
}

/// An address of a bucket stays the same for this long, so that a browser finds in its cache what it got under it, and is honoured for
/// as long again. In seconds.
const WINDOW: i64 = 1800;

/// Between hearing of an address and asking for it.
const ON_THE_WAY: i64 = 30;

/// A blob never changes, and lies in one browser's cache alone.
const CACHING: &str = "private, max-age=86400, immutable";

impl Server {
    /// `None` where the storage gives nothing by itself. The blob is there, or this fails.
    ///
    /// At the bucket's origin there is no `nosniff` and no policy of ours. What we have made is shown there as what it is; what somebody
    /// sent is not shown at all but saved, which a page that names it in an `<img>` does not notice.
    pub(super) async fn elsewhere(
        &self,
        key: BlobKey,
        media_type: Option<&str>,
        disposition: &str,
        expires: i64,
    ) -> MediaResult<Option<Elsewhere>> {
        self.length(key).await?;
        let (from, until, told_until) = window(self.clock.now().as_seconds(), expires);
        let is_somebodys = key.variant == Variant::Original && disposition == "inline";
        let direct = Direct {
            content_type: media_type.unwrap_or("application/octet-stream"),
            content_disposition: if is_somebodys { "attachment" } else { disposition },
            cache_control: CACHING,
            from: Timestamp::from_millis(from * 1000),
            good_for: Duration::from_secs(u64::try_from(until - from).unwrap_or(1)),
        };
        let url = self.blobs.direct_address(key, &direct).await?;
        let good_for = u64::try_from(told_until - self.clock.now().as_seconds()).unwrap_or(0);
        Ok(url.map(|url| Elsewhere { url, good_for }))
    }
}

/// From when and until when the bucket honours an address, and until when it may be told, in seconds since 1970. It ends no later than
/// the address with which somebody came.
fn window(now: i64, expires: i64) -> (i64, i64, i64) {
    let from = now - now.rem_euclid(WINDOW);
    let until = expires.min(from + 2 * WINDOW).max(now + 1);
    (from, until, (from + WINDOW).min(until - ON_THE_WAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_the_same_for_half_an_hour_and_is_honoured_longer_than_it_is_told() {
        let start = 1_000 * WINDOW;
        let far = start + 40_000;
        for now in [start, start + 1, start + WINDOW - 1] {
            assert_eq!(window(now, far), (start, start + 2 * WINDOW, start + WINDOW));
        }
        assert_eq!(window(start + WINDOW, far).0, start + WINDOW);
    }

    #[test]
    fn nothing_is_honoured_longer_than_the_address_that_led_to_it() {
        let start = 1_000 * WINDOW;
        assert_eq!(window(start + 5, start + 100), (start, start + 100, start + 70));
        let (_, until, told_until) = window(start + 99, start + 100);
        assert!(
            until == start + 100 && told_until < start + 99,
            "{until} {told_until}"
        );
    }
}
