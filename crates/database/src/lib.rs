//! The database that an address names, behind the ports of `photure-store`.
//!
//! The one place that knows which adapters there are; only binaries use it. No queries, no rules.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use photure_common::config::Env;
use photure_common::service::{Kit, StartError};
use photure_store::{
    AccountStore, AdministrationStore, ApiKeyStore, AuditStore, ClosingStore, FactorStore, IdentityStore,
    InvitationStore, LinkStore, OrganizationStore, PasskeyStore, PhotoStore, QuotaStore, SessionStore,
    SigningKeyStore, StoreProbe,
};
use photure_store_mongo::MongoStore;
use photure_store_sqlite::SqliteStore;

/// Where the database is: `sqlite:<path>` or `mongodb://…/<database>`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    /// May hold a password.
    Mongo(String),
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Mongo(_) => f.write_str("Mongo(…)"),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("neither sqlite:<path> nor mongodb://<hosts>/<database>")]
pub struct InvalidDatabaseUrl;

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() {
                Err(InvalidDatabaseUrl)
            } else {
                Ok(Self::Sqlite(path.into()))
            };
        }
        let mongo = text.starts_with("mongodb://") || text.starts_with("mongodb+srv://");
        if mongo {
            Ok(Self::Mongo(text.to_owned()))
        } else {
            Err(InvalidDatabaseUrl)
        }
    }
}

impl DatabaseUrl {
    pub const VARIABLE: &'static str = "PHOTURE_DATABASE_URL";

    /// Required. What is wrong with it is said without repeating it: it may hold a password.
    pub fn from_env(env: &Env<'_>) -> Self {
        if env.text(Self::VARIABLE).is_none() {
            env.fault(
                Self::VARIABLE,
                "is not set; sqlite:<path> or mongodb://<hosts>/<database>",
            );
        }
        Self::optional(env).unwrap_or_else(|| Self::Sqlite(PathBuf::new()))
    }

    /// `None` where it is unset, or wrong (then a fault too).
    pub fn optional(env: &Env<'_>) -> Option<Self> {
        let url = env.text(Self::VARIABLE)?.parse();
        url.map_err(|error: InvalidDatabaseUrl| env.fault(Self::VARIABLE, error))
            .ok()
    }
}

/// One database, as each of its ports.
#[derive(Clone, Debug)]
pub struct Database {
    pub accounts: Arc<dyn AccountStore>,
    pub administration: Arc<dyn AdministrationStore>,
    pub audit: Arc<dyn AuditStore>,
    pub closings: Arc<dyn ClosingStore>,
    pub sessions: Arc<dyn SessionStore>,
    pub api_keys: Arc<dyn ApiKeyStore>,
    pub factors: Arc<dyn FactorStore>,
    pub links: Arc<dyn LinkStore>,
    pub invitations: Arc<dyn InvitationStore>,
    pub organizations: Arc<dyn OrganizationStore>,
    pub passkeys: Arc<dyn PasskeyStore>,
    pub identities: Arc<dyn IdentityStore>,
    pub keys: Arc<dyn SigningKeyStore>,
    pub photos: Arc<dyn PhotoStore>,
    pub quotas: Arc<dyn QuotaStore>,
    pub probe: Arc<dyn StoreProbe>,
}

impl Database {
    fn of<S>(store: S) -> Self
    where
        S: AccountStore
            + AdministrationStore
            + AuditStore
            + ClosingStore
            + SessionStore
            + ApiKeyStore
            + FactorStore
            + InvitationStore
            + LinkStore
            + OrganizationStore
            + PasskeyStore
            + IdentityStore
            + SigningKeyStore
            + PhotoStore
            + QuotaStore
            + StoreProbe
            + 'static,
    {
        let store = Arc::new(store);
        Self {
            accounts: store.clone(),
            administration: store.clone(),
            audit: store.clone(),
            closings: store.clone(),
            sessions: store.clone(),
            api_keys: store.clone(),
            factors: store.clone(),
            links: store.clone(),
            invitations: store.clone(),
            organizations: store.clone(),
            passkeys: store.clone(),
            identities: store.clone(),
            keys: store.clone(),
            photos: store.clone(),
            quotas: store.clone(),
            probe: store,
        }
    }
}

/// SQLite is opened and migrated before this returns. MongoDB may be away: it is migrated as soon as it answers.
pub async fn open(url: &DatabaseUrl, kit: &Kit) -> Result<Database, StartError> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(|error| {
                    StartError::new(format!("cannot make the folder {}", folder.display()), error)
                })?;
            }
            let store = SqliteStore::open(path, kit.ids.clone()).await;
            store
                .map(Database::of)
                .map_err(|error| StartError::new(format!("cannot open {}", path.display()), error))
        }
        DatabaseUrl::Mongo(url) => {
            let store = MongoStore::connect(url, kit.ids.clone()).await;
            let store = store.map_err(|error| {
                StartError::new("PHOTURE_DATABASE_URL is no usable MongoDB address", error)
            })?;
            kit.tasks.spawn(migrate(store.clone(), kit.clone()));
            Ok(Database::of(store))
        }
    }
}

async fn migrate(store: MongoStore, kit: Kit) {
    const PAUSE: Duration = Duration::from_secs(2);
    loop {
        let migration = tokio::select! {
            migration = store.migrate() => migration,
            () = kit.shutdown.cancelled() => return,
        };
        match migration {
            Ok(()) => return tracing::info!("database migrated"),
            Err(error) => tracing::warn!(cause = %error, "database not migrated yet"),
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = kit.shutdown.cancelled() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_their_database() {
        assert_eq!(
            "sqlite:data/photure.db".parse::<DatabaseUrl>().unwrap(),
            DatabaseUrl::Sqlite("data/photure.db".into())
        );
        assert_eq!(
            "sqlite:///srv/photure.db".parse::<DatabaseUrl>().unwrap(),
            DatabaseUrl::Sqlite("/srv/photure.db".into())
        );
        assert!(matches!(
            "mongodb://user:pw@db/photure".parse(),
            Ok(DatabaseUrl::Mongo(_))
        ));
        for wrong in ["", "sqlite:", "postgres://db", "data/photure.db"] {
            assert!(wrong.parse::<DatabaseUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let url: DatabaseUrl = "mongodb://user:hunter2@db/photure".parse().unwrap();
        assert!(!format!("{url:?}").contains("hunter2"));
    }
}
