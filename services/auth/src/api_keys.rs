//! Keys that programs sign in with: made, listed, deleted, and exchanged for the short tokens that services verify.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use photure_common::FieldError;
use photure_common::secret::random_bytes;
use photure_domain::access::{Scope, scopes_of};
use photure_domain::api_key::{ApiKey, ApiKeySecret, GRANTABLE, KeyToken};
use photure_domain::audit::Trail;
use photure_domain::{ApiKeyId, Clock, IdSource, Timestamp, UserId};
use photure_store::{ApiKeyStore, StoreError};

use crate::accounts::{Accounts, label_fault};
use crate::error::AuthError;
use crate::tokens::Issuer;

/// A key that was deleted counts no longer than this.
const TOKEN_LIVES: Duration = Duration::from_secs(60);
/// Nobody keeps track of more.
const MAX_KEYS: usize = 100;

#[derive(Clone, Debug)]
pub(crate) struct ApiKeys {
    pub(crate) store: Arc<dyn ApiKeyStore>,
    pub(crate) accounts: Accounts,
    pub(crate) issuer: Issuer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// What a person wants of a key.
#[derive(Debug)]
pub(crate) struct WantedKey {
    pub(crate) name: String,
    /// Their names.
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl ApiKeys {
    /// A new key, in clear for the only time.
    pub(crate) async fn create(
        &self,
        user: UserId,
        wanted: WantedKey,
        trail: Trail,
    ) -> Result<(ApiKey, ApiKeySecret), AuthError> {
        let now = self.clock.now();
        let mine = scopes_of(self.accounts.user(user).await?.role);
        let (name, scopes) = checked(&wanted, &mine, now)?;
        if self.store.api_keys_of(user).await?.len() >= MAX_KEYS {
            return Err(AuthError::TooManyApiKeys);
        }
        let secret = ApiKeySecret::new(random_bytes());
        let key = ApiKey {
            id: ApiKeyId::new(self.ids.next()),
            user_id: user,
            name,
            scopes,
            created_at: now,
            expires_at: wanted.expires_at,
            last_used_at: None,
        };
        self.store
            .create_api_key(key.clone(), secret.hash(), trail)
            .await?;
        Ok((key, secret))
    }

    pub(crate) async fn of(&self, user: UserId) -> Result<Vec<ApiKey>, AuthError> {
        Ok(self.store.api_keys_of(user).await?)
    }

    pub(crate) async fn delete(&self, user: UserId, id: ApiKeyId, trail: Trail) -> Result<(), AuthError> {
        Ok(self.store.delete_api_key(user, id, trail).await?)
    }

    /// A token that may do what the key allows and its owner may do now.
    pub(crate) async fn exchange(&self, secret: &ApiKeySecret) -> Result<KeyToken, AuthError> {
        let now = self.clock.now();
        let known = |error| match error {
            StoreError::NotFound => AuthError::ApiKeyInvalid,
            error => error.into(),
        };
        let key = self.store.use_api_key(secret.hash(), now).await.map_err(known)?;
        let left = match key.expires_at {
            Some(end) => u64::try_from(end.as_seconds() - now.as_seconds()).unwrap_or_default(),
            None => u64::MAX,
        };
        let lives = TOKEN_LIVES.min(Duration::from_secs(left));
        let user = match self.accounts.user(key.user_id).await {
            Ok(user) if !user.disabled && !lives.is_zero() => user,
            Ok(_) | Err(AuthError::Store(StoreError::NotFound)) => return Err(AuthError::ApiKeyInvalid),
            Err(error) => return Err(error),
        };
        let scopes = key.scopes.intersection(&scopes_of(user.role)).copied().collect();
        Ok(KeyToken {
            access: self.issuer.for_program(&user, key.id, &scopes, lives)?,
            expires_in: lives.as_secs(),
        })
    }
}

/// Name and scopes, or all that is wrong with what is wanted.
fn checked(
    wanted: &WantedKey,
    mine: &BTreeSet<Scope>,
    now: Timestamp,
) -> Result<(String, BTreeSet<Scope>), AuthError> {
    let name = wanted.name.trim();
    let mut errors = Vec::new();
    let mut fault = |path: String, code: &str, message: &str| {
        errors.push(FieldError {
            path,
            code: code.into(),
            message: message.into(),
        });
    };
    if let Some((code, message)) = label_fault(name) {
        fault("name".into(), code, message);
    }
    if wanted.expires_at.is_some_and(|end| end <= now) {
        fault("expires_at".into(), "past", "must lie in the future");
    }
    if wanted.scopes.is_empty() {
        fault("scopes".into(), "length", "must name at least one");
    }
    let mut scopes = BTreeSet::new();
    for (nth, name) in wanted.scopes.iter().enumerate() {
        let granted = GRANTABLE.into_iter().find(|scope| scope.as_str() == name);
        match granted {
            Some(scope) if mine.contains(&scope) => {
                scopes.insert(scope);
            }
            Some(_) => fault(
                format!("scopes[{nth}]"),
                "beyond_you",
                "is more than you may do yourself",
            ),
            None => fault(format!("scopes[{nth}]"), "unknown", "is no scope"),
        }
    }
    if errors.is_empty() {
        Ok((name.to_owned(), scopes))
    } else {
        Err(AuthError::Invalid(errors))
    }
}
