use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use photure_domain::api_key::KeyToken;
use secrecy::SecretString;
use tokio::time::Instant;

/// SHA-256 of a key, or of somebody else's token.
pub(super) type CredentialHash = [u8; 32];

/// A key that was refused is not asked about again so soon.
const REFUSED: Duration = Duration::from_secs(5);
/// More keys than this at once nobody has; whoever invents them gets no more memory.
const MAX_KEYS: usize = 4096;

/// The short tokens that API keys, or tokens of other issuers, stand for, kept for half their life: so long a key that was deleted, and
/// what its owner may do no more, goes on counting, and half a life more is left to every request. `R` is why one is refused.
#[derive(Debug)]
pub struct Exchanged<R = ()>(Mutex<HashMap<CredentialHash, Slot<R>>>);

type Slot<R> = Arc<tokio::sync::Mutex<Option<Kept<R>>>>;

#[derive(Debug)]
struct Kept<R> {
    token: Result<SecretString, R>,
    until: Instant,
}

impl<R> Default for Exchanged<R> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<R: Clone> Exchanged<R> {
    /// The token of the credential with this hash, or why `ask` refuses it. One asks for each, the others wait for the answer.
    pub async fn token<E>(
        &self,
        credential: CredentialHash,
        ask: impl AsyncFnOnce() -> Result<Result<KeyToken, R>, E>,
    ) -> Result<Result<SecretString, R>, E> {
        let slot = self.slot(credential);
        let mut kept = slot.lock().await;
        let now = Instant::now();
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.until) {
            return Ok(kept.token.clone());
        }
        let (token, lives) = match ask().await? {
            Ok(answer) => (
                Ok(SecretString::from(answer.access)),
                Duration::from_secs(answer.expires_in) / 2,
            ),
            Err(why) => (Err(why), REFUSED),
        };
        *kept = Some(Kept {
            token: token.clone(),
            until: now + lives,
        });
        Ok(token)
    }

    fn slot(&self, key: CredentialHash) -> Slot<R> {
        let Ok(mut slots) = self.0.lock() else {
            return Slot::default();
        };
        if slots.len() >= MAX_KEYS && !slots.contains_key(&key) {
            let now = Instant::now();
            slots.retain(|_, slot| {
                let Ok(kept) = slot.try_lock() else { return true };
                kept.as_ref()
                    .is_some_and(|kept| kept.token.is_ok() && now < kept.until)
            });
        }
        slots.entry(key).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use secrecy::ExposeSecret;

    use super::*;

    /// Answers with a token that says how often it was asked.
    async fn ask(asked: &Cell<u32>, is_good: bool) -> Result<Result<KeyToken, ()>, Infallible> {
        asked.set(asked.get() + 1);
        tokio::time::sleep(Duration::from_millis(10)).await;
        let token = KeyToken {
            access: format!("token {}", asked.get()),
            expires_in: 60,
        };
        Ok(is_good.then_some(token).ok_or(()))
    }

    async fn token(exchanged: &Exchanged, n: u8, asked: &Cell<u32>, is_good: bool) -> Option<String> {
        let token = exchanged.token([n; 32], async || ask(asked, is_good).await).await;
        let Ok(token) = token;
        token.ok().map(|token| token.expose_secret().to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_is_asked_about_once_in_half_its_tokens_life() {
        let (exchanged, asked) = (Exchanged::default(), Cell::new(0));
        let at_once = (0..9).map(|_| token(&exchanged, 1, &asked, true));
        let at_once = futures::future::join_all(at_once).await;
        assert_eq!(at_once, vec![Some("token 1".to_owned()); 9]);
        assert_eq!(
            token(&exchanged, 2, &asked, true).await.as_deref(),
            Some("token 2"),
            "another key's"
        );
        tokio::time::advance(Duration::from_secs(29)).await;
        assert_eq!(
            token(&exchanged, 1, &asked, true).await.as_deref(),
            Some("token 1")
        );
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(
            token(&exchanged, 1, &asked, false).await,
            None,
            "it was deleted meanwhile"
        );
        assert_eq!(asked.get(), 3);
        assert_eq!(
            token(&exchanged, 1, &asked, true).await,
            None,
            "not asked again so soon"
        );
        tokio::time::advance(REFUSED).await;
        assert!(token(&exchanged, 1, &asked, true).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn invented_keys_take_no_more_memory() {
        let (exchanged, asked) = (Exchanged::default(), Cell::new(0));
        let good = token(&exchanged, 0, &asked, true).await;
        for n in 0..MAX_KEYS + 100 {
            let mut invented = [1; 32];
            invented[..8].copy_from_slice(&n.to_be_bytes());
            let refused = exchanged
                .token(invented, async || Ok::<_, Infallible>(Err(())))
                .await;
            let Ok(refused) = refused;
            assert!(refused.is_err());
        }
        assert!(exchanged.0.lock().unwrap().len() <= MAX_KEYS);
        assert_eq!(
            token(&exchanged, 0, &asked, true).await,
            good,
            "who is somebody stays"
        );
    }
}
