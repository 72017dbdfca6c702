//! Invitations: made by administrators, sent by mail or handed over as a link, each for one account.

use std::sync::Arc;
use std::time::Duration;

use photure_domain::account::{NewUser, User};
use photure_domain::audit::{Doer, Trail};
use photure_domain::invitation::Invitation;
use photure_domain::{InvitationId, UserId};
use photure_store::{InvitationStore, StoreError};
use secrecy::SecretString;

use crate::accounts::{Accounts, Applicant, checked_email};
use crate::config::Registration;
use crate::error::AuthError;
use crate::links::LinkToken;
use crate::mail::{Letter, Matter, Post};

const DAY: Duration = Duration::from_secs(86_400);
/// Nobody keeps track of more.
const LISTED: u32 = 500;

#[derive(Clone, Debug)]
pub(crate) struct Invitations {
    pub(crate) store: Arc<dyn InvitationStore>,
    pub(crate) accounts: Accounts,
    /// `None` where no mail is sent.
    pub(crate) post: Option<Post>,
    /// What people type to come here.
    pub(crate) origin: Arc<str>,
}

/// An invitation in clear, for the only time.
#[derive(Debug)]
pub(crate) struct Invited {
    pub(crate) invitation: Invitation,
    pub(crate) link: SecretString,
    /// It is on its way to the address; else somebody has to hand it over.
    pub(crate) is_mailed: bool,
}

impl Invitations {
    /// For somebody at `email`, or for whoever is handed it.
    pub(crate) async fn invite(
        &self,
        by: UserId,
        email: Option<String>,
        days: u32,
        trail: Trail,
    ) -> Result<Invited, AuthError> {
        if let Some(email) = &email {
            checked_email("email", email)?;
        }
        let by = self.accounts.user(by).await?;
        let token = LinkToken::random();
        let link = token.invitation(&self.origin);
        let letter = self.post.as_ref().zip(email.clone());
        let invitation = Invitation {
            id: InvitationId::new(self.accounts.ids.next()),
            // What is not sent proves nothing about the address.
            email: letter.is_some().then_some(email).flatten(),
            made_by: by.id,
            created_at: trail.at,
            expires_at: trail.at.plus(DAY * days),
        };
        self.store
            .add_invitation(invitation.clone(), token.hash(), trail)
            .await?;
        let is_mailed = letter.is_some();
        if let Some((post, address)) = letter {
            let matter = Matter::Invitation {
                link: link.clone(),
                days,
            };
            post.send(Letter::at(&by, address, matter));
        }
        Ok(Invited {
            invitation,
            link,
            is_mailed,
        })
    }

    /// Those that nobody has used yet, newest first.
    pub(crate) async fn open(&self) -> Result<Vec<Invitation>, AuthError> {
        Ok(self.store.invitations(self.accounts.clock.now(), LISTED).await?)
    }

    pub(crate) async fn withdraw(&self, id: InvitationId, trail: Trail) -> Result<(), AuthError> {
        Ok(self.store.withdraw_invitation(id, trail).await?)
    }

    /// A new account, made with an invitation. Where registration is closed none counts.
    pub(crate) async fn accept(
        &self,
        applicant: Applicant,
        token: &str,
        trail: Trail,
    ) -> Result<User, AuthError> {
        let applicant = applicant.checked()?;
        if self.accounts.registration_now().await? == Registration::Closed {
            return Err(AuthError::RegistrationClosed);
        }
        let known = |error| match error {
            StoreError::NotFound => AuthError::InvitationInvalid,
            error => error.into(),
        };
        let token = LinkToken::brought(token).map_err(|_| AuthError::InvitationInvalid)?;
        let hash = token.hash();
        // Looked at first: who brings none is not worth the work that a password takes.
        self.store.invitation(hash, trail.at).await.map_err(known)?;
        let user = NewUser {
            id: UserId::new(self.accounts.ids.next()),
            username: applicant.username,
            email: applicant.email,
            password_hash: Some(self.accounts.passwords.hash(applicant.password).await?),
            created_at: trail.at,
        };
        let trail = trail.by(Doer::Person(user.id));
        self.store.create_invited(user, hash, trail).await.map_err(known)
    }
}
