use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use photure_common::chassis::RequestId;
use photure_common::client::Seen;
use photure_common::identity::Caller;
use photure_domain::access::Actor;
use photure_domain::audit::{Doer, Trail};

use crate::app::App;

/// What is written down of a request, whoever it turns out to be from.
#[derive(Debug)]
pub(crate) struct Asked(pub(crate) Trail);

impl Asked {
    /// By whoever was let in.
    pub(crate) fn by(self, caller: &Caller) -> Trail {
        self.0.by(match caller.actor {
            Actor::User(user) => Doer::Person(user),
            Actor::Program(user) => Doer::Program(user),
            Actor::Service => Doer::Photure,
        })
    }
}

impl FromRequestParts<App> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let Ok(Seen(from)) = Seen::from_request_parts(parts, app).await;
        let trail = Trail::begin(&*app.accounts.clock, &*app.accounts.ids, Doer::Stranger);
        Ok(Self(Trail {
            from,
            request_id: RequestId::current().map(|id| id.as_str().to_owned()),
            ..trail
        }))
    }
}
