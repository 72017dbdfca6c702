//! Whose the photos are that the storage holds, and accounts for them.

use std::collections::BTreeMap;

use photure_common::secret::random_token;
use photure_common::service::{Kit, StartError};
use photure_domain::account::{NewUser, folded};
use photure_domain::audit::{Doer, Trail};
use photure_domain::sidecar::Sidecar;
use photure_domain::{Timestamp, UserId};
use photure_store::{AccountStore, StoreError};

/// What the sidecars say of one person.
#[derive(Clone, Debug, Default)]
pub(super) struct Owner {
    /// By the latest of them that knows it.
    pub(super) name: Option<(Timestamp, String)>,
    /// The first upload.
    pub(super) since: Timestamp,
    pub(super) photos: u64,
    pub(super) bytes: u64,
}

#[derive(Debug, Default)]
pub(super) struct Owners(BTreeMap<UserId, Owner>);

/// An account that was made, for whoever gets it back.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) photos: u64,
    pub(super) is_admin: bool,
}

impl Owners {
    pub(super) fn meet(&mut self, sidecar: &Sidecar) {
        let owner = self.0.entry(sidecar.owner_id).or_insert_with(|| Owner {
            since: sidecar.uploaded_at,
            ..Owner::default()
        });
        owner.since = owner.since.min(sidecar.uploaded_at);
        owner.photos += 1;
        owner.bytes += sidecar.facts.bytes;
        if let Some(name) = &sidecar.owner_name {
            let said = (sidecar.uploaded_at, name.clone());
            owner.name = owner.name.take().max(Some(said));
        }
    }

    /// Whoever came first was the administrator, most likely; `admin` knows better.
    pub(super) fn in_order(&self, admin: Option<&str>) -> Vec<(UserId, Owner)> {
        let mut owners: Vec<_> = self.0.iter().map(|(id, owner)| (*id, owner.clone())).collect();
        owners.sort_by_key(|(id, owner)| {
            let is_admin = admin.is_some_and(|admin| folded(&called(*id, owner)) == folded(admin));
            (!is_admin, owner.since, *id)
        });
        owners
    }
}

/// A person whose name nobody wrote down is called by the beginning of their id.
pub(super) fn called(id: UserId, owner: &Owner) -> String {
    match &owner.name {
        Some((_, name)) => name.clone(),
        None => format!("person-{}", &id.as_uuid().simple().to_string()[20..]),
    }
}

/// `None` where the person has an account.
pub(super) async fn account_for(
    accounts: &dyn AccountStore,
    id: UserId,
    owner: &Owner,
    kit: &Kit,
) -> Result<Option<Made>, StartError> {
    let failed = |error: StoreError| StartError::new("an account cannot be made", error);
    match accounts.user(id).await {
        Ok(_) => return Ok(None),
        Err(StoreError::NotFound) => {}
        Err(error) => return Err(failed(error)),
    }
    let password = random_token();
    let hashing = password.clone();
    let hashed = tokio::task::spawn_blocking(move || photure_auth::hash_password(&hashing)).await;
    let password_hash = hashed
        .map_err(std::io::Error::other)
        .flatten()
        .map_err(|error| StartError::new("a password cannot be hashed", error))?;
    let name = called(id, owner);
    for n in 1..=100 {
        let username = if n == 1 {
            name.clone()
        } else {
            format!("{name}-{n}")
        };
        let trail = Trail::begin(&*kit.clock, &*kit.ids, Doer::Operator);
        let user = NewUser {
            id,
            username,
            // Its address is gone; this one is nobody's (RFC 2606).
            email: format!("{id}@rebuilt.invalid"),
            password_hash: Some(password_hash.clone()),
            created_at: kit.clock.now(),
        };
        match accounts.create_user(user, trail).await {
            Ok(user) => {
                return Ok(Some(Made {
                    username: user.username,
                    password,
                    photos: owner.photos,
                    is_admin: user.role == photure_domain::account::Role::Admin,
                }));
            }
            // Somebody has signed up under that name since.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Err(StartError::new(
        "an account cannot be made",
        format!("the name {name} is taken"),
    ))
}
