//! Uploads that break off and are gone on with.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream;
use photure_testkit::user;
use sha2::Digest;
use tokio::sync::Notify;

use crate::support::auth::CREDENTIAL;
use crate::support::pictures::{png, sha256, small};
use crate::support::{Answer, Form, Process, World};

const UPLOADS: &str = "/api/v1/uploads";
const STREAM: (&str, &str) = ("content-type", "application/offset+octet-stream");

async fn create(media: &Process, headers: &[(&str, &str)]) -> Answer {
    media
        .send(media.tus("POST", UPLOADS, headers, Body::empty()))
        .await
}

/// Where a new upload of `length` bytes is.
async fn begin(media: &Process, length: usize) -> String {
    let created = create(media, &[("upload-length", &length.to_string())]).await;
    assert_eq!(created.status.as_u16(), 201, "{created:?}");
    created.header("location").to_owned()
}

async fn patch(media: &Process, address: &str, offset: usize, body: impl Into<Body>) -> Answer {
    patch_with(media, address, &[("upload-offset", &offset.to_string())], body).await
}

async fn patch_with(
    media: &Process,
    address: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let headers: Vec<_> = headers.iter().copied().chain([STREAM]).collect();
    media
        .send(media.tus("PATCH", address, &headers, body.into()))
        .await
}

async fn head(media: &Process, address: &str) -> Answer {
    media.send(media.tus("HEAD", address, &[], Body::empty())).await
}

fn broken_after(bytes: &[u8]) -> Body {
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Body::from_stream(stream::iter([Ok(Bytes::copy_from_slice(bytes)), Err(broken)]))
}

fn checksum(bytes: &[u8]) -> String {
    format!("sha256 {}", STANDARD.encode(sha2::Sha256::digest(bytes)))
}

fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
    pairs.collect::<Vec<_>>().join(",")
}

#[tokio::test]
async fn a_file_in_pieces_becomes_a_photo() {
    let world = World::new();
    let media = world.start().await;
    let picture = png(900, 700, 3);
    let hash = sha256(&picture);
    let said = metadata(&[
        ("filename", "holiday/Größe.png"),
        ("filetype", "image/png"),
        ("sha256", &hash.to_string()),
        ("taken_at", "2024-07-28T21:04:05+02:00"),
    ]);
    let length = picture.len().to_string();
    let created = create(&media, &[("upload-length", &length), ("upload-metadata", &said)]).await;
    assert_eq!(created.status.as_u16(), 201);
    assert_eq!(created.header("tus-resumable"), "1.0.0");
    assert!(created.header("upload-expires").ends_with(" GMT"));
    let address = created.header("location").to_owned();

    let (first, rest) = picture.split_at(picture.len() / 3);
    let answer = patch(&media, &address, 0, first.to_vec()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("upload-offset")),
        (204, first.len().to_string().as_str())
    );
    assert_eq!(media.state_of(&address).await["status"], "receiving");
    let standing = head(&media, &address).await;
    assert_eq!(standing.header("upload-offset"), first.len().to_string());
    assert_eq!(standing.header("upload-length"), length);
    assert_eq!(standing.header("upload-metadata"), said);
    assert_eq!(standing.header("cache-control"), "no-store");
    assert_eq!(world.gallery.photos(), []);

    let answer = patch(&media, &address, first.len(), rest.to_vec()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("upload-offset")),
        (204, length.as_str())
    );
    let [photo] = world.gallery.photos().try_into().unwrap();
    assert_eq!((photo.owner, photo.facts.sha256), (user(1), hash));
    assert_eq!(photo.facts.filename, "Größe.png");
    assert_eq!(photo.facts.taken.utc_offset_minutes, Some(120));
    assert_eq!(world.stored(), World::all_of(hash));
    assert_eq!(world.staged(), Vec::<String>::new());

    let state = media.state_of(&address).await;
    assert_eq!(
        (&state["status"], &state["photo_id"]),
        (&"ready".into(), &photo.id.to_string().into())
    );
    // The last answer may be lost on its way: the client asks, or sends nothing more.
    assert_eq!(head(&media, &address).await.header("upload-offset"), length);
    assert_eq!(
        patch(&media, &address, picture.len(), "").await.status.as_u16(),
        204
    );
    assert_eq!(world.gallery.photos().len(), 1);
}

#[tokio::test]
async fn what_arrived_before_the_line_broke_counts() {
    let world = World::new();
    let media = world.start().await;
    let picture = png(900, 700, 4);
    let address = begin(&media, picture.len()).await;
    let cut = picture.len() - 1000;
    patch(&media, &address, 0, broken_after(&picture[..cut]))
        .await
        .assert_problem(400, "upload_interrupted");
    assert_eq!(
        head(&media, &address).await.header("upload-offset"),
        cut.to_string()
    );
    patch(&media, &address, 0, picture.clone())
        .await
        .assert_problem(409, "upload_offset");
    assert_eq!(
        patch(&media, &address, cut, picture[cut..].to_vec())
            .await
            .status
            .as_u16(),
        204
    );
    assert_eq!(world.gallery.photos()[0].facts.sha256, sha256(&picture));
}

#[tokio::test]
async fn whoever_comes_later_takes_the_upload_over() {
    let world = World::new();
    let media = world.start().await;
    let picture = png(900, 700, 5);
    let address = begin(&media, picture.len()).await;
    let first = Bytes::copy_from_slice(&picture[..500]);
    let taken = Arc::new(Notify::new());
    // A line that is dead without a word: it brings 500 bytes and then nothing for ever.
    let hanging = stream::unfold(
        (Some(first), Arc::clone(&taken)),
        async |(first, taken)| match first {
            Some(bytes) => Some((Ok::<_, std::io::Error>(bytes), (None, taken))),
            None => {
                taken.notify_one();
                std::future::pending().await
            }
        },
    );
    let dead = patch(&media, &address, 0, Body::from_stream(hanging));
    let alive = async {
        taken.notified().await;
        assert_eq!(head(&media, &address).await.header("upload-offset"), "500");
        patch(&media, &address, 500, picture[500..].to_vec()).await
    };
    let (dead, alive) = tokio::join!(dead, alive);
    dead.assert_problem(400, "upload_interrupted");
    assert_eq!(alive.status.as_u16(), 204, "{alive:?}");
    assert_eq!(world.gallery.photos()[0].facts.sha256, sha256(&picture));
}

#[tokio::test]
async fn a_chunk_that_is_not_what_its_checksum_says_does_not_count() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    let (first, rest) = picture.split_at(40);
    let address = begin(&media, picture.len()).await;
    let good = checksum(first);
    let with = |offset: &'static str, sum: &str| {
        [("upload-offset", offset), ("upload-checksum", sum)].map(|(n, v)| (n, v.to_owned()))
    };
    let send = async |headers: [(&str, String); 2], body: Body| {
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        patch_with(&media, &address, &headers, body).await
    };
    let mut damaged = first.to_vec();
    damaged[7] ^= 1;
    send(with("0", &good), damaged.into())
        .await
        .assert_problem(460, "checksum_mismatch");
    // Of a chunk that broke off nobody knows.
    send(with("0", &good), broken_after(&first[..20]))
        .await
        .assert_problem(400, "upload_interrupted");
    assert_eq!(head(&media, &address).await.header("upload-offset"), "0");
    assert_eq!(
        send(with("0", &good), first.to_vec().into())
            .await
            .status
            .as_u16(),
        204
    );
    assert_eq!(
        send(with("40", &checksum(rest)), rest.to_vec().into())
            .await
            .status
            .as_u16(),
        204
    );
    send(with("40", "md5 abcd"), Body::empty())
        .await
        .assert_problem(400, "malformed_header");
    assert_eq!(world.gallery.photos()[0].facts.sha256, sha256(&picture));
}

#[tokio::test]
async fn nothing_is_kept_of_an_upload_whose_address_nobody_was_told() {
    let world = World::new();
    let media = world.start().await;
    let picture = png(900, 700, 4);
    let length = picture.len().to_string();
    let broken = broken_after(&picture[..picture.len() - 1000]);
    let request = media.tus("POST", UPLOADS, &[("upload-length", &length), STREAM], broken);
    let answer = media.send(request).await;
    answer.assert_problem(400, "upload_interrupted");
    let kept = std::fs::read_dir(world.staging().join("resumable"))
        .unwrap()
        .count();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_first_piece_comes_with_the_creation_and_the_length_may_come_last() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(2);
    let at_once = media.tus(
        "POST",
        UPLOADS,
        &[("upload-length", &picture.len().to_string()), STREAM],
        picture.clone().into(),
    );
    let at_once = media.send(at_once).await;
    assert_eq!(
        (at_once.status.as_u16(), at_once.header("upload-offset")),
        (201, picture.len().to_string().as_str())
    );
    assert_eq!(
        media.state_of(at_once.header("location")).await["status"],
        "ready"
    );

    let picture = small(3);
    let created = create(&media, &[("upload-defer-length", "1")]).await;
    let address = created.header("location");
    assert_eq!(
        patch(&media, address, 0, picture[..30].to_vec())
            .await
            .status
            .as_u16(),
        204
    );
    assert_eq!(head(&media, address).await.header("upload-defer-length"), "1");
    let length = picture.len().to_string();
    let last = [("upload-offset", "30"), ("upload-length", length.as_str())];
    assert_eq!(
        patch_with(&media, address, &last, picture[30..].to_vec())
            .await
            .status
            .as_u16(),
        204
    );
    assert_eq!(world.gallery.photos().len(), 2);
}

#[tokio::test]
async fn parts_are_put_together() {
    let world = World::new();
    let media = world.start().await;
    let picture = png(900, 700, 6);
    let half = picture.len() / 2;
    let mut parts = Vec::new();
    for piece in [&picture[..half], &picture[half..]] {
        let length = piece.len().to_string();
        let created = create(
            &media,
            &[("upload-length", &length), ("upload-concat", "partial")],
        )
        .await;
        let address = created.header("location").to_owned();
        let concat = format!("final;{address}");
        create(&media, &[("upload-concat", &concat)])
            .await
            .assert_problem(400, "malformed_header");
        assert_eq!(
            patch(&media, &address, 0, piece.to_vec()).await.status.as_u16(),
            204
        );
        assert_eq!(head(&media, &address).await.header("upload-concat"), "partial");
        parts.push(address);
    }
    assert_eq!(world.gallery.photos(), []);
    let concat = format!("final;{}", parts.join(" "));
    let other = media.with_token(world.auth.person(user(2)));
    create(&other, &[("upload-concat", &concat)])
        .await
        .assert_problem(400, "malformed_header");
    let joined = create(&media, &[("upload-concat", &concat)]).await;
    assert_eq!(joined.status.as_u16(), 201, "{joined:?}");
    assert_eq!(world.gallery.photos()[0].facts.sha256, sha256(&picture));
    assert_eq!(media.state_of(joined.header("location")).await["status"], "ready");
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn after_a_restart_it_goes_on_where_it_stood() {
    let world = World::new();
    let picture = png(900, 700, 7);
    let media = world.start().await;
    let address = begin(&media, picture.len()).await;
    patch(&media, &address, 0, broken_after(&picture[..1_000])).await;
    media.stop().await;

    let media = world.start().await;
    assert_eq!(head(&media, &address).await.header("upload-offset"), "1000");
    assert_eq!(
        patch(&media, &address, 1_000, picture[1_000..].to_vec())
            .await
            .status
            .as_u16(),
        204
    );
    media.stop().await;

    let media = world.start().await;
    assert_eq!(media.state_of(&address).await["status"], "ready");
    assert_eq!(world.gallery.photos()[0].facts.sha256, sha256(&picture));
}

#[tokio::test]
async fn the_end_is_told_only_when_there_is_a_photo() {
    let mut world = World::new();
    world.config.credential = None; // so that nothing but the client goes on with it
    let picture = small(4);
    let media = world.start().await;
    let address = begin(&media, picture.len()).await;
    world.gallery.catalogue().is_away = true;
    patch(&media, &address, 0, picture.clone())
        .await
        .assert_problem(503, "unavailable");
    assert_eq!(media.state_of(&address).await["status"], "stored");
    assert_eq!(head(&media, &address).await.status.as_u16(), 423);
    patch(&media, &address, picture.len(), "")
        .await
        .assert_problem(423, "upload_busy");
    media.stop().await;

    let media = world.start().await;
    assert_eq!(media.state_of(&address).await["status"], "stored");
    world.gallery.catalogue().is_away = false;
    let standing = head(&media, &address).await;
    assert_eq!(
        (standing.status.as_u16(), standing.header("upload-offset")),
        (200, picture.len().to_string().as_str())
    );
    assert_eq!(media.state_of(&address).await["status"], "ready");
    assert_eq!(world.gallery.photos().len(), 1);
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn an_outage_over_media_itself_goes_on() {
    let mut world = World::new();
    world.config.credential = None;
    let picture = small(5);
    let media = world.start().await;
    let address = begin(&media, picture.len()).await;
    world.gallery.catalogue().is_away = true;
    patch(&media, &address, 0, picture.clone())
        .await
        .assert_problem(503, "unavailable");
    media.stop().await;
    world.gallery.catalogue().is_away = false;
    world.config.credential = Some(CREDENTIAL.into());
    let media = world.start().await;
    world.steps.until_taken("registered", 1).await;
    while media.state_of(&address).await["status"] != "ready" {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.gallery.photos().len(), 1);
}

#[tokio::test]
async fn what_is_refused_says_so_and_stays_refused() {
    let world = World::new();
    let media = world.start().await;
    let text = b"this is no picture".to_vec();
    let address = begin(&media, text.len()).await;
    patch(&media, &address, 0, text.clone())
        .await
        .assert_problem(415, "unsupported_media_type");
    let state = media.state_of(&address).await;
    assert_eq!(
        (&state["status"], &state["problem"]["code"]),
        (&"failed".into(), &"unsupported_media_type".into())
    );
    assert_eq!(head(&media, &address).await.status.as_u16(), 410);
    patch(&media, &address, text.len(), "")
        .await
        .assert_problem(410, "upload_failed");

    let picture = small(6);
    let said = metadata(&[("sha256", &sha256(&small(7)).to_string())]);
    let length = picture.len().to_string();
    let created = create(&media, &[("upload-length", &length), ("upload-metadata", &said)]).await;
    patch(&media, created.header("location"), 0, picture)
        .await
        .assert_problem(422, "digest_mismatch");
    create(&media, &[("upload-length", "0")])
        .await
        .assert_problem(422, "empty_file");
    world.assert_nothing_changed();
}

#[tokio::test]
async fn bytes_that_are_there_already_are_a_duplicate() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(8);
    let first = media.upload(Form::file(&picture)).await;
    world.clock.advance(Duration::from_secs(60));
    let address = begin(&media, picture.len()).await;
    assert_eq!(
        patch(&media, &address, 0, picture.clone()).await.status.as_u16(),
        204
    );
    let state = media.state_of(&address).await;
    assert_eq!(
        (&state["status"], &state["photo_id"]),
        (&"duplicate".into(), &first.json()["id"])
    );
    assert_eq!(world.gallery.photos().len(), 1);
}

#[tokio::test]
async fn an_upload_is_its_owners_alone() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(9);
    let address = begin(&media, picture.len()).await;
    let other = media.with_token(world.auth.person(user(2)));
    for method in ["GET", "HEAD", "DELETE"] {
        let answer = other.send(other.tus(method, &address, &[], Body::empty())).await;
        assert_eq!(answer.status.as_u16(), 404, "{method}");
    }
    patch(&other, &address, 0, picture.clone())
        .await
        .assert_problem(404, "not_found");
    assert_eq!(patch(&media, &address, 0, picture).await.status.as_u16(), 204);
    patch(&other, &address, 0, "")
        .await
        .assert_problem(404, "not_found");
}

#[tokio::test]
async fn given_up_or_forgotten_it_leaves_nothing() {
    let world = World::new();
    let media = world.start().await;
    let given_up = begin(&media, 100).await;
    patch(&media, &given_up, 0, vec![1; 50]).await;
    let answer = media
        .send(media.tus("DELETE", &given_up, &[], Body::empty()))
        .await;
    assert_eq!(answer.status.as_u16(), 204);
    assert_eq!(head(&media, &given_up).await.status.as_u16(), 404);
    world.assert_nothing_changed();

    let forgotten = begin(&media, 100).await;
    patch(&media, &forgotten, 0, vec![1; 50]).await;
    media.stop().await;
    // Its last byte came at the machine's time, which is what its file says.
    world.clock.advance(Duration::from_secs(86_400 * 365 * 50));
    let media = world.start().await;
    let mut status = 200;
    while status != 404 {
        status = head(&media, &forgotten).await.status.as_u16();
        tokio::task::yield_now().await;
    }
    world.assert_nothing_changed();
}

#[tokio::test]
async fn what_is_no_tus_is_refused_before_anything_is_made() {
    let mut world = World::new();
    world.config.max_upload_bytes = 1 << 20;
    let media = world.start().await;
    for (headers, status, code) in [
        (&[][..], 400, "malformed_header"),
        (&[("upload-length", "-1")], 400, "malformed_header"),
        (
            &[("upload-length", "1"), ("upload-defer-length", "1")],
            400,
            "malformed_header",
        ),
        (&[("upload-defer-length", "2")], 400, "malformed_header"),
        (&[("upload-length", "1048577")], 413, "payload_too_large"),
        (
            &[("upload-length", "1"), ("upload-metadata", "filename ???")],
            400,
            "malformed_header",
        ),
        (
            &[("upload-length", "1"), ("upload-concat", "all")],
            400,
            "malformed_header",
        ),
        (
            &[(
                "upload-concat",
                "final;/api/v1/uploads/0192d3a4-0000-7000-8000-000000000001",
            )],
            400,
            "malformed_header",
        ),
    ] {
        create(&media, headers).await.assert_problem(status, code);
    }
    let mut old = media.tus("POST", UPLOADS, &[("upload-length", "1")], Body::empty());
    old.headers_mut()
        .insert("tus-resumable", "0.2.2".parse().unwrap());
    let old = media.send(old).await;
    old.assert_problem(412, "tus_version");
    assert_eq!(old.header("tus-version"), "1.0.0");
    let address = begin(&media, 10).await;
    media
        .send(media.tus("PATCH", &address, &[("upload-offset", "0")], "x".into()))
        .await
        .assert_problem(415, "offset_stream_expected");
    patch(&media, &address, 0, vec![0; 11])
        .await
        .assert_problem(413, "more_than_announced");
    assert_eq!(head(&media, &address).await.header("upload-offset"), "0");
    let unknown = format!("{UPLOADS}/0192d3a4-0000-7000-8000-000000000001");
    patch(&media, &unknown, 0, "x")
        .await
        .assert_problem(404, "not_found");
    let options = media
        .send(media.tus("OPTIONS", UPLOADS, &[], Body::empty()))
        .await;
    assert_eq!(
        (options.status.as_u16(), options.header("tus-max-size")),
        (204, "1048576")
    );
    assert!(options.header("tus-extension").contains("concatenation"));
}
