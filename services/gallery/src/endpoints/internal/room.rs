use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::Identified;
use photure_domain::registration::{RoomAnswer, RoomQuestion};

use crate::library::Library;

/// Whether a file may be kept, before media does any work for it. In whose name, as with a registration.
pub(super) async fn room(
    Identified(caller): Identified,
    State(library): State<Arc<Library>>,
    Json(question): Json<RoomQuestion>,
) -> Result<Json<RoomAnswer>, Problem> {
    let answer = library.has_room(caller.actor, &caller.scopes, question).await?;
    Ok(Json(answer))
}
