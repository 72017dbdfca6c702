//! What the OpenAPI document says of every route alike: the problems it may answer with, and how a caller is known.

use std::collections::BTreeMap;

use photure_common::ProblemBody;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, PartialSchema, ToSchema};

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident { $($status:literal $said:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$(($status.to_owned(), problem($said).into())),+])
            }
        }
    )+};
}

problems! {
    /// What every route may answer.
    Always {
        "401" "Nobody is signed in, or the token is not taken: `unauthenticated`, `token_invalid`, `token_expired`.",
        "403" "The token does not reach that far: `forbidden`.",
        "500" "A fault of ours: `internal_error`.",
        "503" "The database or auth does not answer; try again in a moment: `unavailable`.",
        "504" "It took more than 15 seconds: `timeout`.",
    }
    /// Beside [`Always`], of a route that names a thing.
    NotFound {
        "404" "There is no such thing, or it is somebody else's: `not_found`; the id is none: `malformed_id`.",
    }
    /// Beside [`Always`], of a route that takes fields.
    Unprocessable {
        "400" "The body is not JSON: `malformed_json`.",
        "413" "The body is too large: `payload_too_large`.",
        "415" "The body does not say that it is JSON: `json_expected`.",
        "422" "Fields that do not fit, each named: `invalid_fields`.",
    }
    /// Beside [`Always`], of a route that takes a query.
    InvalidQuery {
        "422" "An unknown or unfitting query field: `invalid_fields`; a cursor of no or another list: `invalid_cursor`.",
    }
    /// Beside [`Always`], of a route that honours `If-Match`.
    Precondition {
        "412" "The photo was changed since: `precondition_failed`.",
    }
    /// Beside [`Always`], of a route that writes.
    StorageFull {
        "507" "The database has no room left: `storage_full`.",
    }
}

fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name(ProblemBody::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let request_id = HeaderBuilder::new().schema(Some(String::schema())).description(Some("What to quote to an operator")).build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .header("X-Request-Id", request_id)
        .build()
}

/// Every POST here may be repeated as it is: it ends in the same state.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only documents")]
pub(crate) struct IdempotencyKey {
    /// Taken and not needed: repeating this request ends in the same state anyway.
    #[param(rename = "Idempotency-Key", required = false)]
    idempotency_key: Option<String>,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only documents")]
pub(crate) struct IfMatchHeader {
    /// The ETag that the photo was seen with; the change is made only if it still has it.
    #[param(rename = "If-Match", required = false)]
    if_match: Option<String>,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only documents")]
pub(crate) struct IfNoneMatchHeader {
    /// The ETag of what the caller has; answered with 304 if it is still the same.
    #[param(rename = "If-None-Match", required = false)]
    if_none_match: Option<String>,
}

/// Adds what the routes refer to.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    let components = document.components.get_or_insert_default();
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    let mut fields = Vec::new();
    ProblemBody::schemas(&mut fields);
    components.schemas.extend(fields);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    document
}
