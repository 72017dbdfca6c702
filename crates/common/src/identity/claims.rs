use serde::{Deserialize, Serialize};

/// The audience of every access token a person gets. Service tokens name one service instead.
pub const AUDIENCE: &str = "photure";

/// What an access token says (RFC 9068). Times are seconds since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    pub iss: String,
    pub aud: String,
    /// A user id, `service:<name>`, or `service:<name>:<user id>` of what a service may do to one account.
    pub sub: String,
    /// The API key that it was exchanged for; then there is no session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Who has signed this person in, where the session is theirs and not one of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp: Option<String>,
    /// The session; services have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What a person is called (OpenID Connect Core, section 5.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// The organization in whose library alone it is good, and what its bearer is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library_role: Option<String>,
    /// Names with a space between.
    pub scope: String,
    pub iat: i64,
    pub exp: i64,
}
