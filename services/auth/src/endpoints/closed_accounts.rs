use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{EmptyAccounts, Permit};
use photure_common::trail::Asked;
use photure_domain::UserId;
use photure_domain::registration::{ClosedAccount, ClosedAccounts, ForgottenAccount};

use crate::closings::Closings;
use crate::error::AuthError;
use crate::service_tokens::ServiceTokens;

/// Accounts whose time was up, the longest closed first: their libraries are to be emptied. Asked by media, past the gateway.
pub(super) async fn list_closed(
    _: Permit<EmptyAccounts>,
    State(closings): State<Closings>,
    State(tokens): State<ServiceTokens>,
) -> Result<Json<ClosedAccounts>, Problem> {
    let closed = closings.closed().await?;
    let items = closed.into_iter().map(|user_id| {
        let access = tokens.to_empty(user_id)?;
        Ok(ClosedAccount { user_id, access })
    });
    let items = items.collect::<Result<_, AuthError>>()?;
    Ok(Json(ClosedAccounts { items }))
}

/// The library of a closed account is empty: the account is forgotten.
pub(super) async fn forget_closed(
    permit: Permit<EmptyAccounts>,
    State(closings): State<Closings>,
    Path(id): Path<UserId>,
    asked: Asked,
) -> Result<Json<ForgottenAccount>, Problem> {
    let forgotten = closings.forget(id, asked.by(&permit.caller)).await?;
    Ok(Json(ForgottenAccount { forgotten }))
}
