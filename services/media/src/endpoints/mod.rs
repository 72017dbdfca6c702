//! One endpoint per file.

mod create_archive;
mod get_archive;
mod get_integrity;
mod serve_media;
mod upload_photo;
mod uploads;

use photure_common::ProblemBody;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;
pub(crate) use upload_photo::pass_on;

#[derive(OpenApi)]
#[openapi(
    info(title = "Photure media", description = "Uploads, and the bytes themselves."),
    components(schemas(ProblemBody))
)]
struct Document;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(upload_photo::upload_photo))
        .routes(routes!(serve_media::serve_media))
        .routes(routes!(create_archive::create_archive))
        .routes(routes!(get_archive::get_archive))
        .routes(routes!(get_integrity::get_integrity))
        .merge(uploads::router())
}
