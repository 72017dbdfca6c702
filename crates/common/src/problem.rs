use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is told to a caller when something does not go (RFC 9457): a sentence for a person, a stable code for a program,
/// and nothing of what happened inside.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub status: StatusCode,
    /// Stable, snake case.
    pub code: &'static str,
    pub detail: String,
    pub errors: Vec<FieldError>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u32>,
    challenge: Option<&'static str>,
    /// Further members of the document, which RFC 9457 calls extensions.
    members: serde_json::Map<String, serde_json::Value>,
}

/// What is wrong with one field of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Where it stands: `items[3].sha256`.
    pub path: String,
    pub code: String,
    pub message: String,
}

/// The document itself, `application/problem+json`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// Stable: what a program decides by.
    pub code: String,
    /// A sentence for a person.
    pub detail: String,
    /// The request id, as a URN: what to quote to an operator.
    pub instance: Option<String>,
    #[serde(default)]
    pub errors: Vec<FieldError>,
    /// What only one kind of problem says.
    #[serde(flatten)]
    #[schema(ignore)]
    pub members: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            challenge: None,
            members: serde_json::Map::new(),
        }
    }

    /// What only this kind of problem says, under a `name` of its own.
    #[must_use]
    pub fn with(mut self, name: &str, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => {
                self.members.insert(name.to_owned(), value);
            }
            Err(error) => return Self::internal(&error),
        }
        self
    }

    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// No token, or one that is not taken.
    pub fn unauthenticated(code: &'static str, detail: impl Into<String>) -> Self {
        let challenge = if code == "unauthenticated" {
            "Bearer"
        } else {
            "Bearer error=\"invalid_token\""
        };
        Self {
            challenge: Some(challenge),
            ..Self::new(StatusCode::UNAUTHORIZED, code, detail)
        }
    }

    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Your sign-in does not allow this.",
        )
    }

    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing here, or it is not yours.",
        )
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// Fields that do not fit.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("{}: {}", only.path, only.message),
            _ => "Some fields are not as they should be.".to_owned(),
        };
        Self {
            errors,
            ..Self::unprocessable("invalid_fields", detail)
        }
    }

    pub fn field(path: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError {
            path: path.into(),
            code: code.into(),
            message: message.into(),
        }])
    }

    /// Something this service needs is away. `cause` goes to the log.
    pub fn unavailable(what: &'static str, cause: &(dyn std::error::Error + '_)) -> Self {
        tracing::warn!(what, cause = causes(cause), "unavailable");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Part of Photure does not answer right now. Nothing is lost; try again in a moment.",
        )
        .retry_after(2)
    }

    /// The disk or the bucket is full. `cause` goes to the log.
    pub fn storage_full(cause: &(dyn std::error::Error + '_)) -> Self {
        tracing::error!(cause = causes(cause), "storage full");
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "storage_full",
            "The server has no room left. Whoever runs it has to make room; then try again.",
        )
    }

    /// What somebody sends does not fit into what they may keep. A 4xx, and no 507: the server is well, sending it again is of no use, and
    /// clients repeat by themselves what is answered with a 5xx.
    pub fn quota_exceeded() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "quota_exceeded",
            "There is no room left for this in what you may keep. Delete photos for good (the trash counts too), or ask whoever runs this Photure for more room.",
        )
    }

    /// A fault of ours. `cause` goes to the log, never to the caller.
    pub fn internal(cause: &(dyn std::error::Error + '_)) -> Self {
        tracing::error!(cause = causes(cause), "internal error");
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// What a bare status means, for answers that come from a library.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::BAD_REQUEST => ("bad_request", "The request is not understood."),
            StatusCode::UNAUTHORIZED => ("unauthenticated", "Sign in first."),
            StatusCode::FORBIDDEN => return Self::forbidden(),
            StatusCode::NOT_FOUND => return Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "This address does not take that method.")
            }
            StatusCode::REQUEST_TIMEOUT => ("request_timeout", "The request took too long to arrive."),
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("payload_too_large", "The request is larger than is taken here.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (
                "unsupported_media_type",
                "This kind of content is not taken here.",
            ),
            StatusCode::UNPROCESSABLE_ENTITY => ("invalid_fields", "Some fields are not as they should be."),
            StatusCode::TOO_MANY_REQUESTS => {
                ("rate_limited", "Too many requests. Wait a moment, then go on.")
            }
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE => (
                "unavailable",
                "Part of Photure does not answer right now. Nothing is lost; try again in a moment.",
            ),
            StatusCode::GATEWAY_TIMEOUT => (
                "timeout",
                "Part of Photure took too long to answer. Try again in a moment.",
            ),
            status if status.is_client_error() => ("bad_request", "The request is not understood."),
            _ => (
                "internal_error",
                "Something went wrong on our side. It is in the log, under this request's id.",
            ),
        };
        Self::new(status, code, detail)
    }

    /// As a document; `request_id` becomes the instance.
    pub fn body(&self, request_id: Option<&str>) -> ProblemBody {
        ProblemBody {
            kind: format!("/api/docs#problem-{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.clone(),
            instance: request_id.map(|id| format!("urn:photure:request:{id}")),
            errors: self.errors.clone(),
            members: self.members.clone(),
        }
    }

    pub(crate) fn respond(self, request_id: Option<&str>) -> Response {
        let mut response = (self.status, Json(self.body(request_id))).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = self.challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.respond(None)
    }
}

/// An error and what lies behind it, in one line.
pub(crate) fn causes(error: &(dyn std::error::Error + '_)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
