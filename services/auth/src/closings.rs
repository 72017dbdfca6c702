//! Accounts that are to be deleted. Whoever asks for it has a while to think again; then nobody can sign in, media empties the library, and last of all
//! the account is forgotten.

use std::sync::Arc;
use std::time::Duration;

use photure_common::service::Kit;
use photure_domain::account::User;
use photure_domain::audit::{Doer, Trail};
use photure_domain::{SessionId, UserId};
use photure_store::administration::ChangedAccount;
use photure_store::{Closing, ClosingStore, StoreError};
use secrecy::SecretString;

use crate::error::AuthError;
use crate::mail::{Letter, Matter, Post};
use crate::sessions::{Ended, Sessions};

/// By then every service knows that the sessions of a closed account have ended, so that nobody is in the library while it is emptied.
const KNOWN_EVERYWHERE: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(15);
/// At once: few enough that nobody else waits for the database.
const BATCH: u32 = 50;

#[derive(Clone, Debug)]
pub(crate) struct Closings {
    pub(crate) store: Arc<dyn ClosingStore>,
    pub(crate) sessions: Sessions,
    pub(crate) ended: Ended,
    /// `None` where no mail is sent.
    pub(crate) post: Option<Post>,
    /// How long whoever asks for it may think again.
    pub(crate) grace: Duration,
}

impl Closings {
    /// One's own, by whoever shows that they are its owner. They go on until then, and can keep it.
    pub(crate) async fn close_own(
        &self,
        user: UserId,
        session: Option<SessionId>,
        password: Option<SecretString>,
        trail: Trail,
    ) -> Result<User, AuthError> {
        self.sessions.confirm_owner(user, session, password).await?;
        self.close(user, false, trail).await
    }

    /// Somebody else's, who is out from now on. Administrators can let them in again until then.
    pub(crate) async fn close_others(&self, user: UserId, trail: Trail) -> Result<User, AuthError> {
        self.close(user, true, trail).await
    }

    async fn close(&self, user: UserId, shuts_out: bool, trail: Trail) -> Result<User, AuthError> {
        let now = trail.at;
        let closing = Closing {
            at: now.plus(self.grace),
            shuts_out,
        };
        let ChangedAccount { user, ended } = self.store.close_account(user, closing, trail).await?;
        self.ended.add(ended, now);
        if let (Some(post), Some(at)) = (&self.post, user.closes_at) {
            let matter = Matter::AccountClosing {
                at,
                by_owner: !shuts_out,
            };
            post.send(Letter::to(&user, matter));
        }
        Ok(user)
    }

    pub(crate) async fn keep(&self, user: UserId, trail: Trail) -> Result<User, AuthError> {
        Ok(self.store.keep_account(user, trail).await?)
    }

    /// Whose library is to be emptied.
    pub(crate) async fn closed(&self) -> Result<Vec<UserId>, AuthError> {
        let known = self.sessions.clock.now().minus(KNOWN_EVERYWHERE);
        Ok(self.store.closed(known, BATCH).await?)
    }

    /// The library is empty. `false` where the account was forgotten before, or is not closed.
    pub(crate) async fn forget(&self, user: UserId, trail: Trail) -> Result<bool, AuthError> {
        match self.store.forget_account(user, trail).await {
            Ok(()) => {
                tracing::info!(owner = %user, "an account or organization was deleted with everything in it");
                Ok(true)
            }
            Err(StoreError::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Closes accounts whose time is up, until `kit.shutdown`.
    pub(crate) async fn keep_closing(self, kit: Kit) {
        loop {
            if let Err(error) = self.close_due(&kit).await {
                tracing::warn!(cause = %error, "accounts whose time is up are not closed yet");
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = kit.shutdown.cancelled() => return,
            }
        }
    }

    async fn close_due(&self, kit: &Kit) -> Result<(), AuthError> {
        loop {
            let trail = Trail::begin(&*kit.clock, &*kit.ids, Doer::Photure);
            let now = trail.at;
            let closed = self.store.close_due(BATCH, trail).await?;
            self.ended.add(closed.sessions, now);
            for user in &closed.accounts {
                tracing::info!(%user, "an account is closed: its time was up");
            }
            for organization in &closed.organizations {
                tracing::info!(%organization, "an organization is closed: its time was up");
            }
            if closed.accounts.len().max(closed.organizations.len()) < BATCH as usize {
                return Ok(());
            }
        }
    }
}
