//! Codes that change every 30 seconds (RFC 6238), with the parameters that every authenticator app knows.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use photure_domain::Timestamp;
use photure_domain::factor::Step;

const PERIOD_SECONDS: u64 = 30;
const DIGITS: usize = 6;
/// RFC 4226 recommends 160 bits.
pub(crate) const SECRET_BYTES: usize = 20;
/// RFC 4648, without padding.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What the app and auth share.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TotpSecret([u8; SECRET_BYTES]);

impl TotpSecret {
    pub(crate) const fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// For typing where there is no camera.
    pub(crate) fn to_base32(&self) -> String {
        let mut text = String::new();
        let (mut bits, mut held) = (0_u32, 0);
        for byte in self.0 {
            bits = (bits << 8) | u32::from(byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                text.push(char::from(BASE32[(bits >> held) as usize & 31]));
            }
        }
        text
    }

    /// What the app scans: the account is `account`, at `host`.
    pub(crate) fn uri(&self, account: &str, host: &str) -> String {
        format!(
            "otpauth://totp/Photure:{}?secret={}&issuer=Photure&algorithm=SHA1&digits={DIGITS}&period={PERIOD_SECONDS}",
            percent_encoded(&format!("{account}@{host}")),
            self.to_base32(),
        )
    }

    /// Of which step `code` is: the present one, or its neighbours, since clocks differ and typing takes a while.
    pub(crate) fn step_of(&self, code: &str, now: Timestamp) -> Option<Step> {
        let present = u64::try_from(now.as_seconds()).ok()? / PERIOD_SECONDS;
        // All three are computed, whichever fits.
        let fits = |step: Step| verify_slices_are_equal(self.code(step).as_bytes(), code.as_bytes()).is_ok();
        let steps = [present.saturating_sub(1), present, present + 1].map(|step| (step, fits(step)));
        steps.into_iter().find_map(|(step, fits)| fits.then_some(step))
    }

    /// RFC 4226, 5.3.
    fn code(&self, step: Step) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 0xF);
        let mut word = [0; 4];
        word.copy_from_slice(&tag[offset..offset + 4]);
        let number = (u32::from_be_bytes(word) & 0x7FFF_FFFF) % 1_000_000;
        format!("{number:0DIGITS$}")
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// The digits of what a person typed, with the gaps that apps show; `None` where it can be no code.
pub(crate) fn digits(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|char| !char.is_whitespace()).collect();
    (code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RFC: TotpSecret = TotpSecret::new(*b"12345678901234567890");

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    /// Appendix B, of whose eight digits we take the last six.
    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = RFC.step_of(code, at(seconds));
            assert_eq!(step, u64::try_from(seconds / 30).ok(), "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_one_late() {
        let code = RFC.code(1000);
        for (seconds, counts) in [
            (29_969, false),
            (29_970, true),
            (30_000, true),
            (30_059, true),
            (30_060, false),
        ] {
            let step = RFC.step_of(&code, at(seconds));
            assert_eq!(step, counts.then_some(1000), "{seconds}");
        }
        for wrong in ["", "000000", &code[..5], "２８７０８２"] {
            assert_eq!(RFC.step_of(wrong, at(30_000)), None, "{wrong}");
        }
        assert!(
            RFC.step_of(&RFC.code(0), at(0)).is_some(),
            "nothing lies before the first"
        );
    }

    #[test]
    fn a_secret_is_written_as_apps_read_it() {
        assert_eq!(RFC.to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            RFC.uri("Zoë", "photos.example.org"),
            "otpauth://totp/Photure:Zo%C3%AB%40photos.example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Photure&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn what_is_typed_may_have_gaps() {
        assert_eq!(digits(" 123 456 ").as_deref(), Some("123456"));
        for wrong in ["12345", "1234567", "12345a", "１２３４５６", ""] {
            assert_eq!(digits(wrong), None, "{wrong}");
        }
    }
}
