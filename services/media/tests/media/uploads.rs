//! What is uploaded becomes a photo.

use photure_domain::access::Actor;
use photure_domain::photo::MediaType;
use photure_testkit::{time, user};

use crate::support::pictures::{jpeg, png, sha256, small};
use crate::support::{Form, World};

#[tokio::test]
async fn a_photo_is_stored_with_its_variants_catalogued_and_acknowledged() {
    let world = World::new();
    let media = world.start().await;
    let picture = png(1600, 600, 7);
    let hash = sha256(&picture);

    media
        .upload(Form::named_file("Größe 1.png", &picture))
        .await
        .assert_photo(201, hash);

    assert_eq!(world.stored(), World::all_of(hash));
    let [photo] = world.gallery.photos().try_into().unwrap();
    assert_eq!((photo.owner, photo.by), (user(1), Actor::User(user(1))));
    let facts = photo.facts;
    assert_eq!((facts.sha256, facts.bytes), (hash, picture.len() as u64));
    assert_eq!(
        (facts.filename.as_str(), facts.media_type),
        ("Größe 1.png", MediaType::Png)
    );
    assert_eq!((facts.width, facts.height), (1600, 600));
    assert!(!facts.thumbhash.is_empty() && facts.color.starts_with('#'));
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn the_same_bytes_again_are_the_same_photo_and_nothing_is_written_again() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    let first = media.upload(Form::file(&picture)).await;
    first.assert_photo(201, sha256(&picture));
    let again = media.upload(Form::named_file("another name.png", &picture)).await;
    again.assert_photo(200, sha256(&picture));
    assert_eq!(again.json(), first.json());
    assert_eq!(
        (world.steps.count("put thumb"), world.steps.count("put preview")),
        (1, 1)
    );
    assert_eq!(world.gallery.photos().len(), 1);
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn the_same_bytes_of_another_person_are_a_photo_of_theirs() {
    let world = World::new();
    let media = world.start().await;
    let other = media.with_token(world.auth.person(user(2)));
    let picture = small(1);
    media
        .upload(Form::file(&picture))
        .await
        .assert_photo(201, sha256(&picture));
    other
        .upload(Form::file(&picture))
        .await
        .assert_photo(201, sha256(&picture));
    assert_eq!(world.stored(), World::all_of(sha256(&picture)));
    assert_eq!(world.gallery.photos().len(), 2);
}

#[tokio::test]
async fn many_at_once_of_the_same_bytes_are_one_photo() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    let uploads = (0..8).map(|_| media.upload(Form::file(&picture)));
    let mut statuses: Vec<_> = futures::future::join_all(uploads)
        .await
        .iter()
        .map(|a| a.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert_eq!(world.gallery.photos().len(), 1);
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn a_large_file_arrives_in_odd_chunks_of_no_said_length() {
    let world = World::new();
    let media = world.start().await;
    let mut file = jpeg(640, 480, 3);
    file.resize(30 << 20, 0xAB);
    // Boundaries begin with a line break: many of them make the parser look twice.
    file.iter_mut()
        .skip(20_000)
        .step_by(37)
        .for_each(|byte| *byte = b'\r');
    let hash = sha256(&file);
    let answer = media
        .send(media.upload_request(Form::named_file("a.jpg", &file).chunked(65_521)))
        .await;
    answer.assert_photo(201, hash);
    let kept = std::fs::read(world.folder.path().join("files").join(&World::all_of(hash)[0])).unwrap();
    assert!(kept == file);
}

#[tokio::test]
async fn a_digest_that_fits_is_taken() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    let mut request = media.upload_request(Form::file(&picture).body());
    let digest = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        sha256(&picture).as_bytes(),
    );
    request
        .headers_mut()
        .insert("repr-digest", format!("sha-256=:{digest}:").parse().unwrap());
    media.send(request).await.assert_photo(201, sha256(&picture));
}

#[tokio::test]
async fn when_it_was_taken_is_told_by_its_name_else_by_the_client_else_by_its_arrival() {
    let world = World::new();
    let media = world.start().await;
    for (n, (name, said, at, offset)) in [
        (
            "IMG_20210504_123311.png",
            Some("2024-07-28T21:04:05+02:00"),
            "2021-05-04T12:33:11Z",
            None,
        ),
        (
            "holiday.png",
            Some("2024-07-28T21:04:05+02:00"),
            "2024-07-28T19:04:05Z",
            Some(120),
        ),
        (
            "holiday.png",
            Some("2024-07-28T19:04:05Z"),
            "2024-07-28T19:04:05Z",
            None,
        ),
        ("holiday.png", None, "2025-06-15T15:06:40Z", None),
        // Neither of the future nor older than photography.
        (
            "IMG_20990504_123311.png",
            Some("2025-06-17T00:00:00Z"),
            "2025-06-15T15:06:40Z",
            None,
        ),
        (
            "holiday.png",
            Some("1825-12-31T23:59:59Z"),
            "2025-06-15T15:06:40Z",
            None,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let form = Form::named_file(name, &small(u8::try_from(n).unwrap()));
        let form = said
            .into_iter()
            .fold(form, |form, said| form.and_text("taken_at", said));
        assert_eq!(media.upload(form).await.status, 201);
        let taken = world.gallery.photos()[n].facts.taken;
        assert_eq!(
            (taken.at, taken.utc_offset_minutes),
            (time(at), offset),
            "{name} {said:?}"
        );
    }
}

#[tokio::test]
async fn a_name_is_no_path_and_a_nameless_file_gets_one() {
    let world = World::new();
    let media = world.start().await;
    for (n, (sent, kept)) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\Bilder\\x.png", "x.png"),
        ("", "photo.png"),
    ]
    .into_iter()
    .enumerate()
    {
        let form = Form::named_file(sent, &small(u8::try_from(n).unwrap()));
        assert_eq!(media.upload(form).await.status, 201);
        assert_eq!(world.gallery.photos()[n].facts.filename, kept);
    }
}

#[tokio::test]
async fn the_request_id_goes_along_to_gallery() {
    let world = World::new();
    let media = world.start().await;
    let mut request = media.upload_request(Form::file(&small(1)).body());
    request
        .headers_mut()
        .insert("x-request-id", "0197f1d2-abcd".parse().unwrap());
    media.send(request).await;
    assert_eq!(world.gallery.catalogue().request_ids, ["0197f1d2-abcd"]);
}

#[tokio::test]
async fn when_the_process_stops_what_has_arrived_is_finished() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    world.steps.hold_in("register");
    let uploading = tokio::spawn({
        let (media, picture) = (media.with_token(world.auth.person(user(1))), picture.clone());
        async move { media.upload(Form::file(&picture)).await }
    });
    world.steps.held().await;
    let stopping = tokio::spawn(media.stop());
    world.steps.release();
    stopping.await.unwrap();
    uploading.await.unwrap().assert_photo(201, sha256(&picture));
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_that_hangs_up_after_its_last_byte_changes_nothing() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    world.steps.hold_in("put original");
    let uploading = tokio::spawn({
        let (media, picture) = (media.with_token(world.auth.person(user(1))), picture.clone());
        async move { media.upload(Form::file(&picture)).await }
    });
    world.steps.held().await;
    uploading.abort();
    assert!(uploading.await.unwrap_err().is_cancelled());
    world.steps.release();
    world.steps.until_taken("registered", 1).await;
    media.stop().await;
    assert_eq!(world.gallery.photos().len(), 1);
    assert_eq!(world.stored(), World::all_of(sha256(&picture)));
    assert_eq!(world.staged(), Vec::<String>::new());
}
