use openidconnect::IssuerUrl;
use photure_common::config::Env;
use secrecy::SecretString;

use crate::outside::is_safe;

/// A provider that people may sign in with.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// In addresses: lower-case letters, digits and hyphens.
    pub name: String,
    /// On buttons.
    pub label: String,
    /// To the byte as the provider says it itself.
    pub issuer: IssuerUrl,
    pub client_id: String,
    /// `None` where the provider gives none and PKCE is enough.
    pub client_secret: Option<SecretString>,
}

const MAX_NAME_CHARS: usize = 32;
const PROVIDERS: &str = "PHOTURE_OIDC_PROVIDERS";

/// All that `PHOTURE_OIDC_PROVIDERS` names.
pub(super) fn providers(env: &Env<'_>) -> Vec<ProviderConfig> {
    let names = env.text(PROVIDERS).unwrap_or_default();
    let mut providers: Vec<ProviderConfig> = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if !is_name(name) {
            env.fault(
                PROVIDERS,
                format_args!(
                    "{name:?} is no name: lower-case letters, digits and hyphens, at most {MAX_NAME_CHARS}"
                ),
            );
        } else if providers.iter().any(|provider| provider.name == name) {
            env.fault(PROVIDERS, format_args!("{name:?} stands there twice"));
        } else if let Some(provider) = provider(env, name) {
            if providers.iter().any(|other| other.issuer == provider.issuer) {
                env.fault(PROVIDERS, format_args!("{name:?} has the issuer of another one"));
            }
            providers.push(provider);
        }
    }
    providers
}

fn provider(env: &Env<'_>, name: &str) -> Option<ProviderConfig> {
    let variable = |what| {
        let name = name.to_ascii_uppercase().replace('-', "_");
        format!("PHOTURE_OIDC_{name}_{what}")
    };
    let issuer = env.required_text(&variable("ISSUER"));
    let client_id = env.required_text(&variable("CLIENT_ID"));
    let client_secret = env.secret(&variable("CLIENT_SECRET"), 1);
    let label = env.text(&variable("LABEL")).unwrap_or_else(|| name.to_owned());
    if issuer.is_empty() || client_id.is_empty() {
        return None;
    }
    Some(ProviderConfig {
        name: name.to_owned(),
        label,
        issuer: safe_issuer(env, &variable("ISSUER"), issuer)?,
        client_id,
        client_secret,
    })
}

/// An address that nobody on the way can answer for.
pub(super) fn safe_issuer(env: &Env<'_>, variable: &str, text: String) -> Option<IssuerUrl> {
    let issuer = IssuerUrl::new(text).ok().filter(|issuer| is_safe(issuer.url()));
    if issuer.is_none() {
        env.fault(
            variable,
            "is no https:// address; http:// is taken on this machine alone",
        );
    }
    issuer
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() <= MAX_NAME_CHARS && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Vec<ProviderConfig>, Vec<String>) {
        let variables: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let env = Env::new(&variables);
        let found = providers(&env);
        let faults = env.check().err().map(|faults| faults.0).unwrap_or_default();
        (found, faults.into_iter().map(|fault| fault.variable).collect())
    }

    #[test]
    fn each_name_has_variables_of_its_own() {
        let (found, faults) = read(&[
            ("PHOTURE_OIDC_PROVIDERS", "our-house, other,"),
            (
                "PHOTURE_OIDC_OUR_HOUSE_ISSUER",
                "https://id.example.org/realms/house",
            ),
            ("PHOTURE_OIDC_OUR_HOUSE_CLIENT_ID", "photure"),
            ("PHOTURE_OIDC_OUR_HOUSE_CLIENT_SECRET", "a secret of ours"),
            ("PHOTURE_OIDC_OUR_HOUSE_LABEL", "Our house"),
            ("PHOTURE_OIDC_OTHER_ISSUER", "http://localhost:3000"),
            ("PHOTURE_OIDC_OTHER_CLIENT_ID", "photure"),
        ]);
        assert_eq!(faults, Vec::<String>::new());
        let [house, other] = found.try_into().unwrap();
        assert_eq!(
            (house.name.as_str(), house.label.as_str()),
            ("our-house", "Our house")
        );
        assert_eq!(house.issuer.as_str(), "https://id.example.org/realms/house");
        assert!(!format!("{house:?}").contains("a secret of ours"));
        assert_eq!(
            (other.label.as_str(), other.client_secret.is_none()),
            ("other", true)
        );
    }

    #[test]
    fn what_makes_no_sense_is_a_fault() {
        let (_, faults) = read(&[
            ("PHOTURE_OIDC_PROVIDERS", "a,b,c,a,No Name"),
            ("PHOTURE_OIDC_A_ISSUER", "https://id.example.org"),
            ("PHOTURE_OIDC_A_CLIENT_ID", "photure"),
            ("PHOTURE_OIDC_B_ISSUER", "http://192.168.1.5"),
            ("PHOTURE_OIDC_B_CLIENT_ID", "photure"),
        ]);
        assert_eq!(
            faults,
            [
                "PHOTURE_OIDC_B_ISSUER",
                "PHOTURE_OIDC_C_ISSUER",
                "PHOTURE_OIDC_C_CLIENT_ID",
                "PHOTURE_OIDC_PROVIDERS",
                "PHOTURE_OIDC_PROVIDERS"
            ]
        );
        assert_eq!(read(&[]).1, Vec::<String>::new());
    }
}
