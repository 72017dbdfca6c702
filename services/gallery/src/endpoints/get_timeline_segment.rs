use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{Permit, ReadPhotos};
use photure_domain::SegmentId;

use crate::documentation::{Always, IfNoneMatchHeader, NotFound};
use crate::etag::{self, IfNoneMatch};
use crate::library::Library;
use crate::view::SegmentColumns;

/// See a segment of the timeline
///
/// Its photos, newest first, in columns. A segment that is no longer there was split, emptied or rebuilt: fetch the
/// timeline again.
#[utoipa::path(
    get,
    path = "/api/v1/timeline/segments/{id}",
    tag = "timeline",
    security(("bearer" = [])),
    params(("id" = SegmentId, Path), IfNoneMatchHeader),
    responses(
        (status = 200, description = "The segment's photos", body = SegmentColumns, headers(("ETag" = String))),
        (status = 304, description = "They are as the caller has them, and so are the addresses"),
        Always, NotFound
    )
)]
pub(crate) async fn get_timeline_segment(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Path(id): Path<SegmentId>,
    if_none_match: IfNoneMatch,
) -> Result<Response, Problem> {
    let (segment, photos) = library.segment(permit.user()?, id).await?;
    let addresses = library.addresses();
    let etag = etag::of_segment(&segment, addresses.expiry());
    Ok(if_none_match.answer(etag, SegmentColumns::new(photos, &addresses)))
}
