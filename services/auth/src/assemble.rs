use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use axum::{Json, Router, routing::get};
use photure_common::chassis;
use photure_common::health::{Checks, DatabaseCheck};
use photure_common::identity::Identity;
use photure_common::service::{self, Descriptor, Kit, StartError};
use photure_common::trail::Scribe;
use photure_database::{Database, DatabaseUrl};
use photure_store::{
    AccountStore, AdministrationStore, ApiKeyStore, AuditStore, ClosingStore, FactorStore, IdentityStore,
    InvitationStore, LinkStore, OrganizationStore, PasskeyStore, SessionStore, SigningKeyStore, StoreProbe,
};

use crate::accounts::Accounts;
use crate::administration::Administration;
use crate::api_keys::ApiKeys;
use crate::app::App;
use crate::audit::Audit;
use crate::clerk::Clerk;
use crate::closings::Closings;
use crate::cookie::RefreshCookie;
use crate::factor::{Challenges, Factors, Sealing};
use crate::identities::Identities;
use crate::invitations::Invitations;
use crate::kept::Keeping;
use crate::keyring::{Keyring, Schedule};
use crate::links::Links;
use crate::mail::Post;
use crate::oidc::Providers;
use crate::organizations::Organizations;
use crate::outside::Outside;
use crate::own_keys::OwnKeys;
use crate::passkeys::{Passkeys, RelyingParty};
use crate::passwords::{Argon2id, Passwords};
use crate::refusals::Refusals;
use crate::service_tokens::ServiceTokens;
use crate::sessions::{Ended, Forgetting, Sessions};
use crate::signed::Signed;
use crate::tokens::Issuer;
use crate::{AuthConfig, endpoints};

const NAME: &str = "auth";

const DESCRIPTOR: Descriptor = Descriptor {
    name: NAME,
    about: "Knows people: accounts, passwords, sessions, and the keys that sign tokens.",
    version: env!("CARGO_PKG_VERSION"),
    listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8010),
    variables: AuthConfig::VARIABLES,
};

/// Where auth keeps what it knows.
#[derive(Clone, Debug)]
pub struct Stores {
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
    pub probe: Arc<dyn StoreProbe>,
}

impl From<Database> for Stores {
    fn from(database: Database) -> Self {
        let Database {
            accounts,
            administration,
            audit,
            closings,
            sessions,
            api_keys,
            factors,
            links,
            invitations,
            organizations,
            passkeys,
            identities,
            keys,
            probe,
            ..
        } = database;
        Self {
            accounts,
            administration,
            audit,
            closings,
            sessions,
            api_keys,
            factors,
            links,
            invitations,
            organizations,
            passkeys,
            identities,
            keys,
            probe,
        }
    }
}

/// The process of its own.
pub fn main() -> ExitCode {
    service::main(
        &DESCRIPTOR,
        |env| (AuthConfig::from_env(env), DatabaseUrl::from_env(env)),
        async |(config, url), kit| {
            let database = photure_database::open(&url, &kit).await?;
            router(config, database.into(), &kit).await
        },
    )
}

/// Auth as a whole service. While its database is away it answers 503 and goes on trying.
pub async fn router(config: AuthConfig, stores: Stores, kit: &Kit) -> Result<Router, StartError> {
    let schedule = Schedule::new(config.signing_key, config.access_token);
    let keyring = Keyring::new(stores.keys.clone(), schedule, kit);
    if let Err(error) = keyring.load().await {
        tracing::warn!(cause = %error, "signing keys not loaded yet");
    }
    kit.tasks.spawn(keyring.clone().keep_loading(kit.clone()));
    let ended = Ended::new(stores.sessions.clone(), kit.clock.clone(), config.access_token);
    if let Err(error) = ended.load().await {
        tracing::warn!(cause = %error, "ended sessions not loaded yet");
    }
    kit.tasks.spawn(ended.clone().keep_loading(kit.clone()));
    kit.tasks.spawn(
        Forgetting {
            store: stores.sessions.clone(),
            factors: stores.factors.clone(),
            links: stores.links.clone(),
            invitations: stores.invitations.clone(),
            kit: kit.clone(),
        }
        .run(),
    );
    let refusals = Refusals::new(stores.audit.clone(), stores.accounts.clone(), kit);
    kit.tasks.spawn(refusals.clone().keep_writing(kit.clone()));
    let origin = config.public_url.origin();
    let issuer = Issuer {
        keyring: keyring.clone(),
        clock: kit.clock.clone(),
        name: origin.as_str().into(),
    };
    let accounts = Accounts {
        store: stores.accounts,
        passwords: Passwords::new(Argon2id)
            .map_err(|error| StartError::new("no threads for passwords", error))?,
        registration: config.registration,
        clock: kit.clock.clone(),
        ids: kit.ids.clone(),
    };
    let api_keys = ApiKeys {
        store: stores.api_keys,
        accounts: accounts.clone(),
        issuer: issuer.clone(),
        clock: kit.clock.clone(),
        ids: kit.ids.clone(),
    };
    let organizations = Organizations {
        store: stores.organizations,
        accounts: accounts.clone(),
        issuer: issuer.clone(),
        grace: config.account_grace,
        clock: kit.clock.clone(),
        ids: kit.ids.clone(),
    };
    let asks_others = !config.providers.is_empty() || config.clerk.is_some();
    let outside = asks_others.then(Outside::new).transpose()?;
    let about = |matter| Signed {
        keyring: keyring.clone(),
        matter,
    };
    let identities = Identities {
        store: stores.identities,
        ended: stores.factors.clone(),
        accounts: accounts.clone(),
        providers: Providers::new(config.providers, &origin, outside.as_ref(), &kit.clock),
        journeys: about("photure journeys to providers"),
        links: about("photure links to confirm"),
        clock: kit.clock.clone(),
        ids: kit.ids.clone(),
    };
    let challenges = Challenges {
        store: stores.factors.clone(),
        keyring: keyring.clone(),
        clock: kit.clock.clone(),
    };
    let passkeys = Passkeys {
        store: stores.passkeys,
        accounts: accounts.clone(),
        challenges: challenges.clone(),
        relying_party: RelyingParty::at(&config.public_url),
        clock: kit.clock.clone(),
        ids: kit.ids.clone(),
    };
    let factors = Factors {
        store: stores.factors,
        sessions: stores.sessions.clone(),
        accounts: accounts.clone(),
        challenges,
        refusals: refusals.clone(),
        sealing: config.factor_key.as_ref().map(Sealing::new),
        clock: kit.clock.clone(),
        host: config.public_url.0.host_str().unwrap_or_default().into(),
    };
    let host = config.public_url.0.host_str().unwrap_or_default();
    let post = config.mail.as_ref().map(|mail| Post::new(mail, host, kit));
    let post = post.transpose()?;
    let invitations = Invitations {
        store: stores.invitations,
        accounts: accounts.clone(),
        post: post.clone(),
        origin: origin.as_str().into(),
    };
    let sessions = Sessions {
        store: stores.sessions,
        accounts: accounts.clone(),
        issuer: issuer.clone(),
        clock: kit.clock.clone(),
        ids: kit.ids.clone(),
        ended: ended.clone(),
        access_token: config.access_token.min(config.refresh_token),
        refresh_token: config.refresh_token,
    };
    let closings = Closings {
        store: stores.closings,
        sessions: sessions.clone(),
        ended: ended.clone(),
        post: post.clone(),
        grace: config.account_grace,
    };
    kit.tasks.spawn(closings.clone().keep_closing(kit.clone()));
    let links = Links {
        store: stores.links,
        factors: factors.clone(),
        ended: ended.clone(),
        post,
        origin: origin.as_str().into(),
        tasks: kit.tasks.clone(),
        asked: Default::default(),
    };
    let clerk = config.clerk.zip(outside).map(|(config, outside)| {
        let (identities, issuer) = (identities.clone(), issuer.clone());
        Clerk::new(config, outside, identities, issuer, kit.clock.clone())
    });
    let own_keys = OwnKeys {
        keyring,
        ended: ended.clone(),
        api_keys: api_keys.clone(),
        exchanged: Arc::default(),
        foreign: Arc::default(),
        clerk,
        ids: kit.ids.clone(),
        clock: kit.clock.clone(),
    };
    let checks = Checks::default()
        .with("database", Arc::new(DatabaseCheck(stores.probe)))
        .with("signing_keys", Arc::new(own_keys.clone()));
    let app = App {
        administration: Administration {
            store: stores.administration,
            keys: stores.keys,
            accounts: accounts.clone(),
            ended: ended.clone(),
        },
        audit: Audit(stores.audit),
        refusals,
        scribe: Scribe {
            clock: kit.clock.clone(),
            ids: kit.ids.clone(),
        },
        sessions,
        closings,
        accounts,
        api_keys,
        factors,
        links,
        invitations,
        organizations,
        passkeys,
        identities,
        keeping: Keeping::new(&config.public_url),
        service_tokens: ServiceTokens {
            issuer,
            credential: config.service_credential,
        },
        cookie: RefreshCookie::new(&config.public_url, config.refresh_token),
        identity: Identity::new(Arc::new(own_keys.clone()), kit.clock.clone(), &origin, NAME),
        own_keys,
    };
    let (routes, document) = endpoints::router().split_for_parts();
    let routes = routes.route(chassis::OPENAPI_PATH, get(async || Json(document)));
    Ok(chassis::service(NAME, routes.with_state(app), checks))
}

/// The document of what auth answers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    endpoints::router().into_openapi()
}
