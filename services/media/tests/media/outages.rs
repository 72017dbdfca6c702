//! What an upload stands on goes away: nothing is lost, and nothing is there twice.

use photure_blob::BlobError;
use photure_domain::ClaimId;
use photure_domain::access::Actor;
use photure_testkit::{nth_uuid, user};

use crate::support::gallery::Fault;
use crate::support::pictures::{sha256, small};
use crate::support::{Form, World};

#[tokio::test(start_paused = true)]
async fn while_gallery_is_away_an_upload_waits_and_is_finished_without_its_client() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    world.gallery.catalogue().is_away = true;
    let answer = media.upload(Form::file(&picture)).await;
    answer.assert_problem(503, "unavailable");
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(world.staged().len(), 2, "a file and a note: {:?}", world.staged());

    world.gallery.catalogue().is_away = false;
    world.steps.until_taken("registered", 1).await;
    let [photo] = world.gallery.photos().try_into().unwrap();
    assert_eq!((photo.owner, photo.by), (user(1), Actor::Service));
    media
        .upload(Form::file(&picture))
        .await
        .assert_photo(200, sha256(&picture));
    media.stop().await;
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_tries_again_takes_what_waits_with_it() {
    let mut world = World::new();
    world.config.credential = None;
    let media = world.start().await;
    let picture = small(1);
    world.gallery.catalogue().is_away = true;
    for _ in 0..2 {
        media
            .upload(Form::file(&picture))
            .await
            .assert_problem(503, "unavailable");
    }
    let other = small(2);
    media
        .upload(Form::file(&other))
        .await
        .assert_problem(503, "unavailable");
    assert_eq!(world.staged().len(), 6);
    media.stop().await;

    world.gallery.catalogue().is_away = false;
    let media = world.start().await;
    media
        .upload(Form::file(&picture))
        .await
        .assert_photo(201, sha256(&picture));
    assert_eq!(
        world.staged().len(),
        2,
        "the other one still waits for its client"
    );
    media
        .upload(Form::file(&other))
        .await
        .assert_photo(201, sha256(&other));
    assert_eq!(world.staged(), Vec::<String>::new());
    assert_eq!(world.gallery.photos().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_what_waits_is_finished() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    world.gallery.catalogue().is_away = true;
    media
        .upload(Form::named_file("IMG_20210504_123311.png", &picture))
        .await
        .assert_problem(503, "unavailable");
    media.stop().await;
    world.gallery.catalogue().is_away = false;
    world.auth.set_away(true);
    let media = world.start().await;
    world.auth.set_away(false);
    world.steps.until_taken("registered", 1).await;
    media.stop().await;
    let [photo] = world.gallery.photos().try_into().unwrap();
    assert_eq!(photo.facts.filename, "IMG_20210504_123311.png");
    assert_eq!(photo.facts.taken.at.to_string(), "2021-05-04T12:33:11.000Z");
    assert_eq!(world.stored(), World::all_of(sha256(&picture)));
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_being_deleted_are_waited_for_and_stored_anew() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    let hash = sha256(&picture);
    // Another process holds the claim, and deletes under our hands.
    world
        .gallery
        .catalogue()
        .claims
        .insert(hash, ClaimId::new(nth_uuid(1)));
    let uploading = media.upload(Form::file(&picture));
    let deleting = async {
        world.steps.until_taken("register", 2).await;
        let folder = world.folder.path().join("files");
        for path in World::all_of(hash) {
            std::fs::remove_file(folder.join(path)).unwrap();
        }
        world.gallery.catalogue().claims.clear();
    };
    let (answer, ()) = tokio::join!(uploading, deleting);
    answer.assert_photo(201, hash);
    assert_eq!(world.stored(), World::all_of(hash));
    assert!(world.steps.count("put original") > 2, "{:?}", world.steps.taken());
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_takes_too_long_is_an_outage() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    world
        .gallery
        .catalogue()
        .claims
        .insert(sha256(&picture), ClaimId::new(nth_uuid(1)));
    let begun = tokio::time::Instant::now();
    media
        .upload(Form::file(&picture))
        .await
        .assert_problem(503, "unavailable");
    assert!(begun.elapsed().as_secs() <= 31);
    assert_eq!(world.staged().len(), 2);
    world.gallery.catalogue().claims.clear();
    world.steps.until_taken("registered", 1).await;
    media.stop().await;
    assert_eq!(world.stored(), World::all_of(sha256(&picture)));
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_ran_out_while_the_file_was_sent_costs_nothing() {
    let world = World::new();
    let media = world.start().await;
    world.gallery.fail([Fault::Status(401, "token_expired")]);
    media
        .upload(Form::file(&small(1)))
        .await
        .assert_photo(201, sha256(&small(1)));
    assert_eq!(world.gallery.photos()[0].by, Actor::Service);
    assert_eq!(world.gallery.photos()[0].owner, user(1));
}

#[tokio::test]
async fn service_tokens_are_kept_while_they_are_good() {
    let world = World::new();
    let media = world.start().await;
    for n in 1..4 {
        world.gallery.fail([Fault::Status(401, "token_expired")]);
        assert_eq!(media.upload(Form::file(&small(n))).await.status, 201);
    }
    assert!(
        world.auth.service_tokens() <= 3,
        "one to register with, one to sweep with, one to ask auth for closed accounts"
    );
}

#[tokio::test]
async fn without_a_credential_a_token_that_ran_out_is_told_to_the_client() {
    let mut world = World::new();
    world.config.credential = None;
    let media = world.start().await;
    world.gallery.fail([Fault::Status(401, "token_expired")]);
    let answer = media.upload(Form::file(&small(1))).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (401, &"token_expired".into())
    );
    media
        .upload(Form::file(&small(1)))
        .await
        .assert_photo(201, sha256(&small(1)));
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn another_signing_key_than_gallerys_is_an_outage_and_no_refusal() {
    let mut world = World::new();
    world.config.signing_key = "another key of more than 32 bytes".into();
    let media = world.start().await;
    media
        .upload(Form::file(&small(1)))
        .await
        .assert_problem(503, "unavailable");
    assert_eq!(world.staged().len(), 2);
    media.stop().await;
    world.config.signing_key = crate::support::world_secret().into();
    let media = world.start().await;
    world.steps.until_taken("registered", 1).await;
    media.stop().await;
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn a_full_storage_is_said_and_leaves_nothing_staged() {
    let world = World::new();
    let media = world.start().await;
    media
        .blobs
        .fail(Some(|| BlobError::StorageFull("no space".into())));
    media
        .upload(Form::file(&small(1)))
        .await
        .assert_problem(507, "storage_full");
    world.assert_nothing_changed();
    media.blobs.fail(None);
    media
        .upload(Form::file(&small(1)))
        .await
        .assert_photo(201, sha256(&small(1)));
}

#[tokio::test]
async fn what_the_disk_has_no_room_for_is_not_even_begun() {
    let mut world = World::new();
    world.config.max_upload_bytes = 1 << 60;
    let media = world.start().await;
    let request = media.upload_request(axum::body::Body::new(Vast));
    media.send(request).await.assert_problem(507, "storage_full");
    world.assert_nothing_changed();
}

/// A body that says it is larger than any disk here, and may not be read.
struct Vast;

impl http_body::Body for Vast {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>> {
        panic!("it was read")
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(1 << 50)
    }
}

#[tokio::test(start_paused = true)]
async fn while_the_storage_is_away_uploads_wait() {
    let world = World::new();
    let media = world.start().await;
    media
        .blobs
        .fail(Some(|| BlobError::Unavailable("not mounted".into())));
    media
        .upload(Form::file(&small(1)))
        .await
        .assert_problem(503, "unavailable");
    assert_eq!(world.staged().len(), 2);
    media.blobs.fail(None);
    world.steps.until_taken("registered", 1).await;
    media.stop().await;
    assert_eq!(world.stored(), World::all_of(sha256(&small(1))));
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn readiness_names_the_storage_the_staging_folder_and_auth() {
    let world = World::new();
    let media = world.start().await;
    let ready = media.get("/health/ready").await;
    assert_eq!(ready.status, 200, "{:?}", ready.body);
    let checks: Vec<_> = ready.json()["checks"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(checks, ["auth", "staging", "storage"]);

    std::fs::remove_dir_all(world.staging()).unwrap();
    std::fs::remove_file(world.folder.path().join("files/.photure-storage")).unwrap();
    let ready = media.get("/health/ready").await;
    assert_eq!(ready.status, 503);
    for check in ["storage", "staging"] {
        let report = &ready.json()["checks"][check];
        assert_eq!(report["status"], "failing");
        assert!(!report["reason"].as_str().unwrap().is_empty());
    }
    media
        .upload(Form::file(&small(1)))
        .await
        .assert_problem(503, "unavailable");
}
