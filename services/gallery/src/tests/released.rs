use std::time::Duration;

use photure_domain::ClaimId;
use photure_domain::registration::ClaimRequest;
use photure_testkit::{nth_uuid, sha256};
use serde_json::{Value, json};

use super::World;
use super::world::assert_problem;

const TAKEN: &str = "2024-07-28T19:04:05Z";

async fn purge(world: &World, photo: &Value) {
    let path = format!("/api/v1/photos/{}?permanent=true", photo["id"].as_str().unwrap());
    assert_eq!(world.person(1).delete(&path).await.status_code(), 204);
}

async fn released(world: &World) -> Value {
    world.service("blobs:sweep").see("/internal/released").await["items"].clone()
}

/// What the n-th claim is answered.
async fn ask(world: &World, what: &str, n: u64) -> Value {
    let path = format!("/internal/released/{}/{what}", sha256(1));
    let request = ClaimRequest {
        claim_id: ClaimId::new(nth_uuid(n)),
    };
    let answer = world.service("blobs:sweep").post(&path).json(&request).await;
    assert_eq!(answer.status_code(), 200, "{}", answer.text());
    answer.json()
}

fn granted() -> Value {
    json!({"granted": true, "lives_for_seconds": 120})
}

fn refused() -> Value {
    json!({"granted": false, "lives_for_seconds": 0})
}

async fn register_again(world: &World) -> axum_test::TestResponse {
    world
        .person(1)
        .post("/internal/photos")
        .json(&world.registration(1, 1, TAKEN))
        .await
}

#[tokio::test]
async fn a_hash_is_released_with_its_last_photo_and_forgotten_when_confirmed() {
    let world = World::new().await;
    let mine = world.upload(1, 1, TAKEN).await;
    let others = world.upload(2, 1, TAKEN).await;
    purge(&world, &mine).await;
    assert_eq!(released(&world).await, json!([]));
    let path = format!("/api/v1/photos/{}?permanent=true", others["id"].as_str().unwrap());
    world.person(2).delete(&path).await;
    let item = json!({"sha256": sha256(1), "released_at": "2025-06-15T15:06:40.000Z"});
    assert_eq!(released(&world).await, json!([item]));

    assert_eq!(ask(&world, "claim", 1).await, granted());
    assert_eq!(released(&world).await, json!([]), "somebody is at it");
    assert_eq!(
        ask(&world, "confirm", 1).await,
        json!({"granted": true, "lives_for_seconds": 0})
    );
    assert_eq!(released(&world).await, json!([]));
    assert_eq!(register_again(&world).await.status_code(), 201);
}

#[tokio::test]
async fn of_two_claims_one_is_granted() {
    let world = World::new().await;
    let photo = world.upload(1, 1, TAKEN).await;
    assert_eq!(ask(&world, "claim", 1).await, refused(), "a photo refers to it");
    purge(&world, &photo).await;
    let answers = futures::future::join_all((1..=8).map(|n| ask(&world, "claim", n))).await;
    assert_eq!(answers.iter().filter(|answer| **answer == granted()).count(), 1);
    let winner = 1 + answers.iter().position(|answer| *answer == granted()).unwrap() as u64;
    assert_eq!(ask(&world, "claim", winner).await, granted(), "renewed");
    assert_eq!(ask(&world, "confirm", winner % 8 + 1).await, refused());
}

#[tokio::test]
async fn while_a_claim_lives_its_hash_is_not_registered() {
    let world = World::new().await;
    let photo = world.upload(1, 1, TAKEN).await;
    purge(&world, &photo).await;
    assert_eq!(ask(&world, "claim", 1).await, granted());
    let answer = register_again(&world).await;
    assert_problem(&answer, 503, "hash_claimed");
    assert!(answer.contains_header("retry-after"));

    world.clock.advance(Duration::from_secs(121));
    assert_eq!(register_again(&world).await.status_code(), 201);
    assert_eq!(
        ask(&world, "confirm", 1).await,
        refused(),
        "the claim has lapsed, and a photo refers to the bytes"
    );
    assert_eq!(ask(&world, "claim", 2).await, refused());
}

#[tokio::test]
async fn registering_and_claiming_at_once_never_both_succeed() {
    for _ in 0..20 {
        let world = World::new().await;
        let photo = world.upload(1, 1, TAKEN).await;
        purge(&world, &photo).await;
        let (registered, claimed) = tokio::join!(register_again(&world), ask(&world, "claim", 1));
        let both = (
            registered.status_code().as_u16(),
            claimed["granted"].as_bool().unwrap(),
        );
        assert!(matches!(both, (201, false) | (503, true)), "{both:?}");
    }
}

#[tokio::test]
async fn released_hashes_are_given_in_batches() {
    let world = World::new().await;
    for n in 1..=3 {
        let photo = world.upload(1, n, TAKEN).await;
        world.clock.advance(Duration::from_secs(1));
        purge(&world, &photo).await;
    }
    let service = world.service("blobs:sweep");
    let batch = service.see("/internal/released?limit=2").await;
    let hashes: Vec<_> = batch["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["sha256"].clone())
        .collect();
    assert_eq!(
        json!(hashes),
        json!([sha256(1), sha256(2)]),
        "the longest released first"
    );
    for limit in ["0", "1001", "-1", "x"] {
        let answer = service.get(&format!("/internal/released?limit={limit}")).await;
        assert_problem(&answer, 422, "invalid_fields");
    }
}
