use photure_common::extract::Json;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(crate) struct AuthHealth {
    /// `ok`.
    status: &'static str,
}

/// Ask whether auth answers
#[utoipa::path(
    get,
    path = "/api/v1/auth/health",
    tag = "auth",
    responses((status = 200, description = "It does", body = AuthHealth)),
    security(()),
)]
pub(super) async fn health() -> Json<AuthHealth> {
    Json(AuthHealth { status: "ok" })
}
