//! One endpoint per file.

mod add_passkey;
mod admin;
mod begin_login_passkey;
mod begin_passkey;
mod change_password;
mod closed_accounts;
mod confirm_totp;
mod create_api_key;
mod delete_api_key;
mod disable_totp;
mod elsewhere;
mod email;
mod end_session;
mod end_sessions;
mod enrol_totp;
mod foreign_token;
mod forgot_password;
mod get_me;
mod get_session;
mod get_totp;
mod health;
mod jwks;
mod key_token;
mod list_api_keys;
mod list_passkeys;
mod list_sessions;
mod login;
mod login_passkey;
mod login_second_factor;
mod logout;
mod options;
mod organizations;
mod refresh_token;
mod register;
mod remove_passkey;
mod renew_recovery_codes;
mod reset_password;
mod service_token;
mod users;
mod verify_token;

use axum::routing::{get, post};
use photure_common::identity::{FOREIGN_TOKEN_PATH, KEY_TOKEN_PATH, LIBRARY_TOKEN_PATH};
use photure_common::{Problem, ProblemBody, documentation};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::factor::{Asked, Proof};
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
        .routes(routes!(login_second_factor::login_second_factor))
        .routes(routes!(begin_login_passkey::begin_login_passkey))
        .routes(routes!(login_passkey::login_passkey))
        .routes(routes!(refresh_token::refresh_token))
        .routes(routes!(logout::logout))
        .routes(routes!(verify_token::verify_token))
        .routes(routes!(list_sessions::list_sessions, end_sessions::end_sessions))
        .routes(routes!(get_session::get_session, end_session::end_session))
        .routes(routes!(
            list_api_keys::list_api_keys,
            create_api_key::create_api_key
        ))
        .routes(routes!(elsewhere::list_providers::list_providers))
        .routes(routes!(elsewhere::begin_sign_in::begin_sign_in))
        .routes(routes!(elsewhere::finish::finish))
        .routes(routes!(
            elsewhere::list_identities::list_identities,
            elsewhere::begin_link::begin_link
        ))
        .routes(routes!(elsewhere::confirm_link::confirm_link))
        .routes(routes!(elsewhere::unlink::unlink))
        .routes(routes!(change_password::change_password))
        .routes(routes!(forgot_password::forgot_password))
        .routes(routes!(reset_password::reset_password))
        .routes(routes!(
            email::get_email::get_email,
            email::change_email::change_email
        ))
        .routes(routes!(email::confirm_email::confirm_email))
        .routes(routes!(email::send_confirmation::send_confirmation))
        .routes(routes!(options::options))
        .routes(routes!(list_passkeys::list_passkeys, add_passkey::add_passkey))
        .routes(routes!(begin_passkey::begin_passkey))
        .routes(routes!(remove_passkey::remove_passkey))
        .routes(routes!(get_totp::get_totp, enrol_totp::enrol_totp))
        .routes(routes!(confirm_totp::confirm_totp))
        .routes(routes!(disable_totp::disable_totp))
        .routes(routes!(renew_recovery_codes::renew_recovery_codes))
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
        .routes(routes!(admin::make_password_link::make_password_link))
        .routes(routes!(
            admin::list_invitations::list_invitations,
            admin::make_invitation::make_invitation
        ))
        .routes(routes!(admin::withdraw_invitation::withdraw_invitation))
        .routes(routes!(admin::list_audit::list_audit))
        .routes(routes!(admin::export_audit::export_audit))
        .routes(routes!(health::health))
        .routes(routes!(jwks::jwks))
        .routes(routes!(
            get_me::get_me,
            users::change_me::change_me,
            users::delete_me::delete_me
        ))
        .routes(routes!(users::keep_me::keep_me))
        .routes(routes!(
            users::list_users::list_users,
            users::create_user::create_user
        ))
        .routes(routes!(
            users::get_user::get_user,
            users::replace_user::replace_user,
            users::change_user::change_user,
            users::delete_user::delete_user
        ))
        .routes(routes!(users::keep_user::keep_user))
        .routes(routes!(
            organizations::list_organizations::list_organizations,
            organizations::create_organization::create_organization
        ))
        .routes(routes!(
            organizations::get_organization::get_organization,
            organizations::rename_organization::rename_organization,
            organizations::delete_organization::delete_organization
        ))
        .routes(routes!(organizations::keep_organization::keep_organization))
        .routes(routes!(
            organizations::list_members::list_members,
            organizations::add_member::add_member
        ))
        .routes(routes!(
            organizations::change_member::change_member,
            organizations::remove_member::remove_member
        ))
        .routes(routes!(organizations::list_all::list_all))
        .merge(internal())
}

/// What only services ask is in no document.
fn internal() -> OpenApiRouter<App> {
    let routes = axum::Router::new()
        .route("/internal/service-token", post(service_token::service_token))
        .route("/internal/closed-accounts", get(closed_accounts::list_closed))
        .route(
            "/internal/closed-accounts/{id}/forget",
            post(closed_accounts::forget_closed),
        )
        .route(
            LIBRARY_TOKEN_PATH,
            post(organizations::library_token::library_token),
        )
        .route(KEY_TOKEN_PATH, post(key_token::key_token))
        .route(FOREIGN_TOKEN_PATH, post(foreign_token::foreign_token));
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

/// What is needed beside the password.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecondFactor {
    /// For `auth/login/second-factor`.
    challenge: String,
    /// What it takes: `code` of an authenticator app, `recovery_code`.
    methods: Vec<&'static str>,
    /// Seconds for which `challenge` is good.
    expires_in: u64,
}

impl From<&Asked> for SecondFactor {
    fn from(asked: &Asked) -> Self {
        let recovery = asked.recovery_codes.then_some("recovery_code");
        Self {
            challenge: asked.challenge.clone(),
            methods: ["code"].into_iter().chain(recovery).collect(),
            expires_in: asked.expires_in.as_secs(),
        }
    }
}

/// A problem; where its code is `second_factor_required`, with what is needed to go on.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `Problem::with` puts together")]
pub(crate) struct LoginRefusal {
    #[schema(inline = false)]
    #[serde(flatten)]
    problem: ProblemBody,
    second_factor: Option<SecondFactor>,
}

/// What was shown of the two, if anything.
fn optional_proof(code: Option<String>, recovery_code: Option<String>) -> Result<Option<Proof>, Problem> {
    if code.is_none() && recovery_code.is_none() {
        return Ok(None);
    }
    proof(code, recovery_code).map(Some)
}

/// What was shown of the two, which must be one.
fn proof(code: Option<String>, recovery_code: Option<String>) -> Result<Proof, Problem> {
    match (code, recovery_code) {
        (Some(code), None) => Ok(Proof::Code(code)),
        (None, Some(code)) => Ok(Proof::RecoveryCode(code)),
        (Some(_), Some(_)) => Err(Problem::field(
            "recovery_code",
            "one_of_two",
            "must not stand beside `code`",
        )),
        (None, None) => Err(Problem::field(
            "code",
            "missing",
            "or `recovery_code` must be given",
        )),
    }
}
