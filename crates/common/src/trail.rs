//! What is written down of whoever asks for something.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use photure_domain::access::Actor;
use photure_domain::audit::{Doer, Trail};
use photure_domain::{Clock, IdSource};

use crate::chassis::RequestId;
use crate::client::Seen;
use crate::identity::Caller;

/// Gives entries their time and their id.
#[derive(Clone, Debug)]
pub struct Scribe {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

/// What is written down of a request, whoever it turns out to be from.
#[derive(Debug)]
pub struct Asked(pub Trail);

impl Asked {
    /// By whoever was let in.
    pub fn by(self, caller: &Caller) -> Trail {
        self.0.by(match caller.actor {
            Actor::User(user) | Actor::Member { user, .. } => Doer::Person(user),
            Actor::Program(user) => Doer::Program(user),
            Actor::Service => Doer::Photure,
        })
    }
}

impl<S> FromRequestParts<S> for Asked
where
    S: Send + Sync,
    Scribe: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let Scribe { clock, ids } = Scribe::from_ref(state);
        let Ok(Seen(from)) = Seen::from_request_parts(parts, state).await;
        Ok(Self(Trail {
            from,
            request_id: RequestId::current().map(|id| id.as_str().to_owned()),
            ..Trail::begin(&*clock, &*ids, Doer::Stranger)
        }))
    }
}
