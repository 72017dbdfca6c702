//! Bytes that nothing refers to any more are deleted, and never others.

use std::time::Duration;

use photure_domain::ClaimId;
use photure_testkit::{nth_uuid, user};

use crate::support::pictures::{sha256, small};
use crate::support::{Form, Process, World};

/// A photo that was purged, and whose bytes are still there.
async fn purged(world: &World, picture: &[u8]) {
    all_purged(world, &[picture]).await;
}

async fn all_purged(world: &World, pictures: &[&[u8]]) {
    let media = world.start().await;
    for picture in pictures {
        media
            .upload(Form::file(picture))
            .await
            .assert_photo(201, sha256(picture));
    }
    media.stop().await;
    for picture in pictures {
        world.gallery.purge(sha256(picture));
    }
    world.steps.forget();
}

fn uploading(
    world: &World,
    media: &Process,
    picture: &[u8],
) -> tokio::task::JoinHandle<crate::support::Answer> {
    let media = media.with_token(world.auth.person(user(1)));
    let form = Form::file(picture);
    tokio::spawn(async move { media.upload(form).await })
}

#[tokio::test]
async fn released_bytes_are_deleted_and_gallery_is_told() {
    let world = World::new();
    let kept = small(9);
    all_purged(&world, &[&small(1), &small(2), &small(3)]).await;
    let media = world.start().await;
    media
        .upload(Form::file(&kept))
        .await
        .assert_photo(201, sha256(&kept));
    world.steps.until_taken("confirmed", 3).await;
    media.stop().await;
    assert_eq!(world.stored(), World::all_of(sha256(&kept)));
    assert!(world.gallery.catalogue().released.is_empty());
    assert_eq!(world.steps.count("delete"), 3);
}

#[tokio::test(start_paused = true)]
async fn it_is_asked_for_again_and_again() {
    let mut world = World::new();
    world.config.sweep_every = Duration::from_secs(60);
    let media = world.start().await;
    media
        .upload(Form::file(&small(1)))
        .await
        .assert_photo(201, sha256(&small(1)));
    world.steps.until_taken("released", 2).await;
    world.gallery.purge(sha256(&small(1)));
    world.steps.until_taken("confirmed", 1).await;
    media.stop().await;
    assert_eq!(world.stored(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_gallery_or_auth_is_waited_out() {
    let mut world = World::new();
    world.config.sweep_every = Duration::from_secs(60);
    purged(&world, &small(1)).await;
    world.auth.set_away(true);
    world.gallery.catalogue().is_away = true;
    let media = world.start().await;
    tokio::time::advance(Duration::from_secs(61)).await;
    world.auth.set_away(false);
    world.steps.until_taken("released", 1).await;
    world.gallery.catalogue().is_away = false;
    world.steps.until_taken("confirmed", 1).await;
    media.stop().await;
    assert_eq!(world.stored(), Vec::<String>::new());
}

#[tokio::test]
async fn what_another_process_has_claimed_is_left_to_it() {
    let world = World::new();
    purged(&world, &small(1)).await;
    world.steps.hold_in("claim");
    let media = world.start().await;
    world.steps.held().await;
    world
        .gallery
        .catalogue()
        .claims
        .insert(sha256(&small(1)), ClaimId::new(nth_uuid(1)));
    world.steps.release();
    media.stop().await;
    assert_eq!(world.steps.count("delete"), 0);
    assert_eq!(world.stored(), World::all_of(sha256(&small(1))));
}

#[tokio::test]
async fn a_claim_that_is_about_to_lapse_deletes_nothing() {
    let world = World::new();
    purged(&world, &small(1)).await;
    world.gallery.catalogue().claim_life = 5;
    let media = world.start().await;
    world.steps.until_taken("claim", 1).await;
    media.stop().await;
    assert_eq!(world.steps.count("delete"), 0);
    assert_eq!(world.stored(), World::all_of(sha256(&small(1))));
}

#[tokio::test]
async fn bytes_that_are_just_being_stored_again_are_not_deleted() {
    let mut world = World::new();
    world.config.sweep_every = Duration::from_millis(1);
    let picture = small(1);
    let hash = sha256(&picture);
    purged(&world, &picture).await;
    // It is claimed by nobody and taken up again: stored, and about to be registered, when the sweeper comes round.
    world.steps.hold_in("register");
    world.gallery.catalogue().released.clear();
    let media = world.start().await;
    let upload = uploading(&world, &media, &picture);
    world.steps.held().await;
    let rounds = world.steps.count("released");
    world.gallery.catalogue().released.insert(hash);
    world.steps.until_taken("released", rounds + 1).await;
    tokio::task::yield_now().await;
    assert_eq!(world.steps.count("claim"), 0, "claimed under an upload's hands");
    world.steps.release();
    upload.await.unwrap().assert_photo(201, hash);
    media.stop().await;
    assert_eq!(world.steps.count("delete"), 0);
    assert_eq!(world.stored(), World::all_of(hash));
}

#[tokio::test]
async fn what_is_uploaded_while_it_is_deleted_is_stored_after_that() {
    for step in ["claim", "delete", "deleted", "confirm"] {
        let world = World::new();
        let picture = small(1);
        let hash = sha256(&picture);
        purged(&world, &picture).await;
        world.steps.hold_in(step);
        let media = world.start().await;
        world.steps.held().await;
        let upload = uploading(&world, &media, &picture);
        // It has arrived, been looked at, and waits.
        while world.staged().len() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(world.steps.count("put original"), 0, "{step}");
        world.steps.release();
        upload.await.unwrap().assert_photo(201, hash);
        media.stop().await;
        assert_eq!(world.stored(), World::all_of(hash), "{step}");
        assert_eq!(world.staged(), Vec::<String>::new(), "{step}");
    }
}

#[tokio::test]
async fn without_a_credential_nothing_is_swept() {
    let mut world = World::new();
    purged(&world, &small(1)).await;
    world.config.credential = None;
    let media = world.start().await;
    media.stop().await;
    assert_eq!(world.steps.taken(), Vec::<&str>::new());
    assert_eq!(world.stored(), World::all_of(sha256(&small(1))));
}
