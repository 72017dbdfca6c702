use photure_domain::PhotoId;
use photure_domain::registration::CataloguePage;
use photure_testkit::{nth_uuid, sha256, time, user};
use serde_json::{Value, json};

use super::World;

const TAKEN: &str = "2024-07-28T19:04:05Z";

async fn catalogue(world: &World, query: &str) -> CataloguePage {
    let path = format!("/internal/catalogue{query}");
    world.service("catalogue:read").get(&path).await.json()
}

#[tokio::test]
async fn media_reads_the_catalogue_page_by_page() {
    let world = World::new().await;
    for (owner, n) in [(1, 1), (2, 1), (1, 2), (1, 3)] {
        world.upload(owner, n, TAKEN).await;
    }
    let whole = catalogue(&world, "").await.items;
    let mut expected = vec![
        (sha256(1), user(1)),
        (sha256(1), user(2)),
        (sha256(2), user(1)),
        (sha256(3), user(1)),
    ];
    expected.sort();
    let keys = |items: &[photure_domain::sidecar::Sidecar]| -> Vec<_> {
        items
            .iter()
            .map(|item| (item.facts.sha256, item.owner_id))
            .collect()
    };
    assert_eq!(keys(&whole), expected);
    let second = &whole[1];
    let query = format!(
        "?after_sha256={}&after_owner={}&limit=1",
        second.facts.sha256, second.owner_id
    );
    assert_eq!(catalogue(&world, &query).await.items, whole[2..3]);
    let answer = world
        .service("catalogue:read")
        .get("/internal/catalogue?limit=501")
        .await;
    super::world::assert_problem(&answer, 422, "invalid_fields");
}

#[tokio::test]
async fn what_one_of_two_owners_purged_is_told_and_taken_back() {
    let world = World::new().await;
    let mine = world.upload(1, 1, TAKEN).await;
    world.upload(2, 1, TAKEN).await;
    let path = format!("/api/v1/photos/{}?permanent=true", mine["id"].as_str().unwrap());
    assert_eq!(world.person(1).delete(&path).await.status_code(), 204);
    let sweeper = world.service("blobs:sweep");
    let item = json!({"sha256": sha256(1), "owner_id": user(1), "purged_at": "2025-06-15T15:06:40.000Z"});
    assert_eq!(sweeper.see("/internal/purged").await["items"], json!([item]));
    let confirm = async || -> Value { sweeper.post("/internal/purged/confirm").json(&item).await.json() };
    assert_eq!(confirm().await["granted"], true);
    assert_eq!(confirm().await["granted"], false);
    assert_eq!(sweeper.see("/internal/purged").await["items"], json!([]));

    let again = world.upload(1, 1, TAKEN).await;
    let path = format!("/api/v1/photos/{}?permanent=true", again["id"].as_str().unwrap());
    world.person(1).delete(&path).await;
    world.upload(1, 1, TAKEN).await;
    assert_eq!(sweeper.see("/internal/purged").await["items"], json!([]));
}

#[tokio::test]
async fn a_photo_is_what_media_wrote_beside_it_and_not_of_the_future() {
    let world = World::new().await;
    let mut registration = world.registration(1, 1, TAKEN);
    registration.photo_id = Some(PhotoId::new(nth_uuid(0xABC)));
    registration.uploaded_at = Some(time("2025-06-15T15:00:00Z"));
    let photo: Value = world
        .person(1)
        .post("/internal/photos")
        .json(&registration)
        .await
        .json();
    assert_eq!(photo["id"], nth_uuid(0xABC).to_string());
    assert_eq!(photo["uploaded_at"], "2025-06-15T15:00:00.000Z");

    let mut registration = world.registration(1, 2, TAKEN);
    registration.uploaded_at = Some(time("2031-01-01T00:00:00Z"));
    let photo: Value = world
        .person(1)
        .post("/internal/photos")
        .json(&registration)
        .await
        .json();
    assert_eq!(photo["uploaded_at"], "2025-06-15T15:06:40.000Z");
}

#[tokio::test]
async fn of_a_selection_everybody_is_told_their_own() {
    let world = World::new().await;
    let (mine, others) = (world.upload(1, 1, TAKEN).await, world.upload(2, 2, TAKEN).await);
    let second = world.upload(1, 3, TAKEN).await;
    let ids = json!({"photo_ids": [second["id"], others["id"], mine["id"]]});
    let told: Value = world
        .person(1)
        .post("/internal/selection")
        .json(&ids)
        .await
        .json();
    assert_eq!(
        told["items"],
        json!([
            {"photo_id": second["id"], "sha256": sha256(3), "bytes": 1000, "filename": "IMG_0003.jpg",
             "taken": {"at": "2024-07-28T19:04:05.000Z", "utc_offset_minutes": null}, "film": null},
            {"photo_id": mine["id"], "sha256": sha256(1), "bytes": 1000, "filename": "IMG_0001.jpg",
             "taken": {"at": "2024-07-28T19:04:05.000Z", "utc_offset_minutes": null}, "film": null},
        ])
    );
    let many = json!({"photo_ids": vec![mine["id"].clone(); 501]});
    let answer = world.person(1).post("/internal/selection").json(&many).await;
    super::world::assert_problem(&answer, 422, "invalid_fields");
}
