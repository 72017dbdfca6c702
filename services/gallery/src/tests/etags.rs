use std::time::Duration;

use serde_json::{Value, json};

use super::World;
use super::world::assert_problem;

const HOUR: Duration = Duration::from_secs(3600);

async fn one_photo(world: &World) -> (String, String) {
    let photo = world.upload(1, 1, "2024-07-28T19:04:05Z").await;
    (
        format!("/api/v1/photos/{}", photo["id"].as_str().unwrap()),
        photo["etag"].as_str().unwrap().to_owned(),
    )
}

async fn status_with(world: &World, path: &str, etag: &str) -> u16 {
    let answer = world.person(1).get(path).add_header("If-None-Match", etag).await;
    if answer.status_code() == 304 {
        assert_eq!(answer.as_bytes().len(), 0);
        assert!(answer.contains_header("etag"));
    }
    answer.status_code().as_u16()
}

#[tokio::test]
async fn the_etag_is_in_the_header_and_in_the_photo() {
    let world = World::new().await;
    let (path, etag) = one_photo(&world).await;
    assert!(etag.starts_with('"') && etag.ends_with('"'), "strong: {etag}");
    let person = world.person(1);
    let seen = person.get(&path).await;
    assert_eq!(seen.header("etag"), etag.as_str());
    assert_eq!(person.see("/api/v1/photos").await["items"][0]["etag"], etag);
    let edited = person.patch(&path).json(&json!({"favorite": true})).await;
    assert_eq!(
        edited.json::<Value>()["etag"],
        edited.header("etag").to_str().unwrap()
    );
    assert_ne!(edited.header("etag"), etag.as_str());
}

#[tokio::test]
async fn what_the_caller_has_already_is_not_sent_again() {
    let world = World::new().await;
    let (path, etag) = one_photo(&world).await;
    for same in [
        etag.clone(),
        format!("W/{etag}"),
        "*".into(),
        format!("\"other\", {etag}"),
    ] {
        assert_eq!(status_with(&world, &path, &same).await, 304, "{same}");
    }
    for other in ["\"other\"", "", etag.trim_matches('"')] {
        assert_eq!(status_with(&world, &path, other).await, 200, "{other}");
    }
    world.person(1).patch(&path).json(&json!({"title": "new"})).await;
    assert_eq!(status_with(&world, &path, &etag).await, 200);
}

#[tokio::test]
async fn a_304_never_leaves_a_caller_with_addresses_that_have_run_out() {
    let world = World::new().await;
    let (path, etag) = one_photo(&world).await;
    let timeline = world.person(1).see("/api/v1/timeline").await;
    let segment = format!(
        "/api/v1/timeline/segments/{}",
        timeline["segments"][0]["id"].as_str().unwrap()
    );
    let segment_etag = world
        .person(1)
        .get(&segment)
        .await
        .header("etag")
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(status_with(&world, &segment, &segment_etag).await, 304);
    world.clock.advance(12 * HOUR);
    assert_eq!(status_with(&world, &path, &etag).await, 200);
    assert_eq!(status_with(&world, &segment, &segment_etag).await, 200);
    let edited = world
        .person(1)
        .patch(&path)
        .add_header("If-Match", &etag)
        .json(&json!({"title": "new"}))
        .await;
    assert_eq!(edited.status_code(), 200, "the photo is still as it was seen");
}

#[tokio::test]
async fn an_edit_of_what_was_changed_meanwhile_is_refused() {
    let world = World::new().await;
    let (path, seen) = one_photo(&world).await;
    let person = world.person(1);
    let edit = |etag: String| {
        person
            .patch(&path)
            .add_header("If-Match", etag)
            .json(&json!({"title": "mine"}))
    };
    person.patch(&path).json(&json!({"title": "theirs"})).await;
    let now = person.see(&path).await;
    let etag = now["etag"].as_str().unwrap();
    for stale in [
        seen.clone(),
        format!("W/{seen}"),
        "\"\"".into(),
        "nonsense".into(),
        "\"1.2.3\"".into(),
    ] {
        assert_problem(&edit(stale).await, 412, "precondition_failed");
    }
    assert_problem(
        &person.delete(&path).add_header("If-Match", &seen).await,
        412,
        "precondition_failed",
    );
    let purge = format!("{path}?permanent=true");
    assert_problem(
        &person.delete(&purge).add_header("If-Match", &seen).await,
        412,
        "precondition_failed",
    );
    assert_eq!(person.see(&path).await, now, "a refusal changes nothing");

    // As nginx hands it on when it has compressed the answer.
    assert_eq!(edit(format!("{seen}, W/{etag}")).await.status_code(), 200);
    assert_eq!(edit("*".into()).await.status_code(), 200);
    let etag = person.see(&path).await["etag"].as_str().unwrap().to_owned();
    assert_eq!(
        person
            .delete(&purge)
            .add_header("If-Match", etag)
            .await
            .status_code(),
        204
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found_whatever_was_expected_of_it() {
    let world = World::new().await;
    let (path, etag) = one_photo(&world).await;
    for expected in [etag.as_str(), "*", "\"other\""] {
        let answer = world
            .person(2)
            .patch(&path)
            .add_header("If-Match", expected)
            .json(&json!({}))
            .await;
        assert_problem(&answer, 404, "not_found");
    }
}

#[tokio::test]
async fn an_edit_that_changes_nothing_leaves_the_etag() {
    let world = World::new().await;
    let (path, etag) = one_photo(&world).await;
    for nothing in [
        json!({}),
        json!({"title": null}),
        json!({"title": "", "favorite": false}),
    ] {
        let answer = world.person(1).patch(&path).json(&nothing).await;
        assert_eq!(
            (answer.status_code().as_u16(), answer.header("etag")),
            (200, etag.parse().unwrap())
        );
    }
}

#[tokio::test]
async fn the_timelines_etag_changes_when_the_timeline_does() {
    let world = World::new().await;
    let (path, _) = one_photo(&world).await;
    let person = world.person(1);
    let etag_of = async |path: &str| person.get(path).await.header("etag").to_str().unwrap().to_owned();
    let (all, favorites) = (
        etag_of("/api/v1/timeline").await,
        etag_of("/api/v1/timeline?favorite=true").await,
    );
    assert_ne!(all, favorites);
    assert_eq!(status_with(&world, "/api/v1/timeline", &all).await, 304);
    assert_eq!(
        status_with(&world, "/api/v1/timeline?favorite=true", &favorites).await,
        304
    );
    person
        .patch(&path)
        .json(&json!({"title": "a grid does not show titles"}))
        .await;
    assert_eq!(status_with(&world, "/api/v1/timeline", &all).await, 304);
    person.patch(&path).json(&json!({"favorite": true})).await;
    assert_eq!(status_with(&world, "/api/v1/timeline", &all).await, 200);
    assert_eq!(
        status_with(&world, "/api/v1/timeline?favorite=true", &favorites).await,
        200
    );
}

#[tokio::test]
async fn whoever_signs_in_next_in_the_same_browser_is_not_told_that_nothing_changed() {
    let world = World::new().await;
    world.upload(1, 1, "2024-07-28T19:04:05Z").await;
    world.upload(2, 2, "2024-07-28T19:04:05Z").await;
    let first = world.person(1).get("/api/v1/timeline").await;
    assert_eq!(first.header("vary"), "authorization, photure-library");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let second = world
        .person(2)
        .get("/api/v1/timeline")
        .add_header("If-None-Match", first.header("etag"))
        .await;
    assert_eq!(second.status_code(), 200);
}
