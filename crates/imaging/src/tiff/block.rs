use super::directory::{At, Directory, Entry, Order, Walk};
use super::tag;

/// A longer text or table is left where it is.
const MAX_VALUE: usize = 64 << 10;

/// All values together.
const MAX_BYTES: usize = 256 << 10;

/// A field with its values, in the byte order of its block.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) tag: u16,
    pub(crate) kind: u16,
    pub(crate) count: u32,
    pub(crate) value: Vec<u8>,
}

/// The facts of a TIFF file, without its pictures: what EXIF parsers read, so that a file of 100 MB need not be in memory.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    order: Order,
    main: Vec<Field>,
    exif: Vec<Field>,
    gps: Vec<Field>,
}

impl Block {
    pub(crate) fn new(order: Order) -> Self {
        Self {
            order,
            main: Vec::new(),
            exif: Vec::new(),
            gps: Vec::new(),
        }
    }

    /// Of the first directory of a file and those of facts that it points to.
    pub(crate) fn of<S: At>(walk: &mut Walk<'_, S>, first: &Directory) -> Self {
        let mut block = Self::new(walk.order);
        block.main = fields(walk, first);
        block.exif = pointed(walk, first, tag::EXIF);
        block.gps = pointed(walk, first, tag::GPS);
        block
    }

    pub(crate) fn set_main(&mut self, fields: Vec<Field>) {
        self.main = fields;
    }

    pub(crate) fn set_exif(&mut self, fields: Vec<Field>) {
        self.exif = fields;
    }

    pub(crate) fn set_gps(&mut self, fields: Vec<Field>) {
        self.gps = fields;
    }

    /// A whole number of the directory of facts.
    pub(crate) fn exif_number(&self, tag: u16) -> Option<u32> {
        let field = self.exif.iter().find(|field| field.tag == tag)?;
        match (field.kind, &field.value[..]) {
            (3, &[a, b, ..]) => Some(u32::from(self.order.short([a, b]))),
            (4, &[a, b, c, d, ..]) => Some(self.order.long([a, b, c, d])),
            _ => None,
        }
    }

    /// A TIFF structure that holds this and nothing else.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = match self.order {
            Order::LittleEndian => b"II*\0".to_vec(),
            Order::BigEndian => b"MM\0*".to_vec(),
        };
        bytes.extend(self.order.long_bytes(8));
        let pointers: Vec<(u16, &[Field])> = [(tag::EXIF, &self.exif[..]), (tag::GPS, &self.gps[..])]
            .into_iter()
            .filter(|(_, fields)| !fields.is_empty())
            .collect();
        let own = 8 + 2 + 12 * (self.main.len() + pointers.len()) + 4;
        let mut after = own + values(&self.main);
        let mut main = self.main.clone();
        for (tag, fields) in &pointers {
            main.push(Field {
                tag: *tag,
                kind: 4,
                count: 1,
                value: self.order.long_bytes(after as u32).to_vec(),
            });
            after += 2 + 12 * fields.len() + 4 + values(fields);
        }
        main.sort_by_key(|field| field.tag);
        self.write(&mut bytes, &main);
        for (_, fields) in pointers {
            self.write(&mut bytes, fields);
        }
        bytes
    }

    /// A directory at the end of `bytes`, and its values after it.
    fn write(&self, bytes: &mut Vec<u8>, fields: &[Field]) {
        let order = self.order;
        let mut place = bytes.len() + 2 + 12 * fields.len() + 4;
        let mut outside: Vec<u8> = Vec::new();
        bytes.extend(order.short_bytes(fields.len() as u16));
        for field in fields {
            bytes.extend(order.short_bytes(field.tag));
            bytes.extend(order.short_bytes(field.kind));
            bytes.extend(order.long_bytes(field.count));
            if field.value.len() <= 4 {
                bytes.extend(&field.value);
                bytes.extend(&[0; 4][field.value.len()..]);
            } else {
                bytes.extend(order.long_bytes(place as u32));
                outside.extend(&field.value);
                place += field.value.len();
            }
        }
        bytes.extend([0; 4]);
        bytes.extend(outside);
    }
}

/// Bytes of values that do not fit in their entries.
fn values(fields: &[Field]) -> usize {
    fields
        .iter()
        .map(|field| field.value.len())
        .filter(|bytes| *bytes > 4)
        .sum()
}

/// What `directory` says, without what leads elsewhere or is read by others.
pub(crate) fn fields<S: At>(walk: &mut Walk<'_, S>, directory: &Directory) -> Vec<Field> {
    let elsewhere = |entry: &&Entry| {
        !matches!(
            entry.tag,
            tag::EXIF
                | tag::GPS
                | tag::SUB_DIRECTORIES
                | tag::XMP
                | tag::IPTC
                | tag::ICC
                | 0x8649
                | 0x935C
                | 0xA005
        )
    };
    let mut left = MAX_BYTES;
    let mut fields = Vec::new();
    for entry in directory.entries.iter().filter(elsewhere) {
        let Some(value) = walk.value(*entry, MAX_VALUE.min(left)) else {
            continue;
        };
        left -= value.len();
        fields.push(Field {
            tag: entry.tag,
            kind: if entry.kind == 13 { 4 } else { entry.kind },
            count: entry.count,
            value,
        });
    }
    fields
}

fn pointed<S: At>(walk: &mut Walk<'_, S>, first: &Directory, tag: u16) -> Vec<Field> {
    let offset = walk.number(first, tag);
    let directory = offset.and_then(|offset| walk.directory(offset));
    directory.map_or_else(Vec::new, |directory| fields(walk, &directory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_reads_back_as_it_was() {
        let field = |tag, value: &[u8]| Field {
            tag,
            kind: 7,
            count: value.len() as u32,
            value: value.to_vec(),
        };
        for order in [Order::LittleEndian, Order::BigEndian] {
            let mut block = Block::new(order);
            block.set_main(vec![field(0x010F, b"Nobody & Sons"), field(0x8825 + 1, b"x")]);
            block.set_exif(vec![field(0x9000, b"0232"), field(0x9286, b"a comment")]);
            block.set_gps(vec![field(0x001D, b"2024:01:01")]);
            let bytes = block.to_bytes();
            let mut source = &bytes[..];
            let (mut walk, first) = Walk::open(&mut source, 0).unwrap();
            let first = walk.directory(first).unwrap();
            let again = Block::of(&mut walk, &first);
            assert_eq!(again.to_bytes(), bytes);
            assert_eq!(again.main[0].value, b"Nobody & Sons");
            assert_eq!((again.exif.len(), again.gps.len()), (2, 1));
        }
    }
}
