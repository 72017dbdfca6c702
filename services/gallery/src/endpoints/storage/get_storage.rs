use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Administer, Permit};
use photure_domain::UserId;

use super::Storage;
use crate::documentation::{Always, MalformedId};
use crate::library::Library;

/// See what somebody keeps
///
/// For administrators. Whoever keeps nothing has zero, whether there is such an account or not: accounts are auth's.
#[utoipa::path(
    get,
    path = "/api/v1/admin/storage/{id}",
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = UserId, Path, description = "The account's")),
    responses((status = 200, description = "What they keep, and may keep", body = Storage), Always, MalformedId)
)]
pub(crate) async fn get_storage(
    _: Permit<Administer>,
    State(library): State<Arc<Library>>,
    Path(owner): Path<UserId>,
) -> Result<Json<Storage>, Problem> {
    let holding = library.holding(owner).await?;
    Ok(Json(Storage::new(holding, library.default_quota())))
}
