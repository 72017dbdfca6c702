//! One endpoint per file.

mod admin;
mod change_password;
mod create_api_key;
mod delete_api_key;
mod end_session;
mod end_sessions;
mod get_me;
mod get_session;
mod health;
mod jwks;
mod key_token;
mod list_api_keys;
mod list_sessions;
mod login;
mod logout;
mod refresh_token;
mod register;
mod service_token;
mod verify_token;

use axum::routing::post;
use photure_common::documentation;
use photure_common::identity::KEY_TOKEN_PATH;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::sessions::Granted;

#[derive(OpenApi)]
#[openapi(info(
    title = "Photure auth",
    description = "Accounts, sessions, and the keys that sign tokens."
))]
struct Document;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(documentation::complete(Document::openapi()))
        .routes(routes!(register::register))
        .routes(routes!(login::login))
        .routes(routes!(refresh_token::refresh_token))
        .routes(routes!(logout::logout))
        .routes(routes!(verify_token::verify_token))
        .routes(routes!(list_sessions::list_sessions, end_sessions::end_sessions))
        .routes(routes!(get_session::get_session, end_session::end_session))
        .routes(routes!(
            list_api_keys::list_api_keys,
            create_api_key::create_api_key
        ))
        .routes(routes!(change_password::change_password))
        .routes(routes!(delete_api_key::delete_api_key))
        .routes(routes!(
            admin::list_users::list_users,
            admin::create_user::create_user
        ))
        .routes(routes!(
            admin::get_user::get_user,
            admin::change_user::change_user
        ))
        .routes(routes!(admin::end_user_sessions::end_user_sessions))
        .routes(routes!(admin::reset_user_password::reset_user_password))
        .routes(routes!(admin::list_audit::list_audit))
        .routes(routes!(admin::export_audit::export_audit))
        .routes(routes!(health::health))
        .routes(routes!(jwks::jwks))
        .routes(routes!(get_me::get_me))
        .merge(internal())
}

/// What only services ask is in no document.
fn internal() -> OpenApiRouter<App> {
    let routes = axum::Router::new()
        .route("/internal/service-token", post(service_token::service_token))
        .route(KEY_TOKEN_PATH, post(key_token::key_token));
    OpenApiRouter::from(routes)
}

/// What a device shows from now on.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tokens {
    /// For `Authorization: Bearer`.
    access: String,
    /// For `auth/token/refresh`, once.
    refresh: String,
    /// Seconds for which `access` is good.
    expires_in: u64,
}

impl From<Granted> for Tokens {
    fn from(granted: Granted) -> Self {
        Self {
            access: granted.access,
            refresh: granted.refresh.as_str().to_owned(),
            expires_in: granted.expires_in.as_secs(),
        }
    }
}

/// A refresh token, from those who keep it themselves; browsers have it in a cookie.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    #[serde(default)]
    refresh: Option<String>,
}
