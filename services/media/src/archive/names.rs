use std::collections::HashMap;

/// Room is left for a number before the ending. In bytes: 255 is what most file systems take.
const MAX_BYTES: usize = 200;

/// Names that Windows keeps for devices, with any ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Gives each file of an archive a name of its own that every operating system takes.
#[derive(Debug)]
pub(super) struct Names {
    /// By what is the same to a file system that knows no case; the number given last.
    given: HashMap<String, u32>,
}

impl Default for Names {
    fn default() -> Self {
        // What we may put there ourselves.
        Self {
            given: HashMap::from([(folded(super::zipping::MISSING), 0)]),
        }
    }
}

impl Names {
    /// `IMG_1.jpg`, and the next of that name is `IMG_1 (2).jpg`.
    pub(super) fn give(&mut self, wanted: &str) -> String {
        let safe = safe(wanted);
        if self.take(&safe) {
            return safe;
        }
        let (stem, ending) = match safe.rfind('.') {
            Some(dot) if dot > 0 => safe.split_at(dot),
            _ => (safe.as_str(), ""),
        };
        let mut n = self.given.get(&folded(&safe)).copied().unwrap_or_default().max(1);
        loop {
            n += 1;
            let name = format!("{stem} ({n}){ending}");
            if self.take(&name) {
                self.given.insert(folded(&safe), n);
                return name;
            }
        }
    }

    fn take(&mut self, name: &str) -> bool {
        let key = folded(name);
        let is_free = !self.given.contains_key(&key);
        if is_free {
            self.given.insert(key, 1);
        }
        is_free
    }
}

/// What file systems that know no case, and write letters composed or not, take for the same.
fn folded(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.nfc().collect::<String>().to_lowercase().nfc().collect()
}

fn safe(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            // Control characters, and those that turn the direction of writing around.
            c if c.is_control() => '_',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '_',
            c => c,
        })
        .collect();
    // Windows drops these from the end; a dot at the beginning hides the file elsewhere.
    let name = name.trim().trim_end_matches(['.', ' ']).trim_start_matches('.');
    let name = shortened(name);
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_lowercase();
    let is_port = stem.len() == 4
        && (stem.starts_with("com") || stem.starts_with("lpt"))
        && stem.ends_with(|last: char| last.is_ascii_digit());
    if name.is_empty() {
        "photo".to_owned()
    } else if is_port || DEVICES.contains(&stem.as_str()) {
        format!("_{name}")
    } else {
        name
    }
}

/// The ending stays.
fn shortened(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let ending = name.rfind('.').map_or("", |dot| &name[dot..]);
    let ending = if ending.len() > 16 { "" } else { ending };
    let mut room = MAX_BYTES - ending.len();
    while !name.is_char_boundary(room) {
        room -= 1;
    }
    format!("{}{ending}", name[..room].trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn given(wanted: &[&str]) -> Vec<String> {
        let mut names = Names::default();
        wanted.iter().map(|name| names.give(name)).collect()
    }

    #[test]
    fn every_name_is_given_once_whatever_the_case() {
        assert_eq!(
            given(&[
                "IMG.jpg",
                "img.JPG",
                "IMG.jpg",
                "IMG (2).jpg",
                "IMG.jpg",
                "a",
                "A"
            ]),
            [
                "IMG.jpg",
                "img (2).JPG",
                "IMG (3).jpg",
                "IMG (2) (2).jpg",
                "IMG (4).jpg",
                "a",
                "A (2)"
            ]
        );
        assert_eq!(given(&["é.jpg", "e\u{301}.jpg"]), ["é.jpg", "e\u{301} (2).jpg"]);
        assert_eq!(given(&["missing.TXT"]), ["missing (2).TXT"]);
    }

    #[test]
    fn no_name_leads_elsewhere_or_stands_for_a_device() {
        for (wanted, safe) in [
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\Windows\\a.jpg", "C__Windows_a.jpg"),
            ("a\0b\r\n.jpg", "a_b__.jpg"),
            ("  .hidden.jpg. . ", "hidden.jpg"),
            ("CON.jpg", "_CON.jpg"),
            ("nul", "_nul"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("comb.jpg", "comb.jpg"),
            ("", "photo"),
            ("...", "photo"),
            ("photo\u{202e}gpj.exe", "photo_gpj.exe"),
            ("Čaj o páté 🫖.jpg", "Čaj o páté 🫖.jpg"),
        ] {
            assert_eq!(given(&[wanted]), [safe], "{wanted:?}");
        }
        let long = format!("{}.jpg", "č".repeat(300));
        let [name] = &given(&[&long])[..] else { panic!() };
        assert!(name.len() <= MAX_BYTES && name.ends_with("č.jpg"), "{name}");
    }

    #[test]
    fn ten_thousand_of_one_name_take_no_time() {
        let mut names = Names::default();
        let last = (0..10_000).map(|_| names.give("DSC_0001.JPG")).last();
        assert_eq!(last.as_deref(), Some("DSC_0001 (10000).JPG"));
    }

    proptest! {
        #[test]
        fn any_names_lie_in_one_folder(wanted in prop::collection::vec("\\PC{0,12}|[aAé. ]{0,6}|(con|LPT1|nul)[. ]{0,2}|.{150,260}", 1..12)) {
            let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
            let names = given(&wanted);
            let one_case: HashSet<String> = names.iter().map(|name| folded(name)).collect();
            prop_assert_eq!(one_case.len(), names.len(), "{:?}", names);
            for name in names {
                prop_assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
                prop_assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']), "{name:?}");
                prop_assert!(!name.contains(['/', '\\', ':', '\0', '\n']), "{name:?}");
                let stem = name.split('.').next().unwrap().trim_end().to_lowercase();
                prop_assert!(!DEVICES.contains(&stem.as_str()) && stem != "lpt1", "{name:?}");
            }
        }
    }
}
