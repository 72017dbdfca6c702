//! Links that do one thing once: a password that was forgotten, an address that is confirmed. They go by mail, or an administrator hands them over.

mod token;

use std::sync::Arc;
use std::time::Duration;

use photure_domain::account::{User, folded};
use photure_domain::audit::{Doer, Trail};
use photure_domain::link::{Link, LinkPurpose};
use photure_domain::{AuditId, Timestamp, UserId};
use photure_store::{LinkStore, StoreError};
use secrecy::SecretString;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::accounts::{checked_email, checked_password};
use crate::error::AuthError;
use crate::factor::{Factors, Proof};
use crate::mail::{Letter, Matter, Post};
use crate::sessions::Ended;

pub(crate) use token::LinkToken;

/// Whoever asks for more at once asks for other people's.
const ASKED_AT_ONCE: usize = 256;

#[derive(Clone, Debug)]
pub(crate) struct Links {
    pub(crate) store: Arc<dyn LinkStore>,
    pub(crate) factors: Factors,
    pub(crate) ended: Ended,
    /// `None` where no mail is sent.
    pub(crate) post: Option<Post>,
    /// What people type to come here.
    pub(crate) origin: Arc<str>,
    pub(crate) tasks: TaskTracker,
    pub(crate) asked: Asked,
}

/// How many who have forgotten their password are looked for at once.
#[derive(Clone, Debug)]
pub(crate) struct Asked(Arc<Semaphore>);

impl Default for Asked {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ASKED_AT_ONCE)))
    }
}

/// A person's address, and what waits.
#[derive(Debug)]
pub(crate) struct EmailState {
    pub(crate) email: String,
    pub(crate) is_confirmed: bool,
    /// Another address, which is theirs when it is confirmed.
    pub(crate) pending: Option<String>,
}

impl Links {
    pub(crate) fn are_mailed(&self) -> bool {
        self.post.is_some()
    }

    /// Sends a link to whoever has forgotten their password, where there is such an account. All of that is done beside the answer: neither what
    /// it says nor how long it takes tells whether there is.
    pub(crate) fn forgot(&self, login: String, trail: Trail) -> Result<(), AuthError> {
        let post = self.post.clone().ok_or(AuthError::MailOff)?;
        let Ok(place) = self.asked.0.clone().try_acquire_owned() else {
            tracing::warn!("too many have forgotten their password at once; this one is not looked for");
            return Ok(());
        };
        let this = self.clone();
        self.tasks.spawn(async move {
            match this.send_reset(&post, &login, trail).await {
                // Nobody, or somebody who has been sent many already: who asks is not told.
                Ok(()) | Err(AuthError::Store(StoreError::NotFound) | AuthError::TooManyLetters(_)) => {}
                Err(error) => tracing::warn!(cause = %error, "a link to a new password was not sent"),
            }
            drop(place);
        });
        Ok(())
    }

    async fn send_reset(&self, post: &Post, login: &str, trail: Trail) -> Result<(), AuthError> {
        let user = self.factors.accounts.store.user_by_login(login).await?.user;
        if user.disabled {
            return Ok(());
        }
        self.few(&user, LinkPurpose::ResetPassword).await?;
        let email = Some(user.email.clone());
        let (link, _) = self
            .new_link(&user, LinkPurpose::ResetPassword, email, trail)
            .await?;
        post.send(Letter::to(&user, Matter::ResetPassword { link }));
        Ok(())
    }

    /// A link to a new password, for an administrator to hand over, and until when it is good.
    pub(crate) async fn hand_out(
        &self,
        user: UserId,
        trail: Trail,
    ) -> Result<(SecretString, Timestamp), AuthError> {
        let user = self.factors.accounts.user(user).await?;
        self.new_link(&user, LinkPurpose::ResetPassword, None, trail)
            .await
    }

    /// Another password for whoever has the link; all sessions end.
    pub(crate) async fn reset(
        &self,
        token: &str,
        password: SecretString,
        trail: Trail,
    ) -> Result<(), AuthError> {
        checked_password("password", &password)?;
        let hash = LinkToken::brought(token)?.hash();
        // Looked at first: who brings none is not worth the work that a password takes.
        let link = self.store.link(hash, trail.at).await.map_err(known)?;
        let password_hash = self.factors.accounts.passwords.hash(password).await?;
        let (at, trail) = (trail.at, trail.by(Doer::Person(link.user_id)));
        let reset = self
            .store
            .reset_password_by_link(hash, password_hash, trail)
            .await;
        let reset = reset.map_err(known)?;
        self.ended.add(reset.ended, at);
        if let Some(post) = &self.post {
            post.send(Letter::to(&reset.user, Matter::PasswordChanged));
        }
        Ok(())
    }

    /// A new account is asked whether the address is theirs, beside the answer.
    pub(crate) fn greet(&self, user: &User, trail: Trail) {
        let Some(post) = self.post.clone() else { return };
        // Whoever was invited by mail has read it.
        if user.email_confirmed_at.is_some() {
            return;
        }
        let (this, user) = (self.clone(), user.clone());
        self.tasks.spawn(async move {
            if let Err(error) = this
                .send_confirmation(&post, &user, user.email.clone(), trail)
                .await
            {
                tracing::warn!(cause = %error, user = %user.id, "a link to confirm an address was not sent");
            }
        });
    }

    /// Once more to the address that waits, or else to the one that is not confirmed.
    pub(crate) async fn send_again(&self, user: UserId, trail: Trail) -> Result<(), AuthError> {
        let post = self.post.as_ref().ok_or(AuthError::MailOff)?;
        let user = self.factors.accounts.user(user).await?;
        let state = self.email_of(&user).await?;
        let address = match state.pending {
            Some(pending) => pending,
            None if state.is_confirmed => return Err(AuthError::EmailConfirmed),
            None => state.email,
        };
        self.few(&user, LinkPurpose::ConfirmEmail).await?;
        self.send_confirmation(post, &user, address, trail).await
    }

    /// Somebody reads what is sent to an address: it is theirs now, and the one they had before is told.
    pub(crate) async fn confirm(&self, token: &str, trail: Trail) -> Result<User, AuthError> {
        let hash = LinkToken::brought(token)?.hash();
        let link = self.store.link(hash, trail.at).await.map_err(known)?;
        let trail = trail.by(Doer::Person(link.user_id));
        let confirmed = self.store.confirm_email(hash, trail).await.map_err(known)?;
        if let (Some(before), Some(post)) = (confirmed.before, &self.post) {
            post.send(Letter::at(&confirmed.user, before, Matter::EmailChanged));
        }
        Ok(confirmed.user)
    }

    pub(crate) async fn email(&self, user: UserId) -> Result<EmailState, AuthError> {
        let user = self.factors.accounts.user(user).await?;
        self.email_of(&user).await
    }

    /// Another address, for whoever shows all that the account asks of them. It counts when it is confirmed; where no mail is sent nobody could do
    /// that, and it counts at once, unconfirmed. The address there is ends what waits.
    pub(crate) async fn change_email(
        &self,
        user: UserId,
        email: String,
        password: SecretString,
        proof: Option<Proof>,
        trail: Trail,
    ) -> Result<EmailState, AuthError> {
        checked_email("email", &email)?;
        let user = self.factors.accounts.confirmed(user, password).await?;
        self.factors.prove_where_on(user.id, proof, &trail).await?;
        if folded(&email) == folded(&user.email) {
            self.store.forget_email_links(user.id).await?;
            return self.email_of(&user).await;
        }
        let Some(post) = &self.post else {
            let user = self.store.change_email(user.id, email, trail.next()).await?;
            return self.email_of(&user).await;
        };
        self.few(&user, LinkPurpose::ConfirmEmail).await?;
        self.send_confirmation(post, &user, email, trail).await?;
        self.email_of(&user).await
    }

    /// Somebody changed a password: its owner is told, beside the answer.
    pub(crate) fn tell_password_changed(&self, user: UserId) {
        let Some(post) = self.post.clone() else { return };
        let accounts = self.factors.accounts.clone();
        self.tasks.spawn(async move {
            match accounts.user(user).await {
                Ok(user) => post.send(Letter::to(&user, Matter::PasswordChanged)),
                Err(error) => {
                    tracing::warn!(cause = %error, %user, "nobody is told of a password that changed");
                }
            }
        });
    }

    async fn email_of(&self, user: &User) -> Result<EmailState, AuthError> {
        let now = self.factors.clock.now();
        let waiting = self.store.email_link_of(user.id, now).await?;
        let waiting = waiting.and_then(|link| link.email);
        Ok(EmailState {
            email: user.email.clone(),
            is_confirmed: user.email_confirmed_at.is_some(),
            pending: waiting.filter(|address| folded(address) != folded(&user.email)),
        })
    }

    async fn send_confirmation(
        &self,
        post: &Post,
        user: &User,
        address: String,
        trail: Trail,
    ) -> Result<(), AuthError> {
        let email = Some(address.clone());
        let (link, _) = self
            .new_link(user, LinkPurpose::ConfirmEmail, email, trail)
            .await?;
        let matter = if folded(&address) == folded(&user.email) {
            Matter::ConfirmEmail { link }
        } else {
            Matter::ChangeEmail { link }
        };
        post.send(Letter::at(user, address, matter));
        Ok(())
    }

    async fn new_link(
        &self,
        user: &User,
        purpose: LinkPurpose,
        email: Option<String>,
        trail: Trail,
    ) -> Result<(SecretString, Timestamp), AuthError> {
        // It may be one of several steps that one request leads to.
        let trail = Trail {
            id: AuditId::new(self.factors.accounts.ids.next()),
            ..trail
        };
        let token = LinkToken::random();
        let expires_at = trail.at.plus(purpose.lives());
        let link = Link {
            hash: token.hash(),
            user_id: user.id,
            purpose,
            email,
            created_at: trail.at,
            expires_at,
        };
        self.store.add_link(link, trail).await?;
        Ok((token.address(&self.origin, purpose), expires_at))
    }

    /// A few letters as fast as somebody asks for them, then ever more slowly: nobody's mailbox is filled from here.
    async fn few(&self, user: &User, purpose: LinkPurpose) -> Result<(), AuthError> {
        let now = self.factors.clock.now();
        let place = format!("mail:{}", purpose.as_str());
        let taken = self.factors.store.take_guess(user.id, place, now).await?;
        taken.map_err(|free_at| {
            let millis = u64::try_from(free_at.as_millis() - now.as_millis()).unwrap_or_default();
            AuthError::TooManyLetters(Duration::from_millis(millis))
        })
    }
}

fn known(error: StoreError) -> AuthError {
    match error {
        StoreError::NotFound => AuthError::LinkInvalid,
        StoreError::AccountDisabled => AuthError::AccountDisabled,
        error => error.into(),
    }
}
