use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{EmptyAccounts, Permit};
use photure_domain::registration::EmptiedLibrary;

use crate::library::Library;

/// Forgets some of a closed account's photos; asked again and again until there is none. Whose, auth has written into the token: nobody empties another's.
pub(super) async fn empty_library(
    permit: Permit<EmptyAccounts>,
    State(library): State<Arc<Library>>,
) -> Result<Json<EmptiedLibrary>, Problem> {
    let owner = permit.caller.account.ok_or_else(Problem::forbidden)?;
    let deleted = library.empty(owner).await?;
    Ok(Json(EmptiedLibrary { deleted }))
}
