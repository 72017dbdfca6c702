use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::health::Check;
use crate::peer::{Peer, PeerError};

/// Where auth publishes its keys.
pub const JWKS_PATH: &str = "/.well-known/jwks.json";

/// Keys are asked for again when they are older than this, so that a withdrawn one stops counting.
const FRESH: Duration = Duration::from_secs(300);

/// A token with an unknown key makes us ask auth at most this often: forged tokens must not become load.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// The public half of a signing key (RFC 8037).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicKey {
    pub kty: String,
    pub crv: String,
    pub alg: String,
    #[serde(rename = "use")]
    pub usage: String,
    pub kid: String,
    pub x: String,
}

impl PublicKey {
    /// For an Ed25519 key of 32 raw bytes.
    pub fn ed25519(kid: impl Into<String>, public: &[u8; 32]) -> Self {
        Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            alg: "EdDSA".into(),
            usage: "sig".into(),
            kid: kid.into(),
            x: URL_SAFE_NO_PAD.encode(public),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JwkSet {
    pub keys: Vec<PublicKey>,
}

/// Where a service finds the key a token names.
#[async_trait]
pub trait KeySource: Send + Sync + std::fmt::Debug {
    /// `None` where auth knows no such key.
    async fn key(&self, kid: &str) -> Result<Option<PublicKey>, PeerError>;
}

/// Auth's keys, fetched once and kept; asked for again when they age or an unknown one turns up. While auth is away what
/// is known goes on counting.
#[derive(Debug)]
pub struct RemoteKeys {
    auth: Peer,
    known: RwLock<Option<Known>>,
    fetching: Mutex<Option<Instant>>,
}

#[derive(Clone, Debug)]
struct Known {
    keys: Arc<HashMap<String, PublicKey>>,
    since: Instant,
}

impl RemoteKeys {
    pub fn new(auth: Peer) -> Self {
        Self {
            auth,
            known: RwLock::new(None),
            fetching: Mutex::new(None),
        }
    }

    fn known(&self) -> Option<Known> {
        self.known.read().ok().and_then(|known| known.clone())
    }

    /// One caller fetches; the others wait for it and find its result.
    async fn refresh(&self, wanted_since: Instant) -> Result<Known, PeerError> {
        let mut last_asked = self.fetching.lock().await;
        if let Some(known) = self.known()
            && (known.since >= wanted_since || last_asked.is_some_and(|asked| asked.elapsed() < ASK_AGAIN))
        {
            return Ok(known);
        }
        *last_asked = Some(Instant::now());
        let request = Request::get(JWKS_PATH)
            .body(axum::body::Body::empty())
            .map_err(PeerError::request)?;
        let set: JwkSet = self.auth.json(request).await?;
        let keys = set.keys.into_iter().map(|key| (key.kid.clone(), key)).collect();
        let known = Known {
            keys: Arc::new(keys),
            since: Instant::now(),
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
        let asked = Instant::now();
        let known = match self.known() {
            Some(known) if known.since.elapsed() < FRESH && known.keys.contains_key(kid) => known,
            Some(known) => match self.refresh(asked).await {
                Ok(fresh) => fresh,
                Err(_) if known.keys.contains_key(kid) => known,
                Err(error) => return Err(error),
            },
            None => self.refresh(asked).await?,
        };
        Ok(known.keys.get(kid).cloned())
    }
}

/// Ready once the keys are known, whether auth answers at this moment or not.
#[async_trait]
impl Check for RemoteKeys {
    async fn check(&self) -> Result<(), String> {
        if self.known().is_some() {
            return Ok(());
        }
        self.refresh(Instant::now())
            .await
            .map(|_| ())
            .map_err(|error| format!("auth's keys: {error}"))
    }
}
