use photure_testkit::{sha256, user};
use serde_json::{Value, json};

use super::World;
use super::world::assert_problem;

const TAKEN: &str = "2024-07-28T19:04:05Z";

/// The n-th file of the first person, whatever becomes of it.
async fn registered(world: &World, n: u64) -> axum_test::TestResponse {
    let registration = world.registration(1, n, TAKEN);
    world.person(1).post("/internal/photos").json(&registration).await
}

async fn asked_for_room(world: &World, question: Value) -> Value {
    let answer = world.person(1).post("/internal/room").json(&question).await;
    assert_eq!(answer.status_code(), 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn what_does_not_fit_is_refused_until_there_is_room() {
    let world = World::with_quota(2_500).await;
    let first = world.upload(1, 1, TAKEN).await;
    world.upload(1, 2, TAKEN).await;
    let refused = registered(&world, 3).await;
    assert_problem(&refused, 413, "quota_exceeded");
    assert_eq!(
        registered(&world, 1).await.status_code(),
        200,
        "it is there already"
    );
    let usage = world.person(1).see("/api/v1/usage").await;
    assert_eq!(usage, json!({"photos": 2, "bytes": 2000, "quota_bytes": 2500}));

    let first = format!("/api/v1/photos/{}", first["id"].as_str().unwrap());
    world.person(1).delete(&first).await;
    assert_problem(&registered(&world, 3).await, 413, "quota_exceeded");
    world.person(1).delete(&format!("{first}?permanent=true")).await;
    world.upload(1, 3, TAKEN).await;
    world.upload(2, 3, TAKEN).await;
}

#[tokio::test]
async fn an_administrator_decides_how_much_somebody_may_keep() {
    let world = World::with_quota(1_500).await;
    world.upload(1, 1, TAKEN).await;
    let admin = world.person_with(9, "admin");
    let path = format!("/api/v1/admin/storage/{}", user(1));
    let kept = |quota: &str, quota_bytes: Value| {
        json!({
            "owner_id": user(1), "photos": 1, "bytes": 1000, "quota": quota, "quota_bytes": quota_bytes,
        })
    };
    assert_eq!(admin.see(&path).await, kept("default", json!(1_500)));
    for (choice, becomes, fits) in [
        (
            json!({"quota": "limited", "quota_bytes": 500}),
            kept("limited", json!(500)),
            false,
        ),
        (json!({"quota": "default"}), kept("default", json!(1_500)), false),
        (
            json!({"quota": "limited", "quota_bytes": 2_000}),
            kept("limited", json!(2_000)),
            true,
        ),
        (
            json!({"quota": "unlimited"}),
            kept("unlimited", json!(null)),
            true,
        ),
    ] {
        let answer = admin.put(&path).json(&choice).await;
        assert_eq!(answer.status_code(), 200, "{}", answer.text());
        assert_eq!(answer.json::<Value>(), becomes);
        assert_eq!(admin.see(&path).await, becomes);
        let question = json!({"owner_id": user(1), "sha256": sha256(2), "bytes": 1_000});
        assert_eq!(asked_for_room(&world, question).await["fits"], fits, "{choice}");
    }
    for (choice, code) in [
        (json!({}), "invalid_fields"),
        (json!({"quota": "own"}), "invalid_fields"),
        (json!({"quota": "limited"}), "invalid_fields"),
        (json!({"quota": "default", "quota_bytes": 5}), "invalid_fields"),
        (
            json!({"quota": "limited", "quota_bytes": (1_u64 << 50) + 1}),
            "invalid_fields",
        ),
        (json!({"quota": "limited", "quota_bytes": -1}), "invalid_fields"),
    ] {
        assert_problem(&admin.put(&path).json(&choice).await, 422, code);
    }
    let nobody = admin.get("/api/v1/admin/storage/ada").await;
    assert_problem(&nobody, 404, "malformed_id");
}

#[tokio::test]
async fn everybodys_storage_is_listed_page_by_page() {
    let world = World::with_quota(5_000).await;
    for owner in 1..=3 {
        world.upload(owner, owner, TAKEN).await;
    }
    let admin = world.person_with(9, "admin");
    let whole = admin.see("/api/v1/admin/storage").await;
    assert_eq!(whole["default_quota_bytes"], 5_000);
    assert_eq!(whole["next_cursor"], json!(null));
    let owners = |list: &Value| {
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["owner_id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(owners(&whole), [1, 2, 3].map(|n| json!(user(n))));
    let first = admin.see("/api/v1/admin/storage?limit=2").await;
    let next = first["next_cursor"].as_str().unwrap();
    let second = admin
        .see(&format!("/api/v1/admin/storage?limit=2&cursor={next}"))
        .await;
    assert_eq!([owners(&first), owners(&second)].concat(), owners(&whole));
    let wrong = admin.get("/api/v1/admin/storage?cursor=nonsense").await;
    assert_problem(&wrong, 422, "invalid_cursor");
    let wrong = admin.get("/api/v1/admin/storage?limit=501").await;
    assert_problem(&wrong, 422, "invalid_fields");
}

#[tokio::test]
async fn checking_counts_what_it_accepts() {
    let world = World::with_quota(3_500).await;
    world.upload(1, 1, TAKEN).await;
    let item = |n, bytes| json!({"ref": "", "sha256": sha256(n), "bytes": bytes});
    let items = [
        item(1, 1_000),
        item(2, 2_000),
        item(3, 1_000),
        item(2, 2_000),
        item(4, 500),
        item(5, 1),
    ];
    let answer = world.person(1).post("/api/v1/photos/check");
    let answer: Value = answer.json(&json!({"items": items})).await.json();
    let said: Vec<_> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["result"].as_str().unwrap(), item["code"].as_str()))
        .collect();
    let full = Some("quota_exceeded");
    assert_eq!(
        said,
        [
            ("duplicate", None),
            ("accept", None),
            ("rejected", full),
            ("accept", None),
            ("accept", None),
            ("rejected", full),
        ]
    );
}

#[tokio::test]
async fn room_is_told_to_whoever_may_register() {
    let world = World::with_quota(1_500).await;
    world.upload(1, 1, TAKEN).await;
    let ask = async |question| asked_for_room(&world, question).await;
    let no = json!({"fits": false, "left_bytes": 500});
    let yes = json!({"fits": true, "left_bytes": 500});
    assert_eq!(ask(json!({"owner_id": user(1), "bytes": 501})).await, no);
    assert_eq!(ask(json!({"owner_id": user(1), "bytes": 500})).await, yes);
    let there = json!({"owner_id": user(1), "sha256": sha256(1), "bytes": 1_000});
    assert_eq!(ask(there).await, yes, "it is there already");
    let film = json!({"owner_id": user(1), "sha256": sha256(9), "film_of": sha256(1), "bytes": 1_000});
    assert_eq!(ask(film.clone()).await, no, "the photo has no film yet");

    let media = world.service("photos:register");
    let asked = media.post("/internal/room").json(&film).await;
    assert_eq!(asked.json::<Value>(), no);
    let other = world.person(2).post("/internal/room").json(&film).await;
    assert_problem(&other, 404, "not_found");
    let reader = world.person_with(1, "photos:read");
    assert_problem(&reader.post("/internal/room").json(&film).await, 403, "forbidden");
}
