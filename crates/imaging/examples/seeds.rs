//! Writes a small file of each kind into a folder, for the fuzzer to begin with: `seeds FOLDER`.
#![allow(clippy::unwrap_used)] // a tool for developers, which may end with a message

#[path = "../tests/support/mod.rs"]
mod support;

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageFormat};
use photure_testkit::live;
use support::build::{self, Gif, QUADRANTS, scene};
use support::raw::{self, Raw};
use tiff::encoder::{Compression, TiffEncoder, colortype};

fn main() {
    let folder = std::env::args().nth(1).expect("usage: seeds FOLDER");
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    for (name, bytes) in pictures()
        .into_iter()
        .chain(raws())
        .chain(live_photos())
        .chain(words())
    {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

type Seeds = Vec<(&'static str, Vec<u8>)>;

fn pictures() -> Seeds {
    let image = scene(24, 18);
    let all = DynamicImage::ImageRgb8(image.clone());
    let saved = |image: DynamicImage, format| {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let webp = build::webp(24, 18);
    let vp8 = build::vp8(&webp);
    let frame = [
        &[0; 6][..],
        &[23, 0, 0, 17, 0, 0, 100, 0, 0, 0],
        &build::riff(&[(b"VP8 ", vp8.clone())])[12..],
    ];
    let exif = build::tiff(&[(0x0112, 3, 1, 6)]);
    let gif = |interlaced| Gif {
        screen: (16, 12),
        frame: (2, 1, 9, 10),
        palette: &QUADRANTS,
        transparent: Some(3),
        interlaced,
        rows: (0..10).map(|y| (0..9).map(|x| (x + y) % 4).collect()).collect(),
    };
    vec![
        ("plain.jpg", build::jpeg(&image)),
        ("rgb.png", build::png(&image)),
        ("interlaced.png", build::png_interlaced(&image)),
        (
            "alpha.png",
            build::png_with_alpha(9, 7, |x, y| [x as u8 * 20, y as u8 * 30, 80, x as u8 * 28]),
        ),
        (
            "grey16.png",
            saved(DynamicImage::ImageLuma16(all.to_luma16()), ImageFormat::Png),
        ),
        ("encoded.gif", build::gif(&image)),
        ("frame.gif", gif(false).bytes()),
        ("interlaced.gif", gif(true).bytes()),
        ("rgb.bmp", saved(all.clone(), ImageFormat::Bmp)),
        (
            "rgba.bmp",
            saved(DynamicImage::ImageRgba8(all.to_rgba8()), ImageFormat::Bmp),
        ),
        (
            "grey.bmp",
            saved(DynamicImage::ImageLuma8(all.to_luma8()), ImageFormat::Bmp),
        ),
        ("runs.bmp", runs()),
        (
            "extended.webp",
            build::riff(&[
                (b"VP8X", build::vp8x(24, 18, 0x0C)),
                (b"VP8 ", vp8),
                (b"EXIF", exif),
            ]),
        ),
        (
            "animated.webp",
            build::riff(&[
                (b"VP8X", build::vp8x(30, 20, 2)),
                (b"ANIM", vec![0; 6]),
                (b"ANMF", frame.concat()),
            ]),
        ),
        ("lossy.webp", webp),
        // 1×1, by libwebp.
        (
            "lossless.webp",
            b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0".to_vec(),
        ),
        ("plain.tif", tiffed(Compression::Uncompressed)),
        ("lzw.tif", tiffed(Compression::Lzw)),
        ("deflate.tif", tiffed(Compression::Deflate(Default::default()))),
        ("packbits.tif", tiffed(Compression::Packbits)),
        (
            "grey.tif",
            raw::tiff_with(&[(0x010F, 2, b"Somebody\0"), (0x02BC, 1, PACKET.as_bytes())]),
        ),
    ]
}

/// Eight bits a pixel, by runs, with a leap and a stretch.
fn runs() -> Vec<u8> {
    let mut bytes =
        b"BM\0\0\0\0\0\0\0\0\x42\0\0\0\x28\0\0\0\x08\0\0\0\x04\0\0\0\x01\0\x08\0\x01\0\0\0".to_vec();
    bytes.extend([0; 12]);
    bytes.extend([3, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([10, 20, 30, 0, 200, 100, 50, 0, 255, 255, 255, 0]);
    bytes.extend([5, 1, 0, 0, 0, 2, 2, 1, 0, 3, 0, 1, 2, 0, 0, 0, 8, 2, 0, 1]);
    bytes
}

/// Twelve pixels of CMYK in strips of a row each.
fn tiffed(compression: Compression) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes)
        .unwrap()
        .with_compression(compression);
    let mut image = encoder.new_image::<colortype::CMYK8>(4, 3).unwrap();
    image.rows_per_strip(1).unwrap();
    let inks: Vec<u8> = (0..48).map(|at| at * 5).collect();
    image.write_data(&inks).unwrap();
    bytes.into_inner()
}

fn live_photos() -> Seeds {
    const ID: &str = "3F2504E0-4F89-11D3-9A0C-0305E82C3301";
    vec![
        ("a.mov", live::film(ID, 40)),
        ("b.mov", live::film_of(b"mp42", Some(ID), 4)),
        ("a.live", live::picture(&build::jpeg(&scene(8, 6)), ID)),
        ("b.live", live::heic(ID, false)),
        ("c.live", live::heic(ID, true)),
    ]
}

fn raws() -> Seeds {
    let (small, large) = (build::jpeg(&scene(8, 6)), build::jpeg(&scene(24, 16)));
    let like = |kind| raw::tiff_like(kind, &small, &large);
    vec![
        ("a.dng", like(Raw::Dng)),
        ("a.cr2", like(Raw::Cr2)),
        ("a.nef", like(Raw::Nef)),
        ("a.arw", like(Raw::Arw)),
        ("a.rw2", like(Raw::Rw2)),
        ("a.orf", raw::orf(&small, &large)),
        ("a.raf", raw::raf(&large)),
        ("a.cr3", raw::cr3(&small, &large)),
        ("a.motion", raw::motion(&small, b"\0\0\0\x14ftypmp42\0\0\0\0isom")),
    ]
}

const PACKET: &str = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
    <rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/' \
    xmlns:exif='http://ns.adobe.com/exif/1.0/' xmp:Rating='4' exif:GPSLatitude='33,52.1S' exif:GPSLongitude='151,12,7E' \
    exif:DateTimeOriginal='2024-02-29T23:59:58.25+05:45' exif:FNumber='28/10'><dc:subject><rdf:Bag><rdf:li>sea</rdf:li>\
    <rdf:li>R&amp;D &#x263A;</rdf:li></rdf:Bag></dc:subject><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Sea</rdf:li></rdf:Alt>\
    </dc:title></rdf:Description></rdf:RDF></x:xmpmeta>";

fn words() -> Seeds {
    let profile = |profile: moxcms::ColorProfile| profile.encode().unwrap();
    let set = |number: u8, value: &[u8]| [&[0x1C, 2, number, 0, value.len() as u8], value].concat();
    let sets = [
        b"\x1C\x01\x5A\0\x03\x1B%G".to_vec(),
        set(5, b"Title"),
        set(25, b"sea"),
        set(25, b"sand"),
        set(55, b"20240229"),
        set(60, b"235958+0545"),
        set(120, b"At the beach"),
    ];
    let sets = sets.concat();
    let resource = [
        b"8BIM\x03\xED\0\0\0\0\0\x03abc\08BIM\x04\x04\0\0\0\0\0",
        &[sets.len() as u8][..],
        &sets,
    ];
    let resource = resource.concat();
    vec![
        ("a.xmp", PACKET.as_bytes().to_vec()),
        ("a.iptc", sets),
        ("resource.iptc", resource),
        ("p3.icc", profile(moxcms::ColorProfile::new_display_p3())),
        ("adobe.icc", profile(moxcms::ColorProfile::new_adobe_rgb())),
        (
            "grey.icc",
            profile(moxcms::ColorProfile::new_gray_with_gamma(2.2)),
        ),
        ("phone.name", b"PXL_20210504_123311123.MP.jpg".to_vec()),
        ("desktop.name", "Bildschirmfoto 2021-05-04 um 12.33.11.png".into()),
        ("messenger.name", b"FB_IMG_1620131591123.jpg".to_vec()),
    ]
}
