//! The films of Live Photos.

use axum_test::TestResponse;
use photure_domain::film::{Film, FilmType};
use photure_domain::registration::FilmRegistration;
use photure_testkit::{sha256, user};
use serde_json::{Value, json};

use super::World;
use super::world::{Client, assert_problem};

const TAKEN: &str = "2024-07-28T19:04:05Z";

fn film(n: u64) -> Film {
    Film {
        sha256: sha256(n),
        bytes: 250,
        media_type: FilmType::QuickTime,
    }
}

/// What media says of the film `n` of the first photo.
fn registration(world: &World, owner: u64, n: u64) -> FilmRegistration {
    FilmRegistration {
        owner_id: user(owner),
        sha256: sha256(1),
        film: film(n),
        attestation: world.key().attest_film(
            user(owner),
            &sha256(1),
            &film(n),
            photure_domain::Clock::now(&*world.clock),
        ),
    }
}

async fn attach(client: &Client<'_>, registration: &FilmRegistration) -> TestResponse {
    client.post("/internal/films").json(registration).await
}

#[tokio::test]
async fn a_film_is_shown_with_its_photo() {
    let world = World::new().await;
    let photo = world.upload(1, 1, TAKEN).await;
    assert_eq!(photo["live"], Value::Null);
    let answer = attach(&world.person(1), &registration(&world, 1, 9)).await;
    assert_eq!(answer.status_code(), 201, "{}", answer.text());
    let with: Value = answer.json();
    assert_eq!(with["id"], photo["id"]);
    assert_eq!(
        (&with["live"]["bytes"], &with["live"]["media_type"]),
        (&json!(250), &json!("video/quicktime"))
    );
    let url = with["live"]["url"].as_str().unwrap();
    let path = format!("/media/{}/live-{}.mov?", sha256(1), sha256(9));
    assert!(
        url.starts_with(&path) && url.ends_with("&dl=IMG_0001.mov"),
        "{url}"
    );
    assert_ne!(
        with["etag"], photo["etag"],
        "who has the photo without its film hears of it"
    );
    let id = photo["id"].as_str().unwrap();
    assert_eq!(world.person(1).see(&format!("/api/v1/photos/{id}")).await, with);

    let again = attach(&world.service("photos:register"), &registration(&world, 1, 9)).await;
    assert_eq!(
        (again.status_code().as_u16(), again.json::<Value>()),
        (200, with.clone())
    );
    let other = attach(&world.person(1), &registration(&world, 1, 8)).await;
    assert_problem(&other, 409, "live_exists");

    let items = json!({"items": [{"ref": "a", "sha256": sha256(1), "bytes": 1000}, {"ref": "b", "sha256": sha256(2), "bytes": 1}]});
    let checked: Value = world
        .person(1)
        .post("/api/v1/photos/check")
        .json(&items)
        .await
        .json();
    assert_eq!(checked["items"][0]["live"], true);
    assert_eq!(checked["items"][1].get("live"), None);
    let asked = json!({"photo_ids": [id]});
    let selected: Value = world
        .person(1)
        .post("/internal/selection")
        .json(&asked)
        .await
        .json();
    assert_eq!(selected["items"][0]["film"]["sha256"], sha256(9).to_string());
}

#[tokio::test]
async fn nobody_shows_a_film_without_medias_word_or_with_anothers_photo() {
    let world = World::new().await;
    world.upload(1, 1, TAKEN).await;
    let good = registration(&world, 1, 9);
    let stranger = attach(&world.stranger(), &good).await;
    assert_problem(&stranger, 401, "unauthenticated");
    assert_problem(&attach(&world.person(2), &good).await, 404, "not_found");
    let reader = world.person_with(1, "photos:read");
    assert_problem(&attach(&reader, &good).await, 403, "forbidden");
    assert_problem(
        &attach(&world.service("catalogue:read"), &good).await,
        403,
        "forbidden",
    );
    let theirs = registration(&world, 2, 9);
    assert_problem(&attach(&world.person(2), &theirs).await, 404, "not_found");
    let forgeries = [
        FilmRegistration {
            film: film(8),
            ..good.clone()
        },
        FilmRegistration {
            sha256: sha256(2),
            ..good.clone()
        },
        FilmRegistration {
            attestation: theirs.attestation,
            ..good.clone()
        },
        FilmRegistration {
            attestation: world.registration(1, 1, TAKEN).attestation,
            ..good.clone()
        },
    ];
    for forged in &forgeries {
        assert_problem(
            &attach(&world.person(1), forged).await,
            403,
            "attestation_invalid",
        );
    }
    let listed = world.person(1).see("/api/v1/photos").await;
    assert_eq!(listed["items"][0]["live"], Value::Null);
}
