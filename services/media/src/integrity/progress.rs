use std::collections::BTreeMap;
use std::time::Duration;

use photure_blob::{BlobResult, BlobStore, RecordKey};
use photure_domain::{Sha256, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::finding::{Finding, Kind, Tally};

/// As many findings are kept in full; of more only the number is.
const KEPT: usize = 1000;

/// How far a scrub has come and what it has found, kept in the storage itself, so that a restart goes on where it stood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) began_at: Timestamp,
    /// All hashes up to this one are done.
    pub(crate) position: Option<Sha256>,
    pub(crate) tally: Tally,
    pub(crate) last: Option<Round>,
    /// Not made good yet, as far as anybody has looked since. By hash.
    findings: Vec<Finding>,
    /// Findings that had no room.
    unlisted: u64,
}

/// One time through everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Round {
    #[schema(value_type = String, format = DateTime)]
    pub(crate) began_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) ended_at: Timestamp,
    pub(crate) tally: Tally,
}

impl Progress {
    pub(crate) fn begin(now: Timestamp) -> Self {
        Self {
            began_at: now,
            position: None,
            tally: Tally::default(),
            last: None,
            findings: Vec::new(),
            unlisted: 0,
        }
    }

    /// `None` where nothing was scrubbed yet. What cannot be read is as good as nothing: the round begins anew.
    pub(crate) async fn read(blobs: &dyn BlobStore) -> BlobResult<Option<Self>> {
        let text = blobs.record(RecordKey::Scrub).await?;
        Ok(text.and_then(|text| match serde_json::from_slice(&text) {
            Ok(progress) => Some(progress),
            Err(error) => {
                tracing::warn!(%error, "how far the scrub had come cannot be read: it begins anew");
                None
            }
        }))
    }

    pub(crate) async fn write(&self, blobs: &dyn BlobStore) -> BlobResult<()> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        blobs.put_record(RecordKey::Scrub, text.into()).await
    }

    /// What came of looking at the places behind the position, up to this hash.
    pub(crate) fn pass(&mut self, sha256: Sha256, bytes: u64, findings: Vec<Finding>) {
        self.forget_until(Some(sha256));
        self.position = Some(sha256);
        self.tally.originals += u64::from(bytes > 0);
        self.tally.bytes += bytes;
        for finding in findings {
            self.tally.add(&finding);
            if finding.mended {
                continue;
            }
            if self.findings.len() < KEPT {
                let place = self
                    .findings
                    .partition_point(|kept| kept.sha256 <= finding.sha256);
                self.findings.insert(place, finding);
            } else {
                self.unlisted += 1;
            }
        }
    }

    pub(crate) fn end(&mut self, now: Timestamp) {
        self.forget_until(None);
        self.last = Some(Round {
            began_at: self.began_at,
            ended_at: now,
            tally: std::mem::take(&mut self.tally),
        });
        self.position = None;
        self.unlisted = 0;
    }

    /// Of hashes behind the position, up to this one, an earlier round's findings are no news any more.
    fn forget_until(&mut self, sha256: Option<Sha256>) {
        let position = self.position;
        self.findings.retain(|kept| {
            let is_done = position.is_some_and(|position| kept.sha256 <= position);
            is_done || sha256.is_some_and(|until| kept.sha256 > until)
        });
    }

    /// Of this kind, of those kept.
    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.kind == kind)
            .count()
    }

    /// From 0 to 1. Hashes lie evenly.
    pub(crate) fn ratio(&self) -> f64 {
        self.position.map_or(0.0, share)
    }

    /// When a hash has its turn in this round.
    pub(crate) fn due(&self, sha256: Sha256, period: Duration) -> Timestamp {
        self.began_at.plus(period.mul_f64(share(sha256)))
    }
}

/// How much of all hashes come before this one.
fn share(sha256: Sha256) -> f64 {
    let mut first = [0; 8];
    first.copy_from_slice(&sha256.as_bytes()[..8]);
    u64::from_be_bytes(first) as f64 / u64::MAX as f64
}

/// What administrators see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IntegrityView {
    /// Whether the storage is scrubbed at all.
    scrubbing: bool,
    /// In days, how long a round takes.
    period_days: u64,
    #[schema(value_type = Option<String>, format = DateTime)]
    began_at: Option<Timestamp>,
    /// How much of this round is done, from 0 to 1.
    position: f64,
    /// This round so far.
    tally: Tally,
    last_round: Option<Round>,
    /// How many of each kind there are, as far as was looked; nothing where all is whole.
    findings_by_kind: BTreeMap<Kind, usize>,
    findings: Vec<Finding>,
    /// Findings of this round that are not listed: there are too many.
    unlisted: u64,
}

impl IntegrityView {
    pub(crate) fn new(progress: Option<Progress>, period: Option<Duration>) -> Self {
        let began_at = progress.as_ref().map(|progress| progress.began_at);
        let progress = progress.unwrap_or_else(|| Progress::begin(Timestamp::default()));
        let by_kind = Kind::ALL.map(|kind| (kind, progress.count(kind)));
        Self {
            scrubbing: period.is_some(),
            period_days: period.map_or(0, |period| period.as_secs() / 86_400),
            began_at,
            position: progress.ratio(),
            findings_by_kind: by_kind.into_iter().filter(|(_, count)| *count > 0).collect(),
            tally: progress.tally,
            last_round: progress.last,
            findings: progress.findings,
            unlisted: progress.unlisted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u8) -> Sha256 {
        Sha256::new([n; 32])
    }

    fn finding(n: u8) -> Finding {
        Finding {
            kind: Kind::Missing,
            sha256: hash(n),
            photo_ids: Vec::new(),
            detail: String::new(),
            found_at: Timestamp::default(),
            mended: false,
        }
    }

    fn listed(progress: &Progress) -> Vec<Sha256> {
        progress.findings.iter().map(|finding| finding.sha256).collect()
    }

    #[test]
    fn a_finding_stands_until_its_hash_is_whole_or_gone() {
        let mut progress = Progress::begin(Timestamp::default());
        progress.pass(hash(1), 1, vec![finding(1)]);
        progress.pass(hash(5), 1, vec![finding(5)]);
        progress.pass(hash(9), 1, vec![finding(9)]);
        progress.end(Timestamp::default());
        assert_eq!(listed(&progress), [hash(1), hash(5), hash(9)]);
        // The next round: 1 is whole by now, 5 was purged, 9 is as it was.
        progress.pass(hash(1), 1, Vec::new());
        assert_eq!(listed(&progress), [hash(5), hash(9)]);
        progress.pass(hash(7), 1, vec![finding(7)]);
        assert_eq!(listed(&progress), [hash(7), hash(9)]);
        progress.pass(hash(9), 1, vec![finding(9)]);
        assert_eq!(listed(&progress), [hash(7), hash(9)]);
        progress.end(Timestamp::default());
        progress.end(Timestamp::default());
        assert_eq!(listed(&progress), [], "nothing is there any more");
    }

    #[test]
    fn a_storage_in_ruins_is_counted_and_not_listed_in_full() {
        let mut progress = Progress::begin(Timestamp::default());
        for n in 0..2000u64 {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            let sha256 = Sha256::new(bytes);
            progress.pass(sha256, 1, vec![Finding { sha256, ..finding(0) }]);
        }
        assert_eq!((progress.findings.len(), progress.unlisted), (KEPT, 1000));
        assert_eq!(progress.tally.found[&Kind::Missing], 2000);
    }

    #[test]
    fn each_hash_has_its_turn_once_in_a_period() {
        let progress = Progress::begin(Timestamp::default());
        let day = Duration::from_secs(86_400);
        let due = |n| progress.due(hash(n), 30 * day).as_seconds();
        assert_eq!(due(0), 0);
        assert_eq!(due(0xff), 30 * 86_400);
        assert!((due(0x80) - 15 * 86_400).abs() < 86_400);
    }
}
