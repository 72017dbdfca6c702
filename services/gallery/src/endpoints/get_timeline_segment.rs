use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use photure_common::Problem;
use photure_common::extract::Path;
use photure_common::identity::{Permit, ReadPhotos};
use photure_domain::SegmentId;

use crate::documentation::{Always, IfNoneMatchHeader, NotFound};
use crate::etag::{self, IfNoneMatch};
use crate::library::Library;
use crate::view::SegmentColumns;

/// See a segment of the timeline
///
/// Its photos, newest first, in columns. A segment that is no longer there was split, emptied or rebuilt: fetch the
/// timeline again.
#[utoipa::path(
    get,
    path = "/api/v1/timeline/segments/{id}",
    tag = "timeline",
    security(("bearer" = [])),
    params(("id" = SegmentId, Path), IfNoneMatchHeader),
    responses(
        (status = 200, description = "The segment's photos", body = SegmentColumns, headers(("ETag" = String))),
        (status = 304, description = "They are as the caller has them, and so are the addresses"),
        Always, NotFound
    )
)]
pub(crate) async fn get_timeline_segment(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Path(id): Path<SegmentId>,
    if_none_match: IfNoneMatch,
) -> Result<Response, Problem> {
    let (segment, photos) = library.segment(permit.library()?, id).await?;
    let addresses = library.addresses();
    let etag = etag::of_segment(&segment, addresses.expiry());
    Ok(if_none_match.answer(etag, SegmentColumns::new(photos, &addresses)))
}

#[cfg(test)]
mod tests {
    use photure_domain::Clock;
    use photure_domain::media_address::Variant;
    use photure_testkit::sha256;
    use serde_json::{Value, json};

    use crate::tests::World;

    async fn segments(world: &World, query: &str) -> Vec<Value> {
        let timeline = world.person(1).see(&format!("/api/v1/timeline{query}")).await;
        timeline["segments"].as_array().unwrap().clone()
    }

    async fn columns(world: &World, segment: &Value) -> Value {
        world
            .person(1)
            .see(&format!(
                "/api/v1/timeline/segments/{}",
                segment["id"].as_str().unwrap()
            ))
            .await
    }

    #[tokio::test]
    async fn columns_tell_of_each_photo_newest_first() {
        let world = World::new().await;
        let mut older = world.registration(1, 1, "2024-07-01T00:00:00Z");
        (older.facts.width, older.facts.height) = (1080, 1920);
        older.facts.taken.utc_offset_minutes = Some(-90);
        let older: Value = world.person(1).post("/internal/photos").json(&older).await.json();
        let newer = world.upload(1, 2, "2024-07-28T19:04:05.250Z").await;
        let path = format!("/api/v1/photos/{}", newer["id"].as_str().unwrap());
        world
            .person(1)
            .patch(&path)
            .json(&json!({"favorite": true}))
            .await;

        let all = segments(&world, "").await;
        let thumb = |n| {
            world
                .key()
                .sign(&sha256(n), Variant::Thumb, None, None, world.clock.now())
        };
        assert_eq!(
            columns(&world, &all[0]).await,
            json!({
                "id": [newer["id"], older["id"]],
                "taken_at": ["2024-07-28T19:04:05.250Z", "2024-07-01T00:00:00.000Z"],
                "taken_at_local": ["2024-07-28T19:04:05.250", "2024-06-30T22:30:00.000"],
                "ratio": [1.3333, 0.5625],
                "thumbhash": [newer["thumbhash"], older["thumbhash"]],
                "thumb": [thumb(2), thumb(1)],
                "flags": [1, 0],
            })
        );
        let favorites = segments(&world, "?favorite=true").await;
        assert_eq!(columns(&world, &favorites[0]).await["id"], json!([newer["id"]]));
    }

    #[tokio::test]
    async fn segments_joined_are_the_library() {
        let world = World::new().await;
        let mut uploaded: Vec<(String, String)> = Vec::new();
        for n in 0..520 {
            let month = if n < 510 { 7 } else { 8 };
            let photo = world
                .upload(1, n, &format!("2024-0{month}-01T00:{:02}:{:02}Z", n / 60, n % 60))
                .await;
            uploaded.push((
                photo["taken_at"].as_str().unwrap().into(),
                photo["id"].as_str().unwrap().into(),
            ));
        }
        uploaded.sort_unstable_by(|one, other| other.cmp(one));
        let segments = segments(&world, "").await;
        assert_eq!(
            segments.len(),
            3,
            "two months, of which one does not fit in one segment"
        );
        let mut joined = Vec::new();
        for segment in &segments {
            let columns = columns(&world, segment).await;
            assert_eq!(segment["count"], columns["id"].as_array().unwrap().len());
            assert!(segment["count"].as_u64().unwrap() <= 500);
            for (id, taken_at) in columns["id"]
                .as_array()
                .unwrap()
                .iter()
                .zip(columns["taken_at"].as_array().unwrap())
            {
                assert!(
                    segment["start"].as_str() <= taken_at.as_str()
                        && taken_at.as_str() <= segment["end"].as_str()
                );
                joined.push((
                    taken_at.as_str().unwrap().to_owned(),
                    id.as_str().unwrap().to_owned(),
                ));
            }
        }
        assert_eq!(joined, uploaded);
    }
}
