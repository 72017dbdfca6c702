use std::net::IpAddr;

use axum::extract::State;
use photure_common::Problem;
use photure_common::extract::{Json, Query};
use photure_common::identity::{Administer, Permit};
use photure_domain::audit::{AuditAction, AuditEntry};
use photure_domain::{AuditId, Timestamp, UserId};
use photure_store::AuditFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::audit::Audit;
use crate::documentation::{Always, Forbidden, InvalidQuery, Unauthenticated};
use crate::places;

const LIMIT: u32 = 100;
const MOST: u32 = 500;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Only what was done in this person's name.
    #[param(value_type = Option<Uuid>)]
    actor: Option<UserId>,
    /// Only what is about this person's account.
    #[param(value_type = Option<Uuid>)]
    account: Option<UserId>,
    /// Only this: `session.opened`, `account.disabled` …
    action: Option<String>,
    /// Only at this time or later.
    since: Option<Timestamp>,
    /// Only before this time.
    until: Option<Timestamp>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<u32>,
}

/// As [`AuditQuery`], for all pages at once.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// Only what was done in this person's name.
    #[param(value_type = Option<Uuid>)]
    pub(super) actor: Option<UserId>,
    /// Only what is about this person's account.
    #[param(value_type = Option<Uuid>)]
    pub(super) account: Option<UserId>,
    /// Only this: `session.opened`, `account.disabled` …
    pub(super) action: Option<String>,
    /// Only at this time or later.
    pub(super) since: Option<Timestamp>,
    /// Only before this time.
    pub(super) until: Option<Timestamp>,
}

impl ExportQuery {
    pub(super) fn filter(self) -> Result<AuditFilter, Problem> {
        Ok(AuditFilter {
            by: self.actor,
            account: self.account,
            action: self.action.as_deref().map(action).transpose()?,
            since: self.since,
            until: self.until,
        })
    }
}

fn action(text: &str) -> Result<AuditAction, Problem> {
    text.parse()
        .map_err(|_| Problem::field("action", "unknown", "is nothing that is written down"))
}

/// Something that somebody did.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditView {
    id: AuditId,
    at: Timestamp,
    actor: ActorView,
    #[schema(value_type = String, example = "session.opened")]
    action: &'static str,
    /// Whose account it is about.
    #[schema(required)]
    account_id: Option<UserId>,
    /// The session or key it is about.
    #[schema(required)]
    thing_id: Option<Uuid>,
    #[schema(required)]
    detail: Option<String>,
    /// How often, where the same is not written down each time.
    count: u32,
    /// The `User-Agent` of who did it.
    #[schema(required)]
    device: Option<String>,
    #[schema(required, value_type = Option<String>, example = "203.0.113.7")]
    address: Option<IpAddr>,
    /// As in the logs.
    #[schema(required)]
    request_id: Option<String>,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActorView {
    /// `person`, `program` (with an API key), `stranger`, `operator` (at the command line) or `photure` itself.
    #[schema(value_type = String, example = "person")]
    kind: &'static str,
    /// In whose name.
    #[schema(required)]
    user_id: Option<UserId>,
}

impl From<AuditEntry> for AuditView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            actor: ActorView {
                kind: entry.doer.kind(),
                user_id: entry.doer.person(),
            },
            action: entry.action.as_str(),
            account_id: entry.account,
            thing_id: entry.thing,
            detail: entry.detail,
            count: entry.count,
            device: entry.from.device,
            address: entry.from.address,
            request_id: entry.request_id,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AuditList {
    items: Vec<AuditView>,
    /// Null on the last page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// List who did what
///
/// Newest first. For administrators, and their programs.
#[utoipa::path(
    get,
    path = "/api/v1/admin/audit",
    tag = "admin",
    params(AuditQuery),
    responses(
        (status = 200, description = "A page of the list", body = AuditList),
        Unauthenticated, Forbidden, InvalidQuery, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list_audit(
    _: Permit<Administer>,
    State(audit): State<Audit>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditList>, Problem> {
    let limit = places::limit(query.limit, LIMIT, MOST)?;
    let after = query.cursor.as_deref().map(places::entry).transpose()?;
    let these = ExportQuery {
        actor: query.actor,
        account: query.account,
        action: query.action,
        since: query.since,
        until: query.until,
    };
    let (entries, next) = audit.page(these.filter()?, after, limit).await?;
    Ok(Json(AuditList {
        items: entries.into_iter().map(AuditView::from).collect(),
        next_cursor: next.map(places::after_entry),
    }))
}
