//! User names for those who did not choose one here.

use photure_common::secret::random_bytes;

use super::fields::{USERNAME_CHARS, username_fault};

/// Where nothing that is known of somebody makes a name.
const ANYONE: &str = "person";
const NUMBERED: u32 = 9;

/// Names for somebody whom others call by one of `said`, the best first: who has it already leaves the next. The last is nobody's.
pub(super) fn candidates(said: &[&str]) -> Vec<String> {
    let name = said.iter().find_map(|said| made_of(said));
    let name = name.unwrap_or_else(|| ANYONE.to_owned());
    let numbered = (2..=NUMBERED).map(|n| with(&name, &n.to_string()));
    let random: [u8; 5] = random_bytes();
    let random = random.map(|byte| format!("{byte:02x}")).concat();
    std::iter::once(name.clone())
        .chain(numbered)
        .chain([with(&name, &random)])
        .collect()
}

/// What of an address or a name may stand in one of ours.
fn made_of(said: &str) -> Option<String> {
    let said = said.split_once('@').map_or(said, |(local, _)| local);
    let fits = |char: &char| char.is_alphanumeric() || matches!(char, '.' | '_' | '-');
    let gaps = said.trim().replace(char::is_whitespace, ".");
    let name: String = gaps.chars().filter(fits).take(*USERNAME_CHARS.end()).collect();
    username_fault(&name).is_none().then_some(name)
}

fn with(name: &str, more: &str) -> String {
    let room = *USERNAME_CHARS.end() - more.len() - 1;
    let name: String = name.chars().take(room).collect();
    format!("{name}-{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_what_is_known() {
        for (said, name) in [
            (["ada", "x@example.org"], "ada"),
            (["Ada Lovelace", ""], "Ada.Lovelace"),
            (["ada@example.org", ""], "ada"),
            (["<b>", "zoë.ü@example.org"], "zoë.ü"),
            (["", "jo@example.org"], "person"),
            (["李小龙", ""], "李小龙"),
        ] {
            assert_eq!(candidates(&said)[0], name, "{said:?}");
        }
    }

    #[test]
    fn each_candidate_is_a_name_and_another_one() {
        for said in ["ada", &"x".repeat(200), "../../etc", "a\u{301}da\u{202e}x"] {
            let all = candidates(&[said]);
            assert!(all.iter().all(|name| username_fault(name).is_none()), "{all:?}");
            let mut different = all.clone();
            different.dedup();
            assert_eq!(different.len(), all.len());
        }
        assert_ne!(candidates(&["ada"]).last(), candidates(&["ada"]).last());
    }
}
