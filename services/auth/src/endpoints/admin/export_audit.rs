use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use futures::TryStreamExt;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use photure_common::Problem;
use photure_common::extract::Query;
use photure_common::identity::{Administer, Permit};
use photure_domain::audit::AuditEntry;

use super::list_audit::{AuditView, ExportQuery};
use crate::audit::Audit;
use crate::documentation::{Always, Forbidden, Unauthenticated, WrongQuery};

/// Export who did what
///
/// All of it, or what the query leaves, as JSON Lines: an entry of `admin/audit` on each line, newest first. An answer that breaks off is not
/// whole. For administrators, and their programs.
#[utoipa::path(
    get,
    path = "/api/v1/admin/audit/export",
    tag = "admin",
    params(ExportQuery),
    responses(
        (status = 200, description = "A line for each entry", body = String, content_type = "application/jsonl"),
        Unauthenticated, Forbidden, WrongQuery, Always
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn export_audit(
    _: Permit<Administer>,
    State(audit): State<Audit>,
    Query(query): Query<ExportQuery>,
) -> Result<impl IntoResponse, Problem> {
    let lines = audit
        .all(query.filter()?)
        .map_err(std::io::Error::other)
        .and_then(async |entries| lines(entries));
    let headers = [
        (CONTENT_TYPE, "application/jsonl"),
        (CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\""),
    ];
    Ok((headers, Body::from_stream(lines)))
}

fn lines(entries: Vec<AuditEntry>) -> std::io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut lines, &AuditView::from(entry))?;
        lines.push(b'\n');
    }
    Ok(lines)
}
