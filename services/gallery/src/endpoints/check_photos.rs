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
    #[schema(format = "uint64")]
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
    /// Of a duplicate: whether that photo has its film, so that it need not be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<bool>,
    /// Of a rejected one, why: `invalid_sha256`, `empty_file`, `payload_too_large`, `quota_exceeded`: there is no room for it beside what is
    /// accepted before it.
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
        let bare = |result| Self {
            reference,
            result,
            photo_id: None,
            trashed: None,
            live: None,
            code: None,
        };
        match verdict {
            Verdict::Accept => bare(CheckResult::Accept),
            Verdict::Duplicate {
                photo_id,
                trashed,
                has_film,
            } => Self {
                live: Some(has_film),
                photo_id: Some(photo_id),
                trashed: Some(trashed),
                ..bare(CheckResult::Duplicate)
            },
            Verdict::Rejected(code) => Self {
                code: Some(code),
                ..bare(CheckResult::Rejected)
            },
        }
    }
}

impl From<CheckRequestItem> for CheckItem {
    fn from(item: CheckRequestItem) -> Self {
        Self {
            reference: item.reference,
            sha256: item.sha256,
            bytes: item.bytes,
        }
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
    let verdicts = library.check(permit.library()?, &items).await?;
    let answered = items.into_iter().zip(verdicts);
    let items = answered
        .map(|(item, verdict)| CheckAnswerItem::new(item.reference, verdict))
        .collect();
    Ok(Json(CheckAnswer { items }))
}

#[cfg(test)]
mod tests {
    use photure_testkit::sha256;
    use serde_json::{Value, json};

    use crate::tests::World;
    use crate::tests::world::MAX_UPLOAD;

    async fn checked(world: &World, items: Value) -> Value {
        let answer = world
            .person(1)
            .post("/api/v1/photos/check")
            .json(&json!({"items": items}))
            .await;
        assert_eq!(answer.status_code(), 200, "{}", answer.text());
        answer.json::<Value>()["items"].clone()
    }

    #[tokio::test]
    async fn each_item_has_its_own_verdict_in_its_place() {
        let world = World::new().await;
        let (kept, trashed) = (
            world.upload(1, 1, "2024-07-28T19:04:05Z").await,
            world.upload(1, 2, "2024-07-28T19:04:05Z").await,
        );
        world
            .person(1)
            .delete(&format!("/api/v1/photos/{}", trashed["id"].as_str().unwrap()))
            .await;
        let upper = sha256(1).to_string().to_uppercase();
        let verdicts = checked(
            &world,
            json!([
                {"ref": "new", "sha256": sha256(3), "bytes": MAX_UPLOAD},
                {"ref": "kept", "sha256": sha256(1), "bytes": 1000},
                {"ref": "trashed", "sha256": sha256(2), "bytes": 1000},
                {"ref": "upper", "sha256": upper, "bytes": 1000},
                {"ref": "", "sha256": "../../etc/passwd", "bytes": 1000},
                {"ref": "🏝️", "sha256": sha256(4), "bytes": MAX_UPLOAD + 1},
                {"ref": "huge", "sha256": sha256(4), "bytes": u64::MAX},
                {"ref": "empty", "sha256": sha256(5), "bytes": 0},
                {"ref": "new", "sha256": sha256(3), "bytes": 1},
            ]),
        )
        .await;
        assert_eq!(
            verdicts,
            json!([
                {"ref": "new", "result": "accept"},
                {"ref": "kept", "result": "duplicate", "photo_id": kept["id"], "trashed": false, "live": false},
                {"ref": "trashed", "result": "duplicate", "photo_id": trashed["id"], "trashed": true, "live": false},
                {"ref": "upper", "result": "rejected", "code": "invalid_sha256"},
                {"ref": "", "result": "rejected", "code": "invalid_sha256"},
                {"ref": "🏝️", "result": "rejected", "code": "payload_too_large"},
                {"ref": "huge", "result": "rejected", "code": "payload_too_large"},
                {"ref": "empty", "result": "rejected", "code": "empty_file"},
                {"ref": "new", "result": "accept"},
            ])
        );
    }

    #[tokio::test]
    async fn a_thousand_are_checked_at_once() {
        let world = World::new().await;
        world.upload(1, 999, "2024-07-28T19:04:05Z").await;
        let items: Vec<_> = (0..1000)
            .map(|n| json!({"ref": "é".repeat(200), "sha256": sha256(n), "bytes": 1}))
            .collect();
        let verdicts = checked(&world, json!(items)).await;
        let verdicts = verdicts.as_array().unwrap();
        assert_eq!(verdicts.len(), 1000);
        assert!(verdicts[..999].iter().all(|item| item["result"] == "accept"));
        assert_eq!(verdicts[999]["result"], "duplicate");
        assert_eq!(checked(&world, json!([])).await, json!([]));
    }
}
