use photure_common::secret::random_bytes;
use photure_domain::UserId;
use photure_domain::factor::RecoveryCodeHash;
use sha2::{Digest, Sha256};

/// How many a person gets.
pub(crate) const CODES: usize = 10;
/// 80 bits.
const BYTES: usize = 10;
const CHARS: usize = BYTES * 8 / 5;
const GROUP: usize = 4;
/// Crockford's: nothing that is taken for something else when it was written down by hand.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What stands for an authenticator app once: 16 letters and digits, `7k3m-v0qx-…`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RecoveryCode(String);

impl RecoveryCode {
    pub(crate) fn random() -> Self {
        Self::new(random_bytes())
    }

    fn new(random: [u8; BYTES]) -> Self {
        let mut wide = [0; 16];
        wide[16 - BYTES..].copy_from_slice(&random);
        let bits = u128::from_be_bytes(wide);
        let char = |nth: usize| char::from(ALPHABET[(bits >> (5 * nth)) as usize & 31]);
        Self((0..CHARS).rev().map(char).collect())
    }

    /// What a person typed, however they wrote it; `None` where it can be none.
    pub(crate) fn typed(text: &str) -> Option<Self> {
        let meant = |char: char| match char.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            char => char,
        };
        let chars = text.chars().filter(|char| !char.is_whitespace() && *char != '-');
        let code: String = chars.map(meant).take(CHARS + 1).collect();
        let fits = code.len() == CHARS && code.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then_some(Self(code))
    }

    /// In groups, for people.
    pub(crate) fn to_text(&self) -> String {
        let groups: Vec<_> = (0..CHARS)
            .step_by(GROUP)
            .map(|start| &self.0[start..start + GROUP])
            .collect();
        groups.join("-")
    }

    /// Its owner's: the same code of another person has another hash.
    pub(crate) fn hash(&self, owner: UserId) -> RecoveryCodeHash {
        Sha256::new()
            .chain_update(owner.as_uuid().into_bytes())
            .chain_update(&self.0)
            .finalize()
            .into()
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use photure_testkit::user;

    use super::*;

    #[test]
    fn a_code_is_understood_however_it_is_written() {
        let code = RecoveryCode::new([0x00, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF]);
        assert_eq!(code.to_text(), "0123-4567-89ab-cdef");
        for typed in [
            "0123456789abcdef",
            " O123 4567-89AB CDEF ",
            "oi23-4567-89ab-cdef",
            "0L23456789abcdef",
        ] {
            assert!(RecoveryCode::typed(typed) == Some(code.clone()), "{typed}");
        }
        for wrong in [
            "",
            "0123-4567-89ab-cde",
            "0123-4567-89ab-cdefg",
            "u123-4567-89ab-cdef",
            "é123-4567-89ab-cdef",
        ] {
            assert!(RecoveryCode::typed(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn no_two_are_alike() {
        let (one, other) = (RecoveryCode::random(), RecoveryCode::random());
        assert_ne!(one.to_text(), other.to_text());
        assert!(RecoveryCode::typed(&one.to_text()) == Some(one.clone()));
        assert_ne!(one.hash(user(1)), one.hash(user(2)));
        assert_ne!(one.hash(user(1)), other.hash(user(1)));
        assert!(!format!("{one:?}").contains(&one.to_text()[..4]));
    }
}
