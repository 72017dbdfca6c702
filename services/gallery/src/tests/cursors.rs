use serde_json::{Value, json};

use super::World;
use super::world::{assert_problem, ids};

/// All pages of `path`, joined.
async fn walk(world: &World, path: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next = path.to_owned();
    loop {
        let page = world.person(1).see(&next).await;
        seen.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("{path}&cursor={cursor}"),
            None => return seen,
        }
        assert!(seen.len() < 100, "the list has no end");
    }
}

#[tokio::test]
async fn pages_joined_are_the_list_in_each_order() {
    let world = World::new().await;
    let (mut uploaded, mut taken) = (Vec::new(), Vec::new());
    for n in 0..7 {
        // Four of one moment: there the id decides.
        let taken_at = if n % 2 == 0 {
            "2024-05-05T05:05:05Z".into()
        } else {
            format!("2024-01-0{}T00:00:00Z", 9 - n)
        };
        let photo = world.upload(1, n, &taken_at).await;
        world.clock.advance(std::time::Duration::from_millis(1));
        let id = photo["id"].as_str().unwrap().to_owned();
        uploaded.insert(0, id.clone());
        taken.push((photo["taken_at"].as_str().unwrap().to_owned(), id));
    }
    taken.sort();
    let taken: Vec<String> = taken.into_iter().rev().map(|(_, id)| id).collect();
    for limit in [1, 2, 3, 7, 100] {
        assert_eq!(
            walk(&world, &format!("/api/v1/photos?limit={limit}")).await,
            taken
        );
        assert_eq!(
            walk(&world, &format!("/api/v1/photos?order=taken_at&limit={limit}")).await,
            taken
        );
        assert_eq!(
            walk(&world, &format!("/api/v1/photos?order=uploaded_at&limit={limit}")).await,
            uploaded
        );
    }
}

#[tokio::test]
async fn a_cursor_stays_good_while_photos_come_and_go() {
    let world = World::new().await;
    let person = world.person(1);
    let mut photos = Vec::new();
    for n in 0..6 {
        photos.insert(
            0,
            world.upload(1, n, &format!("2024-01-0{}T00:00:00Z", n + 1)).await["id"].clone(),
        );
    }
    let first = person.see("/api/v1/photos?limit=2").await;
    // The one the cursor stood behind goes, the next one too, and a newer one comes.
    for gone in &photos[1..3] {
        person
            .delete(&format!(
                "/api/v1/photos/{}?permanent=true",
                gone.as_str().unwrap()
            ))
            .await;
    }
    world.upload(1, 99, "2025-01-01T00:00:00Z").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = person.see(&format!("/api/v1/photos?cursor={cursor}")).await;
    assert_eq!(json!(ids(&second)), json!(photos[3..]));
}

#[tokio::test]
async fn no_cursor_is_anything_but_good_or_refused() {
    let world = World::new().await;
    for n in 0..2 {
        world.upload(1, n, "2024-05-05T05:05:05Z").await;
    }
    let person = world.person(1);
    let first: Value = person.see("/api/v1/photos?limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    for path in [
        format!("/api/v1/photos?order=uploaded_at&cursor={cursor}"),
        format!("/api/v1/trash?cursor={cursor}"),
        format!("/api/v1/photos?cursor={}", &cursor[..10]),
        format!("/api/v1/photos?cursor=A{cursor}"),
        "/api/v1/photos?cursor=".into(),
        "/api/v1/photos?cursor=null".into(),
        "/api/v1/photos?cursor=%7B%22%24gt%22%3A%22%22%7D".into(),
        "/api/v1/photos?cursor=%00".into(),
        "/api/v1/photos?cursor=____________________________________".into(),
    ] {
        assert_problem(&person.get(&path).await, 422, "invalid_cursor");
    }
    // Each character changed in turn names another place, or none.
    for at in 0..cursor.len() {
        let mut spoiled = cursor.to_owned();
        spoiled.replace_range(at..=at, if spoiled.as_bytes()[at] == b'A' { "B" } else { "A" });
        let status = person
            .get(&format!("/api/v1/photos?cursor={spoiled}"))
            .await
            .status_code()
            .as_u16();
        assert!(matches!(status, 200 | 422), "{spoiled}: {status}");
    }
}

#[tokio::test]
async fn a_limit_out_of_range_is_refused() {
    let world = World::new().await;
    for limit in ["0", "501", "-1", "1e2", "4294967296", "", "many"] {
        for list in ["photos", "trash"] {
            let answer = world
                .person(1)
                .get(&format!("/api/v1/{list}?limit={limit}"))
                .await;
            assert_problem(&answer, 422, "invalid_fields");
        }
    }
    assert_eq!(
        world
            .person(1)
            .get("/api/v1/photos?limit=500")
            .await
            .status_code(),
        200
    );
}
