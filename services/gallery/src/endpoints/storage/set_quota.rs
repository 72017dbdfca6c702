use std::sync::Arc;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{ManageAccounts, Permit};
use photure_common::trail::Asked;
use photure_domain::UserId;
use photure_domain::quota::Quota;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{QuotaKind, Storage};
use crate::documentation::{Always, MalformedId, StorageFull, Unprocessable};
use crate::library::Library;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuotaChoice {
    quota: QuotaKind,
    /// With `limited`, and with nothing else. With 0 nothing more is taken in.
    #[serde(default)]
    #[schema(required = false, format = "uint64", maximum = 1_125_899_906_842_624_u64)]
    quota_bytes: Option<u64>,
}

impl TryFrom<QuotaChoice> for Quota {
    type Error = Problem;

    fn try_from(choice: QuotaChoice) -> Result<Self, Problem> {
        match (choice.quota, choice.quota_bytes) {
            (QuotaKind::Default, None) => Ok(Self::Default),
            (QuotaKind::Unlimited, None) => Ok(Self::Unlimited),
            (QuotaKind::Limited, Some(bytes)) => Ok(Self::Bytes(bytes)),
            (QuotaKind::Limited, None) => {
                Err(Problem::field("quota_bytes", "required", "says how much it is"))
            }
            (QuotaKind::Default | QuotaKind::Unlimited, Some(_)) => Err(Problem::field(
                "quota_bytes",
                "unexpected",
                "goes with `limited` alone",
            )),
        }
    }
}

/// Decide how much somebody may keep
///
/// For administrators who are signed in themselves. It holds for what comes from now on: nothing is deleted where more is kept already. Written
/// down in the audit log.
#[utoipa::path(
    put,
    path = "/api/v1/admin/storage/{id}",
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = UserId, Path, description = "The account's")),
    request_body = QuotaChoice,
    responses(
        (status = 200, description = "What they keep, and may keep", body = Storage),
        Always, MalformedId, Unprocessable, StorageFull
    )
)]
pub(crate) async fn set_quota(
    permit: Permit<ManageAccounts>,
    State(library): State<Arc<Library>>,
    Path(owner): Path<UserId>,
    asked: Asked,
    Json(choice): Json<QuotaChoice>,
) -> Result<Json<Storage>, Problem> {
    let trail = asked.by(&permit.caller);
    let holding = library.set_quota(owner, choice.try_into()?, trail).await?;
    Ok(Json(Storage::new(holding, library.default_quota())))
}
