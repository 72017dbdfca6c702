use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::Json;
use photure_common::identity::{Permit, ReadPhotos};
use photure_domain::PhotoId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::documentation::{Always, IdempotencyKey, Unprocessable};
use crate::library::{CheckItem, Library, Verdict};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckRequest {
    #[schema(max_items = 1000)]
    items: Vec<CheckRequestItem>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckRequestItem {
    /// The client's own name for the file, handed back as it is.
    #[serde(rename = "ref")]
    #[schema(max_length = 200)]
    reference: String,
    /// 64 lower-case hexadecimal digits; anything else is refused as this item.
    sha256: String,
    bytes: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckAnswer {
    /// One per item, in their order.
    items: Vec<CheckAnswerItem>,
}

#[derive(Debug, Serialize, ToSchema)]
struct CheckAnswerItem {
    #[serde(rename = "ref")]
    reference: String,
    result: CheckResult,
    /// Of a duplicate: the photo there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    photo_id: Option<PhotoId>,
    /// Of a duplicate: whether that photo is in the trash.
    #[serde(skip_serializing_if = "Option::is_none")]
    trashed: Option<bool>,
    /// Of a rejected one, why: `invalid_sha256`, `empty_file`, `payload_too_large`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CheckResult {
    /// Send it.
    Accept,
    /// It is there already.
    Duplicate,
    /// It would be refused.
    Rejected,
}

impl CheckAnswerItem {
    fn new(reference: String, verdict: Verdict) -> Self {
        let bare = |result| Self { reference, result, photo_id: None, trashed: None, code: None };
        match verdict {
            Verdict::Accept => bare(CheckResult::Accept),
            Verdict::Duplicate { photo_id, trashed } => {
                Self { photo_id: Some(photo_id), trashed: Some(trashed), ..bare(CheckResult::Duplicate) }
            }
            Verdict::Rejected(code) => Self { code: Some(code), ..bare(CheckResult::Rejected) },
        }
    }
}

impl From<CheckRequestItem> for CheckItem {
    fn from(item: CheckRequestItem) -> Self {
        Self { reference: item.reference, sha256: item.sha256, bytes: item.bytes }
    }
}

/// Check before uploading
///
/// Says of each file whether sending it would be of use. Checking reserves nothing, and may be left out.
#[utoipa::path(
    post,
    path = "/api/v1/photos/check",
    tag = "photos",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CheckRequest,
    responses((status = 200, description = "A verdict per item", body = CheckAnswer), Always, Unprocessable)
)]
pub(crate) async fn check_photos(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Json(request): Json<CheckRequest>,
) -> Result<Json<CheckAnswer>, Problem> {
    let items: Vec<CheckItem> = request.items.into_iter().map(CheckItem::from).collect();
    let verdicts = library.check(permit.user()?, &items).await?;
    let answered = items.into_iter().zip(verdicts);
    let items = answered.map(|(item, verdict)| CheckAnswerItem::new(item.reference, verdict)).collect();
    Ok(Json(CheckAnswer { items }))
}
