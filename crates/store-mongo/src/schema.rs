use std::time::Duration;

use mongodb::IndexModel;
use mongodb::bson::{Document, doc};
use mongodb::error::ErrorKind;
use mongodb::options::{IndexOptions, ReturnDocument};

use crate::Result;
use crate::collections::Collections;
use crate::error::Error;
use crate::transaction::within;

/// Grows with each change of what is kept that an older Photure would not understand.
const VERSION: i64 = 6;

/// Making an index over a large collection takes its time; asking for one that is there takes none.
const TIME_LIMIT: Duration = Duration::from_secs(300);
/// Whether anyone is there at all is known sooner.
const GREETING_TIME_LIMIT: Duration = Duration::from_secs(5);

/// The documents of `state` that those write who must come one after another.
pub(crate) const USERS_TURN: &str = "users";
pub(crate) const SIGNING_KEYS_TURN: &str = "signing_keys";
/// What the probe writes.
pub(crate) const PROBE: &str = "probe";
const SCHEMA: &str = "schema";

const NAMESPACE_EXISTS: i32 = 48;

/// Each step may be taken again, also by two at once.
pub(crate) async fn migrate(collections: &Collections) -> Result<()> {
    let database = &collections.database;
    let greeting = async { Ok(database.run_command(doc! { "ping": 1 }).await?) };
    within(GREETING_TIME_LIMIT, greeting).await?;
    within(TIME_LIMIT, async {
        refuse_newer(collections).await?;
        for (collection, indexes) in indexes() {
            match database.create_collection(collection).await {
                Err(error) if !exists(&error) => return Err(error.into()),
                _ => {}
            }
            if !indexes.is_empty() {
                database
                    .collection::<Document>(collection)
                    .create_indexes(indexes)
                    .await?;
            }
        }
        for turn in [USERS_TURN, SIGNING_KEYS_TURN, PROBE] {
            let (one, made) = (doc! { "_id": turn }, doc! { "$setOnInsert": { "n": 0_i64 } });
            collections.state.update_one(one, made).upsert(true).await?;
        }
        let (schema, version) = (doc! { "_id": SCHEMA }, doc! { "$max": { "version": VERSION } });
        collections
            .state
            .find_one_and_update(schema, version)
            .upsert(true)
            .return_document(ReturnDocument::After)
            .await?;
        refuse_newer(collections).await
    })
    .await
}

async fn refuse_newer(collections: &Collections) -> Result<()> {
    let schema = collections.state.find_one(doc! { "_id": SCHEMA }).await?;
    match schema.and_then(|schema| schema.get_i64("version").ok()) {
        Some(found) if found > VERSION => Err(Error::Newer {
            found,
            known: VERSION,
        }),
        _ => Ok(()),
    }
}

fn exists(error: &mongodb::error::Error) -> bool {
    matches!(&*error.kind, ErrorKind::Command(error) if error.code == NAMESPACE_EXISTS)
}

/// Of each collection. Ids are indexed anyway.
fn indexes() -> Vec<(&'static str, Vec<IndexModel>)> {
    let trash = || Some(doc! { "shelf": "trash" });
    vec![
        (
            "users",
            vec![
                unique("username", doc! { "username_folded": 1 }),
                unique("email", doc! { "email_folded": 1 }),
                index(
                    "closes_at",
                    doc! { "closes_at": 1, "_id": 1 },
                    exists_filter("closes_at"),
                ),
                index(
                    "closed_at",
                    doc! { "closed_at": 1, "_id": 1 },
                    exists_filter("closed_at"),
                ),
            ],
        ),
        (
            "sessions",
            vec![
                unique("token", doc! { "token": 1 }),
                index("user", doc! { "user_id": 1, "last_used_at": 1, "_id": 1 }, None),
                index("expires_at", doc! { "expires_at": 1 }, None),
                index(
                    "revoked_at",
                    doc! { "revoked_at": 1 },
                    exists_filter("revoked_at"),
                ),
            ],
        ),
        (
            "old_refresh_tokens",
            vec![index("session", doc! { "session_id": 1 }, None)],
        ),
        (
            "api_keys",
            vec![
                unique("hash", doc! { "hash": 1 }),
                index("user", doc! { "user_id": 1, "created_at": 1, "_id": 1 }, None),
            ],
        ),
        (
            "identities",
            vec![
                unique("subject", doc! { "issuer": 1, "subject": 1 }),
                index("user", doc! { "user_id": 1, "linked_at": 1, "_id": 1 }, None),
            ],
        ),
        ("totp", vec![]),
        (
            "factor_guesses",
            vec![index("last_at", doc! { "last_at": 1 }, None)],
        ),
        (
            "spent_challenges",
            vec![index("expires_at", doc! { "expires_at": 1 }, None)],
        ),
        (
            "passkeys",
            vec![
                unique("credential", doc! { "credential_id": 1 }),
                index("user", doc! { "user_id": 1, "created_at": 1, "_id": 1 }, None),
            ],
        ),
        (
            "links",
            vec![
                index("user", doc! { "user_id": 1, "purpose": 1, "created_at": 1 }, None),
                index("expires_at", doc! { "expires_at": 1 }, None),
            ],
        ),
        (
            "invitations",
            vec![
                unique("hash", doc! { "hash": 1 }),
                index("in_order", doc! { "created_at": 1, "_id": 1 }, None),
                index("expires_at", doc! { "expires_at": 1 }, None),
            ],
        ),
        (
            "organizations",
            vec![
                index(
                    "closes_at",
                    doc! { "closes_at": 1, "_id": 1 },
                    exists_filter("closes_at"),
                ),
                index(
                    "closed_at",
                    doc! { "closed_at": 1, "_id": 1 },
                    exists_filter("closed_at"),
                ),
            ],
        ),
        ("members", vec![index("user", doc! { "_id.user": 1 }, None)]),
        ("signing_keys", vec![]),
        (
            "audit",
            vec![
                index("in_order", doc! { "at": 1, "_id": 1 }, None),
                index(
                    "person",
                    doc! { "person": 1, "at": 1, "_id": 1 },
                    exists_filter("person"),
                ),
                index(
                    "account",
                    doc! { "account": 1, "at": 1, "_id": 1 },
                    exists_filter("account"),
                ),
                index("action", doc! { "action": 1, "at": 1, "_id": 1 }, None),
            ],
        ),
        (
            "photos",
            vec![
                unique("owner_sha256", doc! { "owner": 1, "sha256": 1 }),
                index("catalogue", doc! { "sha256": 1, "owner": 1 }, None),
                index("taken", doc! { "owner": 1, "shelf": 1, "taken": 1 }, None),
                index(
                    "favorite_taken",
                    doc! { "owner": 1, "shelf": 1, "favorite": 1, "taken": 1 },
                    None,
                ),
                index("uploaded", doc! { "owner": 1, "shelf": 1, "uploaded": 1 }, None),
                index(
                    "favorite_uploaded",
                    doc! { "owner": 1, "shelf": 1, "favorite": 1, "uploaded": 1 },
                    None,
                ),
                index("trashed", doc! { "owner": 1, "trashed": 1 }, trash()),
                index(
                    "favorite_trashed",
                    doc! { "owner": 1, "favorite": 1, "trashed": 1 },
                    trash(),
                ),
                index("trash_of_all", doc! { "trashed": 1 }, trash()),
            ],
        ),
        ("photo_metadata", vec![]),
        ("libraries", vec![]),
        (
            "segments",
            vec![unique("timeline", doc! { "owner": 1, "scope": 1, "from": 1 })],
        ),
        (
            "hashes",
            vec![index(
                "released",
                doc! { "released_at": 1, "_id": 1 },
                exists_filter("released_at"),
            )],
        ),
        (
            "purged",
            vec![index("in_order", doc! { "at": 1, "_id": 1 }, None)],
        ),
        ("state", vec![]),
    ]
}

fn exists_filter(field: &str) -> Option<Document> {
    Some(doc! { field: { "$exists": true } })
}

fn index(name: &str, keys: Document, only: Option<Document>) -> IndexModel {
    let options = IndexOptions::builder()
        .name(name.to_owned())
        .partial_filter_expression(only)
        .build();
    IndexModel::builder().keys(keys).options(options).build()
}

fn unique(name: &str, keys: Document) -> IndexModel {
    let options = IndexOptions::builder().name(name.to_owned()).unique(true).build();
    IndexModel::builder().keys(keys).options(options).build()
}
