use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use photure_common::Problem;
use photure_common::extract::{Path, Query};
use photure_common::identity::{Permit, PurgePhotos, WritePhotos};
use photure_domain::PhotoId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::documentation::{Always, IfMatchHeader, InvalidQuery, NotFound, Precondition, StorageFull};
use crate::etag::IfMatch;
use crate::library::Library;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteQuery {
    /// Purge it for ever, from the trash or past it. In the library of an organization that is for its owners and admins.
    #[serde(default)]
    permanent: bool,
}

/// Delete a photo
///
/// It goes to the trash, which keeps it for its time.
#[utoipa::path(
    delete,
    path = "/api/v1/photos/{id}",
    tag = "photos",
    security(("bearer" = [])),
    params(("id" = PhotoId, Path), DeleteQuery, IfMatchHeader),
    responses(
        (status = 204, description = "It is in the trash, or gone"),
        Always, NotFound, Precondition, InvalidQuery, StorageFull
    )
)]
pub(crate) async fn delete_photo(
    permit: Permit<WritePhotos>,
    State(library): State<Arc<Library>>,
    Path(id): Path<PhotoId>,
    Query(query): Query<DeleteQuery>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    let owner = permit.library()?;
    if query.permanent {
        Permit::<PurgePhotos>::try_from(permit.caller)?;
        library.purge(owner, id, &expected).await?;
    } else {
        library.trash(owner, id, &expected).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
