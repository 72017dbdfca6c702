use photure_common::identity::AccessClaims;
use photure_testkit::user;
use serde_json::{Value, json};

use super::World;
use super::world::{Client, assert_problem};

const TAKEN: &str = "2024-07-28T19:04:05Z";

/// Media, with what auth gives it to empty the library of the n-th person.
fn emptier(world: &World, n: u64) -> Client<'_> {
    world.client(&AccessClaims {
        aud: "gallery".into(),
        sub: format!("service:media:{}", user(n)),
        sid: None,
        scope: "accounts:empty".into(),
        ..world.claims(user(0))
    })
}

async fn empty(client: &Client<'_>) -> axum_test::TestResponse {
    client.post("/internal/library/empty").json(&json!(null)).await
}

#[tokio::test]
async fn a_closed_accounts_library_is_emptied_and_stays_so() {
    let world = World::new().await;
    for n in 1..4 {
        world.upload(1, n, TAKEN).await;
    }
    world.upload(2, 1, TAKEN).await;
    for deleted in [3, 0] {
        let answer = empty(&emptier(&world, 1)).await;
        assert_eq!(answer.json::<Value>(), json!({"deleted": deleted}));
    }
    assert_eq!(world.person(1).see("/api/v1/photos").await["items"], json!([]));
    let again = world
        .person(1)
        .post("/internal/photos")
        .json(&world.registration(1, 7, TAKEN))
        .await;
    assert_problem(&again, 409, "account_closed");
    let released = world.service("blobs:sweep").see("/internal/released").await;
    assert_eq!(released["items"].as_array().unwrap().len(), 2, "another has one");
    let others = world.person(2).see("/api/v1/photos").await;
    assert_eq!(others["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_empties_what_auth_has_not_named() {
    let world = World::new().await;
    world.upload(1, 1, TAKEN).await;
    for client in [
        world.service("accounts:empty"),
        world.service("blobs:sweep catalogue:read photos:register"),
        world.person_with(1, "photos:read photos:write admin accounts:empty"),
    ] {
        assert_problem(&empty(&client).await, 403, "forbidden");
    }
    let nonsense = world.client(&AccessClaims {
        aud: "gallery".into(),
        sub: "service:media:nobody".into(),
        sid: None,
        scope: "accounts:empty".into(),
        ..world.claims(user(0))
    });
    assert_problem(&empty(&nonsense).await, 401, "token_invalid");
    assert_problem(&empty(&world.stranger()).await, 401, "unauthenticated");
    let photos = world.person(1).see("/api/v1/photos").await;
    assert_eq!(photos["items"].as_array().unwrap().len(), 1);
}
