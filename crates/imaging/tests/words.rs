//! What XMP, IPTC and maker notes say, in every kind of file that carries them, and whose word counts.

#![allow(clippy::unwrap_used)] // in what tests share, too

mod support;

use photure_imaging::sidecar;
use serde_json::json;
use support::build::{self, scene};
use support::{picture, raw};

fn packet(properties: &str) -> String {
    format!(
        "<?xpacket begin='\u{feff}' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>\
         <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' \
         xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:xmp='http://ns.adobe.com/xap/1.0/' \
         xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' xmlns:exif='http://ns.adobe.com/exif/1.0/'>{properties}\
         </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    )
}

const WORDS: &str = "<xmp:Rating>3</xmp:Rating><photoshop:DateCreated>2019-07-01T10:11:12+02:00</photoshop:DateCreated>\
                     <dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Am Meer</rdf:li></rdf:Alt></dc:title>\
                     <dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>Oma &amp; Opa</rdf:li></rdf:Bag></dc:subject>\
                     <exif:GPSLatitude>33,52.1292S</exif:GPSLatitude><exif:GPSLongitude>151,12.5574E</exif:GPSLongitude>";

#[test]
fn xmp_is_found_in_every_kind_of_file() {
    let packet = packet(WORDS);
    let xmp = packet.as_bytes();
    let jpeg = build::inserted(
        &build::jpeg(&scene(60, 40)),
        &build::segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", xmp].concat()),
    );
    let png = build::png(&scene(60, 40));
    let (header, body) = build::png_parts(&png);
    let text = build::png_chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", xmp].concat());
    let png = [header, &text, body].concat();
    let webp = build::webp(60, 40);
    let webp = build::riff(&[
        (b"VP8X", build::vp8x(60, 40, 4)),
        (b"VP8 ", build::vp8(&webp)),
        (b"XMP ", xmp.to_vec()),
    ]);
    let tiff = raw::tiff_with(&[(0x02BC, 1, xmp)]);
    for (name, bytes) in [("jpeg", jpeg), ("png", png), ("webp", webp), ("tiff", tiff)] {
        let picture = picture(&bytes);
        assert_eq!(picture.title.as_deref(), Some("Am Meer"), "{name}");
        assert_eq!(picture.tags, ["sea", "Oma & Opa"], "{name}");
        assert_eq!(picture.rating, Some(3), "{name}");
        let taken = picture.taken.unwrap();
        assert_eq!(taken.local(), "2019-07-01T10:11:12.000", "{name}");
        assert_eq!(taken.utc_offset_minutes, Some(120), "{name}");
        let position = picture.position.unwrap();
        assert!((position.lat + 33.868_82).abs() < 1e-9 && (position.lon - 151.20929).abs() < 1e-9);
        assert_eq!(picture.metadata["XMP"]["Subject"], json!(["sea", "Oma & Opa"]));
        assert_eq!(
            picture.metadata["XMP"]["DateCreated"],
            json!("2019:07:01 10:11:12+02:00")
        );
    }
}

#[test]
fn a_sidecar_says_the_same() {
    let said = sidecar(packet(WORDS).as_bytes()).unwrap();
    assert_eq!(said.title.as_deref(), Some("Am Meer"));
    assert_eq!(said.tags, ["sea", "Oma & Opa"]);
    assert_eq!(said.rating, Some(3));
    assert_eq!(said.taken.unwrap().local(), "2019-07-01T10:11:12.000");
    assert!(said.position.is_some());
    assert_eq!(said.metadata["XMP"]["Rating"], json!(3));
    for (bytes, code) in [
        (&b""[..], "empty_file"),
        (b"no XMP at all", "unsupported_media_type"),
        (b"<html><body/></html>", "unsupported_media_type"),
        (&vec![b' '; 300 << 10], "image_too_costly"),
    ] {
        assert_eq!(sidecar(bytes).unwrap_err().code(), code);
    }
}

#[test]
fn iptc_speaks_where_nobody_else_does() {
    let set = |number: u8, value: &[u8]| {
        [&[0x1C, 2, number][..], &(value.len() as u16).to_be_bytes(), value].concat()
    };
    let sets = [
        set(5, b"By IPTC"),
        set(25, b"harbour"),
        set(25, b"sea"),
        set(55, b"20150304"),
        set(60, b"111213+0100"),
        set(120, b"Boats"),
    ]
    .concat();
    let mut resources = b"Photoshop 3.0\x008BIM\x04\x04\0\0".to_vec();
    resources.extend((sets.len() as u32).to_be_bytes());
    resources.extend(&sets);
    let iptc = build::segment(0xED, &resources);
    let alone = picture(&build::inserted(&build::jpeg(&scene(60, 40)), &iptc));
    assert_eq!(alone.title.as_deref(), Some("By IPTC"));
    assert_eq!(alone.description.as_deref(), Some("Boats"));
    assert_eq!(alone.tags, ["harbour", "sea"]);
    assert_eq!(alone.taken.unwrap().local(), "2015-03-04T11:12:13.000");
    assert_eq!(alone.taken.unwrap().utc_offset_minutes, Some(60));
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0", packet(WORDS).as_bytes()].concat();
    let both = build::inserted(
        &build::jpeg(&scene(60, 40)),
        &[iptc, build::segment(0xE1, &xmp)].concat(),
    );
    let both = picture(&both);
    assert_eq!(both.title.as_deref(), Some("Am Meer"));
    assert_eq!(both.description.as_deref(), Some("Boats"));
    assert_eq!(both.tags, ["sea", "Oma & Opa", "harbour"]);
    assert_eq!(both.taken.unwrap().local(), "2019-07-01T10:11:12.000");
}

#[test]
fn a_rating_of_none_is_none_and_a_rejected_one_too() {
    for (stars, rating) in [
        ("0", None),
        ("-1", None),
        ("5", Some(5)),
        ("6", None),
        ("many", None),
        ("2.0", Some(2)),
    ] {
        let said = sidecar(packet(&format!("<xmp:Rating>{stars}</xmp:Rating>")).as_bytes()).unwrap();
        assert_eq!(said.rating, rating, "{stars}");
    }
}

#[test]
fn the_film_of_a_motion_photo_is_found_and_left() {
    let jpeg = build::jpeg(&scene(60, 40));
    let film = b"\0\0\0\x14ftypmp42\0\0\0\0mp42isom and a film";
    let bytes = raw::motion(&jpeg, film);
    let picture = picture(&bytes);
    let offset = (bytes.len() - film.len()) as u64;
    assert_eq!(picture.metadata["MotionPhoto"]["VideoOffset"], json!(offset));
    assert_eq!(picture.metadata["MotionPhoto"]["VideoLength"], json!(film.len()));
    assert_eq!(picture.metadata["XMP"]["MotionPhoto"], json!(1));
    let without = raw::motion(&jpeg, b"something else that is no film at all");
    assert!(!support::picture(&without).metadata.contains_key("MotionPhoto"));
}

#[test]
fn the_halves_of_a_live_photo_have_one_identifier() {
    // Apple's note: its head, one entry (0x0011, text of 37 bytes) with the text behind it, counted from the note.
    let id = b"3F2504E0-4F89-11D3-9A0C-0305E82C3301\0";
    let note = [
        &b"Apple iOS\0\0\x01MM\0\x01\0\x11\0\x02\0\0\0\x25\0\0\0\x20\0\0\0\0"[..],
        id,
    ]
    .concat();
    let exif_at = 8 + 2 + 12 + 4;
    let note_at = exif_at + 2 + 12 + 4;
    let tiff = [
        &build::tiff(&[(0x8769, 4, 1, exif_at)])[..],
        &build::tiff(&[(0x927C, 7, note.len() as u32, note_at)])[8..],
        &note,
    ]
    .concat();
    let exif = build::segment(0xE1, &[b"Exif\0\0", &tiff[..]].concat());
    let picture = picture(&build::inserted(&build::jpeg(&scene(60, 40)), &exif));
    assert_eq!(
        picture.metadata["MakerNotes"]["ContentIdentifier"],
        json!("3F2504E0-4F89-11D3-9A0C-0305E82C3301")
    );
}
