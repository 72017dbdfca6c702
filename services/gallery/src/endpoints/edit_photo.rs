use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use http::header::ETAG;
use photure_common::Problem;
use photure_common::extract::{Json, Path};
use photure_common::identity::{Permit, WritePhotos};
use photure_domain::PhotoId;
use photure_domain::photo::PhotoEdit;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::documentation::{Always, IfMatchHeader, NotFound, Precondition, StorageFull, Unprocessable};
use crate::etag::IfMatch;
use crate::library::Library;
use crate::view::PhotoView;

/// A JSON Merge Patch (RFC 7396): what is left out stays, null empties. Text is kept to the byte; control characters other
/// than line breaks and tabs are refused, and blank text is as good as null.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhotoPatch {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    title: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 10_000)]
    description: Option<Option<String>>,
    /// Null is as good as false.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<bool>)]
    favorite: Option<Option<bool>>,
}

/// Tells a field that is null from one that is not there.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl From<PhotoPatch> for PhotoEdit {
    fn from(patch: PhotoPatch) -> Self {
        let favorite = patch.favorite.map(Option::unwrap_or_default);
        Self {
            title: patch.title,
            description: patch.description,
            favorite,
        }
    }
}

/// Change a photo
///
/// A patch that changes nothing leaves the ETag as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/photos/{id}",
    tag = "photos",
    security(("bearer" = [])),
    params(("id" = PhotoId, Path), IfMatchHeader),
    request_body(content = PhotoPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The photo as it is now", body = PhotoView, headers(("ETag" = String))),
        Always, NotFound, Precondition, Unprocessable, StorageFull
    )
)]
pub(crate) async fn edit_photo(
    permit: Permit<WritePhotos>,
    State(library): State<Arc<Library>>,
    Path(id): Path<PhotoId>,
    IfMatch(expected): IfMatch,
    Json(patch): Json<PhotoPatch>,
) -> Result<impl IntoResponse, Problem> {
    let photo = library
        .edit(permit.library()?, id, patch.into(), &expected)
        .await?;
    let view = PhotoView::new(photo, &library.addresses());
    Ok(([(ETAG, view.etag.clone())], Json(view)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::tests::World;

    async fn edited(world: &World, patch: Value) -> Value {
        let photo = world.upload(1, 1, "2024-07-28T19:04:05Z").await;
        let path = format!("/api/v1/photos/{}", photo["id"].as_str().unwrap());
        let client = world.person(1);
        let full = json!({"title": "Sea", "description": "Calm\n\tand blue", "favorite": true});
        assert_eq!(client.patch(&path).json(&full).await.status_code(), 200);
        let patched = client
            .patch(&path)
            .json(&patch)
            .content_type("application/merge-patch+json")
            .await;
        assert_eq!(patched.status_code(), 200);
        let photo = client.see(&path).await;
        assert_eq!(
            patched.json::<Value>(),
            photo,
            "the answer is the photo as it is now"
        );
        json!([photo["title"], photo["description"], photo["favorite"]])
    }

    #[tokio::test]
    async fn what_is_left_out_stays_and_null_empties() {
        for (patch, left) in [
            (json!({}), json!(["Sea", "Calm\n\tand blue", true])),
            (json!({"title": "Sky"}), json!(["Sky", "Calm\n\tand blue", true])),
            (json!({"title": null}), json!([null, "Calm\n\tand blue", true])),
            (
                json!({"description": null, "favorite": null}),
                json!(["Sea", null, false]),
            ),
            (
                json!({"title": " ", "favorite": false}),
                json!([null, "Calm\n\tand blue", false]),
            ),
        ] {
            assert_eq!(edited(&World::new().await, patch.clone()).await, left, "{patch}");
        }
    }

    #[tokio::test]
    async fn what_is_in_the_trash_can_be_edited() {
        let world = World::new().await;
        let photo = world.upload(1, 1, "2024-07-28T19:04:05Z").await;
        let path = format!("/api/v1/photos/{}", photo["id"].as_str().unwrap());
        world.person(1).delete(&path).await;
        let answer = world
            .person(1)
            .patch(&path)
            .json(&json!({"favorite": true}))
            .await;
        assert_eq!(answer.json::<Value>()["favorite"], true);
        assert_eq!(
            world.person(1).see("/api/v1/timeline?favorite=true").await["total"],
            0
        );
    }
}
