use std::collections::BTreeSet;
use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequestParts};
use http::HeaderName;
use http::header::AUTHORIZATION;
use http::request::Parts;
use photure_domain::access::{Action, Actor, Decision, Scope, decide};
use photure_domain::api_key::ApiKeySecret;
use photure_domain::{SessionId, UserId};
use secrecy::{ExposeSecret, SecretString};

use super::library;
use super::verifier::{Identity, TokenError};
use crate::Problem;

/// Where a program may put its key instead of `Authorization`.
pub const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Whoever brought a valid token.
#[derive(Clone, Debug)]
pub struct Caller {
    pub actor: Actor,
    pub session: Option<SessionId>,
    /// Whose account a service's token is about, where it is about one.
    pub account: Option<UserId>,
    /// What this person is called, where the token says so: to be written down, never to be decided by.
    pub name: Option<String>,
    pub scopes: BTreeSet<Scope>,
    /// To pass on to another service, which verifies it again.
    pub bearer: SecretString,
}

impl Caller {
    /// The value of `Authorization` that speaks for this caller.
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.bearer.expose_secret())
    }
}

/// A caller, whoever it is: for handlers whose permission depends on more than the route.
#[derive(Clone, Debug)]
pub struct Identified(pub Caller);

impl<S> FromRequestParts<S> for Identified
where
    S: Send + Sync,
    Identity: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = credential(parts)?;
        let (caller, _) = Identity::from_ref(state).verify(token).await?;
        Ok(Self(caller))
    }
}

/// What a handler asks for, as a type, so that one that forgot to ask has nobody to act for.
pub trait Permission: Send + Sync + std::fmt::Debug {
    const ACTION: Action;
}

macro_rules! permissions {
    ($($name:ident),+ $(,)?) => {$(
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Permission for $name {
            const ACTION: Action = Action::$name;
        }
    )+};
}

permissions!(
    ReadPhotos,
    WritePhotos,
    PurgePhotos,
    RegisterPhotos,
    SweepBlobs,
    ReadCatalogue,
    EmptyAccounts,
    ReadAccount,
    ManageAccount,
    Administer,
    ManageAccounts,
);

/// A caller that may do `P` to what is its own.
#[derive(Clone, Debug)]
pub struct Permit<P> {
    pub caller: Caller,
    permission: PhantomData<P>,
}

impl<P: Permission> Permit<P> {
    /// Whose account this is about.
    pub fn user(&self) -> Result<UserId, Problem> {
        self.caller.actor.person().ok_or_else(Problem::forbidden)
    }

    /// Whose library this is about: the caller's, or that of the organization they named.
    pub fn library(&self) -> Result<UserId, Problem> {
        self.caller.actor.library().ok_or_else(Problem::forbidden)
    }
}

impl<P: Permission> TryFrom<Caller> for Permit<P> {
    type Error = Problem;

    fn try_from(caller: Caller) -> Result<Self, Problem> {
        let owner = caller.actor.library();
        match decide(caller.actor, &caller.scopes, P::ACTION, owner) {
            Decision::Allowed => Ok(Self {
                caller,
                permission: PhantomData,
            }),
            Decision::NotFound => Err(Problem::not_found()),
            Decision::Forbidden => Err(Problem::forbidden()),
        }
    }
}

impl<P, S> FromRequestParts<S> for Permit<P>
where
    P: Permission,
    S: Send + Sync,
    Identity: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Identified(caller) = Identified::from_request_parts(parts, state).await?;
        if P::ACTION.is_in_a_library()
            && let Some(library) = library::named(parts)?
        {
            let caller = Identity::from_ref(state).in_library(caller, library).await?;
            return caller.try_into();
        }
        caller.try_into()
    }
}

/// The token or key a request brings; it is not verified yet.
pub fn credential(parts: &Parts) -> Result<&str, Problem> {
    let not_ours = || Problem::unauthenticated("token_invalid", "This sign-in is not valid. Sign in again.");
    let Some(header) = parts.headers.get(AUTHORIZATION) else {
        let key = parts.headers.get(API_KEY);
        let key = key.ok_or_else(|| Problem::unauthenticated("unauthenticated", "Sign in first."))?;
        let key = key.to_str().ok().map(str::trim);
        // A token has its own header: one thing, one place.
        return key
            .filter(|key| ApiKeySecret::looks_like_one(key))
            .ok_or_else(|| TokenError::KeyInvalid.into());
    };
    let (scheme, token) = header
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or_else(not_ours)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(not_ours())
    }
}
