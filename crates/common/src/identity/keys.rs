use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use http::Request;
use http::header::CONTENT_TYPE;
use photure_domain::api_key::{ApiKeySecret, KeyToken, KeyTokenRequest};
use photure_domain::{OrganizationId, SessionId};
use secrecy::SecretString;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::exchanged::Exchanged;
use super::foreign::{FOREIGN_TOKEN_PATH, ForeignRefusal, ForeignTokenRequest, foreign_token_hash};
use super::jwks::{JWKS_PATH, JwkSet, PublicKey, ended_session};
use super::library::{LIBRARY_TOKEN_PATH, LibraryTokenRequest, library_hash};
use crate::health::Check;
use crate::peer::{Peer, PeerError};

/// Where auth says what an API key stands for. Past the gateway.
pub const KEY_TOKEN_PATH: &str = "/internal/key-token";

/// What is older than this is asked for anew, while the answer is still used.
const FRESH: Duration = Duration::from_secs(10);

/// What is older than this is used only where auth does not answer: so long a session that has ended, or a key that was withdrawn,
/// goes on counting at most.
const USABLE: Duration = Duration::from_secs(30);

/// Nobody waits longer to learn whether what is known still holds.
const PATIENCE: Duration = Duration::from_secs(2);

/// A token with an unknown key makes us ask auth at most this often: forged tokens must not become load.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Where a service finds what it verifies tokens with.
#[async_trait]
pub trait KeySource: Send + Sync + std::fmt::Debug {
    /// `None` where auth knows no such key.
    async fn key(&self, kid: &str) -> Result<Option<PublicKey>, PeerError>;

    /// The token that an API key stands for; `None` where it is none that counts.
    async fn exchange(&self, key: &ApiKeySecret) -> Result<Option<SecretString>, PeerError>;

    /// Whether auth exchanges tokens of this issuer.
    async fn exchanges(&self, issuer: &str) -> Result<bool, PeerError>;

    /// The token that somebody else's stands for, or why it stands for none.
    async fn exchange_foreign(&self, token: &str) -> Result<Result<SecretString, ForeignRefusal>, PeerError>;

    /// The token that is good in the library of an organization in the name of whom this one speaks for; `None` where they are not in it.
    async fn exchange_library(
        &self,
        token: &str,
        library: OrganizationId,
    ) -> Result<Option<SecretString>, PeerError>;

    /// Whether a session has ended, as far as is known since the last answer of [`KeySource::key`].
    fn has_ended(&self, session: SessionId) -> bool;
}

/// Auth's keys and the sessions that have ended, fetched and kept; asked for again when they age or an unknown key turns up. While auth
/// is away what is known goes on counting, tokens for no longer than they live.
#[derive(Clone, Debug)]
pub struct RemoteKeys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    auth: Peer,
    known: RwLock<Option<Known>>,
    fetching: Mutex<Option<Instant>>,
    exchanged: Exchanged,
    foreign: Exchanged<ForeignRefusal>,
    libraries: Exchanged,
    /// When a question was not answered last.
    failed: RwLock<Option<Instant>>,
}

#[derive(Clone, Debug)]
struct Known {
    facts: Arc<Facts>,
    since: Instant,
}

#[derive(Debug)]
struct Facts {
    keys: HashMap<String, PublicKey>,
    ended: HashSet<String>,
    exchanged_issuers: HashSet<String>,
}

impl RemoteKeys {
    pub fn new(auth: Peer) -> Self {
        Self(Arc::new(Inner {
            auth,
            known: RwLock::new(None),
            fetching: Mutex::new(None),
            exchanged: Exchanged::default(),
            foreign: Exchanged::default(),
            libraries: Exchanged::default(),
            failed: RwLock::new(None),
        }))
    }

    /// What is known, fresh enough to be relied on, or as fresh as it is to be had.
    async fn relied_on(&self, is_told: impl Fn(&Facts) -> bool) -> Result<Known, PeerError> {
        let asked = Instant::now();
        let Some(known) = self.0.known().filter(|known| is_told(&known.facts)) else {
            return self.0.refresh(asked).await;
        };
        let age = known.since.elapsed();
        if age < FRESH {
            return Ok(known);
        }
        if age < USABLE || self.0.is_away() {
            let (this, seen) = (self.clone(), known.since);
            // Others find the lock taken: one asks, nobody waits.
            if self.0.fetching.try_lock().is_ok() {
                tokio::spawn(async move { this.0.refresh(seen + FRESH).await });
            }
            return Ok(known);
        }
        let refreshed = tokio::time::timeout(PATIENCE, self.0.refresh(asked)).await;
        if refreshed.is_err() {
            self.0.note(Some(Instant::now()));
        }
        Ok(refreshed.ok().and_then(Result::ok).unwrap_or(known))
    }
}

impl Inner {
    fn known(&self) -> Option<Known> {
        self.known.read().ok().and_then(|known| known.clone())
    }

    /// It did not answer a moment ago, so that nobody is to wait for it.
    fn is_away(&self) -> bool {
        let failed = self.failed.read().ok().and_then(|failed| *failed);
        failed.is_some_and(|failed| failed.elapsed() < USABLE)
    }

    fn note(&self, failed: Option<Instant>) {
        if let Ok(mut slot) = self.failed.write() {
            *slot = failed;
        }
    }

    async fn ask_for(&self, key: &ApiKeySecret) -> Result<Result<KeyToken, ()>, PeerError> {
        let body = KeyTokenRequest {
            key: key.as_str().to_owned(),
        };
        match self.exchange(KEY_TOKEN_PATH, &body).await {
            Ok(token) => Ok(Ok(token)),
            Err(error) if error.code() == Some("api_key_invalid") => Ok(Err(())),
            Err(error) => Err(error),
        }
    }

    async fn ask_for_foreign(&self, token: &str) -> Result<Result<KeyToken, ForeignRefusal>, PeerError> {
        let body = ForeignTokenRequest {
            token: token.to_owned(),
        };
        match self.exchange(FOREIGN_TOKEN_PATH, &body).await {
            Ok(token) => Ok(Ok(token)),
            Err(error) => match error.code().and_then(ForeignRefusal::said) {
                Some(refusal) => Ok(Err(refusal)),
                None => Err(error),
            },
        }
    }

    async fn ask_for_library(
        &self,
        token: &str,
        library: OrganizationId,
    ) -> Result<Result<KeyToken, ()>, PeerError> {
        let body = LibraryTokenRequest {
            token: token.to_owned(),
            library,
        };
        match self.exchange(LIBRARY_TOKEN_PATH, &body).await {
            Ok(token) => Ok(Ok(token)),
            Err(error) if error.code() == Some("library_not_found") => Ok(Err(())),
            Err(error) => Err(error),
        }
    }

    async fn exchange(&self, path: &str, body: &impl Serialize) -> Result<KeyToken, PeerError> {
        let body = serde_json::to_vec(body).map_err(PeerError::request)?;
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/json")
            .body(body.into())
            .map_err(PeerError::request)?;
        self.auth.json(request).await
    }

    /// One caller fetches; the others wait for it and find its result.
    async fn refresh(&self, wanted_since: Instant) -> Result<Known, PeerError> {
        let mut last_asked = self.fetching.lock().await;
        if let Some(known) = self.known()
            && (known.since >= wanted_since || last_asked.is_some_and(|asked| asked.elapsed() < ASK_AGAIN))
        {
            return Ok(known);
        }
        let since = Instant::now();
        *last_asked = Some(since);
        let request = Request::get(JWKS_PATH)
            .body(axum::body::Body::empty())
            .map_err(PeerError::request)?;
        let answer = self.auth.json::<JwkSet>(request).await;
        self.note(answer.is_err().then(Instant::now));
        let set = answer?;
        let known = Known {
            facts: Arc::new(Facts {
                keys: set.keys.into_iter().map(|key| (key.kid.clone(), key)).collect(),
                ended: set.ended_sessions.into_iter().collect(),
                exchanged_issuers: set.exchanged_issuers.into_iter().collect(),
            }),
            since,
        };
        if let Ok(mut slot) = self.known.write() {
            *slot = Some(known.clone());
        }
        Ok(known)
    }
}

#[async_trait]
impl KeySource for RemoteKeys {
    async fn key(&self, kid: &str) -> Result<Option<PublicKey>, PeerError> {
        let known = self.relied_on(|facts| facts.keys.contains_key(kid)).await?;
        Ok(known.facts.keys.get(kid).cloned())
    }

    async fn exchange(&self, key: &ApiKeySecret) -> Result<Option<SecretString>, PeerError> {
        let token = self
            .0
            .exchanged
            .token(key.hash(), async || self.0.ask_for(key).await)
            .await?;
        Ok(token.ok())
    }

    async fn exchanges(&self, issuer: &str) -> Result<bool, PeerError> {
        // What was told once is enough here: whoever is asked to exchange decides.
        let known = self.relied_on(|_| true).await?;
        Ok(known.facts.exchanged_issuers.contains(issuer))
    }

    async fn exchange_foreign(&self, token: &str) -> Result<Result<SecretString, ForeignRefusal>, PeerError> {
        let hash = foreign_token_hash(token);
        let ask = async || self.0.ask_for_foreign(token).await;
        self.0.foreign.token(hash, ask).await
    }

    async fn exchange_library(
        &self,
        token: &str,
        library: OrganizationId,
    ) -> Result<Option<SecretString>, PeerError> {
        let hash = library_hash(token, library);
        let ask = async || self.0.ask_for_library(token, library).await;
        let token = self.0.libraries.token(hash, ask).await?;
        Ok(token.ok())
    }

    fn has_ended(&self, session: SessionId) -> bool {
        self.0
            .known()
            .is_some_and(|known| known.facts.ended.contains(&ended_session(session)))
    }
}

/// Ready once the keys are known, whether auth answers at this moment or not.
#[async_trait]
impl Check for RemoteKeys {
    async fn check(&self) -> Result<(), String> {
        if self.0.known().is_some() {
            return Ok(());
        }
        self.0
            .refresh(Instant::now())
            .await
            .map(|_| ())
            .map_err(|error| format!("auth's keys: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    use axum::extract::State;
    use axum::routing::get;
    use axum::{Json, Router};
    use http::StatusCode;

    use super::*;

    const KID: &str = "a-key";

    /// Auth as far as its keys go: asked so often, told of so many ended sessions, or silent.
    #[derive(Debug, Default)]
    struct Auth {
        asked: AtomicU32,
        ended: Mutex<Vec<String>>,
        is_silent: AtomicBool,
        is_broken: AtomicBool,
    }

    fn session(n: u128) -> SessionId {
        SessionId::new(uuid::Uuid::from_u128(n))
    }

    async fn answer(State(auth): State<Arc<Auth>>) -> Result<Json<JwkSet>, StatusCode> {
        auth.asked.fetch_add(1, Ordering::SeqCst);
        if auth.is_silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if auth.is_broken.load(Ordering::SeqCst) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        Ok(Json(JwkSet {
            keys: vec![PublicKey::ed25519(KID, &[7; 32])],
            ended_sessions: auth.ended.lock().unwrap().clone(),
            exchanged_issuers: Vec::new(),
        }))
    }

    fn world() -> (Arc<Auth>, RemoteKeys) {
        let auth = Arc::new(Auth::default());
        let router = Router::new()
            .route(JWKS_PATH, get(answer))
            .with_state(auth.clone());
        (auth, RemoteKeys::new(Peer::Local(router)))
    }

    async fn has_ended(keys: &RemoteKeys, n: u128) -> bool {
        assert!(keys.key(KID).await.unwrap().is_some());
        keys.has_ended(session(n))
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_that_has_ended_counts_within_half_a_minute_and_auth_is_asked_no_more_than_needed() {
        let (auth, keys) = world();
        assert!(!has_ended(&keys, 1).await);
        auth.ended.lock().unwrap().push(ended_session(session(1)));
        let begun = Instant::now();
        while !has_ended(&keys, 1).await {
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert!(begun.elapsed() <= USABLE, "{:?}", begun.elapsed());
        assert_eq!(auth.asked.load(Ordering::SeqCst), 2);
        assert!(!keys.has_ended(session(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_comes_after_a_long_silence_waits_for_the_answer() {
        let (auth, keys) = world();
        assert!(!has_ended(&keys, 1).await);
        auth.ended.lock().unwrap().push(ended_session(session(1)));
        tokio::time::advance(Duration::from_secs(3600)).await;
        let all = futures::future::join_all((0..8).map(|_| has_ended(&keys, 1)));
        assert_eq!(all.await, [true; 8], "not one gets by");
        assert_eq!(auth.asked.load(Ordering::SeqCst), 2, "one asks for all");
    }

    #[tokio::test(start_paused = true)]
    async fn while_auth_is_away_what_is_known_goes_on_counting_and_few_wait() {
        let (auth, keys) = world();
        auth.ended.lock().unwrap().push(ended_session(session(1)));
        assert!(has_ended(&keys, 1).await);
        for silence in [&auth.is_broken, &auth.is_silent] {
            silence.store(true, Ordering::SeqCst);
            tokio::time::advance(Duration::from_secs(3600)).await;
            let mut waited = Duration::ZERO;
            for _ in 0..600 {
                let begun = Instant::now();
                assert!(has_ended(&keys, 1).await);
                waited += begun.elapsed();
                tokio::time::advance(Duration::from_millis(100)).await;
            }
            assert!(waited <= 2 * PATIENCE, "{waited:?} in a minute");
            silence.store(false, Ordering::SeqCst);
        }
        // Back again: within seconds what it says counts.
        auth.ended.lock().unwrap().push(ended_session(session(2)));
        let begun = Instant::now();
        while !has_ended(&keys, 2).await {
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert!(begun.elapsed() <= USABLE, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_nobody_knows_does_not_make_auth_work() {
        let (auth, keys) = world();
        for _ in 0..100 {
            assert!(keys.key("forged").await.unwrap().is_none());
        }
        assert_eq!(auth.asked.load(Ordering::SeqCst), 1);
    }
}
