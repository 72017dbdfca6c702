use photure_domain::registration::Registration;
use photure_testkit::{sha256, user};
use serde_json::{Value, json};

use super::World;
use super::world::{Client, assert_problem};

const TAKEN: &str = "2024-07-28T19:04:05Z";

type Forgery = fn(&mut Registration);

async fn register(client: &Client<'_>, registration: &Registration) -> axum_test::TestResponse {
    client.post("/internal/photos").json(registration).await
}

async fn total(world: &World) -> Value {
    world.person(1).see("/api/v1/timeline").await["total"].clone()
}

#[tokio::test]
async fn a_photo_is_registered_once_by_whomever_and_however_often() {
    let world = World::new().await;
    let registration = world.registration(1, 1, TAKEN);
    let first = register(&world.person(1), &registration).await;
    assert_eq!(first.status_code(), 201);
    let photo: Value = first.json();
    assert_eq!(
        first.header("location"),
        format!("/api/v1/photos/{}", photo["id"].as_str().unwrap())
    );
    assert_eq!(first.header("etag"), photo["etag"].as_str().unwrap());
    for client in [world.person(1), world.service("photos:register")] {
        let again = register(&client, &registration).await;
        assert_eq!(
            (again.status_code().as_u16(), again.json::<Value>()),
            (200, photo.clone())
        );
        assert_eq!(again.header("location"), first.header("location"));
    }
    assert_eq!(total(&world).await, 1);
}

#[tokio::test]
async fn the_same_bytes_in_two_libraries_are_two_photos() {
    let world = World::new().await;
    let (mine, other) = (world.upload(1, 1, TAKEN).await, world.upload(2, 1, TAKEN).await);
    assert_eq!(mine["sha256"], other["sha256"]);
    assert_ne!(mine["id"], other["id"]);
}

#[tokio::test]
async fn what_is_in_the_trash_is_answered_as_it_is() {
    let world = World::new().await;
    let photo = world.upload(1, 1, TAKEN).await;
    world
        .person(1)
        .delete(&format!("/api/v1/photos/{}", photo["id"].as_str().unwrap()))
        .await;
    let again = register(&world.person(1), &world.registration(1, 1, TAKEN)).await;
    assert_eq!(again.status_code(), 200);
    assert_ne!(again.json::<Value>()["trashed_at"], Value::Null);
}

#[tokio::test]
async fn a_service_registers_for_whoever_uploaded() {
    let world = World::new().await;
    let answer = register(
        &world.service("photos:register"),
        &world.registration(1, 1, TAKEN),
    )
    .await;
    assert_eq!(answer.status_code(), 201);
    assert_eq!(answer.json::<Value>()["owner_id"], user(1).to_string());
}

#[tokio::test]
async fn nobody_registers_what_they_may_not() {
    let world = World::new().await;
    let registration = world.registration(1, 1, TAKEN);
    let refusals = [
        (world.person(2), 404, "not_found"),
        (world.person_with(1, "photos:read admin"), 403, "forbidden"),
        (world.person_with(1, "photos:register"), 403, "forbidden"),
        (world.service("blobs:sweep photos:write"), 403, "forbidden"),
        (world.stranger(), 401, "unauthenticated"),
    ];
    for (client, status, code) in refusals {
        assert_problem(&register(&client, &registration).await, status, code);
    }
    assert_eq!(total(&world).await, 0);
}

#[tokio::test]
async fn without_medias_word_nothing_is_registered() {
    let world = World::new().await;
    let good = world.registration(1, 1, TAKEN);
    let of_another_owner = world.registration(2, 1, TAKEN).attestation;
    let of_another_file = world.registration(1, 2, TAKEN).attestation;
    let forgeries: [(&str, Forgery); 4] = [
        ("no signature", |forged| forged.attestation.signature.clear()),
        ("not base64", |forged| {
            forged.attestation.signature = "{\"$gt\":\"\"}".into();
        }),
        ("a longer life", |forged| forged.attestation.expires += 1),
        ("other bytes", |forged| forged.facts.bytes += 1),
    ];
    for client in [world.person(1), world.service("photos:register")] {
        for (what, forge) in &forgeries {
            let mut forged = good.clone();
            forge(&mut forged);
            let answer = register(&client, &forged).await;
            assert_eq!(answer.status_code(), 403, "{what}");
            assert_problem(&answer, 403, "attestation_invalid");
        }
        for stolen in [&of_another_owner, &of_another_file] {
            let forged = Registration {
                attestation: stolen.clone(),
                ..good.clone()
            };
            assert_problem(&register(&client, &forged).await, 403, "attestation_invalid");
        }
    }
    world.clock.advance(std::time::Duration::from_secs(300));
    assert_problem(
        &register(&world.person(1), &good).await,
        403,
        "attestation_invalid",
    );
    assert_eq!(total(&world).await, 0);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_field_by_field() {
    let world = World::new().await;
    let mut senseless = world.registration(1, 1, TAKEN);
    senseless.facts.width = 0;
    senseless.facts.color = "red".into();
    senseless.metadata = serde_json::from_value(json!({"EXIF": {"Make": {"$gt": ""}}})).unwrap();
    let answer = register(&world.person(1), &senseless).await;
    assert_problem(&answer, 422, "invalid_fields");
    let problem: Value = answer.json();
    let paths: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["path"].clone())
        .collect();
    assert_eq!(paths, ["facts.width", "facts.color", "metadata"]);
    assert_eq!(total(&world).await, 0);
}

#[tokio::test]
async fn what_the_file_said_can_be_read() {
    let world = World::new().await;
    let mut registration = world.registration(1, 1, TAKEN);
    let said = json!({"EXIF": {"FNumber": 2.8, "Make": "Canon 🏝️", "SubjectArea": [1, 2]}, "File": {"MIMEType": "image/jpeg"}});
    registration.metadata = serde_json::from_value(said.clone()).unwrap();
    registration.title = Some("From the file".into());
    let photo: Value = register(&world.person(1), &registration).await.json();
    assert_eq!(photo["title"], "From the file");
    let path = format!("/api/v1/photos/{}/metadata", photo["id"].as_str().unwrap());
    assert_eq!(world.person(1).see(&path).await, said);
}

#[tokio::test]
async fn many_at_once_of_the_same_bytes_make_one_photo() {
    let world = World::new().await;
    let registration = world.registration(1, 1, TAKEN);
    let clients = [world.person(1), world.service("photos:register")];
    let requests = (0..16).map(|n| register(&clients[n % 2], &registration));
    let answers = futures::future::join_all(requests).await;
    assert_eq!(
        answers
            .iter()
            .filter(|answer| answer.status_code() == 201)
            .count(),
        1
    );
    assert!(
        answers
            .iter()
            .all(|answer| answer.json::<Value>()["id"] == answers[0].json::<Value>()["id"])
    );
    assert_eq!(total(&world).await, 1);
    assert_eq!(
        world.person(1).see("/api/v1/photos").await["items"][0]["sha256"],
        sha256(1).to_string()
    );
}
