use std::net::IpAddr;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccount, Permit};
use photure_domain::account::Session;
use photure_domain::{SessionId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::documentation::{Always, Forbidden, Unauthenticated};
use crate::sessions::Sessions;

/// A device that is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    id: SessionId,
    /// What it said of itself when it was used last: its `User-Agent`.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")]
    device: Option<String>,
    /// Where it was used last.
    #[schema(value_type = Option<String>, example = "203.0.113.7")]
    address: Option<IpAddr>,
    created_at: Timestamp,
    /// When its tokens were renewed last.
    last_used_at: Timestamp,
    /// When it ends if it is not used until then.
    expires_at: Timestamp,
    /// Not null where the session was ended for safety and this is to be told.
    ended_at: Option<Timestamp>,
    /// Whether its refresh token was used twice: somebody else may have had a copy. Until the session is deleted it stays in the list,
    /// so that its owner learns of it.
    alarm: bool,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionView {
    pub(crate) fn new(session: Session, asking: Option<SessionId>) -> Self {
        Self {
            current: asking == Some(session.id),
            id: session.id,
            device: session.client.device,
            address: session.client.address,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
            ended_at: session.revoked_at,
            alarm: session.alarm,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct SessionList {
    items: Vec<SessionView>,
}

/// List your sessions
///
/// The devices that are signed in, last used first, and those whose session was ended for safety and of which you have not taken note.
#[utoipa::path(
    get,
    path = "/api/v1/auth/sessions",
    tag = "auth",
    responses((status = 200, description = "The sessions", body = SessionList), Unauthenticated, Forbidden, Always),
    security(("bearer" = [])),
)]
pub(super) async fn list_sessions(
    permit: Permit<ManageAccount>,
    State(sessions): State<Sessions>,
) -> Result<Json<SessionList>, Problem> {
    let found = sessions.of(permit.user()?).await?;
    let asking = permit.caller.session;
    let items = found
        .into_iter()
        .map(|session| SessionView::new(session, asking))
        .collect();
    Ok(Json(SessionList { items }))
}
