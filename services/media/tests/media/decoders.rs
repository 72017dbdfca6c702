//! A picture that its decoder does not survive costs its upload; a decoder that is not to be had is an outage.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::support::pictures::{sha256, small};
use crate::support::{Form, World};

fn decoder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media/support/decoders");
    Some(folder.join(name))
}

#[tokio::test]
async fn a_picture_that_kills_its_decoder_is_refused_and_not_kept() {
    let mut world = World::new();
    world.config.decode_program = decoder("dies.sh");
    let media = world.start().await;
    let answer = media.upload(Form::file(&small(1))).await;
    answer.assert_problem(422, "corrupt_image");
    world.assert_nothing_changed();
}

#[tokio::test]
async fn a_picture_that_its_decoder_never_comes_to_an_end_with_is_refused_and_not_kept() {
    let mut world = World::new();
    world.config.decode_program = decoder("hangs.sh");
    world.config.decode_deadline = Duration::from_millis(200);
    let media = world.start().await;
    let answer = media.upload(Form::file(&small(1))).await;
    answer.assert_problem(422, "image_too_costly");
    world.assert_nothing_changed();
}

#[tokio::test(start_paused = true)]
async fn while_no_decoder_can_be_started_an_upload_waits() {
    let mut world = World::new();
    let good = world.config.decode_program.replace("/nowhere/photure".into());
    world.config.decode_sandbox = photure_decoding::Sandbox::Preferred;
    let media = world.start().await;
    let picture = small(1);
    let answer = media.upload(Form::file(&picture)).await;
    answer.assert_problem(503, "unavailable");
    assert_eq!(world.staged().len(), 2, "a file and a note: {:?}", world.staged());
    media.stop().await;

    world.config.decode_program = good;
    let media = world.start().await;
    world.steps.until_taken("registered", 1).await;
    media
        .upload(Form::file(&picture))
        .await
        .assert_photo(200, sha256(&picture));
    media.stop().await;
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn where_a_sandbox_is_required_a_media_without_one_does_not_start() {
    let mut world = World::new();
    world.config.decode_program = Some("/bin/true".into());
    let refused = world.try_start().await.map(drop).unwrap_err();
    assert!(refused.contains("PHOTURE_DECODE_SANDBOX"), "{refused}");
}
