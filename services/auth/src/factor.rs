//! Two-step sign-in: what a person proves beside their password, and how slowly it can be guessed at.

mod challenges;
mod qr;
mod recovery;
mod sealing;
mod totp;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use photure_common::secret::random_bytes;
use photure_domain::account::{Client, User};
use photure_domain::audit::{Doer, Trail};
use photure_domain::factor::{RecoveryCodeHash, Totp};
use photure_domain::{Clock, UserId};
use photure_store::{Conflict, FactorStore, SessionStore, StoreError};
use secrecy::SecretString;

use crate::accounts::Accounts;
use crate::error::AuthError;
use crate::refusals::Refusals;

pub(crate) use challenges::{Challenge, Challenges, Purpose};
pub(crate) use recovery::RecoveryCode;
pub(crate) use sealing::Sealing;
use totp::TotpSecret;

/// Where nobody has signed in to the account before, wherever that is.
const ELSEWHERE: &str = "elsewhere";
/// Sessions whose places are known.
const KNOWN_SESSIONS: u32 = 100;

#[derive(Clone, Debug)]
pub(crate) struct Factors {
    pub(crate) store: Arc<dyn FactorStore>,
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) accounts: Accounts,
    pub(crate) challenges: Challenges,
    pub(crate) refusals: Refusals,
    /// `None` where the operator keeps no key.
    pub(crate) sealing: Option<Sealing>,
    pub(crate) clock: Arc<dyn Clock>,
    /// What people type to come here, so that they know which Photure a code is for.
    pub(crate) host: Arc<str>,
}

/// What shows that somebody is who has set the second factor up.
#[derive(Debug)]
pub(crate) enum Proof {
    /// Of the authenticator app.
    Code(String),
    RecoveryCode(String),
}

/// What an app is given, in the three ways it may take it.
#[derive(Debug)]
pub(crate) struct Enrolment {
    pub(crate) secret: String,
    pub(crate) uri: String,
    pub(crate) qr: String,
}

/// What is told to whoever had the right password and needs more.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) challenge: String,
    pub(crate) expires_in: Duration,
    pub(crate) recovery_codes: bool,
}

impl Factors {
    /// Whether secrets can be kept here.
    pub(crate) fn is_offered(&self) -> bool {
        self.sealing.is_some()
    }

    /// The person's app, if they have confirmed one.
    pub(crate) async fn of(&self, user: UserId) -> Result<Option<Totp>, AuthError> {
        let totp = self.store.totp(user).await?;
        Ok(totp.filter(|totp| totp.confirmed_at.is_some()))
    }

    /// A secret for an app, told this once; it counts when it is confirmed.
    pub(crate) async fn enrol(&self, user: UserId, password: SecretString) -> Result<Enrolment, AuthError> {
        let sealing = self.sealing()?;
        let user = self.accounts.confirmed(user, password).await?;
        let secret = TotpSecret::new(random_bytes());
        let sealed = sealing.seal(user.id, &secret)?;
        let begun = self.store.begin_totp(user.id, sealed, self.clock.now()).await;
        begun.map_err(|error| match error {
            StoreError::Conflict(Conflict::SecondFactor) => AuthError::SecondFactorOn,
            error => error.into(),
        })?;
        let uri = secret.uri(&user.username, &self.host);
        Ok(Enrolment {
            qr: qr::svg(&uri)?,
            secret: secret.to_base32(),
            uri,
        })
    }

    /// The app shows the right code: from now on one is asked for. Recovery codes, told this once.
    pub(crate) async fn confirm(
        &self,
        user: UserId,
        code: &str,
        trail: Trail,
    ) -> Result<Vec<RecoveryCode>, AuthError> {
        let waiting = match self.store.totp(user).await? {
            Some(totp) if totp.confirmed_at.is_some() => return Err(AuthError::SecondFactorOn),
            Some(totp) => totp,
            None => return Err(AuthError::SecondFactorOff),
        };
        let secret = self.sealing()?.open(user, &waiting.sealed)?;
        let now = self.clock.now();
        let code = totp::digits(code).ok_or(AuthError::WrongCode)?;
        let step = secret.step_of(&code, now).ok_or(AuthError::WrongCode)?;
        let (codes, hashes) = new_codes(user);
        let confirmed = self
            .store
            .confirm_totp(user, waiting.sealed, step, hashes, now, trail)
            .await;
        confirmed.map_err(|error| match error {
            StoreError::NotFound => AuthError::SecondFactorOff,
            error => error.into(),
        })?;
        tracing::info!(%user, "two-step sign-in turned on");
        Ok(codes)
    }

    pub(crate) async fn disable(
        &self,
        user: UserId,
        password: SecretString,
        proof: Proof,
        trail: Trail,
    ) -> Result<(), AuthError> {
        self.accounts.confirmed(user, password).await?;
        self.prove(user, proof, &trail).await?;
        match self.store.remove_totp(user, trail.next()).await {
            Ok(()) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        tracing::info!(%user, "two-step sign-in turned off");
        Ok(())
    }

    /// Asks for the second factor of those who have one.
    pub(crate) async fn prove_where_on(
        &self,
        user: UserId,
        proof: Option<Proof>,
        trail: &Trail,
    ) -> Result<(), AuthError> {
        match (self.of(user).await?, proof) {
            (None, _) => Ok(()),
            (Some(_), Some(proof)) => self.prove(user, proof, trail).await,
            (Some(_), None) => Err(AuthError::CodeMissing),
        }
    }

    /// Other recovery codes; those there were count no more.
    pub(crate) async fn renew_codes(
        &self,
        user: UserId,
        password: SecretString,
        proof: Proof,
        trail: Trail,
    ) -> Result<Vec<RecoveryCode>, AuthError> {
        self.accounts.confirmed(user, password).await?;
        self.prove(user, proof, &trail).await?;
        let (codes, hashes) = new_codes(user);
        let replaced = self
            .store
            .replace_recovery_codes(user, hashes, trail.next())
            .await;
        replaced.map_err(|error| match error {
            StoreError::NotFound => AuthError::SecondFactorOff,
            error => error.into(),
        })?;
        tracing::info!(%user, "recovery codes made anew");
        Ok(codes)
    }

    /// Lets those through who need no second factor; `user` has shown their password.
    pub(crate) async fn ask(&self, user: &User) -> Result<(), AuthError> {
        let Some(totp) = self.of(user.id).await? else {
            return Ok(());
        };
        let password = self.accounts.password_mark(user).await?;
        let challenge = self
            .challenges
            .new_one(Purpose::SecondFactor, Some(user.id), Some(password));
        Err(AuthError::SecondFactorRequired(Box::new(Asked {
            challenge: self.challenges.sign(&challenge)?,
            expires_in: challenges::LIVES,
            recovery_codes: totp.recovery_codes > 0,
        })))
    }

    /// Who answers what [`Factors::ask`] asked, and the trail of what they do next.
    pub(crate) async fn answer(
        &self,
        challenge: &str,
        proof: Proof,
        trail: Trail,
    ) -> Result<(User, Trail), AuthError> {
        let challenge = self.challenges.read(challenge, Purpose::SecondFactor)?;
        let id = challenge.user.ok_or(AuthError::ChallengeInvalid)?;
        let user = match self.accounts.user(id).await {
            Ok(user) => user,
            Err(AuthError::Store(StoreError::NotFound)) => return Err(AuthError::ChallengeInvalid),
            Err(error) => return Err(error),
        };
        if challenge.password != Some(self.accounts.password_mark(&user).await?) {
            return Err(AuthError::ChallengeInvalid);
        }
        if user.disabled {
            return Err(AuthError::AccountDisabled);
        }
        self.one_of_few(&challenge, id).await?;
        let trail = trail.by(Doer::Person(id));
        self.prove(id, proof, &trail).await.map_err(|error| match error {
            AuthError::WrongCode => AuthError::SecondFactorWrong,
            // Turned off in the meantime: the password is enough, but it has to be shown again.
            AuthError::SecondFactorOff => AuthError::ChallengeInvalid,
            error => error,
        })?;
        self.challenges.spend(&challenge).await?;
        Ok((user, trail.next()))
    }

    /// Counts the tries at one challenge: after a few the password has to be shown again.
    async fn one_of_few(&self, challenge: &Challenge, user: UserId) -> Result<(), AuthError> {
        let place = format!("challenge:{}", challenge.id());
        let taken = self.store.take_guess(user, place, self.clock.now()).await?;
        taken.map_err(|_| AuthError::ChallengeInvalid)
    }

    /// Leaves the step after `trail` to whoever asks.
    async fn prove(&self, user: UserId, proof: Proof, trail: &Trail) -> Result<(), AuthError> {
        let proved = self.proved(user, proof, trail).await;
        if matches!(proved, Err(AuthError::WrongCode)) {
            self.refusals.note_code(user, trail);
        }
        proved
    }

    async fn proved(&self, user: UserId, proof: Proof, trail: &Trail) -> Result<(), AuthError> {
        let totp = self.of(user).await?.ok_or(AuthError::SecondFactorOff)?;
        match proof {
            Proof::Code(typed) => self.prove_by_code(user, &trail.from, &totp, &typed).await,
            // Too long to be guessed at: whoever wears the guesses at the app's codes out keeps nobody out who has one of these.
            Proof::RecoveryCode(typed) => {
                let code = RecoveryCode::typed(&typed).ok_or(AuthError::WrongCode)?;
                if !self
                    .store
                    .use_recovery_code(user, code.hash(user), trail.clone())
                    .await?
                {
                    return Err(AuthError::WrongCode);
                }
                tracing::info!(%user, left = totp.recovery_codes.saturating_sub(1), "a recovery code was used");
                Ok(())
            }
        }
    }

    async fn prove_by_code(
        &self,
        user: UserId,
        client: &Client,
        totp: &Totp,
        typed: &str,
    ) -> Result<(), AuthError> {
        let secret = self.sealing()?.open(user, &totp.sealed)?;
        let code = totp::digits(typed).ok_or(AuthError::WrongCode)?;
        let now = self.clock.now();
        let place = self.place(user, client).await?;
        if let Err(free_at) = self.store.take_guess(user, place.clone(), now).await? {
            let millis = u64::try_from(free_at.as_millis() - now.as_millis()).unwrap_or_default();
            return Err(AuthError::TooManyGuesses(Duration::from_millis(millis)));
        }
        let step = secret.step_of(&code, now).ok_or(AuthError::WrongCode)?;
        if !self.store.use_totp_step(user, step).await? {
            return Err(AuthError::WrongCode);
        }
        self.store.forget_guesses(user, place).await?;
        Ok(())
    }

    /// Where guesses are counted together: each household that is signed in by itself, all strangers as one. So a stranger who has the
    /// password slows other strangers down, and not the owner at home.
    async fn place(&self, user: UserId, client: &Client) -> Result<String, AuthError> {
        let Some(here) = client.address.map(household) else {
            return Ok(ELSEWHERE.to_owned());
        };
        let sessions = self
            .sessions
            .sessions_of(user, self.clock.now(), KNOWN_SESSIONS)
            .await?;
        let is_known = sessions
            .iter()
            .filter(|session| session.revoked_at.is_none())
            .any(|session| session.client.address.map(household) == Some(here));
        Ok(if is_known {
            here.to_string()
        } else {
            ELSEWHERE.to_owned()
        })
    }

    fn sealing(&self) -> Result<&Sealing, AuthError> {
        self.sealing.as_ref().ok_or(AuthError::NoFactorKey)
    }
}

fn new_codes(user: UserId) -> (Vec<RecoveryCode>, Vec<RecoveryCodeHash>) {
    let codes: Vec<_> = (0..recovery::CODES).map(|_| RecoveryCode::random()).collect();
    let hashes = codes.iter().map(|code| code.hash(user)).collect();
    (codes, hashes)
}

/// An IPv6 household has 2^64 addresses, and changes them.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        address => address,
    }
}
