//! Bytes, for whoever holds an address of them.

use std::sync::atomic::Ordering;

use http::Method;
use photure_blob::{BlobKey, BlobStore};
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
        let variant = file.parse().unwrap();
        let signed = served.world.key.sign(&hash, variant, None, None, now);
        assert!(signed.contains(&format!("/{file}?")), "{signed}");
        let answer = served.get(&signed, &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, kind)
        );
        let dotted = signed.replace('?', ".?");
        served.get(&dotted, &[]).await.assert_problem(404, "not_found");
    }
}

const JPEG: &[u8] = b"\xFF\xD8\xFF";
const WEBP: &[u8] = b"RIFF";

#[tokio::test]
async fn a_client_gets_the_form_that_it_takes_under_the_one_address() {
    let served = Served::new().await;
    let (thumb, preview) = (
        served.address_of(Variant::Thumb),
        served.address_of(Variant::Preview),
    );
    for (address, accept, kind, magic) in [
        (
            &thumb,
            "image/avif,image/webp,image/*,*/*;q=0.8",
            "image/webp",
            WEBP,
        ),
        (&thumb, "image/jpeg", "image/jpeg", JPEG),
        (&preview, "*/*", "image/jpeg", JPEG),
        (&preview, "image/webp", "image/webp", WEBP),
    ] {
        let answer = served.get(address, &[("accept", accept)]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, kind),
            "{accept}"
        );
        assert!(answer.body.starts_with(magic), "{accept}");
        assert_eq!(answer.header("vary"), "accept");
        let etag = answer.header("etag").to_owned();
        let again = served
            .get(address, &[("accept", accept), ("if-none-match", &etag)])
            .await;
        assert_eq!((again.status.as_u16(), again.header("vary")), (304, "accept"));
        // Another form under the same address is something else.
        let other = if kind == "image/webp" {
            "image/jpeg"
        } else {
            "image/webp"
        };
        let other = served
            .get(address, &[("accept", other), ("if-none-match", &etag)])
            .await;
        assert_eq!(other.status, 200, "{accept}");
        let part = served
            .get(
                address,
                &[("accept", accept), ("range", "bytes=0-3"), ("if-range", &etag)],
            )
            .await;
        assert_eq!(
            (part.status.as_u16(), &part.body[..3]),
            (206, &magic[..3]),
            "{accept}"
        );
    }
    let asked = [("accept", "image/avif, text/html")];
    served
        .get(&thumb, &asked)
        .await
        .assert_problem(406, "not_acceptable");
    let original = served.get(&served.original(), &asked).await;
    assert_eq!((original.status.as_u16(), original.header("vary")), (200, ""));
}

#[tokio::test]
async fn an_ending_asks_for_a_form_whatever_is_accepted() {
    let served = Served::new().await;
    for (variant, ending, kind, magic) in [
        (Variant::Thumb, ".webp", "image/webp", WEBP),
        (Variant::Thumb, ".jpg", "image/jpeg", JPEG),
        (Variant::Preview, ".jpg", "image/jpeg", JPEG),
        (Variant::Preview, ".webp", "image/webp", WEBP),
    ] {
        let address = served.address_of(variant).replace('?', &format!("{ending}?"));
        let answer = served.get(&address, &[("accept", "image/png")]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, kind),
            "{ending}"
        );
        assert!(answer.body.starts_with(magic));
        assert_eq!(answer.header("vary"), "");
    }
    let none = served.address_of(Variant::Thumb).replace('?', ".avif?");
    served.get(&none, &[]).await.assert_problem(404, "not_found");
}

/// A picture's size, and its mean colour as its ThumbHash begins with it: light, and two differences of colours, each of 0 to 63.
fn looks(bytes: &[u8]) -> ((u32, u32), [u8; 3]) {
    use base64::Engine;
    let limits = photure_imaging::Limits::default();
    let picture = photure_imaging::process(&mut std::io::Cursor::new(bytes), &limits).unwrap();
    let hash = base64::engine::general_purpose::STANDARD
        .decode(&picture.thumbhash)
        .unwrap();
    let head = u32::from_le_bytes([hash[0], hash[1], hash[2], 0]);
    let mean = [0, 6, 12].map(|shift| (head >> shift & 63) as u8);
    ((picture.width, picture.height), mean)
}

#[tokio::test]
async fn a_form_is_made_once_of_the_preview_and_shows_the_same_picture() {
    let served = Served::new().await;
    let original = served
        .world
        .folder
        .path()
        .join("files")
        .join(&World::all_of(served.hash)[0]);
    std::fs::rename(&original, original.with_extension("aside")).unwrap();
    served.world.steps.forget();
    let address = served.address_of(Variant::Thumb);
    let asked = [("accept", "image/jpeg")];
    let answers = futures::future::join_all((0..8).map(|_| served.get(&address, &asked))).await;
    let thumb = &answers[0].body;
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), &answer.body), (200, thumb));
    }
    assert_eq!(served.world.steps.count("put thumb"), 1);
    let (size, mean) = looks(thumb);
    assert_eq!(size, (512, 341));
    let (kept_size, kept_mean) = looks(&served.get(&address, &[]).await.body);
    assert_eq!(size, kept_size);
    for (one, other) in mean.into_iter().zip(kept_mean) {
        assert!(one.abs_diff(other) <= 1, "{mean:?} {kept_mean:?}");
    }

    std::fs::rename(original.with_extension("aside"), &original).unwrap();
    let thumb_jpg = BlobKey::new(served.hash, Variant::Thumb).recoded().path();
    assert!(served.world.stored().contains(&thumb_jpg));
    served.media.blobs.delete_all(&served.hash).await.unwrap();
    assert_eq!(
        served.world.stored(),
        Vec::<String>::new(),
        "it goes with the others"
    );
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
async fn where_nginx_stands_in_front_it_is_told_the_file_of_an_original_and_sends_it() {
    let mut world = World::new();
    world.config.accel_redirect = Some("/_blobs".into());
    let served = Served::of(world).await;
    let address = served.address(Variant::Original, "png", Some("a.png"));
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
            format!("/_blobs/{}", World::all_of(served.hash)[0])
        );
        assert_eq!(answer.header("content-type"), "image/png");
        assert_eq!(
            answer.header("content-disposition"),
            "attachment; filename=\"a.png\""
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
async fn nginx_may_keep_a_variant_for_a_minute_and_no_longer_than_its_address_is_good() {
    let mut world = World::new();
    world.config.accel_redirect = Some("/_blobs".into());
    let served = Served::of(world).await;
    let address = served.address(Variant::Thumb, "webp", None);
    let whole = served.get(&address, &[]).await;
    assert!(whole.body.starts_with(WEBP));
    assert_eq!(whole.header("x-accel-expires"), "60");
    for asked in [("range", "bytes=0-1"), ("if-none-match", whole.header("etag"))] {
        let answer = served.get(&address, &[asked]).await;
        assert_eq!(answer.header("x-accel-expires"), "", "{asked:?}");
    }
    let forged = served.get(&address.replace("sig=", "sig=A"), &[]).await;
    assert_eq!(
        (forged.status.as_u16(), forged.header("x-accel-expires")),
        (403, "")
    );

    let clock = &served.world.clock;
    let left = AddressKey::expiry(clock.now()) - clock.now().as_seconds();
    clock.advance(std::time::Duration::from_secs(u64::try_from(left).unwrap() - 7));
    assert_eq!(served.get(&address, &[]).await.header("x-accel-expires"), "7");
}

#[tokio::test]
async fn nobody_else_is_told_how_long_nginx_may_keep_something() {
    let served = Served::new().await;
    let answer = served
        .get(&served.address(Variant::Thumb, "webp", None), &[])
        .await;
    assert_eq!(answer.header("x-accel-expires"), "");
}

/// A photo in a bucket, behind an nginx that keeps variants.
async fn in_a_bucket(change: impl FnOnce(&mut photure_media::MediaConfig)) -> Served {
    let mut world = World::new();
    world.config.accel_redirect = Some("/_blobs".into());
    change(&mut world.config);
    let served = Served::of(world).await;
    served.media.blobs.is_bucket.store(true, Ordering::SeqCst);
    served.world.steps.forget();
    served
}

#[tokio::test]
async fn a_variant_in_a_bucket_is_named_to_nginx_without_a_look_at_the_bucket() {
    let served = in_a_bucket(|_| {}).await;
    let address = served.address_of(Variant::Thumb);
    for (accept, file) in [("*/*", "thumb.webp"), ("image/jpeg", "thumb.jpg")] {
        let answer = served.get(&address, &[("accept", accept)]).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
        let named = answer.header("x-accel-redirect");
        assert!(
            named.starts_with("/_blobs/cached/variants/") && named.ends_with(file),
            "{named}"
        );
        assert!(answer.header("cache-control").contains("immutable"));
        assert_eq!(answer.header("vary"), "accept");
    }
    assert_eq!(
        served.world.steps.count("head") + served.world.steps.count("open"),
        0
    );

    let forged = address.replace("sig=", "sig=A");
    let asked = [("x-photure-fill", "1")];
    served
        .get(&forged, &asked)
        .await
        .assert_problem(403, "address_invalid");
    let original = served.get(&served.original(), &[]).await;
    assert_eq!(
        (original.header("x-accel-redirect"), &original.body[..]),
        ("", &served.picture[..])
    );
}

#[tokio::test]
async fn nginx_gets_what_it_was_named_with_nothing_of_the_request_in_it() {
    let served = in_a_bucket(|_| {}).await;
    for (accept, magic) in [("*/*", WEBP), ("image/jpeg", JPEG)] {
        let asked = [("x-photure-fill", "1"), ("accept", accept)];
        let answer = served.get(&served.address_of(Variant::Thumb), &asked).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.starts_with(magic), "{accept}");
        for of_the_request in ["x-accel-redirect", "cache-control", "content-disposition", "vary"] {
            assert_eq!(answer.header(of_the_request), "", "{of_the_request}");
        }
        assert_eq!(answer.header("accept-ranges"), "bytes");
        assert!(answer.header("etag").starts_with('"'));
    }
}

#[tokio::test]
async fn a_browser_is_sent_to_the_bucket_where_that_is_wanted() {
    let served = in_a_bucket(|config| config.s3_redirect = true).await;
    let answer = served.get(&served.address_of(Variant::Thumb), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (302, 0));
    let location = answer.header("location").to_owned();
    assert!(
        location.starts_with("https://bucket.example/variants/"),
        "{location}"
    );
    assert!(
        location.contains("/thumb.webp?type=image/webp&as=inline&caching=private, max-age=86400, immutable&")
    );
    assert_eq!(
        (
            answer.header("vary"),
            answer.header("etag"),
            answer.header("content-type")
        ),
        ("accept", "", "")
    );
    // It may be told for less time than it is good for.
    let number = |text: &str, name: &str| -> i64 {
        let (_, rest) = text.split_once(name).unwrap();
        rest.split(|c: char| !c.is_ascii_digit())
            .next()
            .unwrap()
            .parse()
            .unwrap()
    };
    let now = served.world.clock.now().as_seconds();
    let told = number(answer.header("cache-control"), "private, max-age=");
    let honoured = number(&location, "&from=") + number(&location, "&for=") - now;
    assert!(
        told > 0 && honoured >= told + 30 && honoured <= 3600,
        "{told} {honoured}"
    );
    assert!(!answer.header("cache-control").contains("immutable"));
    assert_eq!(
        served
            .get(&served.address_of(Variant::Thumb), &[])
            .await
            .header("location"),
        location
    );

    // What somebody sent is saved and not shown, at an origin that has no policy of ours.
    let original = served.get(&served.original(), &[]).await;
    assert!(
        original
            .header("location")
            .contains("type=image/png&as=attachment&")
    );
    let named = served
        .get(&served.address(Variant::Original, "png", Some("a.png")), &[])
        .await;
    assert!(
        named
            .header("location")
            .contains("&as=attachment; filename=\"a.png\"&")
    );
}

#[tokio::test]
async fn nobody_is_sent_to_what_is_not_there() {
    let served = in_a_bucket(|config| config.s3_redirect = true).await;
    let answer = served
        .get(&served.address_of(Variant::Thumb), &[("accept", "image/jpeg")])
        .await;
    assert_eq!(answer.status, 302);
    let made = BlobKey::new(served.hash, Variant::Thumb).recoded().path();
    assert!(
        served.world.stored().contains(&made),
        "made before anybody is sent to it"
    );
    let gone = served.signed(&format!("/media/{}/original.png", sha256(b"never uploaded")));
    served.get(&gone, &[]).await.assert_problem(404, "not_found");
}
