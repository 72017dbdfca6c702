//! The process dies: whatever the moment, what follows ends in exactly one photo, and in an empty staging folder.

use std::time::Duration;

use photure_domain::Clock;
use photure_testkit::{nth_uuid, user};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::support::auth::CREDENTIAL;
use crate::support::pictures::{sha256, small};
use crate::support::{Form, World};

fn machine() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn whenever_it_dies_after_the_last_byte_one_photo_comes_of_it() {
    let picture = small(1);
    let hash = sha256(&picture);
    let mut n = 0;
    let steps = loop {
        let mut world = World::new();
        world.config.credential = None; // so that nothing but the upload takes steps
        world.steps.hold_at(n);
        let dying = machine();
        let finished = dying.block_on(async {
            let media = world.start().await;
            let uploading = media.upload(Form::file(&picture));
            tokio::select! {
                answer = uploading => Some(answer),
                () = world.steps.held() => None,
            }
        });
        let at = world.steps.taken();
        // Everything that waits is dropped where it is; threads come to their ends, as system calls do.
        dying.shutdown_timeout(Duration::from_secs(10));
        if let Some(answer) = finished {
            answer.assert_photo(201, hash);
            break at;
        }
        assert_ne!(world.staged(), Vec::<String>::new(), "dead in {at:?}");

        world.steps.forget();
        world.config.credential = Some(CREDENTIAL.into());
        machine().block_on(async {
            let media = world.start().await;
            world.steps.until_taken("registered", 1).await;
            media.stop().await;
        });
        assert_eq!(world.staged(), Vec::<String>::new(), "died in {at:?}");
        assert_eq!(world.gallery.photos().len(), 1, "died in {at:?}");
        assert_eq!(world.stored(), World::all_of(hash), "died in {at:?}");
        world.assert_sidecars();
        machine().block_on(async {
            world
                .start()
                .await
                .upload(Form::file(&picture))
                .await
                .assert_photo(200, hash);
        });
        assert_eq!(world.gallery.photos().len(), 1, "died in {at:?}");
        n += 1;
    };
    let wanted = [
        "put thumb",
        "thumb put",
        "put preview",
        "preview put",
        "put original",
        "original put",
        "put record",
        "record put",
        "register",
        "registered",
    ];
    assert!(wanted.iter().all(|step| steps.contains(step)), "{steps:?}");
    assert!(n >= wanted.len(), "only {n} deaths");
}

#[test]
fn whenever_it_dies_while_sweeping_the_next_one_finishes_it() {
    let picture = small(1);
    let mut n = 0;
    loop {
        let mut world = World::new();
        machine().block_on(async {
            world
                .start()
                .await
                .upload(Form::file(&picture))
                .await
                .assert_photo(201, sha256(&picture));
        });
        world.gallery.purge(sha256(&picture));
        world.steps.forget();
        world.steps.hold_at(n);
        world.config.sweep_every = Duration::from_secs(3_600);
        let dying = machine();
        let died = dying.block_on(async {
            let _media = world.start().await;
            tokio::select! {
                biased;
                () = world.steps.held() => true,
                () = world.steps.until_taken("released", 2) => false,
            }
        });
        dying.shutdown_timeout(Duration::from_secs(10));
        if !died {
            break;
        }
        world.steps.forget();
        world.gallery.catalogue().claims.clear(); // it lapses
        machine().block_on(async {
            let media = world.start().await;
            world.steps.until_taken("released", 1).await;
            if !world.gallery.catalogue().released.is_empty() {
                world.steps.until_taken("confirmed", 1).await;
            }
            media.stop().await;
        });
        assert_eq!(world.stored(), Vec::<String>::new(), "died in step {n}");
        assert_eq!(world.sidecars(), [], "died in step {n}");
        assert!(world.gallery.catalogue().released.is_empty());
        n += 1;
    }
    assert!(n >= 5, "only {n} deaths");
}

#[tokio::test]
async fn what_a_dead_process_has_left_unfinished_is_removed() {
    let world = World::new();
    let folder = world.staging();
    std::fs::create_dir(&folder).unwrap();
    let picture = small(1);
    let put = |name: String, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    let note = |picture: &[u8]| note(&world, picture, 0);
    let id = nth_uuid;
    put(format!("{}.part", id(1)), b"half a");
    put(format!("{}.part", id(2)), &picture);
    put(format!("{}.json.new", id(2)), &note(&picture)[..20]);
    put(format!("{}.json", id(3)), &note(&picture));
    put(format!("{}.part", id(4)), &picture[..20]);
    put(format!("{}.json", id(4)), &note(&picture));
    put("somebody-elses.txt".into(), b"not ours");
    world.start().await;
    assert_eq!(world.staged(), ["somebody-elses.txt"]);
    assert_eq!(world.gallery.photos(), []);
}

#[tokio::test]
async fn a_staged_file_whose_bytes_have_changed_becomes_no_photo() {
    let world = World::new();
    std::fs::create_dir(world.staging()).unwrap();
    let (picture, other) = (small(1), small(2));
    assert_eq!(picture.len(), other.len());
    for (n, found) in [(1, &other), (2, &picture)] {
        std::fs::write(world.staging().join(format!("{}.part", nth_uuid(n))), found).unwrap();
        std::fs::write(
            world.staging().join(format!("{}.json", nth_uuid(n))),
            note(&world, &picture, 0),
        )
        .unwrap();
    }
    let media = world.start().await;
    world.steps.until_taken("registered", 1).await;
    media.stop().await;
    assert_eq!(world.gallery.photos().len(), 1);
    assert_eq!(world.stored(), World::all_of(sha256(&picture)));
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn a_recovered_file_that_is_no_picture_goes() {
    let world = World::new();
    std::fs::create_dir(world.staging()).unwrap();
    for (n, bytes) in [(1, b"no picture at all".as_slice()), (2, &small(1))] {
        std::fs::write(world.staging().join(format!("{}.part", nth_uuid(n))), bytes).unwrap();
        std::fs::write(
            world.staging().join(format!("{}.json", nth_uuid(n))),
            note(&world, bytes, 0),
        )
        .unwrap();
    }
    let media = world.start().await;
    world.steps.until_taken("registered", 1).await;
    media.stop().await;
    assert_eq!(world.staged(), Vec::<String>::new());
    assert_eq!(world.stored(), World::all_of(sha256(&small(1))));
}

#[tokio::test]
async fn an_upload_that_was_there_at_every_death_is_given_up() {
    let world = World::new();
    std::fs::create_dir(world.staging()).unwrap();
    for (n, starts) in [(1, 9), (2, 10)] {
        let picture = small(n);
        let id = nth_uuid(n.into());
        std::fs::write(world.staging().join(format!("{id}.part")), &picture).unwrap();
        std::fs::write(
            world.staging().join(format!("{id}.json")),
            note(&world, &picture, starts),
        )
        .unwrap();
    }
    let media = world.start().await;
    world.steps.until_taken("registered", 1).await;
    media.stop().await;
    let [photo] = world.gallery.photos().try_into().unwrap();
    assert_eq!(photo.facts.sha256, sha256(&small(1)));
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn a_note_of_another_version_is_left_for_it() {
    let world = World::new();
    std::fs::create_dir(world.staging()).unwrap();
    let id = nth_uuid(1);
    std::fs::write(world.staging().join(format!("{id}.part")), small(1)).unwrap();
    std::fs::write(world.staging().join(format!("{id}.json")), b"{\"version\": 7}").unwrap();
    let media = world.start().await;
    media
        .upload(Form::file(&small(1)))
        .await
        .assert_photo(201, sha256(&small(1)));
    media.stop().await;
    assert_eq!(world.staged(), [format!("{id}.json"), format!("{id}.part")]);
}

#[tokio::test]
async fn two_processes_never_share_a_staging_folder() {
    let world = World::new();
    let media = world.start().await;
    let kit = photure_common::service::Kit::default();
    let deps = photure_media::Deps {
        blobs: media.blobs.clone(),
        auth: photure_common::peer::Peer::Local(world.auth.router()),
        gallery: photure_common::peer::Peer::Local(world.gallery.router()),
    };
    let second = photure_media::router(world.config.clone(), deps, &kit).await;
    let error = second
        .err()
        .map(|error| std::error::Error::source(&error).unwrap().to_string());
    assert!(
        error
            .as_ref()
            .is_some_and(|error| error.contains("PHOTURE_STAGING_DIR")),
        "{error:?}"
    );
    media.stop().await;
}

fn note(world: &World, bytes: &[u8], starts: u32) -> Vec<u8> {
    let note = json!({
        "owner_id": user(1),
        "filename": "a.png",
        "taken_at": null,
        "sha256": sha256(bytes),
        "bytes": bytes.len(),
        "received_at": world.clock.now(),
        "starts": starts,
    });
    note.to_string().into_bytes()
}
