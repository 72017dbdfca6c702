use photure_common::config::{Env, PublicUrl};
use url::Url;

use super::providers::safe_issuer;

/// The Clerk instance whose people are let in.
#[derive(Clone, Debug)]
pub struct ClerkConfig {
    /// To the byte as its tokens say it.
    pub issuer: String,
    /// Origins of the pages that its tokens may have been made for.
    pub authorized_parties: Vec<String>,
}

const ISSUER: &str = "PHOTURE_CLERK_ISSUER";
const PARTIES: &str = "PHOTURE_CLERK_AUTHORIZED_PARTIES";

pub(super) fn clerk(env: &Env<'_>, public_url: &PublicUrl) -> Option<ClerkConfig> {
    let issuer = env.text(ISSUER);
    let parties = env.text(PARTIES);
    if issuer.is_none() && parties.is_some() {
        env.fault(PARTIES, format_args!("is of no use without {ISSUER}"));
    }
    let issuer = safe_issuer(env, ISSUER, issuer?)?;
    let parties = parties.unwrap_or_else(|| public_url.origin());
    let words = parties.split(',').map(str::trim).filter(|word| !word.is_empty());
    let authorized_parties = words.filter_map(|word| origin(env, word)).collect();
    Some(ClerkConfig {
        issuer: issuer.as_str().to_owned(),
        authorized_parties,
    })
}

/// As a browser says it.
fn origin(env: &Env<'_>, word: &str) -> Option<String> {
    let origin = word
        .parse::<Url>()
        .ok()
        .map(|url| url.origin().ascii_serialization());
    let origin = origin.filter(|origin| origin == word);
    if origin.is_none() {
        env.fault(
            PARTIES,
            format_args!("{word:?} is no origin, such as https://photos.example.org"),
        );
    }
    origin
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Option<ClerkConfig>, Vec<String>) {
        let variables: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let env = Env::new(&variables);
        let public = PublicUrl("https://photos.example.org/".parse().unwrap());
        let found = clerk(&env, &public);
        let faults = env.check().err().map(|faults| faults.0).unwrap_or_default();
        (found, faults.into_iter().map(|fault| fault.variable).collect())
    }

    #[test]
    fn its_tokens_are_for_our_own_page_unless_others_are_named() {
        let issuer = (ISSUER, "https://clerk.example.org");
        let (found, faults) = read(&[issuer]);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(found.unwrap().authorized_parties, ["https://photos.example.org"]);
        let (found, _) = read(&[issuer, (PARTIES, "https://a.example, http://localhost:5173")]);
        let found = found.unwrap();
        assert_eq!(
            found.authorized_parties,
            ["https://a.example", "http://localhost:5173"]
        );
        assert_eq!(found.issuer, "https://clerk.example.org", "to the byte");
    }

    #[test]
    fn what_makes_no_sense_is_a_fault() {
        assert_eq!(read(&[(ISSUER, "http://clerk.example.org")]).1, [ISSUER]);
        assert_eq!(read(&[(PARTIES, "https://a.example")]).1, [PARTIES]);
        let (_, faults) = read(&[
            (ISSUER, "https://c.example"),
            (PARTIES, "a.example,https://a.example/"),
        ]);
        assert_eq!(faults, [PARTIES, PARTIES]);
        assert!(read(&[]).0.is_none());
    }
}
