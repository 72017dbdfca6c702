//! Both halves of a Live Photo, made as an iPhone makes them, as far as anybody reads them.

/// A QuickTime film of an identifier, with `length` bytes of pictures and sound that are none.
pub fn film(identifier: &str, length: usize) -> Vec<u8> {
    film_of(b"qt  ", Some(identifier), length)
}

/// With another brand, or without an identifier.
pub fn film_of(brand: &[u8; 4], identifier: Option<&str>, length: usize) -> Vec<u8> {
    let content: Vec<u8> = (0..length).map(|at| (at * 31 % 251) as u8).collect();
    let names = [
        "com.apple.quicktime.make",
        "com.apple.quicktime.content.identifier",
    ];
    let keys: Vec<u8> = names
        .iter()
        .flat_map(|name| boxed(b"mdta", name.as_bytes()))
        .collect();
    let keys = [&[0; 4][..], &2_u32.to_be_bytes(), &keys].concat();
    let text = |number: u32, text: &str| {
        let data = [&1_u32.to_be_bytes()[..], &[0; 4], text.as_bytes()].concat();
        boxed(&number.to_be_bytes(), &boxed(b"data", &data))
    };
    let mut values = text(1, "Apple");
    values.extend(identifier.map(|said| text(2, said)).unwrap_or_default());
    let handler = boxed(b"hdlr", &[&[0; 8][..], b"mdta", &[0; 13]].concat());
    let meta = [handler, boxed(b"keys", &keys), boxed(b"ilst", &values)].concat();
    let movie = [boxed(b"mvhd", &[0; 100]), boxed(b"meta", &meta)].concat();
    [
        boxed(b"ftyp", &[&brand[..], &[0; 4], &brand[..]].concat()),
        boxed(b"wide", b""),
        boxed(b"mdat", &content),
        boxed(b"moov", &movie),
    ]
    .concat()
}

/// A JPEG with the note of an iPhone put into it.
pub fn picture(jpeg: &[u8], identifier: &str) -> Vec<u8> {
    let exif = [&b"Exif\0\0"[..], &tiff(identifier)].concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let (start, rest) = jpeg.split_at(2);
    [start, &[0xFF, 0xE1], &length, &exif, rest].concat()
}

/// The boxes of a HEIC around that note, without a picture. It lies in a box of the directory or, as an iPhone puts it, behind it.
pub fn heic(identifier: &str, inside: bool) -> Vec<u8> {
    let block = [&6_u32.to_be_bytes()[..], b"Exif\0\0", &tiff(identifier)].concat();
    let entry = boxed(b"infe", b"\x02\0\0\0\0\x31\0\0Exif\0");
    let directory = boxed(b"iinf", &[&b"\0\0\0\0\0\x01"[..], &entry].concat());
    let meta = |offset: u32| {
        let place = [
            &b"\x01\0\0\0\x44\0\0\x01\0\x31\0"[..],
            &[u8::from(inside)],
            b"\0\0\0\x01",
            &offset.to_be_bytes(),
            &(block.len() as u32).to_be_bytes(),
        ];
        let data = if inside {
            boxed(b"idat", &block)
        } else {
            Vec::new()
        };
        let all = [&[0; 4][..], &directory, &boxed(b"iloc", &place.concat()), &data];
        boxed(b"meta", &all.concat())
    };
    let brand = boxed(b"ftyp", b"heic\0\0\0\0mif1heic");
    if inside {
        return [brand, meta(0)].concat();
    }
    let offset = brand.len() + meta(0).len() + 8;
    [brand, meta(offset as u32), boxed(b"mdat", &block)].concat()
}

/// Apple's note: its head, one entry (0x0011, a text) with the text behind it, counted from the note.
fn tiff(identifier: &str) -> Vec<u8> {
    let said = [identifier.as_bytes(), b"\0"].concat();
    let note = [
        &b"Apple iOS\0\0\x01MM\0\x01\0\x11\0\x02"[..],
        &(said.len() as u32).to_be_bytes(),
        b"\0\0\0\x20\0\0\0\0",
        &said,
    ]
    .concat();
    [
        &b"MM\0\x2A\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1A\0\0\0\0"[..],
        b"\0\x01\x92\x7C\0\x07",
        &(note.len() as u32).to_be_bytes(),
        b"\0\0\0\x2C\0\0\0\0",
        &note,
    ]
    .concat()
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32 + 8).to_be_bytes();
    [&length[..], kind, content].concat()
}
