use std::time::Duration;

use photure_domain::Clock;
use photure_domain::media_address::Variant;
use photure_testkit::{sha256, user};
use serde_json::{Value, json};

use super::World;
use super::world::{assert_problem, ids};

async fn counts(world: &World) -> (Value, Value, Value) {
    let person = world.person(1);
    let timeline = person.see("/api/v1/timeline").await;
    let usage = person.see("/api/v1/usage").await;
    (
        timeline["total"].clone(),
        usage["photos"].clone(),
        usage["bytes"].clone(),
    )
}

#[tokio::test]
async fn a_photo_lives_its_whole_life() {
    let world = World::new().await;
    let person = world.person(1);
    let older = world.upload(1, 1, "2024-07-28T19:04:05.250Z").await;
    let newer = world.upload(1, 2, "2024-08-01T00:00:00Z").await;
    let id = older["id"].as_str().unwrap();
    let path = format!("/api/v1/photos/{id}");

    assert_eq!(person.see(&path).await, older);
    let list = person.see("/api/v1/photos").await;
    assert_eq!(list, json!({"items": [newer, older], "next_cursor": null}));
    assert_eq!(counts(&world).await, (json!(2), json!(2), json!(2000)));

    let edited = person
        .patch(&path)
        .json(&json!({"title": "Sea 🏝️", "favorite": true}))
        .await;
    assert_eq!(edited.status_code(), 200);
    let edited: Value = edited.json();
    assert_eq!(
        (&edited["title"], &edited["favorite"]),
        (&json!("Sea 🏝️"), &json!(true))
    );
    assert_eq!(
        person.see("/api/v1/photos?favorite=true").await["items"],
        json!([edited])
    );
    assert_eq!(
        ids(&person.see("/api/v1/photos?favorite=false").await),
        [newer["id"].as_str().unwrap()]
    );
    assert_eq!(person.see("/api/v1/timeline?favorite=true").await["total"], 1);

    assert_eq!(person.delete(&path).await.status_code(), 204);
    assert_eq!(
        person.see(&path).await["trashed_at"],
        world.clock.now().to_string()
    );
    assert_eq!(
        ids(&person.see("/api/v1/photos").await),
        [newer["id"].as_str().unwrap()]
    );
    assert_eq!(ids(&person.see("/api/v1/photos?trashed=true").await), [id]);
    assert_eq!(ids(&person.see("/api/v1/trash").await), [id]);
    assert_eq!(counts(&world).await, (json!(1), json!(1), json!(2000)));

    let restored = person.post(&format!("{path}/restore")).await;
    assert_eq!(restored.status_code(), 200);
    assert_eq!(restored.json::<Value>()["trashed_at"], Value::Null);
    assert_eq!(counts(&world).await, (json!(2), json!(2), json!(2000)));

    assert_eq!(
        person
            .delete(&format!("{path}?permanent=true"))
            .await
            .status_code(),
        204
    );
    assert_problem(&person.get(&path).await, 404, "not_found");
    assert_problem(&person.delete(&path).await, 404, "not_found");
    assert_eq!(counts(&world).await, (json!(1), json!(1), json!(1000)));
    assert_eq!(person.see("/api/v1/timeline?favorite=true").await["total"], 0);
}

#[tokio::test]
async fn a_photo_has_every_field_that_was_agreed() {
    let world = World::new().await;
    let mut registration = world.registration(1, 1, "2024-07-28T19:04:05.250Z");
    registration.facts.taken.utc_offset_minutes = Some(120);
    registration.facts.camera.make = Some("Canon".into());
    registration.tags = vec!["sea".into()];
    let photo: Value = world
        .person(1)
        .post("/internal/photos")
        .json(&registration)
        .await
        .json();
    let hash = sha256(1);
    let now = world.clock.now();
    let sign = |variant, extension| world.key().sign(&hash, variant, extension, None, now);
    let expected = json!({
        "id": photo["id"], "owner_id": user(1), "sha256": hash, "bytes": 1000, "filename": "IMG_0001.jpg",
        "media_type": "image/jpeg", "width": 4000, "height": 3000,
        "taken_at": "2024-07-28T19:04:05.250Z", "taken_at_local": "2024-07-28T21:04:05.250", "utc_offset_minutes": 120,
        "uploaded_at": "2025-06-15T15:06:40.000Z", "title": null, "description": null, "favorite": false,
        "rating": null, "archived": false, "tags": ["sea"],
        "camera": {
            "make": "Canon", "model": null, "lens": null, "iso": null, "f_number": null, "exposure": null,
            "focal_length": null,
        },
        "position": null, "place": null, "thumbhash": registration.facts.thumbhash, "color": "#6f6a64",
        "trashed_at": null,
        "live": null,
        "urls": {
            "thumb": sign(Variant::Thumb, None),
            "preview": sign(Variant::Preview, None),
            "original": sign(Variant::Original, Some("jpg")),
        },
        "etag": photo["etag"],
    });
    assert_eq!(photo, expected);
}

#[tokio::test]
async fn trashing_and_restoring_again_changes_nothing() {
    let world = World::new().await;
    let person = world.person(1);
    let photo = world.upload(1, 1, "2024-07-28T19:04:05Z").await;
    let path = format!("/api/v1/photos/{}", photo["id"].as_str().unwrap());
    assert_eq!(person.delete(&path).await.status_code(), 204);
    let trashed = person.see(&path).await;
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(person.delete(&path).await.status_code(), 204);
    assert_eq!(person.see(&path).await, trashed);
    let restore = format!("{path}/restore");
    let restored: Value = person
        .post(&restore)
        .add_header("Idempotency-Key", "once")
        .await
        .json();
    assert_eq!(
        person
            .post(&restore)
            .add_header("Idempotency-Key", "once")
            .await
            .json::<Value>(),
        restored
    );
}

#[tokio::test]
async fn the_trash_is_emptied_for_its_owner_alone() {
    let world = World::new().await;
    for n in 0..450 {
        let photo = world.upload(1, n, "2024-07-28T19:04:05Z").await;
        let path = format!("/api/v1/photos/{}", photo["id"].as_str().unwrap());
        assert_eq!(world.person(1).delete(&path).await.status_code(), 204);
    }
    let kept = world.upload(1, 900, "2024-07-28T19:04:05Z").await;
    let others = world.upload(2, 901, "2024-07-28T19:04:05Z").await;
    let others = format!("/api/v1/photos/{}", others["id"].as_str().unwrap());
    assert_eq!(world.person(2).delete(&others).await.status_code(), 204);

    let person = world.person(1);
    assert_eq!(person.post("/api/v1/trash/empty").await.status_code(), 204);
    assert_eq!(
        person.see("/api/v1/trash").await,
        json!({"items": [], "next_cursor": null})
    );
    assert_eq!(person.see("/api/v1/photos").await["items"], json!([kept]));
    assert_eq!(counts(&world).await, (json!(1), json!(1), json!(1000)));
    assert_eq!(
        world.person(2).see("/api/v1/trash").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(person.post("/api/v1/trash/empty").await.status_code(), 204);
}

#[tokio::test]
async fn the_trash_shows_first_what_was_put_there_last() {
    let world = World::new().await;
    let mut trashed = Vec::new();
    for (n, taken_at) in [
        "2024-03-01T00:00:00Z",
        "2024-01-01T00:00:00Z",
        "2024-02-01T00:00:00Z",
    ]
    .iter()
    .enumerate()
    {
        let photo = world.upload(1, n as u64, taken_at).await;
        let id = photo["id"].as_str().unwrap().to_owned();
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(
            world
                .person(1)
                .delete(&format!("/api/v1/photos/{id}"))
                .await
                .status_code(),
            204
        );
        trashed.insert(0, id);
    }
    let first = world.person(1).see("/api/v1/trash?limit=2").await;
    assert_eq!(ids(&first), trashed[..2]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = world
        .person(1)
        .see(&format!("/api/v1/trash?limit=2&cursor={cursor}"))
        .await;
    assert_eq!(
        (ids(&second), &second["next_cursor"]),
        (trashed[2..].to_vec(), &Value::Null)
    );
}
