//! Beside every original lies what a catalogue can be made of again, for each owner, and for nobody who has deleted it.

use photure_domain::Clock;
use photure_testkit::user;

use crate::support::gallery::Fault;
use crate::support::pictures::{sha256, small};
use crate::support::{Form, World};

#[tokio::test]
async fn it_says_what_gallery_says_before_gallery_hears_of_the_photo() {
    let world = World::new();
    let media = world.start().await;
    world.steps.hold_in("register");
    let picture = small(1);
    let uploading = media.upload(Form::file(&picture));
    let held = async {
        world.steps.held().await;
        let [sidecar] = &world.sidecars()[..] else {
            panic!("not one")
        };
        assert_eq!(sidecar.facts.sha256, sha256(&picture));
        assert_eq!(sidecar.owner_id, user(1));
        assert_eq!(sidecar.uploaded_at, world.clock.now());
        world.steps.release();
    };
    let (answer, ()) = tokio::join!(uploading, held);
    answer.assert_photo(201, sha256(&picture));
    world.assert_sidecars();
    assert_eq!(world.steps.count("record put"), 1, "it was right at once");
}

#[tokio::test]
async fn sending_it_again_changes_nothing_and_each_owner_has_one() {
    let world = World::new();
    let media = world.start().await;
    let other = media.with_token(world.auth.person(user(2)));
    let picture = small(1);
    media
        .upload(Form::file(&picture))
        .await
        .assert_photo(201, sha256(&picture));
    let first = world.sidecars();
    media
        .upload(Form::file(&picture))
        .await
        .assert_photo(200, sha256(&picture));
    assert_eq!(world.sidecars(), first);
    other
        .upload(Form::file(&picture))
        .await
        .assert_photo(201, sha256(&picture));
    assert_eq!(world.sidecars().len(), 2);
    world.assert_sidecars();
}

#[tokio::test]
async fn a_photo_that_gallery_refuses_leaves_none() {
    let world = World::new();
    let media = world.start().await;
    world.gallery.fail([Fault::Status(507, "storage_full")]);
    let picture = small(1);
    let answer = media.upload(Form::file(&picture)).await;
    assert_eq!(answer.status.as_u16(), 507);
    assert_eq!(world.sidecars(), []);
}

#[tokio::test]
async fn what_one_of_two_owners_has_purged_says_nothing_of_them_any_more() {
    let world = World::new();
    let picture = small(1);
    let hash = sha256(&picture);
    let media = world.start().await;
    media.upload(Form::file(&picture)).await.assert_photo(201, hash);
    let other = media.with_token(world.auth.person(user(2)));
    other.upload(Form::file(&picture)).await.assert_photo(201, hash);
    drop(other);
    media.stop().await;
    world.gallery.purge_of(user(1), hash);
    let media = world.start().await;
    world.steps.until_taken("forgotten", 1).await;
    media.stop().await;
    let [left] = &world.sidecars()[..] else {
        panic!("not one")
    };
    assert_eq!(left.owner_id, user(2));
    assert_eq!(world.stored(), World::all_of(hash));
    world.assert_sidecars();
}

#[tokio::test]
async fn what_is_uploaded_while_it_is_being_forgotten_is_written_again() {
    let world = World::new();
    let picture = small(1);
    let hash = sha256(&picture);
    let media = world.start().await;
    media.upload(Form::file(&picture)).await.assert_photo(201, hash);
    media.stop().await;
    world.gallery.purge_of(user(1), hash);
    world.gallery.catalogue().released.clear();
    world.steps.forget();
    world.steps.hold_in("forget");
    let media = world.start().await;
    world.steps.held().await;
    // Through another process, which knows nothing of our locks: gallery has the photo again, and its sidecar is gone.
    let photo = world.gallery.photos().first().cloned();
    assert_eq!(photo, None);
    world.gallery.register_elsewhere(user(1), &picture);
    world.steps.release();
    world.steps.until_taken("forgotten", 1).await;
    media.stop().await;
    world.assert_sidecars();
    assert_eq!(world.sidecars().len(), 1);
}

#[tokio::test]
async fn a_photo_purged_and_sent_again_before_that_has_a_new_one() {
    let world = World::new();
    let picture = small(1);
    let hash = sha256(&picture);
    let media = world.start().await;
    media.upload(Form::file(&picture)).await.assert_photo(201, hash);
    world.gallery.purge_of(user(1), hash);
    world.clock.advance(std::time::Duration::from_secs(60));
    media.upload(Form::file(&picture)).await.assert_photo(201, hash);
    let [sidecar] = &world.sidecars()[..] else {
        panic!("not one")
    };
    assert_eq!(sidecar.uploaded_at, world.clock.now());
    world.assert_sidecars();
}
