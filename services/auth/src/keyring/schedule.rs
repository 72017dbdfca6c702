use std::time::Duration;

use photure_domain::account::SigningKey;
use photure_domain::{KeyId, Timestamp};

use crate::service_tokens;

/// A key is published so long before it signs: replicas take it up within 10 s, and no service relies on an older list than of half a minute.
const PUBLISHED_FIRST: Duration = Duration::from_secs(60);
/// Clocks of several machines are never quite the same.
const SLACK: Duration = Duration::from_secs(60);

/// When a key begins to sign, and when it is no longer needed. Told from the times keys were made alone, so that all replicas come to the
/// same without a word between them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    /// A key is followed by another after so long.
    period: Duration,
    /// How long the token lives that lives longest.
    longest: Duration,
}

impl Schedule {
    pub(crate) fn new(period: Duration, access_token: Duration) -> Self {
        Self {
            period,
            longest: access_token.max(service_tokens::LIVES),
        }
    }

    /// Of `keys`, newest first, the one that signs. One that nothing precedes need not wait.
    pub(super) fn signs(self, keys: &[SigningKey], now: Timestamp) -> Option<&SigningKey> {
        keys.iter().find(|key| begins(key) <= now).or_else(|| keys.last())
    }

    pub(super) fn wants_another(self, keys: &[SigningKey], now: Timestamp) -> bool {
        keys.first()
            .is_none_or(|newest| newest.created_at.plus(self.period) <= now)
    }

    /// Those whose last token has run out: it was signed before their successor began.
    pub(super) fn over(self, keys: &[SigningKey], now: Timestamp) -> Vec<KeyId> {
        let with_successor = keys.iter().skip(1).zip(keys);
        with_successor
            .filter(|(_, successor)| begins(successor).plus(self.longest).plus(SLACK) <= now)
            .map(|(key, _)| key.id)
            .collect()
    }
}

fn begins(key: &SigningKey) -> Timestamp {
    key.created_at.plus(PUBLISHED_FIRST)
}

#[cfg(test)]
mod tests {
    use photure_testkit::nth_uuid;

    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::default().plus(Duration::from_secs(seconds))
    }

    fn key(n: u64, made: u64) -> SigningKey {
        SigningKey {
            id: KeyId::new(nth_uuid(n)),
            private_der: Vec::new(),
            public: [0; 32],
            created_at: at(made),
        }
    }

    #[test]
    fn a_new_key_signs_when_everyone_has_it_and_the_first_at_once() {
        let schedule = Schedule::new(90 * DAY, Duration::from_secs(900));
        let signs = |keys: &[SigningKey], now| schedule.signs(keys, at(now)).map(|key| key.id);
        let [old, new] = [key(1, 0), key(2, 1000)];
        assert_eq!(signs(&[], 0), None);
        assert_eq!(signs(std::slice::from_ref(&old), 0), Some(old.id));
        let keys = [new.clone(), old.clone()];
        assert_eq!(signs(&keys, 1059), Some(old.id));
        assert_eq!(signs(&keys, 1060), Some(new.id));
        assert_eq!(
            signs(&[key(3, 20), old.clone()], 30),
            Some(old.id),
            "both are young"
        );
    }

    #[test]
    fn a_key_is_kept_until_its_last_token_has_run_out() {
        let schedule = Schedule::new(90 * DAY, Duration::from_secs(900));
        let keys = [key(3, 5000), key(2, 1000), key(1, 0)];
        assert_eq!(schedule.over(&keys, at(1060 + 900 + 59)), []);
        assert_eq!(schedule.over(&keys, at(1060 + 900 + 60)), [keys[2].id]);
        let all_but_the_newest = [keys[1].id, keys[2].id];
        assert_eq!(schedule.over(&keys, at(1_000_000)), all_but_the_newest);
        // Services' tokens live for five minutes, however short people's are.
        let brief = Schedule::new(90 * DAY, Duration::from_secs(1));
        assert_eq!(brief.over(&keys[1..], at(1060 + 300 + 59)), []);
    }

    #[test]
    fn a_key_has_its_time() {
        let schedule = Schedule::new(90 * DAY, Duration::from_secs(900));
        assert!(schedule.wants_another(&[], at(0)));
        assert!(!schedule.wants_another(&[key(1, 0)], at(90 * 86_400 - 1)));
        assert!(schedule.wants_another(&[key(1, 0)], at(90 * 86_400)));
        assert!(!schedule.wants_another(&[key(2, 86_400), key(1, 0)], at(90 * 86_400)));
    }
}
