//! What is read from EXIF, XMP and IPTC, against exiftool, which must be installed. On pictures that exiftool itself has tagged, and
//! on all sample photos where there are any.

#![allow(clippy::unwrap_used)] // in what tests share, too

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use photure_domain::photo::MediaType;
use photure_imaging::Picture;
use serde_json::{Map, Value};
use support::build::{self, scene};

fn exiftool(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("exiftool")
        .args(arguments)
        .output()
        .expect("exiftool must be installed");
    assert!(
        !output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Group and tag, as in `EXIF:FNumber` → value.
type Reference = Map<String, Value>;

/// What exiftool sees in `files`, in one run.
fn references(files: &[PathBuf]) -> Vec<Reference> {
    let options = [
        "-j",
        "-n",
        "-G0",
        "-EXIF:all",
        "-XMP:all",
        "-IPTC:all",
        "-File:all",
        "-MakerNotes:ContentIdentifier",
        "-Rotation",
        "-ImageWidth",
        "-ImageHeight",
    ];
    let paths: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    serde_json::from_slice(&exiftool(&[&options[..], &paths].concat())).unwrap()
}

/// A picture in `folder`, tagged by exiftool.
fn tagged(folder: &Path, name: &str, tags: &[&str]) -> PathBuf {
    let file = folder.join(name);
    let bytes = match file.extension().unwrap().to_str().unwrap() {
        "jpg" => build::jpeg(&scene(60, 40)),
        "heic" => include_bytes!("fixtures/8bit.heic").to_vec(),
        "tif" => support::raw::tiff_with(&[]),
        "png" => build::png(&scene(60, 40)),
        _ => build::webp(60, 40),
    };
    std::fs::write(&file, bytes).unwrap();
    let path = file.to_str().unwrap();
    exiftool(&[&["-n", "-overwrite_original"], tags, &[path]].concat());
    file
}

const EVERYTHING: [&str; 25] = [
    "-EXIF:DateTimeOriginal=2024:02:29 23:59:58",
    "-EXIF:SubSecTimeOriginal=25",
    "-EXIF:OffsetTimeOriginal=+05:45",
    "-EXIF:CreateDate=2024:03:01 01:02:03",
    "-EXIF:ModifyDate=2025:01:01 00:00:00",
    "-EXIF:Make=Größe & Söhne ",
    "-EXIF:Model=X-1",
    "-EXIF:LensModel=35mm ƒ/2",
    "-EXIF:LensInfo=24 70 2.8 4",
    "-EXIF:ISO=6400",
    "-EXIF:FNumber=2.8",
    "-EXIF:ExposureTime=0.004",
    "-EXIF:FocalLength=35.5",
    "-EXIF:ExposureCompensation=-0.333333",
    "-EXIF:GPSLatitude=33.868820",
    "-EXIF:GPSLatitudeRef=S",
    "-EXIF:GPSLongitude=151.209290",
    "-EXIF:GPSLongitudeRef=E",
    "-EXIF:GPSAltitude=12.5",
    "-EXIF:GPSAltitudeRef=1",
    "-EXIF:UserComment=Zwölf Boxkämpfer 📷",
    "-EXIF:XPTitle=Am Strand ☀",
    "-EXIF:ImageDescription=Oma und der Hund",
    "-EXIF:Rating=4",
    "-EXIF:Orientation=6",
];

const WORDS: [&str; 18] = [
    "-XMP-dc:Title=Am Meer ☀",
    "-XMP-dc:Description=Oma & Opa <3",
    "-XMP-dc:Subject=sea",
    "-XMP-dc:Subject=sand, salt",
    "-XMP-dc:Creator=Nobody",
    "-XMP-xmp:Rating=3",
    "-XMP-xmp:Label=Red",
    "-XMP-xmp:CreateDate=2019:07:02 01:02:03",
    "-XMP-photoshop:DateCreated=2019:07:01 10:11:12.5+02:00",
    "-XMP-photoshop:City=Rom",
    "-XMP-exif:GPSLatitude=-33.868820",
    "-XMP-exif:GPSLongitude=151.209290",
    "-XMP-exif:FNumber=2.8",
    "-XMP-exif:ExposureTime=0.004",
    "-XMP-exif:FocalLength=35.5",
    "-XMP-tiff:Make=Größe",
    "-XMP-exifEX:LensModel=35mm ƒ/2",
    "-XMP-lr:HierarchicalSubject=places|beach",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["all.jpg", "all.png", "all.webp", "all.heic", "all.tif"]
        .iter()
        .map(|name| tagged(folder, name, &EVERYTHING))
        .collect();
    files.push(tagged(
        folder,
        "digitised.jpg",
        &["-EXIF:CreateDate=1999:12:31 12:00:00"],
    ));
    files.push(tagged(
        folder,
        "satellites.jpg",
        &[
            "-EXIF:GPSDateStamp=2021:05:04",
            "-EXIF:GPSTimeStamp=10:33:11.5",
            "-EXIF:Make=Nobody",
        ],
    ));
    for name in ["words.jpg", "words.png", "words.heic", "words.tif"] {
        files.push(tagged(folder, name, &WORDS));
    }
    files.push(tagged(
        folder,
        "newspaper.jpg",
        &[
            "-IPTC:DateCreated=2015:03:04",
            "-IPTC:TimeCreated=11:12:13+01:00",
            "-IPTC:Keywords=harbour",
            "-IPTC:ObjectName=Boats",
            "-IPTC:Caption-Abstract=Boats at rest",
            "-IPTC:City=Hamburg",
        ],
    ));
    files.push(tagged(
        folder,
        "unknown.jpg",
        &["-EXIF:DateTimeOriginal=0000:00:00 00:00:00", "-EXIF:ISO=0"],
    ));
    files.extend(support::sample_files(&[
        "camera",
        "hostile",
        "metadata",
        "orientation",
    ]));
    files
}

/// Each file that gives a picture, with what exiftool says of it.
fn pictures(mut test: impl FnMut(&str, &Picture, &Reference)) {
    static ALL: OnceLock<Vec<(String, Picture, Reference)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let references = references(&files);
        assert_eq!(references.len(), files.len());
        let read = files.into_iter().zip(references).filter_map(|(file, reference)| {
            let picture = support::read(&std::fs::read(&file).unwrap()).ok()?;
            Some((
                file.file_name().unwrap().to_str().unwrap().to_owned(),
                picture,
                reference,
            ))
        });
        read.collect()
    });
    assert!(all.len() >= 6, "only {} pictures were read", all.len());
    all.iter()
        .for_each(|(name, picture, reference)| test(name, picture, reference));
}

fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    (!text.is_empty()).then_some(text)
}

fn positive(value: Option<&Value>) -> Option<f64> {
    value?.as_f64().filter(|number| *number > 0.0)
}

#[track_caller]
fn assert_near(name: &str, what: &str, found: Option<f64>, expected: Option<f64>) {
    match (found, expected) {
        (Some(found), Some(expected)) => {
            assert!(
                (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
                "{name}: {what} {found}, not {expected}"
            );
        }
        _ => assert_eq!(found, expected, "{name}: {what}"),
    }
}

#[test]
fn dimensions_are_those_of_the_upright_picture() {
    pictures(|name, picture, reference| {
        let side = |tag: &str| {
            let of = |group: &str| reference.get(&format!("{group}:{tag}")).and_then(Value::as_u64);
            ["File", "PNG", "RIFF", "GIF", "EXIF"]
                .iter()
                .find_map(|group| of(group))
                .unwrap()
        };
        let number = |tag: &str| reference.get(tag).and_then(Value::as_u64);
        // HEIC and JPEG XL say for themselves how they are turned, and EXIF only repeats it.
        let turned = match picture.media_type {
            MediaType::Heic | MediaType::Heif | MediaType::Avif => {
                number("QuickTime:Rotation").is_some_and(|quarters| quarters % 2 == 1 || quarters % 180 == 90)
            }
            MediaType::Jxl => false,
            _ => number("EXIF:Orientation").is_some_and(|o| (5..=8).contains(&o)),
        };
        // Of these exiftool gives the size that is coded, before what is cut away of it.
        if ["all.heic", "words.heic"].contains(&name) {
            return;
        }
        let (width, height) = (side("ImageWidth"), side("ImageHeight"));
        let expected = if turned { (height, width) } else { (width, height) };
        assert_eq!(
            (u64::from(picture.width), u64::from(picture.height)),
            expected,
            "{name}"
        );
    });
}

#[test]
fn times_and_offsets_are_right() {
    pictures(|name, picture, reference| {
        let get = |tag: &str| text(reference.get(&format!("EXIF:{tag}")));
        let at = |tag: &str| {
            let time = text(reference.get(tag)).filter(|time| !time.starts_with("0000"))?;
            // A day without a time is its noon.
            match time.len() {
                10 => Some(format!("{time} 12:00:00")),
                length => (length >= 19).then_some(time),
            }
        };
        let joined = |day: &str, clock: &str| {
            Some(format!(
                "{} {}",
                text(reference.get(day))?,
                text(reference.get(clock))?
            ))
        };
        let known = |time: &String| !time.starts_with("0000");
        // Against the standard, old XMP converters append the offset to the time itself.
        let expected = at("EXIF:DateTimeOriginal")
            .or_else(|| at("XMP:DateTimeOriginal"))
            .or_else(|| at("XMP:DateCreated"))
            .or_else(|| joined("IPTC:DateCreated", "IPTC:TimeCreated"))
            .or_else(|| at("EXIF:CreateDate"))
            .or_else(|| at("XMP:DateTimeDigitized"))
            .or_else(|| at("XMP:CreateDate"))
            .or_else(|| joined("EXIF:GPSDateStamp", "EXIF:GPSTimeStamp"))
            .or_else(|| at("XMP:GPSDateTime"))
            .map(|time| time.chars().take(19).collect::<String>());
        let found = picture
            .taken
            .map(|taken| taken.local()[..19].replacen('-', ":", 2).replace('T', " "));
        assert_eq!(found, expected, "{name}");
        if let Some(offset) = get("OffsetTimeOriginal") {
            let minutes = picture.taken.unwrap().utc_offset_minutes.unwrap();
            let sign = if minutes < 0 { '-' } else { '+' };
            let found = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
            assert_eq!(found, offset, "{name}");
        }
        if let (Some(_), Some(fraction)) = (get("DateTimeOriginal").filter(known), get("SubSecTimeOriginal"))
        {
            let millis = picture.taken.unwrap().local()[20..].to_owned();
            assert!(
                millis
                    .trim_end_matches('0')
                    .starts_with(fraction.get(..3).unwrap_or(&fraction).trim_end_matches('0')),
                "{name}: {millis} {fraction}"
            );
        }
    });
}

#[test]
fn camera_lens_and_exposure_are_right() {
    pictures(|name, picture, reference| {
        let get = |tag: &str| {
            let of = |group: &str| reference.get(&format!("{group}:{tag}"));
            of("EXIF").or_else(|| of("XMP"))
        };
        let camera = &picture.camera;
        assert_eq!(camera.make, text(get("Make")), "{name}");
        assert_eq!(camera.model, text(get("Model")), "{name}");
        assert_eq!(
            camera.lens,
            text(get("LensModel").or_else(|| reference.get("XMP:Lens"))).filter(|lens| lens != "----"),
            "{name}"
        );
        let iso = text(get("ISO")).and_then(|iso| iso.split(' ').next()?.parse().ok());
        assert_near(
            name,
            "ISO",
            camera.iso.map(f64::from),
            iso.filter(|iso| *iso > 0.0),
        );
        assert_near(name, "f-number", camera.f_number, positive(get("FNumber")));
        assert_near(name, "exposure", camera.exposure, positive(get("ExposureTime")));
        assert_near(
            name,
            "focal length",
            camera.focal_length,
            positive(get("FocalLength")),
        );
    });
}

#[test]
fn positions_are_right() {
    pictures(|name, picture, reference| {
        let group = if reference.contains_key("EXIF:GPSLatitude") {
            "EXIF"
        } else {
            "XMP"
        };
        let get = |tag: &str| reference.get(&format!("{group}:{tag}"));
        let signed = |tag: &str, minus: &str| {
            let negative = group == "EXIF" && text(get(&format!("{tag}Ref")))? == minus;
            get(tag)?
                .as_f64()
                .map(|degrees| if negative { -degrees } else { degrees })
        };
        let (lat, lon) = (signed("GPSLatitude", "S"), signed("GPSLongitude", "W"));
        let known = lat.is_some() && lon.is_some() && (lat, lon) != (Some(0.0), Some(0.0));
        assert_near(
            name,
            "latitude",
            picture.position.map(|found| found.lat),
            lat.filter(|_| known),
        );
        assert_near(
            name,
            "longitude",
            picture.position.map(|found| found.lon),
            lon.filter(|_| known),
        );
        let below = get("GPSAltitudeRef").and_then(Value::as_f64) == Some(1.0);
        let altitude = get("GPSAltitude")
            .and_then(Value::as_f64)
            .map(|metres| if below { -metres } else { metres });
        let found = picture.position.and_then(|found| found.altitude);
        assert_near(name, "altitude", found, altitude.filter(|_| known));
    });
}

/// exiftool writes numbers as numbers wherever a text looks like one, and to so many digits.
fn same(found: &Value, expected: &Value) -> bool {
    let words = |value: &Value| {
        text(Some(value))
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (found, expected) = (words(found), words(expected));
    let near = |(a, b): (&String, &String)| {
        a == b
            || match (a.parse::<f64>(), b.parse::<f64>()) {
                (Ok(a), Ok(b)) => (a - b).abs() <= 1e-6 * a.abs().max(1.0),
                _ => false,
            }
    };
    found.len() == expected.len() && found.iter().zip(&expected).all(near)
}

#[test]
fn metadata_has_exiftools_names_and_values() {
    // What is for programs, or what exiftool makes up from other files and its own tables.
    let left_out = [
        "ThumbnailImage",
        "PrintIMVersion",
        "CFAPattern",
        "DeviceSettingDescription",
        "SpatialFrequencyResponse",
        "OECF",
        "Padding",
        "OffsetSchema",
        "ThumbnailOffset",
        "StripOffsets",
        "StripByteCounts",
        "ExtraSamples",
        "Predictor",
        "SampleFormat",
    ];
    let mut wrong = Vec::new();
    pictures(|name, picture, reference| {
        let ours = picture.metadata.get("EXIF").cloned().unwrap_or_default();
        for (tag, value) in &ours {
            let expected = reference.get(&format!("EXIF:{tag}"));
            // Offsets are counted from the file by exiftool, from its TIFF header by everyone else.
            if tag != "ThumbnailOffset" && !expected.is_some_and(|expected| same(value, expected)) {
                wrong.push(format!("{name}: {tag}: {value}, not {expected:?}"));
            }
        }
        for (tag, value) in reference {
            let Some(tag) = tag.strip_prefix("EXIF:") else {
                continue;
            };
            let shown = text(Some(value)).unwrap_or_default();
            let empty = shown.is_empty()
                || shown.contains("Binary data")
                || shown.contains("undef")
                || shown.contains("inf")
                || (tag, shown.as_str()) == ("GPSTimeStamp", "00:00:00"); // 0/0 in the file
            if !ours.contains_key(tag) && !left_out.contains(&tag) && !empty {
                wrong.push(format!("{name}: {tag} is missing: {value}"));
            }
        }
        for tag in [
            "FileType",
            "MIMEType",
            "EncodingProcess",
            "BitsPerSample",
            "ColorComponents",
            "YCbCrSubSampling",
            "ExifByteOrder",
        ] {
            let (found, expected) = (
                picture.metadata["File"].get(tag),
                reference.get(&format!("File:{tag}")),
            );
            if picture.media_type.as_str() == "image/jpeg" && found != expected {
                wrong.push(format!("{name}: File:{tag}: {found:?}, not {expected:?}"));
            }
        }
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Of XMP those are kept that say something of the picture, and not of the program that wrote it.
const KEPT: [&str; 24] = [
    "XMP:Title",
    "XMP:Description",
    "XMP:Subject",
    "XMP:Creator",
    "XMP:Rights",
    "XMP:Rating",
    "XMP:Label",
    "XMP:CreateDate",
    "XMP:DateCreated",
    "XMP:DateTimeOriginal",
    "XMP:City",
    "XMP:Country",
    "XMP:Headline",
    "XMP:GPSLatitude",
    "XMP:GPSLongitude",
    "XMP:LensModel",
    "XMP:Lens",
    "XMP:HierarchicalSubject",
    "XMP:MotionPhoto",
    "IPTC:Keywords",
    "IPTC:ObjectName",
    "IPTC:Caption-Abstract",
    "IPTC:City",
    "MakerNotes:ContentIdentifier",
];

#[test]
fn xmp_and_iptc_have_exiftools_names_and_values() {
    let words = |value: &Value| match value {
        Value::Array(values) => values.iter().filter_map(|value| text(Some(value))).collect(),
        value => text(Some(value)).into_iter().collect::<Vec<_>>(),
    };
    let mut wrong = Vec::new();
    pictures(|name, picture, reference| {
        for group in ["XMP", "IPTC", "MakerNotes"] {
            for (tag, value) in picture.metadata.get(group).into_iter().flatten() {
                let expected = reference.get(&format!("{group}:{tag}"));
                let right =
                    expected.is_some_and(|expected| same(value, expected) || words(value) == words(expected));
                if !right {
                    wrong.push(format!("{name}: {group}:{tag}: {value}, not {expected:?}"));
                }
            }
        }
        for kept in KEPT {
            let (group, tag) = kept.split_once(':').unwrap();
            let found = picture.metadata.get(group).and_then(|tags| tags.get(tag));
            let expected = reference.get(kept).filter(|value| !words(value).is_empty());
            if found.is_none() && expected.is_some() {
                wrong.push(format!("{name}: {kept} is missing: {expected:?}"));
            }
        }
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn tags_are_those_of_people() {
    pictures(|name, picture, reference| {
        for tag in ["XMP:Subject", "IPTC:Keywords"] {
            let listed = match reference.get(tag) {
                Some(Value::Array(values)) => values.iter().filter_map(|value| text(Some(value))).collect(),
                value => text(value).into_iter().collect::<Vec<_>>(),
            };
            for word in listed {
                assert!(
                    picture.tags.contains(&word),
                    "{name}: {tag} {word} is not in {:?}",
                    picture.tags
                );
            }
        }
    });
}

#[test]
fn words_and_stars_are_those_of_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, tags: &[&str]| {
        support::picture(&std::fs::read(tagged(folder.path(), name, tags)).unwrap())
    };
    let all = read("all.jpg", &EVERYTHING);
    assert_eq!(all.title.as_deref(), Some("Am Strand ☀"));
    assert_eq!(all.description.as_deref(), Some("Oma und der Hund"));
    assert_eq!(all.rating, Some(4));
    let none = read(
        "none.jpg",
        &[
            "-EXIF:ImageDescription=OLYMPUS DIGITAL CAMERA       ",
            "-EXIF:Rating=0",
        ],
    );
    assert_eq!((none.title, none.description, none.rating), (None, None, None));
}

#[test]
fn metadata_is_capped() {
    let folder = tempfile::tempdir().unwrap();
    let long = |tag: &str| format!("-EXIF:{tag}={}", "ö".repeat(9000));
    let tags = [
        long("ImageDescription"),
        long("Artist"),
        long("Copyright"),
        long("Make"),
    ];
    let tags: Vec<&str> = tags
        .iter()
        .map(String::as_str)
        .chain(["-EXIF:Model=X-1"])
        .collect();
    let file = tagged(folder.path(), "long.jpg", &tags);
    let picture = support::picture(&std::fs::read(file).unwrap());
    let size = serde_json::to_string(&picture.metadata).unwrap().len();
    assert!((30_000..=65_536).contains(&size), "{size}");
    assert_eq!(picture.camera.model.as_deref(), Some("X-1"));
}
