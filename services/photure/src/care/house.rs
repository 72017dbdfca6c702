use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use photure_common::config::Env;
use photure_common::service::Kit;
use photure_database::{Database, DatabaseUrl};
use photure_domain::sidecar::Sidecar;
use photure_domain::{ClaimId, Clock, Sha256, UserId};
use photure_media::MediaConfig;
use photure_media::integrity::{CareError, Catalogue, OrphanClaims};
use photure_store::{AccountStore, Claim, PhotoStore, StoreError};

/// As long as media has to delete released bytes, when it asks gallery.
const CLAIM_LIFE: Duration = Duration::from_secs(120);

/// Where the database and the storage are.
#[derive(Debug)]
pub(crate) struct CareConfig {
    pub(crate) database: DatabaseUrl,
    pub(crate) media: MediaConfig,
}

impl CareConfig {
    pub(crate) fn from_env(env: &Env<'_>) -> Self {
        Self {
            database: DatabaseUrl::from_env(env),
            media: MediaConfig::from_env(env),
        }
    }
}

/// The catalogue in the database, asked directly.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) photos: Arc<dyn PhotoStore>,
    accounts: Arc<dyn AccountStore>,
    clock: Arc<dyn Clock>,
    names: Mutex<HashMap<UserId, Option<String>>>,
}

impl House {
    pub(crate) fn new(database: &Database, kit: &Kit) -> Self {
        Self {
            photos: Arc::clone(&database.photos),
            accounts: Arc::clone(&database.accounts),
            clock: Arc::clone(&kit.clock),
            names: Mutex::default(),
        }
    }

    /// What a person is called; there may be photos of somebody who is no more.
    async fn name(&self, owner: UserId) -> Result<Option<String>, CareError> {
        let known = self.names().get(&owner).cloned();
        if let Some(name) = known {
            return Ok(name);
        }
        let name = match self.accounts.user(owner).await {
            Ok(user) => Some(user.username),
            Err(StoreError::NotFound) => None,
            Err(error) => return Err(CareError::catalogue(error)),
        };
        self.names().insert(owner, name.clone());
        Ok(name)
    }

    fn names(&self) -> std::sync::MutexGuard<'_, HashMap<UserId, Option<String>>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Catalogue for House {
    async fn page(&self, after: Option<(Sha256, UserId)>, limit: u32) -> Result<Vec<Sidecar>, CareError> {
        let photos = self
            .photos
            .catalogue(after, limit)
            .await
            .map_err(CareError::catalogue)?;
        let mut page = Vec::with_capacity(photos.len());
        for photo in photos {
            let owner_name = self.name(photo.owner_id).await?;
            page.push(Sidecar {
                owner_name,
                ..Sidecar::of(photo)
            });
        }
        Ok(page)
    }
}

#[async_trait]
impl OrphanClaims for House {
    async fn claim(&self, hash: Sha256, claim: ClaimId) -> Result<Option<Duration>, CareError> {
        let now = self.clock.now();
        let claimed = self
            .photos
            .claim_orphan(hash, claim, now, now.plus(CLAIM_LIFE))
            .await;
        match claimed.map_err(CareError::catalogue)? {
            Claim::Granted => Ok(Some(CLAIM_LIFE)),
            Claim::Refused => Ok(None),
        }
    }

    async fn confirm(&self, hash: Sha256, claim: ClaimId) -> Result<(), CareError> {
        let confirmed = self.photos.confirm_released(hash, claim, self.clock.now()).await;
        confirmed.map(drop).map_err(CareError::catalogue)
    }
}
