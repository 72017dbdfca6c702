//! The film of a Live Photo: with its photo or after it, and never without.

use std::time::Duration;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photure_blob::{BlobKey, BlobStore};
use photure_domain::Sha256;
use photure_domain::film::{Film, FilmType};
use photure_testkit::{live, user};
use serde_json::json;

use crate::support::pictures::{jpeg, sha256, small};
use crate::support::{Answer, Form, Process, World};

const ID: &str = "7B0E4E3C-6B0C-4F4C-9C75-1D0A2D6E1F11";

/// Both halves.
fn pair(seed: u8) -> (Vec<u8>, Vec<u8>) {
    (
        live::picture(&jpeg(60, 40, seed), ID),
        live::film(ID, 3_000 + usize::from(seed)),
    )
}

fn form(picture: &[u8], film: &[u8]) -> Form {
    Form::named_file("IMG_1.JPG", picture).and_bytes("live", film)
}

fn film_of(film: &[u8]) -> Film {
    Film {
        sha256: sha256(film),
        bytes: film.len() as u64,
        media_type: FilmType::QuickTime,
    }
}

async fn kept(media: &Process, picture: &[u8], film: &[u8]) -> Option<Vec<u8>> {
    let key = BlobKey::film(sha256(picture), sha256(film));
    match media.blobs.open(key, None).await {
        Ok(reader) => Some(reader.into_bytes().await.unwrap().to_vec()),
        Err(_) => None,
    }
}

/// The film alone, in two pieces.
async fn send_later(media: &Process, photo: Sha256, film: &[u8]) -> (String, Answer) {
    let metadata = format!("live_of {}", STANDARD.encode(photo.to_string()));
    let length = film.len().to_string();
    let headers = [("upload-length", length.as_str()), ("upload-metadata", &metadata)];
    let created = media.send(media.tus("POST", "/api/v1/uploads", &headers, Body::empty()));
    let upload = created.await.header("location").to_owned();
    let half = film.len() / 2;
    let patch = |offset: usize, bytes: &[u8]| {
        let offset = offset.to_string();
        let headers = [
            ("upload-offset", offset.as_str()),
            ("content-type", "application/offset+octet-stream"),
        ];
        media.tus("PATCH", &upload, &headers, Body::from(bytes.to_vec()))
    };
    assert_eq!(media.send(patch(0, &film[..half])).await.status.as_u16(), 204);
    let last = media.send(patch(half, &film[half..])).await;
    (upload, last)
}

#[tokio::test]
async fn both_halves_of_a_form_are_stored_shown_and_noted_beside_the_original() {
    let world = World::new();
    let media = world.start().await;
    let (picture, film) = pair(1);
    let answer = media.upload(form(&picture, &film)).await;
    answer.assert_photo(201, sha256(&picture));
    assert_eq!(
        answer.json()["live"]["bytes"],
        json!(film.len()),
        "it is the photo with its film"
    );
    assert_eq!(kept(&media, &picture, &film).await.unwrap(), film);
    assert_eq!(world.gallery.photos()[0].film, Some(film_of(&film)));
    assert_eq!(world.sidecars()[0].film, Some(film_of(&film)));
    assert_eq!(world.staged(), Vec::<String>::new());

    let again = media.upload(form(&picture, &film)).await;
    again.assert_photo(200, sha256(&picture));
    // Without it, it stays.
    media
        .upload(Form::file(&picture))
        .await
        .assert_photo(200, sha256(&picture));
    assert_eq!(world.sidecars()[0].film, Some(film_of(&film)));
    // In gallery's own words.
    let another = media.upload(form(&picture, &live::film(ID, 10))).await;
    assert_eq!(another.status.as_u16(), 409);
    assert_eq!(another.json()["code"], "live_exists");
    assert_eq!(kept(&media, &picture, &film).await.unwrap(), film);
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn what_does_not_belong_together_leaves_nothing_behind() {
    let world = World::new();
    let media = world.start().await;
    let (picture, film) = pair(1);
    let cases = [
        (form(&picture, &live::film("another", 10)), 422, "live_mismatch"),
        (
            form(&picture, &live::film_of(b"qt  ", None, 10)),
            422,
            "live_mismatch",
        ),
        (form(&small(1), &film), 422, "live_mismatch"),
        (form(&picture, &film[..film.len() - 9]), 422, "truncated_image"),
        (form(&picture, b""), 422, "empty_file"),
        (form(&picture, &picture), 415, "unsupported_media_type"),
        (
            form(&picture, b"<script>alert(1)</script>"),
            415,
            "unsupported_media_type",
        ),
        (
            form(&picture, &film).and_bytes("live", &film),
            422,
            "invalid_fields",
        ),
        (Form::file(&film), 415, "unsupported_media_type"),
    ];
    for (form, status, code) in cases {
        media.upload(form).await.assert_problem(status, code);
    }
    assert_eq!(world.stored(), Vec::<String>::new());
    assert_eq!(world.staged(), Vec::<String>::new());
    assert!(world.gallery.photos().is_empty());
}

#[tokio::test]
async fn a_film_may_come_later_by_itself_for_a_photo_of_ones_own() {
    let world = World::new();
    let media = world.start().await;
    let (picture, film) = pair(1);
    let photo = sha256(&picture);
    let (_, early) = send_later(&media, photo, &film).await;
    early.assert_problem(404, "not_found");
    media.upload(Form::file(&picture)).await.assert_photo(201, photo);
    // Another's photo is not there for who only knows its hash.
    let other = media.with_token(world.auth.person(user(2)));
    let (_, strange) = send_later(&other, photo, &film).await;
    strange.assert_problem(404, "not_found");
    let (_, wrong) = send_later(&media, photo, &live::film("another", 10)).await;
    wrong.assert_problem(422, "live_mismatch");

    let (upload, last) = send_later(&media, photo, &film).await;
    assert_eq!(last.status.as_u16(), 204);
    let state = media.state_of(&upload).await;
    assert_eq!(state["status"], "ready");
    assert_eq!(state["photo_id"], json!(world.gallery.photos()[0].id));
    assert_eq!(kept(&media, &picture, &film).await.unwrap(), film);
    world.clock.advance(Duration::from_secs(1));
    let (upload, _) = send_later(&media, photo, &film).await;
    assert_eq!(media.state_of(&upload).await["status"], "duplicate");
    assert_eq!(world.gallery.photos()[0].film, Some(film_of(&film)));
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn an_outage_of_gallery_between_the_halves_loses_neither() {
    let world = World::new();
    let (picture, film) = pair(1);
    let media = world.start().await;
    world.gallery.catalogue().is_away = true;
    media
        .upload(form(&picture, &film))
        .await
        .assert_problem(503, "unavailable");
    assert!(!world.staged().is_empty(), "both wait");
    world.gallery.catalogue().is_away = false;
    media.stop().await;

    // Nobody sends anything again.
    let media = world.start().await;
    for _ in 0..500 {
        if world.staged().is_empty() {
            assert_eq!(world.gallery.photos()[0].film, Some(film_of(&film)));
            assert_eq!(kept(&media, &picture, &film).await.unwrap(), film);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("they still wait: {:?}", world.staged());
}

#[tokio::test]
async fn a_film_whose_photo_was_faster_than_an_outage_is_shown_after_it() {
    let world = World::new();
    let (picture, film) = pair(1);
    let media = world.start().await;
    world.steps.hold_in("film");
    let sending = tokio::spawn({
        let media = media.with_token(world.auth.person(user(1)));
        let form = form(&picture, &film);
        async move { media.upload(form).await }
    });
    world.steps.held().await;
    assert_eq!(world.gallery.photos()[0].film, None, "the photo is there");
    world.gallery.catalogue().is_away = true;
    world.steps.release();
    sending.await.unwrap().assert_problem(503, "unavailable");
    media.stop().await;
    world.gallery.catalogue().is_away = false;

    let media = world.start().await;
    for _ in 0..500 {
        if world.gallery.photos()[0].film.is_some() && world.staged().is_empty() {
            assert_eq!(kept(&media, &picture, &film).await.unwrap(), film);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the film is not there: {:?}", world.staged());
}

#[tokio::test]
async fn it_goes_when_the_last_photo_goes_and_not_before() {
    let mut world = World::new();
    world.config.sweep_every = Duration::from_millis(20);
    let media = world.start().await;
    let (picture, film) = pair(1);
    media
        .upload(form(&picture, &film))
        .await
        .assert_photo(201, sha256(&picture));
    let other = media.with_token(world.auth.person(user(2)));
    other
        .upload(form(&picture, &film))
        .await
        .assert_photo(201, sha256(&picture));
    world.gallery.purge_of(user(1), sha256(&picture));
    for _ in 0..500 {
        if world.gallery.catalogue().purged.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        world.sidecars().len(),
        1,
        "what says that it was the first one's is gone"
    );
    assert_eq!(kept(&media, &picture, &film).await.unwrap(), film);
    world.gallery.purge_of(user(2), sha256(&picture));
    for _ in 0..500 {
        if world.stored().is_empty() {
            assert_eq!(kept(&media, &picture, &film).await, None);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("left: {:?}", world.stored());
}

#[tokio::test]
async fn a_film_is_served_as_a_film_to_whoever_holds_its_address() {
    let world = World::new();
    let media = world.start().await;
    let (picture, film) = pair(1);
    media
        .upload(form(&picture, &film))
        .await
        .assert_photo(201, sha256(&picture));
    let address = world.key.sign_film(
        &sha256(&picture),
        &film_of(&film),
        "IMG_1.mov",
        photure_domain::Clock::now(&*world.clock),
    );
    let get = |range: Option<&str>| {
        let mut request = http::Request::get(&address);
        if let Some(range) = range {
            request = request.header("range", range);
        }
        media.send(request.body(Body::empty()).unwrap())
    };
    let whole = get(None).await;
    assert_eq!(whole.status.as_u16(), 200);
    assert_eq!(whole.body, film);
    assert_eq!(whole.header("content-type"), "video/quicktime");
    assert_eq!(
        whole.header("content-disposition"),
        "attachment; filename=\"IMG_1.mov\""
    );
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let part = get(Some("bytes=-7")).await;
    assert_eq!(
        (part.status.as_u16(), &part.body[..]),
        (206, &film[film.len() - 7..])
    );
}
