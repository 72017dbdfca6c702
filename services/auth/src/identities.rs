//! Whose account somebody's identity at a provider is: found, made, linked, and taken away again.
//!
//! An address, verified or not, never signs anybody in: it only tells who may be asked whether the account is theirs too.

use std::sync::Arc;

use photure_domain::account::User;
use photure_domain::audit::{Doer, Trail};
use photure_domain::identity::LinkedIdentity;
use photure_domain::{Clock, IdSource, IdentityId, Timestamp, UserId};
use photure_store::{Conflict, FactorStore, IdentityStore, StoreError};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::accounts::{Accounts, Newcomer};
use crate::error::AuthError;
use crate::oidc::{Answer, Journey, LIVES, Providers, Vouched};
use crate::signed::Signed;

#[derive(Clone, Debug)]
pub(crate) struct Identities {
    pub(crate) store: Arc<dyn IdentityStore>,
    /// Remembers which journeys have ended.
    pub(crate) ended: Arc<dyn FactorStore>,
    pub(crate) accounts: Accounts,
    pub(crate) providers: Providers,
    pub(crate) journeys: Signed,
    pub(crate) links: Signed,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// What comes of a journey to a provider.
#[derive(Debug)]
pub(crate) enum Arrived {
    As(User),
    /// It is to be confirmed by whoever is signed in to the account. What is to be kept by the browser until then, and what waits.
    ToBeLinked(String, PendingLink),
}

/// A link that waits for its confirmation, in the browser that asked for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PendingLink {
    pub(crate) provider: String,
    pub(crate) label: String,
    pub(crate) email: Option<String>,
    issuer: String,
    subject: String,
    /// Who alone may confirm.
    user: UserId,
    expires_at: Timestamp,
}

impl Identities {
    /// Where the browser is to go, and what it is to keep until it comes back.
    pub(crate) async fn begin(
        &self,
        provider: &str,
        to_link: Option<UserId>,
    ) -> Result<(Url, String), AuthError> {
        let provider = self.providers.named(provider)?;
        let journey = Journey::begin(provider.name(), to_link, self.clock.now());
        let address = provider.address(&journey).await?;
        Ok((address, self.journeys.write(&journey)?))
    }

    /// The browser that kept `kept` comes back from `provider`.
    pub(crate) async fn arrive(
        &self,
        provider: &str,
        kept: Option<&str>,
        state: &str,
        answer: Answer,
        trail: Trail,
    ) -> Result<Arrived, AuthError> {
        let provider = self.providers.named(provider)?;
        let journey: Option<Journey> = match kept {
            Some(kept) => self.journeys.read(kept)?,
            None => None,
        };
        let journey = journey
            .filter(|journey| journey.provider == provider.name())
            .filter(|journey| journey.expires_at > self.clock.now())
            .filter(|journey| is_same(&journey.state(), state))
            .ok_or(AuthError::JourneyInterrupted)?;
        let is_first = self.ended.spend_challenge(journey.id(), journey.expires_at);
        if !is_first.await? {
            return Err(AuthError::JourneyInterrupted);
        }
        let vouched = provider.redeem(&journey, answer).await?;
        let known = self.known(&vouched).await?;
        match (known, journey.to_link) {
            (Some(_), Some(_)) => Err(StoreError::Conflict(Conflict::Identity).into()),
            (None, Some(user)) => self.to_be_linked(provider.name(), vouched, user),
            (Some(user), None) => Ok(Arrived::As(user)),
            (None, None) => self.arrive_first(provider.name(), vouched, trail).await,
        }
    }

    /// Somebody of whom only the provider has told.
    async fn arrive_first(
        &self,
        provider: &str,
        vouched: Vouched,
        trail: Trail,
    ) -> Result<Arrived, AuthError> {
        let email = vouched.email.clone().ok_or(AuthError::EmailMissing)?;
        match self.accounts.store.user_by_login(&email).await {
            Ok(found) if vouched.email_verified => self.to_be_linked(provider, vouched, found.user.id),
            Ok(_) => Err(StoreError::Conflict(Conflict::Email).into()),
            Err(StoreError::NotFound) => Ok(Arrived::As(self.welcome(vouched, email, trail).await?)),
            Err(error) => Err(error.into()),
        }
    }

    /// A new account, whose owner signs in at the provider.
    pub(crate) async fn welcome(
        &self,
        vouched: Vouched,
        email: String,
        trail: Trail,
    ) -> Result<User, AuthError> {
        let id = UserId::new(self.ids.next());
        let identity = self.identity(id, &vouched);
        let newcomer = Newcomer {
            id,
            called: vouched.username.clone(),
            email_confirmed: vouched.email_verified && vouched.email.as_ref() == Some(&email),
            email,
        };
        let trail = trail.by(Doer::Person(id));
        match self
            .accounts
            .welcome(newcomer, identity, &*self.store, trail)
            .await
        {
            // In another window they were quicker.
            Err(AuthError::Store(StoreError::Conflict(Conflict::Identity))) => {
                self.known(&vouched).await?.ok_or(AuthError::JourneyInterrupted)
            }
            welcomed => welcomed,
        }
    }

    /// Whose identity it is, where it is anybody's.
    pub(crate) async fn known(&self, vouched: &Vouched) -> Result<Option<User>, AuthError> {
        match self.store.identity(&vouched.issuer, &vouched.subject).await {
            Ok(identity) => Ok(Some(self.accounts.user(identity.user_id).await?)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn to_be_linked(&self, provider: &str, vouched: Vouched, user: UserId) -> Result<Arrived, AuthError> {
        let provider = self.providers.named(provider)?;
        let link = PendingLink {
            provider: provider.name().to_owned(),
            label: provider.label().to_owned(),
            email: vouched.email,
            issuer: vouched.issuer,
            subject: vouched.subject,
            user,
            expires_at: self.clock.now().plus(LIVES),
        };
        Ok(Arrived::ToBeLinked(self.links.write(&link)?, link))
    }

    /// The link that waits for this person's word.
    pub(crate) fn pending(&self, user: UserId, kept: Option<&str>) -> Result<Option<PendingLink>, AuthError> {
        let link: Option<PendingLink> = match kept {
            Some(kept) => self.links.read(kept)?,
            None => None,
        };
        Ok(link.filter(|link| link.user == user && link.expires_at > self.clock.now()))
    }

    /// They say that it is them.
    pub(crate) async fn confirm(
        &self,
        user: UserId,
        kept: Option<&str>,
        trail: Trail,
    ) -> Result<LinkedIdentity, AuthError> {
        let link = self.pending(user, kept)?.ok_or(AuthError::NothingToLink)?;
        let identity = LinkedIdentity {
            id: IdentityId::new(self.ids.next()),
            user_id: user,
            issuer: link.issuer,
            subject: link.subject,
            email: link.email,
            linked_at: self.clock.now(),
        };
        self.store.link_identity(identity.clone(), trail).await?;
        Ok(identity)
    }

    pub(crate) async fn of(&self, user: UserId) -> Result<Vec<LinkedIdentity>, AuthError> {
        Ok(self.store.identities_of(user).await?)
    }

    pub(crate) async fn unlink(&self, user: UserId, id: IdentityId, trail: Trail) -> Result<(), AuthError> {
        Ok(self.store.unlink_identity(user, id, trail).await?)
    }

    fn identity(&self, owner: UserId, vouched: &Vouched) -> LinkedIdentity {
        LinkedIdentity {
            id: IdentityId::new(self.ids.next()),
            user_id: owner,
            issuer: vouched.issuer.clone(),
            subject: vouched.subject.clone(),
            email: vouched.email.clone(),
            linked_at: self.clock.now(),
        }
    }
}

fn is_same(one: &str, other: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}
