//! What is refused says why, and changes nothing.

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, Request};
use photure_testkit::user;

use crate::support::form::BOUNDARY;
use crate::support::gallery::Fault;
use crate::support::pictures::{jpeg, png, small};
use crate::support::{Form, World};

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let world = World::new();
    let media = world.start().await;
    let whole = jpeg(640, 480, 1);
    let cases: [(&str, &[u8], u16, &str); 7] = [
        ("nothing", b"", 422, "empty_file"),
        (
            "a text called .jpg",
            b"This is no picture.\n",
            415,
            "unsupported_media_type",
        ),
        (
            "an SVG",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            415,
            "unsupported_media_type",
        ),
        ("half a JPEG", &whole[..whole.len() / 2], 422, "truncated_image"),
        ("half a PNG", &small(1)[..60], 422, "truncated_image"),
        (
            "a JPEG without a picture",
            b"\xFF\xD8\xFF\xFE\0\x10fourteen bytes\xFF\xD9",
            422,
            "corrupt_image",
        ),
        ("too many pixels", &png(1001, 1000, 1), 422, "too_many_pixels"),
    ];
    for (what, bytes, status, code) in cases {
        let answer = media.upload(Form::named_file("photo.jpg", bytes)).await;
        eprintln!("{what}");
        answer.assert_problem(status, code);
        world.assert_nothing_changed();
    }
}

#[tokio::test]
async fn a_form_that_is_none_is_refused() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    let whole = Form::file(&picture).bytes();
    let unclosed = whole[..whole.len() - 4].to_vec();
    let endless = vec![b'x'; 1 << 20];
    let headless = [
        format!("--{BOUNDARY}\r\nX-Long: ").into_bytes(),
        vec![b'x'; 1 << 20],
    ]
    .concat();
    for (what, body) in [
        ("nothing at all", Body::empty()),
        ("no boundary at its end", Body::from(unclosed)),
        ("no boundary anywhere", Body::from(picture.clone())),
        (
            "a megabyte before the first part",
            Body::from_stream(chunks(&endless)),
        ),
        ("a megabyte of headers", Body::from_stream(chunks(&headless))),
        (
            "a connection that breaks",
            Form::file(&png(800, 800, 1)).broken_after(2_000),
        ),
    ] {
        eprintln!("{what}");
        media
            .send(media.upload_request(body))
            .await
            .assert_problem(400, "malformed_multipart");
        world.assert_nothing_changed();
    }
    for (kind, status, code) in [
        ("application/json", 415, "multipart_expected"),
        ("", 415, "multipart_expected"),
        ("multipart/form-data", 400, "malformed_multipart"),
    ] {
        let mut request = media.upload_request(Form::file(&picture).body());
        request.headers_mut().insert(CONTENT_TYPE, kind.parse().unwrap());
        media.send(request).await.assert_problem(status, code);
        world.assert_nothing_changed();
    }
}

fn chunks(bytes: &[u8]) -> impl futures::Stream<Item = Result<bytes::Bytes, std::io::Error>> + use<> {
    let chunks: Vec<_> = bytes.chunks(4_096).map(bytes::Bytes::copy_from_slice).collect();
    futures::stream::iter(chunks.into_iter().map(Ok))
}

#[tokio::test]
async fn parts_that_do_not_belong_are_named() {
    let world = World::new();
    let media = world.start().await;
    let file = || Form::file(&small(1));
    for (form, path, code) in [
        (
            Form::default().and_text("taken_at", "2024-07-28T21:04:05Z"),
            "file",
            "required",
        ),
        (file().and_file("second.png", &small(2)), "file", "repeated"),
        (file().and_text("owner_id", "somebody"), "owner_id", "unknown"),
        (file().and_text("", "nameless"), "", "unknown"),
        (file().and_text("taken_at", "yesterday"), "taken_at", "invalid"),
        (
            file().and_text("taken_at", "{\"$gt\":\"\"}"),
            "taken_at",
            "invalid",
        ),
        (
            file().and_text("taken_at", &"2".repeat(2_000)),
            "taken_at",
            "too_long",
        ),
    ] {
        let answer = media.upload(form).await;
        answer.assert_problem(422, "invalid_fields");
        let error = &answer.json()["errors"][0];
        assert_eq!(
            (&error["path"], &error["code"]),
            (&path.into(), &code.into()),
            "{error}"
        );
        world.assert_nothing_changed();
    }
    let album = file().and_text("album_id", "0197f000-0000-7000-8000-000000000000");
    media.upload(album).await.assert_problem(422, "unknown_album");
    world.assert_nothing_changed();
}

#[tokio::test]
async fn what_is_too_large_is_refused_whether_it_says_so_or_not() {
    let mut world = World::new();
    world.config.max_upload_bytes = 100_000;
    let media = world.start().await;
    let mut file = jpeg(64, 64, 1);
    file.resize(100_000, 0);
    assert_eq!(
        media.upload(Form::file(&file)).await.status,
        201,
        "the largest that is taken"
    );

    let before = (world.stored(), world.gallery.photos());
    file.push(0);
    for body in [Form::file(&file).body(), Form::file(&file).chunked(999)] {
        media
            .send(media.upload_request(body))
            .await
            .assert_problem(413, "payload_too_large");
    }
    file.resize(1_000_000, 0);
    media
        .upload(Form::file(&file))
        .await
        .assert_problem(413, "payload_too_large");
    assert_eq!((world.stored(), world.gallery.photos()), before);
    assert_eq!(world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn a_digest_that_does_not_fit_is_refused() {
    let world = World::new();
    let media = world.start().await;
    let digest = HeaderName::from_static("repr-digest");
    for (header, status, code) in [
        (
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
            422,
            "digest_mismatch",
        ),
        ("sha-256=nonsense", 400, "malformed_digest"),
    ] {
        let mut request = media.upload_request(Form::file(&small(1)).body());
        request.headers_mut().insert(&digest, header.parse().unwrap());
        media.send(request).await.assert_problem(status, code);
        world.assert_nothing_changed();
    }
}

#[tokio::test]
async fn strangers_and_readers_upload_nothing() {
    let world = World::new();
    let media = world.start().await;
    let mut request = media.upload_request(Form::file(&small(1)).body());
    request.headers_mut().remove(AUTHORIZATION);
    media.send(request).await.assert_problem(401, "unauthenticated");
    let forged = media.with_token("a.b.c".into());
    forged
        .upload(Form::file(&small(1)))
        .await
        .assert_problem(401, "token_invalid");
    let reader = media.with_token(world.auth.person_with(user(1), "photos:read"));
    reader
        .upload(Form::file(&small(1)))
        .await
        .assert_problem(403, "forbidden");
    world.assert_nothing_changed();
}

#[tokio::test]
async fn what_gallery_refuses_is_refused_in_its_words() {
    let world = World::new();
    let media = world.start().await;
    for (status, code) in [(422, "quota_exceeded"), (403, "forbidden"), (507, "storage_full")] {
        world.gallery.fail([Fault::Status(status, code)]);
        let answer = media.upload(Form::file(&small(1))).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].as_str()),
            (status, Some(code))
        );
        assert_eq!(world.staged(), Vec::<String>::new());
    }
    assert_eq!(world.gallery.photos(), []);
}

#[tokio::test]
async fn other_methods_are_refused() {
    let world = World::new();
    let media = world.start().await;
    let request = Request::get("/api/v1/photos").body(Body::empty()).unwrap();
    media
        .send(request)
        .await
        .assert_problem(405, "method_not_allowed");
}
