use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use photure_blob::{BlobResult, BlobStore};
use photure_common::metrics::gauge;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::catalogue::Catalogue;
use super::finding::{CareError, Kind, Tally};
use super::keeper::{Attended, Keeper, Mending};
use super::progress::Progress;
use super::survey::survey;

/// Photos of the catalogue in memory at a time: a few, since each step asks anew.
const PAGE: u32 = 16;
/// Looked for again after this long, where nothing has its turn before.
const PATIENCE: Duration = Duration::from_secs(600);
/// After an outage.
const AFTER_OUTAGE: Duration = Duration::from_secs(60);
/// The position is written down at most this often, so that a small library costs no write per photo.
const WRITE_EVERY: Duration = Duration::from_secs(300);
/// Where it is late it rests for as long as it has worked, and at least so long: others want the disk too.
const REST: Duration = Duration::from_millis(50);

/// Goes through the whole storage once in each period, one original at a time, for ever.
///
/// Hashes lie evenly, so each has its turn at the moment of the period that its first digits say: the work is spread over the period
/// without anything being counted, and every original is read again exactly one period after the last time. Where a restart or an
/// outage has made it late, it catches up at half speed.
#[derive(Debug)]
pub(crate) struct Scrubber {
    pub(crate) keeper: Keeper,
    pub(crate) catalogue: Arc<dyn Catalogue>,
    pub(crate) period: Duration,
    pub(crate) shutdown: CancellationToken,
}

/// What is known by now.
pub(crate) async fn current(blobs: &dyn BlobStore) -> BlobResult<Option<Progress>> {
    Progress::read(blobs).await
}

impl Scrubber {
    /// Until the process is told to stop.
    pub(crate) async fn run(self) {
        let mut state = None;
        let mut written = Instant::now();
        loop {
            let pause = match self.step(&mut state, &mut written).await {
                Ok(pause) => pause,
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "the scrub waits");
                    gauge!("photure_scrub_waits").set(1.0);
                    state = None;
                    AFTER_OUTAGE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.shutdown.cancelled() => break,
            }
        }
        if let Some(progress) = state
            && let Err(error) = progress.write(&*self.keeper.blobs).await
        {
            tracing::warn!(%error, "how far the scrub has come was not written down: a part is done again");
        }
    }

    /// One place, or nothing where none has its turn; how long to wait until the next.
    async fn step(&self, state: &mut Option<Progress>, written: &mut Instant) -> Result<Duration, CareError> {
        let (blobs, now) = (&*self.keeper.blobs, self.keeper.clock.now());
        if state.is_none() {
            self.keeper.make_sure(&*self.catalogue).await?;
            let kept = Progress::read(blobs).await?;
            *state = Some(kept.unwrap_or_else(|| Progress::begin(now)));
            *written = Instant::now();
        }
        let Some(progress) = state else {
            return Ok(PATIENCE);
        };
        gauge!("photure_scrub_waits").set(0.0);
        if now < progress.began_at {
            return Ok(until(now, progress.began_at)); // this round's work is done
        }
        let next = {
            let mut places = std::pin::pin!(survey(blobs, &*self.catalogue, progress.position, PAGE));
            places.next().await.transpose()?
        };
        let Some(place) = next else {
            self.keeper.make_sure(&*self.catalogue).await?;
            progress.end(now);
            progress.began_at = progress.began_at.plus(self.period).max(now);
            self.tell(progress);
            progress.write(blobs).await?;
            return Ok(Duration::ZERO);
        };
        let due = progress.due(place.sha256, self.period);
        if now < due {
            if written.elapsed() > WRITE_EVERY {
                progress.write(blobs).await?;
                *written = Instant::now();
            }
            return Ok(until(now, due));
        }
        let began = Instant::now();
        let sha256 = place.sha256;
        let mending = Mending { sidecars: true };
        let attended = self.keeper.attend(&*self.catalogue, place, mending).await?;
        if attended
            .findings
            .iter()
            .any(|finding| finding.kind == Kind::Missing)
        {
            // A second opinion on the storage as a whole, before a loss is told.
            self.keeper.make_sure(&*self.catalogue).await?;
        }
        let is_news = !attended.findings.is_empty();
        log(&attended);
        progress.pass(sha256, attended.bytes, attended.findings);
        self.tell(progress);
        if is_news || written.elapsed() > WRITE_EVERY {
            progress.write(blobs).await?;
            *written = Instant::now();
        }
        Ok(began.elapsed().max(REST))
    }

    fn tell(&self, progress: &Progress) {
        for kind in Kind::ALL {
            gauge!("photure_scrub_findings", "kind" => kind.as_str()).set(progress.count(kind) as f64);
        }
        gauge!("photure_scrub_position_ratio").set(progress.ratio());
        let Tally { originals, bytes, .. } = progress.tally;
        gauge!("photure_scrub_round_originals").set(originals as f64);
        gauge!("photure_scrub_round_bytes").set(bytes as f64);
        if let Some(last) = &progress.last {
            gauge!("photure_scrub_last_round_ended_seconds").set(last.ended_at.as_seconds() as f64);
        }
    }
}

fn until(now: photure_domain::Timestamp, then: photure_domain::Timestamp) -> Duration {
    let millis = u64::try_from(then.as_millis() - now.as_millis()).unwrap_or(0);
    Duration::from_millis(millis).min(PATIENCE)
}

/// Once, where it is found.
fn log(attended: &Attended) {
    for finding in &attended.findings {
        let (kind, sha256, detail) = (finding.kind.as_str(), finding.sha256, finding.detail.as_str());
        if finding.mended {
            tracing::info!(kind, %sha256, detail, "found and mended");
        } else {
            tracing::error!(kind, %sha256, detail, "the storage is not whole");
        }
    }
}
