use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Permit, ReadPhotos};
use photure_domain::quota::UsageView;

use crate::documentation::Always;
use crate::library::Library;

/// See what the library holds
///
/// And what it may hold: one's own, or that of an organization one is in.
#[utoipa::path(
    get,
    path = "/api/v1/usage",
    tag = "photos",
    responses((status = 200, description = "What it holds, and may hold", body = UsageView), Always),
    security(("bearer" = []))
)]
pub(super) async fn get_usage(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
) -> Result<Json<UsageView>, Problem> {
    let holding = library.holding(permit.library()?).await?;
    Ok(Json(holding.told(library.default_quota())))
}
