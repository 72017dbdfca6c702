use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list_invitations::InvitationView;
use crate::documentation::{Always, Forbidden, Unauthenticated, Unprocessable};
use crate::invitations::{Invitations, Invited};

const DAYS: u32 = 7;
const MOST_DAYS: u32 = 60;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvitation {
    /// Where it is sent, where mail is sent; whoever registers with this address has confirmed it. Without one it is for whoever is handed the link.
    #[serde(default)]
    #[schema(required = false, format = Email, max_length = 254, example = "ada@example.org")]
    email: Option<String>,
    /// How long it is good.
    #[serde(default = "a_week")]
    #[schema(required = false, minimum = 1, maximum = 60, default = 7)]
    days: u32,
}

fn a_week() -> u32 {
    DAYS
}

/// An invitation and its link.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeInvitation {
    #[serde(flatten)]
    invitation: InvitationView,
    /// Told this once.
    #[schema(example = "https://photos.example.org/register#…")]
    link: String,
    /// It is on its way by mail; else it has to be handed over.
    mailed: bool,
}

impl From<Invited> for MadeInvitation {
    fn from(invited: Invited) -> Self {
        Self {
            invitation: invited.invitation.into(),
            link: invited.link.expose_secret().to_owned(),
            mailed: invited.is_mailed,
        }
    }
}

/// Invite somebody
///
/// Whoever has the link may make one account, also where `PHOTURE_REGISTRATION` is `invitation`. For administrators who are signed in themselves.
#[utoipa::path(
    post,
    path = "/api/v1/admin/invitations",
    tag = "admin",
    request_body = NewInvitation,
    responses(
        (status = 201, description = "The invitation", body = MadeInvitation),
        Unauthenticated, Forbidden, Unprocessable, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn make_invitation(
    permit: Permit<ManageAccounts>,
    State(invitations): State<Invitations>,
    asked: Asked,
    Json(new): Json<NewInvitation>,
) -> Result<(StatusCode, Json<MadeInvitation>), Problem> {
    if !(1..=MOST_DAYS).contains(&new.days) {
        return Err(Problem::field("days", "range", "must be from 1 to 60"));
    }
    let trail = asked.by(&permit.caller);
    let invited = invitations
        .invite(permit.user()?, new.email, new.days, trail)
        .await?;
    Ok((StatusCode::CREATED, Json(invited.into())))
}
