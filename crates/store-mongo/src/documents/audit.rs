use mongodb::bson::{DateTime, Uuid};
use photure_domain::account::Client;
use photure_domain::audit::{AuditEntry, Doer};
use photure_domain::{AuditId, UserId};
use serde::{Deserialize, Serialize};

use super::{date, id, time, uuid};
use crate::Result;
use crate::error::Error;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AuditDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    at: DateTime,
    doer: String,
    /// In whose name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<Uuid>,
    action: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thing: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    count: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl AuditDocument {
    pub(crate) fn new(entry: &AuditEntry) -> Self {
        Self {
            id: uuid(entry.id.as_uuid()),
            at: date(entry.at),
            doer: entry.doer.kind().to_owned(),
            person: entry.doer.person().map(|person| uuid(person.as_uuid())),
            action: entry.action.as_str().to_owned(),
            account: entry.account.map(|account| uuid(account.as_uuid())),
            thing: entry.thing.map(uuid),
            detail: entry.detail.clone(),
            count: entry.count.into(),
            device: entry.from.device.clone(),
            address: entry.from.address.map(|address| address.to_string()),
            request_id: entry.request_id.clone(),
        }
    }

    pub(crate) fn into_entry(self) -> Result<AuditEntry> {
        let person = self.person.map(|person| UserId::new(id(person)));
        Ok(AuditEntry {
            id: AuditId::new(id(self.id)),
            at: time(self.at),
            doer: Doer::of(&self.doer, person).ok_or(Error::Nonsense("a doer"))?,
            action: self.action.parse().map_err(|_| Error::Nonsense("an action"))?,
            account: self.account.map(|account| UserId::new(id(account))),
            thing: self.thing.map(id),
            detail: self.detail,
            count: self.count.try_into().map_err(|_| Error::Nonsense("a count"))?,
            from: Client {
                device: self.device,
                address: self.address.and_then(|address| address.parse().ok()),
            },
            request_id: self.request_id,
        })
    }
}
