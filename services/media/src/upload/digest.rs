use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::HeaderName;
use photure_domain::Sha256;

use crate::error::{MediaError, MediaResult};

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// The SHA-256 in `Repr-Digest: sha-256=:…:` (RFC 9530), of the file and not of the form around it. `None` where there is no
/// such header, or only other algorithms in it.
pub(crate) fn repr_digest(headers: &HeaderMap) -> MediaResult<Option<Sha256>> {
    let mut found = None;
    for line in headers.get_all(REPR_DIGEST) {
        let line = line.to_str().map_err(|_| MediaError::MalformedDigest)?;
        for member in line.split(',') {
            let (algorithm, digest) = member_of(member).ok_or(MediaError::MalformedDigest)?;
            if algorithm == "sha-256" {
                // Of one that is there twice the last counts (RFC 8941, section 4.2.2).
                let bytes = <[u8; 32]>::try_from(digest).map_err(|_| MediaError::MalformedDigest)?;
                found = Some(Sha256::new(bytes));
            }
        }
    }
    Ok(found)
}

/// A key and a byte sequence of a structured dictionary (RFC 8941). A digest takes no parameters, and base64 no commas.
fn member_of(text: &str) -> Option<(&str, Vec<u8>)> {
    let (key, value) = text.trim_matches([' ', '\t']).split_once('=')?;
    let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '.' | '*');
    if !key.starts_with(|c: char| c.is_ascii_lowercase() || c == '*') || !key.chars().all(plain) {
        return None;
    }
    let base64 = value.strip_prefix(':')?.strip_suffix(':')?;
    Some((key, STANDARD.decode(base64).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9530, appendix B.1.
    const EXAMPLE: &str = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";

    fn read(lines: &[&str]) -> Result<Option<String>, ()> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(REPR_DIGEST, line.parse().unwrap());
        }
        repr_digest(&headers)
            .map(|found| found.map(|hash| hash.to_string()))
            .map_err(|_| ())
    }

    #[test]
    fn the_sha_256_is_found_among_others() {
        let hash = "44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38";
        let sha_512 = "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";
        for lines in [
            &[EXAMPLE][..],
            &[&format!("{sha_512}, {EXAMPLE}")],
            &[sha_512, EXAMPLE],
        ] {
            assert_eq!(read(lines), Ok(Some(hash.into())), "{lines:?}");
        }
        assert_eq!(read(&[sha_512]), Ok(None));
        assert_eq!(read(&[]), Ok(None));
    }

    #[test]
    fn anything_else_is_malformed() {
        for line in [
            "",
            "nonsense",
            "sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=",
            "sha-256=:RK/0qy18:",
            "sha-256=:not base64!:",
            "SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:,",
        ] {
            assert_eq!(read(&[line]), Err(()), "{line:?}");
        }
    }
}
