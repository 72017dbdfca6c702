//! What the OpenAPI document says of many routes alike: the problems they may answer with, and the headers they take.

use photure_common::problems;
use utoipa::IntoParams;

problems! {
    /// What every route may answer.
    Always {
        "401" "Nobody is signed in, or the token is not taken: `unauthenticated`, `token_invalid`, `token_expired`, `session_ended`.",
        "403" "The token does not reach that far: `forbidden`.",
        "500" "A fault of ours: `internal_error`.",
        "503" "The database or auth does not answer; try again in a moment: `unavailable`.",
        "504" "It took more than 15 seconds: `timeout`.",
    }
    /// Beside [`Always`], of a route that names a thing.
    NotFound {
        "404" "There is no such thing, or it is somebody else's: `not_found`; the id is none: `malformed_id`.",
    }
    /// Beside [`Always`], of a route that names somebody who need not be there.
    MalformedId {
        "404" "The id is none: `malformed_id`.",
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
