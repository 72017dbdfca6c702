/// As long as file systems take them, in bytes.
const MAX_BYTES: usize = 255;

/// A name as a client sends it, as a photo can bear it: no folders of either kind of system, no control characters, not too
/// long. Empty where nothing is left.
pub(crate) fn without_folders(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let printable: String = name.chars().filter(|c| !c.is_control()).collect();
    let name = printable.trim();
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    // The ending says more than the end of the stem.
    let (stem, ending) = match name.rfind('.').filter(|dot| name.len() - dot <= 16) {
        Some(dot) => name.split_at(dot),
        None => (name, ""),
    };
    let room = stem.floor_char_boundary(MAX_BYTES - ending.len());
    format!("{}{ending}", &stem[..room])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_control_characters_are_left_away() {
        for (sent, kept) in [
            ("IMG_0001.JPG", "IMG_0001.JPG"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\Bild.png", "Bild.png"),
            ("a\r\nX-Header: 1\0.jpg", "aX-Header: 1.jpg"),
            ("Größe 📷.jpg", "Größe 📷.jpg"),
            ("  ", ""),
            ("folder/", ""),
        ] {
            assert_eq!(without_folders(sent), kept, "{sent:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let kept = without_folders(&format!("{}.jpeg", "ä".repeat(300)));
        assert!(kept.len() <= MAX_BYTES && kept.ends_with("ä.jpeg"), "{kept}");
        assert_eq!(without_folders(&"x".repeat(300)).len(), MAX_BYTES);
    }
}
