//! What another program wrote of a photo, in a `.xmp` beside it.

use axum::body::Body;
use photure_domain::sidecar::Sidecar;

use crate::support::gallery::Fault;
use crate::support::pictures::{sha256, small};
use crate::support::{Form, Process, World};

const XMP: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
        xmlns:exif="http://ns.adobe.com/exif/1.0/" xmp:Rating="4" exif:DateTimeOriginal="2019-05-06T07:08:09+02:00"
        exif:GPSLatitude="52,30.0N" exif:GPSLongitude="13,24.0E">
    <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Čaj o páté</rdf:li></rdf:Alt></dc:title>
    <dc:subject><rdf:Bag><rdf:li>tea</rdf:li><rdf:li>sea</rdf:li></rdf:Bag></dc:subject>
    </rdf:Description></rdf:RDF></x:xmpmeta>"#;

#[track_caller]
fn assert_heeded(world: &World) {
    let [
        Sidecar {
            title,
            rating,
            tags,
            facts,
            ..
        },
    ] = &world.sidecars()[..]
    else {
        panic!("not one")
    };
    assert_eq!((title.as_deref(), *rating), (Some("Čaj o páté"), Some(4)));
    assert_eq!(tags[..], ["tea", "sea"]);
    assert_eq!(facts.taken.at.to_string(), "2019-05-06T05:08:09.000Z");
    assert_eq!(facts.taken.utc_offset_minutes, Some(120));
    let position = facts.position.unwrap();
    assert_eq!((position.lat, position.lon), (52.5, 13.4));
    assert_eq!(world.gallery.photos()[0].facts, *facts, "gallery heard the same");
}

async fn begin(media: &Process, length: usize) -> String {
    let length = length.to_string();
    let created = media.tus(
        "POST",
        "/api/v1/uploads",
        &[("upload-length", &length)],
        Body::empty(),
    );
    media.send(created).await.header("location").to_owned()
}

async fn put(media: &Process, upload: &str, xmp: impl Into<Body>) -> crate::support::Answer {
    let address = format!("{upload}/sidecar");
    media.send(media.tus("PUT", &address, &[], xmp.into())).await
}

async fn patch(media: &Process, upload: &str, offset: usize, bytes: &[u8]) -> u16 {
    let offset = offset.to_string();
    let headers = [
        ("upload-offset", offset.as_str()),
        ("content-type", "application/offset+octet-stream"),
    ];
    let request = media.tus("PATCH", upload, &headers, Body::from(bytes.to_vec()));
    media.send(request).await.status.as_u16()
}

#[tokio::test]
async fn what_is_written_beside_a_photo_counts_and_is_kept_as_it_came() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    let utf16: Vec<u8> = XMP.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let form = Form::file(&picture).and_bytes("sidecar", &utf16);
    media.upload(form).await.assert_photo(201, sha256(&picture));
    assert_heeded(&world);
    assert_eq!(world.xmps(), [utf16]);
    assert_eq!(world.staged(), Vec::<String>::new());

    // It goes with its owner's photo.
    world.gallery.purge(sha256(&picture));
    media.stop().await;
    let mut world = world;
    world.config.sweep_every = std::time::Duration::from_millis(20);
    let media = world.start().await;
    for _ in 0..500 {
        if world.xmps().is_empty() && world.stored().is_empty() {
            return media.stop().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it is still there");
}

#[tokio::test]
async fn an_upload_in_pieces_may_have_one_and_keeps_it_over_a_restart() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(2);
    let upload = begin(&media, picture.len()).await;
    assert_eq!(patch(&media, &upload, 0, &picture[..50]).await, 204);
    assert_eq!(put(&media, &upload, "<x:xmpmeta").await.status, 422);
    assert_eq!(
        put(&media, &upload, XMP.replace("páté", "jedenácté"))
            .await
            .status,
        204
    );
    assert_eq!(put(&media, &upload, XMP).await.status, 204, "the last one counts");
    media.stop().await;

    let media = world.start().await;
    assert_eq!(patch(&media, &upload, 50, &picture[50..]).await, 204);
    assert_heeded(&world);
    assert_eq!(world.xmps(), [XMP.as_bytes()]);
    assert_eq!(world.staged(), Vec::<String>::new());
    put(&media, &upload, XMP).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn it_survives_an_outage_with_its_photo() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(3);
    world
        .gallery
        .fail((0..3).map(|_| Fault::Status(503, "unavailable")));
    let form = Form::file(&picture).and_bytes("sidecar", XMP.as_bytes());
    media.upload(form).await.assert_problem(503, "unavailable");
    media.stop().await;
    let media = world.start().await;
    for _ in 0..500 {
        if !world.gallery.photos().is_empty() && world.staged().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_heeded(&world);
    assert_eq!(world.xmps(), [XMP.as_bytes()]);
    media.stop().await;
}

#[tokio::test]
async fn what_is_no_xmp_or_too_much_of_it_is_refused_with_its_upload() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(4);
    let long = format!("{XMP}{}", " ".repeat(256 << 10));
    for no_xmp in [&b""[..], b"<html></html>", &picture[..], long.as_bytes()] {
        let form = Form::file(&picture).and_bytes("sidecar", no_xmp);
        media.upload(form).await.assert_problem(422, "invalid_fields");
        world.assert_nothing_changed();
    }
    let upload = begin(&media, picture.len()).await;
    put(&media, &upload, long)
        .await
        .assert_problem(413, "payload_too_large");
    let stranger = media.with_token(world.auth.person(photure_testkit::user(2)));
    put(&stranger, &upload, XMP)
        .await
        .assert_problem(404, "not_found");
}
