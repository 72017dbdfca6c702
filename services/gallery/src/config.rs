use std::time::Duration;

use photure_common::config::{Env, PublicUrl};
use photure_domain::media_address::MIN_KEY_BYTES;
use photure_domain::quota::Quota;
use secrecy::SecretString;
use url::Url;

const DAY: Duration = Duration::from_secs(86_400);

/// What gallery is told. Where its database is, the binary knows.
#[derive(Clone, Debug)]
pub struct GalleryConfig {
    /// Shared with media alone.
    pub media_signing_key: SecretString,
    /// Where auth publishes its keys.
    pub auth_url: Url,
    /// Who has to have issued a token: the origin of `PHOTURE_PUBLIC_URL`.
    pub issuer: String,
    /// Larger files are turned away by `photos/check`, before they are sent.
    pub max_upload_bytes: u64,
    /// What everybody may keep for whom nothing else was decided, in bytes. `None` is no limit.
    pub default_quota: Option<u64>,
    /// How long the trash keeps a photo.
    pub trash_retention: Duration,
}

impl GalleryConfig {
    /// One line each, for `--help`.
    pub const VARIABLES: &str = "\
PHOTURE_DATABASE_URL        sqlite:<path> or mongodb://<hosts>/<database>; required
PHOTURE_AUTH_URL            where auth is, such as http://auth:8010; required
PHOTURE_PUBLIC_URL          what people type to come here; http://localhost:8000
PHOTURE_MEDIA_SIGNING_KEY   at least 32 bytes, the same at media and nowhere else; required
PHOTURE_MAX_UPLOAD_BYTES    the largest file that is taken; 104857600
PHOTURE_DEFAULT_QUOTA_BYTES what each person may keep, trash included; without it there is no limit
PHOTURE_TRASH_DAYS          how long the trash keeps a photo; 30";

    pub fn from_env(env: &Env<'_>) -> Self {
        let days = env.number_in("PHOTURE_TRASH_DAYS", 30, 1..=3650);
        Self {
            media_signing_key: env.required_secret("PHOTURE_MEDIA_SIGNING_KEY", MIN_KEY_BYTES),
            auth_url: env.required_http_url("PHOTURE_AUTH_URL"),
            issuer: PublicUrl::from_env(env).origin(),
            max_upload_bytes: env.number_in("PHOTURE_MAX_UPLOAD_BYTES", 104_857_600, 1..=1 << 40),
            default_quota: env.optional_number_in("PHOTURE_DEFAULT_QUOTA_BYTES", 1..=Quota::MOST),
            trash_retention: DAY.saturating_mul(u32::try_from(days).unwrap_or(u32::MAX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (GalleryConfig, Vec<String>) {
        let variables: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let env = Env::new(&variables);
        let config = GalleryConfig::from_env(&env);
        let faults = env.check().err().map(|faults| faults.0).unwrap_or_default();
        (config, faults.into_iter().map(|fault| fault.variable).collect())
    }

    #[test]
    fn nothing_but_the_key_and_auth_has_to_be_said() {
        let key = "0123456789abcdef0123456789abcdef";
        let (config, faults) = read(&[
            ("PHOTURE_MEDIA_SIGNING_KEY", key),
            ("PHOTURE_AUTH_URL", "http://auth:8010"),
        ]);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(config.issuer, "http://localhost:8000");
        assert_eq!(config.max_upload_bytes, 100 << 20);
        assert_eq!(config.default_quota, None);
        assert_eq!(config.trash_retention, 30 * DAY);
        assert_eq!(read(&[]).1, ["PHOTURE_MEDIA_SIGNING_KEY", "PHOTURE_AUTH_URL"]);
    }

    #[test]
    fn a_trash_that_keeps_nothing_is_a_fault() {
        assert!(
            read(&[("PHOTURE_TRASH_DAYS", "0")])
                .1
                .contains(&"PHOTURE_TRASH_DAYS".to_owned())
        );
    }

    #[test]
    fn a_default_quota_is_a_number_of_bytes() {
        let said = |text| read(&[("PHOTURE_DEFAULT_QUOTA_BYTES", text)]);
        assert_eq!(said("5368709120").0.default_quota, Some(5 << 30));
        for wrong in ["0", "5 GB", "-1"] {
            let faults = said(wrong).1;
            assert!(
                faults.contains(&"PHOTURE_DEFAULT_QUOTA_BYTES".to_owned()),
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_key_is_never_shown() {
        let key = "0123456789abcdef0123456789abcdef";
        let (config, _) = read(&[("PHOTURE_MEDIA_SIGNING_KEY", key)]);
        assert!(!format!("{config:?}").contains(key));
    }
}
