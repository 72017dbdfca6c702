//! What does not fit into an owner's quota costs as little as can be, and leaves nothing behind.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photure_domain::Sha256;
use photure_domain::access::Actor;
use photure_testkit::{live, user};

use crate::support::gallery::Fault;
use crate::support::pictures::{jpeg, png, sha256, small};
use crate::support::{Answer, Form, Process, World};

const UPLOADS: &str = "/api/v1/uploads";

/// A tus upload of this length, of a file that is said to have this hash.
async fn create(media: &Process, length: usize, said: Option<Sha256>) -> Answer {
    let length = length.to_string();
    let metadata = said.map(|hash| format!("sha256 {}", STANDARD.encode(hash.to_string())));
    let headers: Vec<_> = [
        Some(("upload-length", length.as_str())),
        metadata.as_deref().map(|metadata| ("upload-metadata", metadata)),
    ]
    .into_iter()
    .flatten()
    .collect();
    media
        .send(media.tus("POST", UPLOADS, &headers, Body::empty()))
        .await
}

async fn patch(media: &Process, address: &str, offset: usize, bytes: &[u8]) -> Answer {
    let offset = offset.to_string();
    let headers = [
        ("upload-offset", offset.as_str()),
        ("content-type", "application/offset+octet-stream"),
    ];
    media
        .send(media.tus("PATCH", address, &headers, Body::from(bytes.to_vec())))
        .await
}

/// A body of so many bytes that may not be read.
struct Unread(u64);

impl http_body::Body for Unread {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>> {
        panic!("it was read")
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.0)
    }
}

fn with_quota(bytes: usize) -> World {
    let world = World::new();
    world.gallery.catalogue().quota = Some(bytes as u64);
    world
}

#[tokio::test]
async fn a_resumable_upload_that_does_not_fit_is_not_begun() {
    let picture = png(900, 700, 3);
    let world = with_quota(picture.len() - 1);
    let media = world.start().await;
    let refused = create(&media, picture.len(), Some(sha256(&picture))).await;
    refused.assert_problem(413, "quota_exceeded");
    world.assert_nothing_changed();

    world.gallery.catalogue().quota = Some(picture.len() as u64);
    let begun = create(&media, picture.len(), Some(sha256(&picture))).await;
    assert_eq!(begun.status.as_u16(), 201);
    let address = begun.header("location").to_owned();
    assert_eq!(patch(&media, &address, 0, &picture).await.status.as_u16(), 204);
    let duplicate = create(&media, picture.len(), Some(sha256(&picture))).await;
    assert_eq!(
        duplicate.status.as_u16(),
        201,
        "it is full, and this is there already"
    );
}

#[tokio::test]
async fn one_that_is_begun_goes_on_when_there_is_room_again() {
    let picture = png(900, 700, 3);
    let world = with_quota(picture.len());
    let media = world.start().await;
    let begun = create(&media, picture.len(), Some(sha256(&picture))).await;
    let address = begun.header("location").to_owned();
    assert_eq!(
        patch(&media, &address, 0, &picture[..1_000])
            .await
            .status
            .as_u16(),
        204
    );
    // What was heard a moment ago is believed, so this is another process.
    media.stop().await;
    world.gallery.catalogue().quota = Some(10);
    let media = world.start().await;
    let refused = patch(&media, &address, 1_000, &picture[1_000..]).await;
    refused.assert_problem(413, "quota_exceeded");
    let state = media.state_of(&address).await;
    assert_eq!(
        (&state["status"], &state["offset"]),
        (&"receiving".into(), &1_000.into())
    );

    world.gallery.catalogue().quota = None;
    let last = patch(&media, &address, 1_000, &picture[1_000..]).await;
    assert_eq!(last.status.as_u16(), 204);
    assert_eq!(world.gallery.photos().len(), 1);
}

#[tokio::test]
async fn without_a_hash_it_is_received_and_then_refused_for_good() {
    let picture = png(900, 700, 3);
    let world = with_quota(10);
    let media = world.start().await;
    let begun = create(&media, picture.len(), None).await;
    let address = begun.header("location").to_owned();
    let refused = patch(&media, &address, 0, &picture).await;
    refused.assert_problem(413, "quota_exceeded");
    world.assert_nothing_changed();
    let state = media.state_of(&address).await;
    assert_eq!(
        (&state["status"], &state["problem"]["code"]),
        (&"failed".into(), &"quota_exceeded".into())
    );
    patch(&media, &address, picture.len(), b"")
        .await
        .assert_problem(410, "upload_failed");
}

#[tokio::test]
async fn a_form_that_does_not_fit_is_refused_before_it_is_read_where_its_hash_is_said() {
    // Nobody looks at what comes after the picture.
    let picture = [small(1), vec![0; 400 << 10]].concat();
    let world = with_quota(10);
    let media = world.start().await;
    let form = Form::file(&picture).bytes();
    let digest = STANDARD.encode(sha256(&picture).as_bytes());
    let mut request = media.upload_request(Body::new(Unread(form.len() as u64)));
    let said = format!("sha-256=:{digest}:").parse().unwrap();
    request.headers_mut().insert("repr-digest", said);
    assert!(
        form.len() > (64 << 10) + (256 << 10),
        "more than may be around a file"
    );
    media.send(request).await.assert_problem(413, "quota_exceeded");

    media
        .upload(Form::file(&picture))
        .await
        .assert_problem(413, "quota_exceeded");
    world.assert_nothing_changed();
}

#[tokio::test]
async fn what_gallery_refuses_in_the_end_leaves_nothing_that_would_bring_it_back() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    // The photo before it came in at the same moment.
    world.gallery.fail([Fault::Status(413, "quota_exceeded")]);
    let begun = create(&media, picture.len(), None).await;
    let address = begun.header("location").to_owned();
    let refused = patch(&media, &address, 0, &picture).await;
    assert_eq!(refused.status, 413);
    assert_eq!(world.staged(), Vec::<String>::new());
    assert_eq!(world.sidecars(), []);
    let state = media.state_of(&address).await;
    assert_eq!(
        (&state["status"], &state["problem"]["code"]),
        (&"failed".into(), &"quota_exceeded".into())
    );
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_gallery_is_refused_as_cleanly() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    world.gallery.catalogue().is_away = true;
    media
        .upload(Form::file(&picture))
        .await
        .assert_problem(503, "unavailable");
    assert_eq!(world.sidecars().len(), 1, "it was stored, and not registered");
    {
        let mut catalogue = world.gallery.catalogue();
        catalogue.quota = Some(10);
        catalogue.is_away = false;
    }
    while !world.staged().is_empty() {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    media.stop().await;
    assert_eq!(world.gallery.photos(), []);
    assert_eq!(
        world.sidecars(),
        [],
        "a catalogue made again from the storage does not have it"
    );
}

#[tokio::test]
async fn a_film_has_to_fit_as_a_photo_has() {
    let picture = live::picture(&jpeg(60, 40, 1), "7B0E4E3C-6B0C-4F4C-9C75-1D0A2D6E1F11");
    let film = live::film("7B0E4E3C-6B0C-4F4C-9C75-1D0A2D6E1F11", 3_000);
    let world = with_quota(picture.len() + film.len() - 1);
    let media = world.start().await;
    let both = || Form::named_file("IMG_1.JPG", &picture).and_bytes("live", &film);
    media.upload(both()).await.assert_problem(413, "quota_exceeded");
    let [photo] = world.gallery.photos().try_into().unwrap();
    assert_eq!(
        (photo.owner, photo.film, photo.by),
        (user(1), None, Actor::User(user(1)))
    );
    assert_eq!(world.staged(), Vec::<String>::new());
    assert_eq!(world.sidecars().len(), 1, "the photo stays");

    world.gallery.catalogue().quota = None;
    media.upload(both()).await.assert_photo(200, sha256(&picture));
    assert!(world.gallery.photos()[0].film.is_some());
}

#[tokio::test]
async fn of_many_uploads_few_ask() {
    let world = with_quota(1 << 30);
    let media = world.start().await;
    for n in 1..=8 {
        let picture = small(n);
        media
            .upload(Form::file(&picture))
            .await
            .assert_photo(201, sha256(&picture));
    }
    assert_eq!(world.gallery.catalogue().asked_for_room, 1);
}
