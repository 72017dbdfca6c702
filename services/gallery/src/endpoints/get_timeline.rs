use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use photure_common::Problem;
use photure_common::extract::Query;
use photure_common::identity::{Permit, ReadPhotos};
use photure_domain::timeline::TimelineScope;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::documentation::{Always, IfNoneMatchHeader, InvalidQuery};
use crate::etag::{self, IfNoneMatch};
use crate::library::Library;
use crate::view::TimelineView;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TimelineQuery {
    /// Only favourites.
    #[serde(default)]
    favorite: bool,
}

/// See the timeline
///
/// The whole library as segments with their counts, newest first, so that a page knows its height before any photo is fetched.
#[utoipa::path(
    get,
    path = "/api/v1/timeline",
    tag = "timeline",
    security(("bearer" = [])),
    params(TimelineQuery, IfNoneMatchHeader),
    responses(
        (status = 200, description = "The timeline", body = TimelineView, headers(("ETag" = String))),
        (status = 304, description = "It is as the caller has it"),
        Always, InvalidQuery
    )
)]
pub(crate) async fn get_timeline(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Query(query): Query<TimelineQuery>,
    if_none_match: IfNoneMatch,
) -> Result<Response, Problem> {
    let owner = permit.library()?;
    let scope = if query.favorite {
        TimelineScope::Favorites
    } else {
        TimelineScope::All
    };
    let timeline = library.timeline(owner, scope).await?;
    let etag = etag::of_timeline(owner, scope, timeline.version);
    Ok(if_none_match.answer(etag, TimelineView::from(timeline)))
}
