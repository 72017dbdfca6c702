//! Bytes, for whoever holds an address of them.

use std::sync::atomic::Ordering;

use http::Method;
use photure_domain::Clock;
use photure_domain::media_address::{AddressKey, Variant};

use crate::support::pictures::sha256;
use crate::support::{Headers, Served, World};

#[tokio::test]
async fn each_variant_is_served_as_what_it_is_and_may_be_kept() {
    let served = Served::new().await;
    for (variant, extension, kind, magic) in [
        (Variant::Thumb, "webp", "image/webp", b"RIFF".as_slice()),
        (Variant::Preview, "jpg", "image/jpeg", b"\xFF\xD8\xFF"),
        (Variant::Original, "png", "image/png", b"\x89PNG"),
    ] {
        let answer = served.get(&served.address(variant, extension, None), &[]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.starts_with(magic));
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
        assert_eq!(
            answer.header("etag"),
            format!("\"{}-{}\"", served.hash, variant.as_str())
        );
        let good_for = AddressKey::expiry(served.world.clock.now()) - served.world.clock.now().as_seconds();
        for (name, value) in [
            ("content-type", kind),
            (
                "cache-control",
                &format!("private, max-age={good_for}, immutable"),
            ),
            ("content-disposition", "inline"),
            ("accept-ranges", "bytes"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{variant:?}: {name}");
        }
    }
    assert_eq!(served.get(&served.original(), &[]).await.body, served.picture);
}

#[tokio::test]
async fn a_head_says_the_same_without_the_bytes() {
    let served = Served::new().await;
    for address in [
        served.original(),
        served.address(Variant::Thumb, "webp", Some("x.webp")),
    ] {
        let (head, get) = (
            served.ask(Method::HEAD, &address, &[]).await,
            served.get(&address, &[]).await,
        );
        assert!(head.body.is_empty());
        assert_eq!(head.status, get.status);
        for name in [
            "content-length",
            "content-type",
            "etag",
            "cache-control",
            "content-disposition",
            "accept-ranges",
        ] {
            assert_eq!(head.header(name), get.header(name), "{name}");
        }
    }
}

#[tokio::test]
async fn a_part_is_given_where_one_is_asked_for() {
    let served = Served::new().await;
    let len = served.picture.len();
    let etag = format!("\"{}-original\"", served.hash);
    let weak = format!("W/{etag}");
    let cases: [(Headers<'_>, std::ops::Range<usize>); 9] = [
        (&[("range", "bytes=0-9")], 0..10),
        (&[("range", "bytes=10-10")], 10..11),
        (&[("range", "bytes=100-")], 100..len),
        (&[("range", "bytes=-7")], len - 7..len),
        (&[("range", "bytes=5-99999999")], 5..len),
        (&[("range", "bytes=0-9"), ("if-range", &etag)], 0..10),
        (&[("range", "bytes=-99999999")], 0..len),
        (&[("range", "bytes=0-")], 0..len),
        (&[("range", "bytes=1-2"), ("if-none-match", "\"other\"")], 1..3),
    ];
    for (headers, range) in cases {
        let answer = served.get(&served.original(), headers).await;
        assert_eq!(answer.status, 206, "{headers:?}");
        assert_eq!(answer.body, served.picture[range.clone()], "{headers:?}");
        assert_eq!(
            answer.header("content-range"),
            format!("bytes {}-{}/{len}", range.start, range.end - 1)
        );
        assert_eq!(answer.header("content-length"), range.len().to_string());
        assert_eq!(answer.header("etag"), etag);
    }
    let whole: [Headers<'_>; 6] = [
        &[("range", "bytes=0-1,3-4")],
        &[("range", "bytes=9-3")],
        &[("range", "lines=1-2")],
        &[("range", "bytes=0-9"), ("if-range", "\"another\"")],
        &[("range", "bytes=0-9"), ("if-range", &weak)],
        &[
            ("range", "bytes=0-9"),
            ("if-range", "Sun, 15 Jun 2025 00:00:00 GMT"),
        ],
    ];
    for headers in whole {
        let answer = served.get(&served.original(), headers).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.len()),
            (200, len),
            "{headers:?}"
        );
        assert_eq!(answer.header("content-range"), "");
    }
    for range in [
        format!("bytes={len}-"),
        "bytes=-0".into(),
        format!("bytes={len}-{}", len + 5),
    ] {
        let answer = served.get(&served.original(), &[("range", &range)]).await;
        answer.assert_problem(416, "range_not_satisfiable");
        assert_eq!(answer.header("content-range"), format!("bytes */{len}"));
    }
}

#[tokio::test]
async fn who_has_it_is_told_so() {
    let served = Served::new().await;
    let etag = format!("\"{}-original\"", served.hash);
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}")] {
        for method in [Method::GET, Method::HEAD] {
            let answer = served
                .ask(
                    method,
                    &served.original(),
                    &[("if-none-match", &known), ("range", "bytes=0-1")],
                )
                .await;
            assert_eq!(answer.status, 304, "{known}");
            assert!(answer.body.is_empty());
            assert_eq!(answer.header("etag"), etag);
            assert!(answer.header("cache-control").contains("immutable"));
        }
    }
    let other = format!("\"{}-thumb\"", served.hash);
    assert_eq!(
        served
            .get(&served.original(), &[("if-none-match", &other)])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_download_bears_its_name() {
    let served = Served::new().await;
    for (name, disposition) in [
        ("IMG_1.png", "attachment; filename=\"IMG_1.png\""),
        (
            "Größe \"1\".png",
            "attachment; filename=\"Gr__e _1_.png\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.png",
        ),
        (
            "a\r\nSet-Cookie: x=1",
            "attachment; filename=\"a__Set-Cookie: x=1\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1",
        ),
    ] {
        let answer = served
            .get(&served.address(Variant::Original, "png", Some(name)), &[])
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-disposition")),
            (200, disposition)
        );
        assert_eq!(answer.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn without_an_ending_the_bytes_say_what_they_are() {
    let served = Served::new().await;
    let (hash, now) = (served.hash, served.world.clock.now());
    for (file, kind) in [
        ("original", "image/png"),
        ("thumb", "image/webp"),
        ("preview", "image/jpeg"),
    ] {
        // Gallery's own addresses bear endings; a client may have cut one off and have it signed so.
        let variant = file.parse().unwrap();
        let signed = served.world.key.sign(&hash, variant, "", None, now);
        assert!(signed.contains(&format!("/{file}.?")), "{signed}");
        served.get(&signed, &[]).await.assert_problem(404, "not_found");
        let answer = served
            .get(&served.signed(&format!("/media/{hash}/{file}")), &[])
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, kind)
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let served = Served::new().await;
    for variant in Variant::ALL {
        let path = format!("/media/{}/{}", sha256(b"never uploaded"), variant.as_str());
        served
            .get(&served.signed(&path), &[])
            .await
            .assert_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_missing_variant_is_made_again_once_however_many_ask() {
    let served = Served::new().await;
    let before = served
        .get(&served.address(Variant::Thumb, "webp", None), &[])
        .await
        .body;
    let files = served.world.folder.path().join("files");
    for path in &World::all_of(served.hash)[1..] {
        std::fs::remove_file(files.join(path)).unwrap();
    }
    served.world.steps.forget();
    let (thumb, preview) = (
        served.address(Variant::Thumb, "webp", None),
        served.address(Variant::Preview, "jpg", None),
    );
    let asks = (0..8).map(|n| served.get(if n % 2 == 0 { &thumb } else { &preview }, &[]));
    for answer in futures::future::join_all(asks).await {
        assert_eq!(answer.status, 200);
    }
    assert_eq!(served.get(&thumb, &[]).await.body, before);
    assert_eq!(
        (
            served.world.steps.count("put thumb"),
            served.world.steps.count("put preview")
        ),
        (1, 1)
    );
    assert_eq!(served.world.stored(), World::all_of(served.hash));
    assert_eq!(served.world.staged(), Vec::<String>::new());
}

#[tokio::test]
async fn where_nginx_stands_in_front_it_is_told_the_file_and_sends_it() {
    let mut world = World::new();
    world.config.accel_redirect = Some("/_blobs".into());
    let served = Served::of(world).await;
    let address = served.address(Variant::Thumb, "webp", Some("a.webp"));
    for (method, headers) in [
        (Method::GET, &[("range", "bytes=0-1")][..]),
        (Method::GET, &[]),
        (Method::HEAD, &[]),
    ] {
        let answer = served.ask(method, &address, headers).await;
        assert_eq!(answer.status, 200, "ranges are nginx's");
        assert!(answer.body.is_empty());
        assert_eq!(
            answer.header("x-accel-redirect"),
            format!("/_blobs/{}", World::all_of(served.hash)[2])
        );
        assert_eq!(answer.header("content-type"), "image/webp");
        assert_eq!(
            answer.header("content-disposition"),
            "attachment; filename=\"a.webp\""
        );
        assert!(answer.header("cache-control").contains("immutable"));
    }
    let gone = served.signed(&format!("/media/{}/original.png", sha256(b"never uploaded")));
    served.get(&gone, &[]).await.assert_problem(404, "not_found");
    let forged = address.replace("sig=", "sig=A");
    served
        .get(&forged, &[])
        .await
        .assert_problem(403, "address_invalid");
}

#[tokio::test]
async fn a_bucket_has_no_files_to_name() {
    let mut world = World::new();
    world.config.accel_redirect = Some("/_blobs".into());
    let served = Served::of(world).await;
    served.media.blobs.is_bucket.store(true, Ordering::SeqCst);
    let answer = served.get(&served.original(), &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("x-accel-redirect")),
        (200, "")
    );
    assert_eq!(answer.body, served.picture);
}
