use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::names::Space;
use crate::said::text::clean;

const RDF: &[u8] = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const ITEM: &[u8] = b"http://ns.google.com/photos/1.0/container/item/";

/// RDF needs about eight.
const MAX_DEPTH: usize = 64;

/// Events of one packet, and values in it.
const MAX_EVENTS: usize = 100_000;
const MAX_VALUES: usize = 2_000;

/// Properties of one packet: more than there are names for in all the spaces that are known. Each is looked for among the others.
const MAX_PROPERTIES: usize = 256;

/// A property with its values; of a text in several languages the one for everybody comes first.
#[derive(Debug)]
pub(super) struct Property {
    space: Space,
    local: String,
    pub(super) values: Vec<String>,
}

/// The properties of the picture in the spaces that are known. What has a structure of its own is left out.
#[derive(Debug, Default)]
pub(super) struct Packet {
    properties: Vec<Property>,
    /// Of all properties together.
    values: usize,
    /// Bytes at the end of the file that are a motion photo's film (Google's container directory).
    pub(super) film_length: Option<u64>,
}

impl Packet {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_matches(|c: char| c == '\u{feff}' || c == '\0' || c.is_whitespace());
        let mut reader = NsReader::from_str(text);
        let mut walk = Walk::default();
        for _ in 0..MAX_EVENTS {
            // What is broken ends here; what came before it counts.
            let Ok(event) = reader.read_event() else { break };
            match event {
                Event::Start(start) => {
                    if walk.path.len() >= MAX_DEPTH {
                        break;
                    }
                    walk.open(&start, reader.resolver());
                }
                Event::Empty(start) => {
                    walk.open(&start, reader.resolver());
                    walk.close();
                }
                Event::End(_) => walk.close(),
                Event::Text(text) => walk.text(&text.decode().unwrap_or_default()),
                Event::CData(text) => walk.text(&text.decode().unwrap_or_default()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(char)) => walk.text(char.encode_utf8(&mut [0; 4])),
                    _ => walk.text(entity(&reference)),
                },
                Event::Eof => break,
                _ => {}
            }
        }
        walk.is_rdf.then_some(walk.packet)
    }

    pub(super) fn get(&self, space: Space, local: &str) -> Option<&Property> {
        self.properties
            .iter()
            .find(|property| property.space == space && property.local == local)
    }

    /// The first value of a property.
    pub(super) fn text(&self, space: Space, local: &str) -> Option<&str> {
        self.get(space, local)?.values.first().map(String::as_str)
    }

    fn add(&mut self, space: Space, local: &str, text: &str, first: bool) {
        let text = clean(text);
        if text.is_empty() || self.values >= MAX_VALUES {
            return;
        }
        let has_room = self.properties.len() < MAX_PROPERTIES;
        let known = self
            .properties
            .iter_mut()
            .find(|property| property.space == space && property.local == local);
        match known {
            Some(property) if first => property.values.insert(0, text),
            Some(property) => property.values.push(text),
            None if has_room => self.properties.push(Property {
                space,
                local: local.to_owned(),
                values: vec![text],
            }),
            None => return,
        }
        self.values += 1;
    }
}

/// The five entities that XML itself has; no packet may define more.
fn entity(name: &[u8]) -> &'static str {
    match name {
        b"amp" => "&",
        b"lt" => "<",
        b"gt" => ">",
        b"quot" => "\"",
        b"apos" => "'",
        _ => "",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    /// rdf:Description of the picture itself, which may stand several times.
    Picture,
    Property(Space, String),
    /// rdf:Bag, rdf:Seq, rdf:Alt.
    List,
    /// One of a list, and whether its language is everybody's.
    Value {
        default: bool,
    },
    Rdf,
    Other,
}

#[derive(Debug, Default)]
struct Walk {
    packet: Packet,
    path: Vec<Element>,
    text: String,
    is_rdf: bool,
}

impl Walk {
    fn open(&mut self, start: &BytesStart, names: &NamespaceResolver) {
        self.text.clear();
        let (space, local) = names.resolve_element(start.name());
        let local = String::from_utf8_lossy(local.as_ref()).into_owned();
        let rdf = bound(&space) == Some(RDF);
        let element = match (self.path.last(), local.as_str()) {
            (_, "RDF") if rdf => Element::Rdf,
            (Some(Element::Rdf), "Description") if rdf => Element::Picture,
            (Some(Element::Picture), _) => match bound(&space).and_then(Space::of) {
                Some(space) => Element::Property(space, local),
                None => Element::Other,
            },
            (Some(Element::Property(..)), "Bag" | "Seq" | "Alt") if rdf => Element::List,
            (Some(Element::List), "li") if rdf => Element::Value {
                default: attribute(start, b"xml:lang").is_none_or(|language| language == "x-default"),
            },
            _ => Element::Other,
        };
        self.is_rdf |= element == Element::Rdf;
        self.attributes(start, names, &element);
        self.path.push(element);
    }

    /// Simple properties may stand as attributes of the picture.
    fn attributes(&mut self, start: &BytesStart, names: &NamespaceResolver, element: &Element) {
        let mut film = (false, None);
        for attribute in start.attributes().with_checks(false).flatten().take(1024) {
            let (space, local) = names.resolve_attribute(attribute.key);
            let Some(space) = bound(&space) else { continue };
            let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else {
                continue;
            };
            if let (Element::Picture, Some(space)) = (element, Space::of(space)) {
                let local = String::from_utf8_lossy(local.as_ref());
                if self.packet.get(space, &local).is_none() {
                    self.packet.add(space, &local, &value, false);
                }
            }
            if space == ITEM {
                match local.as_ref() {
                    b"Semantic" => film.0 = value == "MotionPhoto",
                    b"Length" => film.1 = value.parse().ok(),
                    _ => {}
                }
            }
        }
        if let (true, Some(length)) = film {
            self.packet.film_length.get_or_insert(length);
        }
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        match self.path.pop() {
            Some(Element::Property(space, local)) if self.packet.get(space, &local).is_none() => {
                self.packet.add(space, &local, &text, false);
            }
            Some(Element::Value { default }) => {
                let property = self.path.iter().rev().nth(1).cloned();
                if let Some(Element::Property(space, local)) = property {
                    // Lists without languages keep their order: only a value after others comes before them.
                    let others = self.packet.get(space, &local).is_some();
                    let in_languages = others && default && self.in_languages(space, &local);
                    self.packet.add(space, &local, &text, in_languages);
                }
            }
            _ => {}
        }
    }

    /// Properties that have one text in many languages, and no list of texts.
    fn in_languages(&self, space: Space, local: &str) -> bool {
        matches!(
            (space, local),
            (Space::DublinCore, "title" | "description" | "rights") | (Space::Rights, "UsageTerms")
        )
    }
}

fn bound<'n>(space: &ResolveResult<'n>) -> Option<&'n [u8]> {
    match space {
        ResolveResult::Bound(name) => Some(name.0),
        _ => None,
    }
}

fn attribute(start: &BytesStart, name: &[u8]) -> Option<String> {
    let mut attributes = start.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == name)?;
    found
        .normalized_value(XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(inside: &str) -> Option<Packet> {
        let spaces = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:d='http://purl.org/dc/elements/1.1/' \
                      xmlns:x='http://ns.adobe.com/xap/1.0/' xmlns:I='http://ns.google.com/photos/1.0/container/item/'";
        Packet::parse(format!("<?xpacket begin='' id=''?><rdf:RDF {spaces}>{inside}</rdf:RDF>").as_bytes())
    }

    #[test]
    fn properties_are_attributes_or_elements_under_any_prefix() {
        let packet = packet(
            "<rdf:Description x:Rating='4'/><rdf:Description><x:Label>R&amp;D &#x263A;</x:Label>\
             <d:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li> sand </rdf:li></rdf:Bag></d:subject>\
             <d:title><rdf:Alt><rdf:li xml:lang='de'>Meer</rdf:li><rdf:li xml:lang='x-default'>Sea</rdf:li></rdf:Alt>\
             </d:title></rdf:Description>",
        )
        .unwrap();
        assert_eq!(packet.text(Space::Xmp, "Rating"), Some("4"));
        assert_eq!(packet.text(Space::Xmp, "Label"), Some("R&D ☺"));
        assert_eq!(
            packet.get(Space::DublinCore, "subject").unwrap().values,
            ["sea", "sand"]
        );
        assert_eq!(packet.text(Space::DublinCore, "title"), Some("Sea"));
    }

    #[test]
    fn a_structure_is_no_value_but_tells_of_a_film() {
        let packet = packet(
            "<rdf:Description><d:creator><rdf:Seq><rdf:li rdf:parseType='Resource'><x:Label>inner</x:Label>\
             <rdf:Description I:Semantic='MotionPhoto' I:Length='1234'/></rdf:li></rdf:Seq></d:creator></rdf:Description>",
        )
        .unwrap();
        assert_eq!(packet.film_length, Some(1234));
        assert!(packet.get(Space::Xmp, "Label").is_none());
    }

    #[test]
    fn what_is_broken_or_hostile_costs_nothing() {
        assert!(Packet::parse(b"").is_none());
        assert!(Packet::parse(b"<html><p>no xmp").is_none());
        let entities = "<!DOCTYPE a [<!ENTITY b 'cc'>]><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>";
        assert!(Packet::parse(entities.as_bytes()).is_some());
        let broken = packet("<rdf:Description><x:Label>&b;kept</x:Label><x:Rating>4</d:title>").unwrap();
        assert_eq!(broken.text(Space::Xmp, "Label"), Some("kept"));
        let deep = "<d:a>".repeat(100_000);
        assert!(packet(&format!("<rdf:Description>{deep}")).is_some());
    }
}
