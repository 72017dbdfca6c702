use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use photure_domain::audit::AuditEntry;
use photure_store::{AuditFilter, AuditPlace, AuditStore, StoreResult};

use crate::documents::{AuditDocument, date, uuid};
use crate::transaction::{Tx, collected};
use crate::{MongoStore, Result};

#[async_trait]
impl AuditStore for MongoStore {
    async fn record(&self, entry: AuditEntry) -> StoreResult<()> {
        self.ask(async |collections| {
            collections.audit.insert_one(AuditDocument::new(&entry)).await?;
            Ok(())
        })
        .await
    }

    async fn audit(
        &self,
        filter: AuditFilter,
        after: Option<AuditPlace>,
        limit: u32,
    ) -> StoreResult<Vec<AuditEntry>> {
        let these = these(filter, after);
        self.look(async |tx| {
            let found = tx
                .collections
                .audit
                .find(these)
                .sort(doc! { "at": -1, "_id": -1 })
                .limit(i64::from(limit))
                .session(&mut *tx.session)
                .await?;
            collected(found, tx.session, AuditDocument::into_entry).await
        })
        .await
    }
}

fn these(filter: AuditFilter, after: Option<AuditPlace>) -> Document {
    let mut these = Document::new();
    if let Some(person) = filter.by {
        these.insert("person", uuid(person.as_uuid()));
    }
    if let Some(account) = filter.account {
        these.insert("account", uuid(account.as_uuid()));
    }
    if let Some(action) = filter.action {
        these.insert("action", action.as_str());
    }
    let mut at = Document::new();
    if let Some(since) = filter.since {
        at.insert("$gte", date(since));
    }
    if let Some(until) = filter.until {
        at.insert("$lt", date(until));
    }
    if let Some(place) = after {
        // The index is entered at the place; what ties with it is told apart there.
        at.insert("$lte", date(place.at));
        let (at, id) = (date(place.at), uuid(place.id.as_uuid()));
        these.insert(
            "$or",
            vec![doc! { "at": { "$lt": at } }, doc! { "_id": { "$lt": id } }],
        );
    }
    if !at.is_empty() {
        these.insert("at", at);
    }
    these
}

/// Within the step that does it.
pub(crate) async fn record(tx: &mut Tx<'_>, entry: &AuditEntry) -> Result<()> {
    tx.collections
        .audit
        .insert_one(AuditDocument::new(entry))
        .session(&mut *tx.session)
        .await?;
    Ok(())
}
