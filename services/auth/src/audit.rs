//! Reading what was written down of who did what.

use std::sync::Arc;

use futures::Stream;
use photure_domain::audit::AuditEntry;
use photure_store::{AuditFilter, AuditPlace, AuditStore};

use crate::error::AuthError;
use crate::places;

/// Of an export, held in memory at once.
const CHUNK: u32 = 500;

#[derive(Clone, Debug)]
pub(crate) struct Audit(pub(crate) Arc<dyn AuditStore>);

impl Audit {
    /// Newest first, and where the next page begins.
    pub(crate) async fn page(
        &self,
        filter: AuditFilter,
        after: Option<AuditPlace>,
        limit: u32,
    ) -> Result<(Vec<AuditEntry>, Option<AuditPlace>), AuthError> {
        let mut entries = self.0.audit(filter, after, limit + 1).await?;
        let next = places::cut(&mut entries, limit).map(AuditPlace::from);
        Ok((entries, next))
    }

    /// Everything, newest first, read as fast as it is taken.
    pub(crate) fn all(
        self,
        filter: AuditFilter,
    ) -> impl Stream<Item = Result<Vec<AuditEntry>, AuthError>> + Send {
        let begin = Some(None);
        futures::stream::try_unfold((self, begin), move |(audit, place)| async move {
            let Some(after) = place else { return Ok(None) };
            let (entries, next) = audit.page(filter, after, CHUNK).await?;
            Ok(Some((entries, (audit, next.map(Some)))))
        })
    }
}
