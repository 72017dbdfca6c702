//! Signed addresses of bytes: gallery writes them, media honours them, nobody else can.
//!
//! `/media/<sha256>/<variant>[.<ext>]?exp=<unix seconds>&sig=<base64url HMAC-SHA256>[&dl=<name>]`. The signature is over
//! path, expiry and the name to download under. Of a thumb or a preview the ending is not signed: it asks for a form of the same
//! picture, and whoever may see one form may see the other. The same key signs media's word to gallery that it has stored something.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::film::Film;
use crate::registration::Attestation;
use crate::{Sha256, Timestamp, UserId};

/// Expiries are whole multiples of this, so that an address stays the same for that long and a cache can hold it.
const ROUND_SECONDS: i64 = 12 * 3600;

/// Media registers right after storing; its word need not be good for longer.
const ATTESTATION_SECONDS: i64 = 300;

/// The shortest key that is taken, in bytes: as long as the hash (RFC 2104, section 3).
pub const MIN_KEY_BYTES: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Variant {
    /// Fits in 512×512, for the grid.
    Thumb,
    /// Long edge 1440, for the screen.
    Preview,
    /// The bytes that were uploaded.
    Original,
}

impl Variant {
    pub const ALL: [Self; 3] = [Self::Thumb, Self::Preview, Self::Original];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Thumb => "thumb",
            Self::Preview => "preview",
            Self::Original => "original",
        }
    }
}

impl std::str::FromStr for Variant {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|variant| variant.as_str() == text)
            .ok_or(())
    }
}

/// The key shared by gallery and media alone.
#[derive(Clone)]
pub struct AddressKey(hmac::Key);

impl std::fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AddressKey(…)")
    }
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AddressError {
    #[error("the signature is not one of ours")]
    Forged,
    #[error("the address has run out")]
    Expired,
}

impl AddressKey {
    /// `None` where the key is shorter than [`MIN_KEY_BYTES`].
    pub fn new(secret: &[u8]) -> Option<Self> {
        (secret.len() >= MIN_KEY_BYTES).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    /// When an address signed at `now` runs out, in seconds since 1970: what is answered with addresses stays the same as long
    /// as this does.
    pub fn expiry(now: Timestamp) -> i64 {
        (now.as_seconds().div_euclid(ROUND_SECONDS) + 2) * ROUND_SECONDS
    }

    /// An address good for at least 12 hours and at most 24. `extension` is without its dot; without one, media sends a form that the
    /// client takes.
    pub fn sign(
        &self,
        sha256: &Sha256,
        variant: Variant,
        extension: Option<&str>,
        download_as: Option<&str>,
        now: Timestamp,
    ) -> String {
        let expires = Self::expiry(now);
        let dot = if extension.is_some() { "." } else { "" };
        let path = format!(
            "/media/{sha256}/{}{dot}{}",
            variant.as_str(),
            extension.unwrap_or_default()
        );
        let tag = hmac::sign(&self.0, &message(&path, expires, download_as));
        let signature = URL_SAFE_NO_PAD.encode(tag);
        let download = download_as
            .map(|name| format!("&dl={}", percent_encode(name)))
            .unwrap_or_default();
        format!("{path}?exp={expires}&sig={signature}{download}")
    }

    /// An address of a photo's film, good for as long: `/media/<sha256 of the original>/live-<sha256 of the film>.<ext>`. A browser saves
    /// it under `download_as`, and plays it where a page says so.
    pub fn sign_film(&self, photo: &Sha256, film: &Film, download_as: &str, now: Timestamp) -> String {
        let path = format!(
            "/media/{photo}/live-{}.{}",
            film.sha256,
            film.media_type.extension()
        );
        let expires = Self::expiry(now);
        let tag = hmac::sign(&self.0, &message(&path, expires, Some(download_as)));
        let signature = URL_SAFE_NO_PAD.encode(tag);
        format!(
            "{path}?exp={expires}&sig={signature}&dl={}",
            percent_encode(download_as)
        )
    }

    /// An address of something that is made when it is asked for, good for as long. `path` begins with a slash and needs no escaping.
    pub fn sign_path(&self, path: &str, now: Timestamp) -> String {
        let expires = Self::expiry(now);
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, &message(path, expires, None)));
        format!("{path}?exp={expires}&sig={signature}")
    }

    /// `path` as it was asked for, `download_as` percent-decoded. The comparison takes the same time whatever differs.
    pub fn verify(
        &self,
        path: &str,
        expires: i64,
        signature: &str,
        download_as: Option<&str>,
        now: Timestamp,
    ) -> Result<(), AddressError> {
        let tag = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| AddressError::Forged)?;
        hmac::verify(&self.0, &message(path, expires, download_as), &tag)
            .map_err(|_| AddressError::Forged)?;
        if now.as_seconds() >= expires {
            Err(AddressError::Expired)
        } else {
            Ok(())
        }
    }

    /// Media's word that it has the bytes behind `sha256` and got them from `owner`.
    pub fn attest(&self, owner: UserId, sha256: &Sha256, bytes: u64, now: Timestamp) -> Attestation {
        self.give_word(now, |expires| attested(owner, sha256, bytes, expires))
    }

    /// Media's word that it has a film, got it from `owner`, and has seen that it belongs to the photo behind `photo`.
    pub fn attest_film(&self, owner: UserId, photo: &Sha256, film: &Film, now: Timestamp) -> Attestation {
        self.give_word(now, |expires| attested_film(owner, photo, film, expires))
    }

    fn give_word(&self, now: Timestamp, word: impl FnOnce(i64) -> Vec<u8>) -> Attestation {
        let expires = now.as_seconds() + ATTESTATION_SECONDS;
        let tag = hmac::sign(&self.0, &word(expires));
        Attestation {
            expires,
            signature: URL_SAFE_NO_PAD.encode(tag),
        }
    }

    pub fn verify_attestation(
        &self,
        attestation: &Attestation,
        owner: UserId,
        sha256: &Sha256,
        bytes: u64,
        now: Timestamp,
    ) -> Result<(), AddressError> {
        let word = attested(owner, sha256, bytes, attestation.expires);
        self.verify_word(attestation, &word, now)
    }

    pub fn verify_film_attestation(
        &self,
        attestation: &Attestation,
        owner: UserId,
        photo: &Sha256,
        film: &Film,
        now: Timestamp,
    ) -> Result<(), AddressError> {
        let word = attested_film(owner, photo, film, attestation.expires);
        self.verify_word(attestation, &word, now)
    }

    fn verify_word(
        &self,
        attestation: &Attestation,
        word: &[u8],
        now: Timestamp,
    ) -> Result<(), AddressError> {
        let tag = URL_SAFE_NO_PAD
            .decode(&attestation.signature)
            .map_err(|_| AddressError::Forged)?;
        hmac::verify(&self.0, word, &tag).map_err(|_| AddressError::Forged)?;
        if now.as_seconds() >= attestation.expires {
            Err(AddressError::Expired)
        } else {
            Ok(())
        }
    }
}

/// Begins with a word, where an address begins with a slash: one can never stand for the other.
fn attested(owner: UserId, sha256: &Sha256, bytes: u64, expires: i64) -> Vec<u8> {
    format!("stored\n{owner}\n{sha256}\n{bytes}\n{expires}").into_bytes()
}

/// Another word: a film is no photo.
fn attested_film(owner: UserId, photo: &Sha256, film: &Film, expires: i64) -> Vec<u8> {
    let Film {
        sha256,
        bytes,
        media_type,
    } = film;
    let media_type = media_type.as_str();
    format!("film\n{owner}\n{photo}\n{sha256}\n{bytes}\n{media_type}\n{expires}").into_bytes()
}

/// Unambiguous: a path has no line break, an expiry has only digits, and the name comes last.
fn message(path: &str, expires: i64, download_as: Option<&str>) -> Vec<u8> {
    let disposition = download_as
        .map(|name| format!("attachment\n{name}"))
        .unwrap_or_else(|| "inline".into());
    format!("{}\n{expires}\n{disposition}", signed_part(path)).into_bytes()
}

/// The path without the ending of a thumb or a preview.
fn signed_part(path: &str) -> &str {
    let is_made = |stem: &str| stem.ends_with("/thumb") || stem.ends_with("/preview");
    match path.rsplit_once('.') {
        Some((stem, _)) if is_made(stem) => stem,
        _ => path,
    }
}

/// RFC 3986: everything but the unreserved characters.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn key() -> AddressKey {
        AddressKey::new(&[7; 32]).unwrap()
    }

    fn parts(address: &str) -> (String, i64, String) {
        let (path, query) = address.split_once('?').unwrap();
        let field = |name: &str| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(&format!("{name}=")))
                .unwrap()
                .to_owned()
        };
        (path.to_owned(), field("exp").parse().unwrap(), field("sig"))
    }

    #[test]
    fn an_address_is_good_until_it_expires() {
        let now = Timestamp::from_millis(1_750_000_000_000);
        let address = key().sign(&HASH.parse().unwrap(), Variant::Thumb, None, None, now);
        let (path, expires, signature) = parts(&address);
        assert_eq!(key().verify(&path, expires, &signature, None, now), Ok(()));
        let then = Timestamp::from_millis(expires * 1000);
        assert_eq!(
            key().verify(&path, expires, &signature, None, then),
            Err(AddressError::Expired)
        );
        assert!(expires - now.as_seconds() >= 12 * 3600);
    }

    #[test]
    fn nothing_signed_can_be_changed() {
        let now = Timestamp::from_millis(1_750_000_000_000);
        let address = key().sign(
            &HASH.parse().unwrap(),
            Variant::Preview,
            Some("jpg"),
            Some("Größe 1.jpg"),
            now,
        );
        assert!(address.ends_with("&dl=Gr%C3%B6%C3%9Fe%201.jpg"), "{address}");
        let (path, expires, signature) = parts(&address);
        let name = Some("Größe 1.jpg");
        assert_eq!(key().verify(&path, expires, &signature, name, now), Ok(()));
        let original = path.replace("preview", "original");
        for forged in [
            key().verify(&original, expires, &signature, name, now),
            key().verify(&path, expires + 1, &signature, name, now),
            key().verify(&path, expires, &signature, None, now),
            key().verify(&path, expires, &signature, Some("other.jpg"), now),
            key().verify(&path, expires, "", name, now),
            AddressKey::new(&[8; 32])
                .unwrap()
                .verify(&path, expires, &signature, name, now),
        ] {
            assert_eq!(forged, Err(AddressError::Forged));
        }
    }

    #[test]
    fn whoever_may_see_a_variant_may_have_it_in_any_form_and_an_original_in_its_own() {
        let now = Timestamp::from_millis(1_750_000_000_000);
        let hash = HASH.parse().unwrap();
        let (path, expires, signature) = parts(&key().sign(&hash, Variant::Thumb, None, None, now));
        for ending in ["", ".webp", ".jpg"] {
            let path = format!("{path}{ending}");
            assert_eq!(
                key().verify(&path, expires, &signature, None, now),
                Ok(()),
                "{path}"
            );
        }
        let (path, expires, signature) = parts(&key().sign(&hash, Variant::Original, Some("png"), None, now));
        for other in [
            path.replace(".png", ".jpg"),
            path.replace(".png", ""),
            format!("{path}.png"),
        ] {
            let forged = key().verify(&other, expires, &signature, None, now);
            assert_eq!(forged, Err(AddressError::Forged), "{other}");
        }
    }

    #[test]
    fn an_address_stays_the_same_for_hours() {
        let hash = HASH.parse().unwrap();
        let start = Timestamp::from_millis(ROUND_SECONDS * 1000 * 40_000);
        let later = start.plus(std::time::Duration::from_secs(11 * 3600));
        let sign = |now| key().sign(&hash, Variant::Thumb, Some("webp"), None, now);
        assert_eq!(sign(start), sign(later));
    }

    #[test]
    fn an_attestation_is_for_one_owner_one_hash_and_minutes() {
        let now = Timestamp::from_millis(1_750_000_000_000);
        let (mine, other) = (
            UserId::new(uuid::Uuid::from_u128(1)),
            UserId::new(uuid::Uuid::from_u128(2)),
        );
        let hash: Sha256 = HASH.parse().unwrap();
        let word = key().attest(mine, &hash, 7, now);
        assert_eq!(key().verify_attestation(&word, mine, &hash, 7, now), Ok(()));
        assert_eq!(
            key().verify_attestation(&word, other, &hash, 7, now),
            Err(AddressError::Forged)
        );
        assert_eq!(
            key().verify_attestation(&word, mine, &Sha256::new([1; 32]), 7, now),
            Err(AddressError::Forged)
        );
        let later = now.plus(std::time::Duration::from_secs(300));
        assert_eq!(
            key().verify_attestation(&word, mine, &hash, 7, later),
            Err(AddressError::Expired)
        );
    }

    #[test]
    fn a_films_attestation_is_for_one_film_of_one_photo() {
        let now = Timestamp::from_millis(1_750_000_000_000);
        let owner = UserId::new(uuid::Uuid::from_u128(1));
        let (photo, other): (Sha256, Sha256) = (HASH.parse().unwrap(), Sha256::new([1; 32]));
        let film = Film {
            sha256: other,
            bytes: 7,
            media_type: crate::film::FilmType::QuickTime,
        };
        let word = key().attest_film(owner, &photo, &film, now);
        let verify = |photo, film| key().verify_film_attestation(&word, owner, photo, film, now);
        assert_eq!(verify(&photo, &film), Ok(()));
        assert_eq!(verify(&other, &film), Err(AddressError::Forged));
        assert_eq!(
            verify(&photo, &Film { bytes: 8, ..film }),
            Err(AddressError::Forged)
        );
        let as_photo = key().verify_attestation(&word, owner, &photo, 7, now);
        assert_eq!(as_photo, Err(AddressError::Forged));
        let address = key().sign_film(&photo, &film, "Größe.mov", now);
        let (path, expires, signature) = parts(&address);
        assert_eq!(path, format!("/media/{photo}/live-{other}.mov"));
        let verify = |path: &str, name| key().verify(path, expires, &signature, name, now);
        assert_eq!(verify(&path, Some("Größe.mov")), Ok(()));
        assert_eq!(verify(&path, None), Err(AddressError::Forged));
        let elsewhere = path.replacen(HASH, &other.to_string(), 1);
        assert_eq!(verify(&elsewhere, Some("Größe.mov")), Err(AddressError::Forged));
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(AddressKey::new(&[7; 31]).is_none());
    }
}
