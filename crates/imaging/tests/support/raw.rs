//! Files like those of cameras, with nothing in them but facts and previews.

use super::build;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Raw {
    Dng,
    Cr2,
    Nef,
    Arw,
    Rw2,
}

/// Tag, kind, count, and either the value or bytes that stand elsewhere.
type Entry = (u16, u16, u32, Value);

enum Value {
    Number(u32),
    Bytes(Vec<u8>),
    /// The directory of that index.
    Directory(usize),
}

fn number(tag: u16, value: u32) -> Entry {
    (tag, 4, 1, Value::Number(value))
}

fn text(tag: u16, text: &str) -> Entry {
    let bytes = [text.as_bytes(), b"\0"].concat();
    (tag, 2, bytes.len() as u32, Value::Bytes(bytes))
}

/// Directories one after the other from `start`, then the values that do not fit; each directory with the index of the next.
fn directories(start: u32, directories: &[(Vec<Entry>, Option<usize>)]) -> Vec<u8> {
    let mut places = Vec::new();
    let mut end = start;
    for (entries, _) in directories {
        places.push(end);
        end += 2 + 12 * entries.len() as u32 + 4;
    }
    let (mut bytes, mut outside) = (Vec::new(), Vec::<u8>::new());
    for (entries, next) in directories {
        bytes.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(count.to_le_bytes());
            let field = match value {
                Value::Number(number) => *number,
                Value::Directory(index) => places[*index],
                Value::Bytes(value) => {
                    let place = end + outside.len() as u32;
                    outside.extend(value);
                    place
                }
            };
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend(next.map_or(0, |next| places[next]).to_le_bytes());
    }
    bytes.extend(outside);
    bytes
}

/// What the main directory and that of EXIF say in every file of this module: turned by orientation 6, 6000×4000.
fn main_facts(make: &str) -> Vec<Entry> {
    vec![
        text(0x010F, make),
        text(0x0110, "Model X"),
        (0x0112, 3, 1, Value::Number(6)),
        (0x8769, 4, 1, Value::Directory(1)),
    ]
}

fn exif_facts() -> Vec<Entry> {
    vec![
        text(0x9003, "2024:02:29 12:13:14"),
        number(0xA002, 6000),
        number(0xA003, 4000),
    ]
}

/// A raw file with a small preview in the usual place and a large one in that maker's.
pub fn tiff_like(kind: Raw, small: &[u8], large: &[u8]) -> Vec<u8> {
    let header: &[u8] = match kind {
        Raw::Cr2 => b"II*\0\x10\0\0\0CR\x02\0\0\0\0\0",
        Raw::Rw2 => b"IIU\0\x08\0\0\0",
        _ => b"II*\0\x08\0\0\0",
    };
    let make = match kind {
        Raw::Nef => "NIKON CORPORATION",
        Raw::Arw => "SONY",
        Raw::Rw2 => "Panasonic",
        Raw::Cr2 => "Canon",
        Raw::Dng => "Nobody",
    };
    let start = header.len() as u32;
    // Where the previews stand is known when the directories' length is: they are laid out twice.
    let file = |small_at: u32, large_at: u32| {
        let mut main = main_facts(make);
        let strip = vec![
            number(0x0103, if kind == Raw::Dng { 7 } else { 6 }),
            number(0x0111, large_at),
            number(0x0117, large.len() as u32),
        ];
        let pointed = vec![number(0x0201, large_at), number(0x0202, large.len() as u32)];
        let thumbnail = vec![number(0x0201, small_at), number(0x0202, small.len() as u32)];
        let below = match kind {
            Raw::Dng => {
                main.push((0xC612, 1, 4, Value::Number(0x0401)));
                main.push((0x014A, 4, 1, Value::Directory(2)));
                strip
            }
            Raw::Nef => {
                main.push((0x014A, 4, 1, Value::Directory(2)));
                pointed
            }
            Raw::Arw => {
                main.push((0x014A, 4, 1, Value::Directory(3)));
                main.extend(pointed);
                Vec::new()
            }
            Raw::Cr2 => {
                main.extend(strip);
                Vec::new()
            }
            Raw::Rw2 => {
                main.push((0x002E, 7, large.len() as u32, Value::Number(large_at)));
                Vec::new()
            }
        };
        let all = [
            (main, Some(3)),
            (exif_facts(), None),
            (below, None),
            (thumbnail, None),
        ];
        directories(start, &all)
    };
    let small_at = start + file(0, 0).len() as u32;
    let large_at = small_at + small.len() as u32;
    [header, &file(small_at, large_at), small, large].concat()
}

/// Olympus keeps the large one below the maker note.
pub fn orf(small: &[u8], large: &[u8]) -> Vec<u8> {
    let note = |large_at: u32| {
        let settings = vec![number(0x0101, large_at), number(0x0102, large.len() as u32)];
        let main = vec![(0x2020, 13, 1, Value::Directory(1))];
        let head = b"OLYMPUS\0II\x03\0";
        [&head[..], &directories(12, &[(main, None), (settings, None)])].concat()
    };
    let file = |small_at: u32, large_at: u32, note_at: u32| {
        let mut exif = exif_facts();
        let note = note(large_at.wrapping_sub(note_at));
        exif.push((0x927C, 7, note.len() as u32, Value::Bytes(note)));
        let thumbnail = vec![number(0x0201, small_at), number(0x0202, small.len() as u32)];
        let all = [
            (main_facts("OLYMPUS CORPORATION"), Some(2)),
            (exif, None),
            (thumbnail, None),
        ];
        directories(8, &all)
    };
    let draft = file(0, 0, 0);
    let note_at = 8 + draft.windows(8).position(|bytes| bytes == b"OLYMPUS\0").unwrap() as u32;
    let small_at = 8 + draft.len() as u32;
    let large_at = small_at + small.len() as u32;
    [
        b"IIRO\x08\0\0\0",
        &file(small_at, large_at, note_at)[..],
        small,
        large,
    ]
    .concat()
}

pub fn raf(large: &[u8]) -> Vec<u8> {
    let mut bytes = b"FUJIFILMCCD-RAW 0201FF383501X-T1".to_vec();
    bytes.resize(84, 0);
    bytes.extend(160_u32.to_be_bytes());
    bytes.extend((large.len() as u32).to_be_bytes());
    bytes.resize(160, 0);
    bytes.extend(large);
    bytes
}

fn boxed(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, &content].concat()
}

pub fn cr3(small: &[u8], large: &[u8]) -> Vec<u8> {
    let block = |entries: Vec<Entry>| [b"II*\0\x08\0\0\0", &directories(8, &[(entries, None)])[..]].concat();
    let main = main_facts("Canon")
        .into_iter()
        .filter(|entry| entry.0 != 0x8769)
        .collect();
    let canon = boxed(
        b"uuid",
        &[
            b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48",
            &boxed(b"CMT1", &[&block(main)]),
            &boxed(b"CMT2", &[&block(exif_facts())]),
        ],
    );
    let middling = boxed(
        b"uuid",
        &[
            b"\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16",
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &boxed(b"PRVW", &[&[0; 12], &(small.len() as u32).to_be_bytes(), small]),
        ],
    );
    let file = |large_at: u64| {
        let sizes = boxed(
            b"stsz",
            &[&[0; 4], &(large.len() as u32).to_be_bytes(), &[0, 0, 0, 1]],
        );
        let places = boxed(b"co64", &[&[0; 4], &[0, 0, 0, 1], &large_at.to_be_bytes()]);
        let table = boxed(b"stbl", &[&sizes, &places]);
        let track = boxed(b"trak", &[&boxed(b"mdia", &[&boxed(b"minf", &[&table])])]);
        [
            boxed(b"ftyp", &[b"crx \0\0\0\x01crx isom"]),
            boxed(b"moov", &[&canon, &track]),
            middling.clone(),
        ]
        .concat()
    };
    let large_at = file(0).len() as u64 + 8;
    [file(large_at), boxed(b"mdat", &[large])].concat()
}

/// A TIFF of one grey pixel that says all this of itself.
pub fn tiff_with(entries: &[(u16, u16, &[u8])]) -> Vec<u8> {
    let mut all = vec![
        number(0x0100, 1),
        number(0x0101, 1),
        number(0x0102, 8),
        number(0x0103, 1),
        number(0x0106, 1),
        number(0x0111, 4),
        number(0x0117, 1),
    ];
    all.extend(
        entries
            .iter()
            .map(|(tag, kind, value)| (*tag, *kind, value.len() as u32, Value::Bytes(value.to_vec()))),
    );
    [b"II*\0\x08\0\0\0", &directories(8, &[(all, None)])[..]].concat()
}

/// A motion photo as Google's phones write it: the film at the end, its length in XMP.
pub fn motion(jpeg: &[u8], film: &[u8]) -> Vec<u8> {
    let packet = format!(
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>\
         <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
         <rdf:Description xmlns:GCamera='http://ns.google.com/photos/1.0/camera/' GCamera:MotionPhoto='1'>\
         <Container:Directory xmlns:Container='http://ns.google.com/photos/1.0/container/' \
         xmlns:Item='http://ns.google.com/photos/1.0/container/item/'><rdf:Seq>\
         <rdf:li rdf:parseType='Resource'><Container:Item Item:Mime='image/jpeg' Item:Semantic='Primary'/></rdf:li>\
         <rdf:li rdf:parseType='Resource'><Container:Item Item:Mime='video/mp4' Item:Semantic='MotionPhoto' \
         Item:Length='{}'/></rdf:li></rdf:Seq></Container:Directory></rdf:Description></rdf:RDF></x:xmpmeta>",
        film.len()
    );
    let segment = build::segment(0xE1, packet.as_bytes());
    [&build::inserted(jpeg, &segment)[..], film].concat()
}
