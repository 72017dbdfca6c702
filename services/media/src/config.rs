use std::path::PathBuf;
use std::time::Duration;

use photure_blob::{BlobLocation, S3Settings};
use photure_common::config::{Env, PublicUrl};
use photure_decoding::Sandbox;
use photure_domain::media_address::MIN_KEY_BYTES;
use secrecy::SecretString;
use url::Url;

/// What media is told.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    pub storage: BlobLocation,
    /// Where `storage` is a bucket.
    pub s3: Option<S3Settings>,
    /// Uploads under way. `None`: `staging` in the folder of the storage, or in the working directory where that is a bucket.
    pub staging: Option<PathBuf>,
    /// Shared with gallery alone.
    pub signing_key: SecretString,
    pub gallery_url: Url,
    pub auth_url: Url,
    /// Who has to have issued a token: the origin of `PHOTURE_PUBLIC_URL`.
    pub issuer: String,
    /// What auth gives service tokens for. Without it nothing is swept, and an upload cut short waits for its client.
    pub credential: Option<SecretString>,
    pub max_upload_bytes: u64,
    pub max_pixels: u64,
    /// Pictures decoded at once. `None`: as many as there are cores, and as memory has room for.
    pub decode_concurrency: Option<usize>,
    pub decode_sandbox: Sandbox,
    /// For one picture.
    pub decode_deadline: Duration,
    /// What decodes: a program whose `main` begins with [`photure_decoding::as_worker`]. `None`: this one.
    pub decode_program: Option<PathBuf>,
    /// The path under which nginx serves the folder of the storage (`internal`). Media then names files instead of sending
    /// them, so only where nothing but that nginx reaches `/media/`.
    pub accel_redirect: Option<String>,
    /// Browsers are sent to the bucket, with an address that it honours for a while.
    pub s3_redirect: bool,
    pub sweep_every: Duration,
    /// In which time every original is read again and compared with its hash. `None`: never.
    pub scrub_every: Option<Duration>,
    /// How long a resumable upload waits for its next byte.
    pub upload_lifetime: Duration,
}

impl MediaConfig {
    /// Where the page has to let pictures come from beside its own origin.
    pub fn image_origin(&self) -> Option<String> {
        match (&self.storage, &self.s3) {
            (BlobLocation::Bucket { bucket, .. }, Some(s3)) if self.s3_redirect => {
                Some(s3.public_origin(bucket))
            }
            _ => None,
        }
    }

    /// One line each, for `--help`.
    pub const VARIABLES: &str = "\
PHOTURE_STORAGE_URL       file:<folder> or s3://<bucket>[/<prefix>]; required
PHOTURE_S3_ENDPOINT       such as https://fra1.digitaloceanspaces.com; AWS itself
PHOTURE_S3_REGION         us-east-1
PHOTURE_S3_ACCESS_KEY_ID, PHOTURE_S3_SECRET_ACCESS_KEY
                          required with s3://
PHOTURE_S3_PATH_STYLE     https://endpoint/bucket/key instead of https://bucket.endpoint/key; false
PHOTURE_S3_REDIRECT       browsers get pictures from the bucket itself, by addresses that are good for an hour; the page has to allow
                          its origin (PHOTURE_S3_REDIRECT_ORIGIN at nginx); false
PHOTURE_S3_PUBLIC_ENDPOINT
                          where browsers find the S3 server, if not at PHOTURE_S3_ENDPOINT
PHOTURE_STAGING_DIR       uploads under way, for this process alone; staging, in the storage's folder if it has one
PHOTURE_MEDIA_SIGNING_KEY at least 32 bytes, the same at gallery and nowhere else; required
PHOTURE_GALLERY_URL       where gallery is, such as http://gallery:8020; required
PHOTURE_AUTH_URL          where auth is, such as http://auth:8010; required
PHOTURE_PUBLIC_URL        what people type to come here; http://localhost:8000
PHOTURE_SERVICE_CREDENTIAL
                          the same at auth; without it nothing is swept, and uploads cut short wait for their clients
PHOTURE_MAX_UPLOAD_BYTES  the largest file that is taken; 104857600
PHOTURE_MAX_PIXELS        the largest picture that is taken, width times height; 200000000
PHOTURE_DECODE_CONCURRENCY
                          pictures decoded at once; as many as cores, and as there is memory for
PHOTURE_DECODE_SANDBOX    what becomes of decoders that the kernel cannot confine: `required` starts nothing without, `preferred`
                          warns, `off` does not try; preferred
PHOTURE_DECODE_SECONDS    how long a picture may take to decode; 60
PHOTURE_ACCEL_REDIRECT    where nginx serves the storage's folder as `internal`, such as /_blobs, and below it `cached` what it keeps of a
                          bucket. Files are then named to nginx and not sent: set it only where nothing but nginx reaches /media/; off
PHOTURE_SWEEP_SECONDS     how often bytes that nothing refers to any more are deleted; 60
PHOTURE_SCRUB_DAYS        within how many days every original is read again and compared with its hash; 0 is never; 30
PHOTURE_UPLOAD_LIFETIME_HOURS
                          how long an unfinished upload waits for its next byte; 168";

    pub fn from_env(env: &Env<'_>) -> Self {
        let storage = storage(env);
        let is_bucket = matches!(storage, BlobLocation::Bucket { .. });
        Self {
            s3: is_bucket.then(|| s3(env)),
            storage,
            staging: env.path("PHOTURE_STAGING_DIR"),
            signing_key: env.required_secret("PHOTURE_MEDIA_SIGNING_KEY", MIN_KEY_BYTES),
            gallery_url: env.required_http_url("PHOTURE_GALLERY_URL"),
            auth_url: env.required_http_url("PHOTURE_AUTH_URL"),
            issuer: PublicUrl::from_env(env).origin(),
            credential: env.secret("PHOTURE_SERVICE_CREDENTIAL", 16),
            max_upload_bytes: env.number_in("PHOTURE_MAX_UPLOAD_BYTES", 104_857_600, 1..=1 << 40),
            max_pixels: env.number_in("PHOTURE_MAX_PIXELS", 200_000_000, 1..=1 << 32),
            decode_concurrency: decode_concurrency(env),
            decode_sandbox: decode_sandbox(env),
            decode_deadline: Duration::from_secs(env.number_in("PHOTURE_DECODE_SECONDS", 60, 1..=3600)),
            decode_program: None,
            accel_redirect: accel_redirect(env),
            s3_redirect: s3_redirect(env, is_bucket),
            sweep_every: Duration::from_secs(env.number_in("PHOTURE_SWEEP_SECONDS", 60, 1..=86_400)),
            scrub_every: match env.number_in("PHOTURE_SCRUB_DAYS", 30, 0..=3650) {
                0 => None,
                days => Some(Duration::from_secs(days * 86_400)),
            },
            upload_lifetime: Duration::from_secs(
                3600 * env.number_in("PHOTURE_UPLOAD_LIFETIME_HOURS", 168, 1..=8_760),
            ),
        }
    }
}

fn storage(env: &Env<'_>) -> BlobLocation {
    const NAME: &str = "PHOTURE_STORAGE_URL";
    let text = env.required_text(NAME);
    let unset = BlobLocation::Folder(PathBuf::new());
    if text.is_empty() {
        return unset;
    }
    text.parse().unwrap_or_else(|error| {
        env.fault(NAME, format_args!("{text:?} is not understood: {error}"));
        unset
    })
}

fn s3(env: &Env<'_>) -> S3Settings {
    S3Settings {
        endpoint: env.http_url("PHOTURE_S3_ENDPOINT"),
        public_endpoint: env.http_url("PHOTURE_S3_PUBLIC_ENDPOINT"),
        region: env
            .text("PHOTURE_S3_REGION")
            .unwrap_or_else(|| "us-east-1".into()),
        access_key_id: env.required_text("PHOTURE_S3_ACCESS_KEY_ID"),
        secret_access_key: env.required_secret("PHOTURE_S3_SECRET_ACCESS_KEY", 1),
        path_style: env.flag_or("PHOTURE_S3_PATH_STYLE", false),
    }
}

fn s3_redirect(env: &Env<'_>, is_bucket: bool) -> bool {
    const NAME: &str = "PHOTURE_S3_REDIRECT";
    let wanted = env.flag_or(NAME, false);
    if wanted && !is_bucket {
        env.fault(
            NAME,
            format_args!("there is no bucket to be sent to: PHOTURE_STORAGE_URL names a folder"),
        );
    }
    wanted
}

fn decode_concurrency(env: &Env<'_>) -> Option<usize> {
    const NAME: &str = "PHOTURE_DECODE_CONCURRENCY";
    env.text(NAME)?;
    usize::try_from(env.number_in(NAME, 1, 1..=256)).ok()
}

fn decode_sandbox(env: &Env<'_>) -> Sandbox {
    const NAME: &str = "PHOTURE_DECODE_SANDBOX";
    let Some(text) = env.text(NAME) else {
        return Sandbox::default();
    };
    text.parse().unwrap_or_else(|()| {
        env.fault(NAME, format_args!("{text:?} is none of required, preferred, off"));
        Sandbox::default()
    })
}

/// Without the slash at its end.
fn accel_redirect(env: &Env<'_>) -> Option<String> {
    const NAME: &str = "PHOTURE_ACCEL_REDIRECT";
    let prefix = env.text(NAME)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let trimmed = prefix.trim_end_matches('/');
    if !trimmed.starts_with('/') || !trimmed.chars().all(plain) {
        env.fault(NAME, format_args!("{prefix:?} is no path such as /_blobs"));
        return None;
    }
    Some(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const NEEDED: [(&str, &str); 4] = [
        ("PHOTURE_STORAGE_URL", "file:/var/lib/photure"),
        ("PHOTURE_MEDIA_SIGNING_KEY", "0123456789abcdef0123456789abcdef"),
        ("PHOTURE_GALLERY_URL", "http://gallery:8020"),
        ("PHOTURE_AUTH_URL", "http://auth:8010"),
    ];

    fn read(pairs: &[(&str, &str)]) -> (MediaConfig, Vec<String>) {
        let variables: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let env = Env::new(&variables);
        let config = MediaConfig::from_env(&env);
        let faults = env.check().err().map(|faults| faults.0).unwrap_or_default();
        (config, faults.into_iter().map(|fault| fault.variable).collect())
    }

    #[test]
    fn a_folder_needs_no_more_than_the_key_and_the_neighbours() {
        let (config, faults) = read(&NEEDED);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(config.storage, BlobLocation::Folder("/var/lib/photure".into()));
        assert_eq!(
            (config.max_upload_bytes, config.max_pixels),
            (100 << 20, 200_000_000)
        );
        assert_eq!(config.sweep_every, Duration::from_secs(60));
        assert_eq!(config.scrub_every, Some(Duration::from_secs(30 * 86_400)));
        assert!(config.s3.is_none() && config.credential.is_none() && config.accel_redirect.is_none());
        let all = [
            "PHOTURE_STORAGE_URL",
            "PHOTURE_MEDIA_SIGNING_KEY",
            "PHOTURE_GALLERY_URL",
            "PHOTURE_AUTH_URL",
        ];
        assert_eq!(read(&[]).1, all);
    }

    #[test]
    fn decoders_are_confined_as_well_as_goes_unless_told_otherwise() {
        assert_eq!(read(&NEEDED).0.decode_sandbox, Sandbox::Preferred);
        for (text, sandbox, faults) in [
            ("required", Sandbox::Required, 0),
            ("off", Sandbox::Off, 0),
            ("on", Sandbox::Preferred, 1),
        ] {
            let mut pairs = NEEDED.to_vec();
            pairs.push(("PHOTURE_DECODE_SANDBOX", text));
            let (config, found) = read(&pairs);
            assert_eq!((config.decode_sandbox, found.len()), (sandbox, faults), "{text}");
        }
    }

    #[test]
    fn a_bucket_needs_its_keys() {
        let mut pairs = NEEDED.to_vec();
        pairs[0].1 = "s3://photos/home";
        let (_, faults) = read(&pairs);
        assert_eq!(
            faults,
            ["PHOTURE_S3_ACCESS_KEY_ID", "PHOTURE_S3_SECRET_ACCESS_KEY"]
        );
        pairs.extend([
            ("PHOTURE_S3_ACCESS_KEY_ID", "id"),
            ("PHOTURE_S3_SECRET_ACCESS_KEY", "very secret"),
        ]);
        let (config, faults) = read(&pairs);
        assert_eq!(faults, Vec::<String>::new());
        assert!(!format!("{config:?}").contains("very secret"));
        assert_eq!(config.image_origin(), None);

        pairs.push(("PHOTURE_S3_REDIRECT", "true"));
        for (endpoint, origin) in [
            (
                "https://fra1.digitaloceanspaces.com",
                "https://photos.fra1.digitaloceanspaces.com",
            ),
            ("http://minio:9000/", "http://photos.minio:9000"),
        ] {
            let mut pairs = pairs.clone();
            pairs.push(("PHOTURE_S3_ENDPOINT", endpoint));
            assert_eq!(read(&pairs).0.image_origin().as_deref(), Some(origin));
            pairs.extend([
                ("PHOTURE_S3_PUBLIC_ENDPOINT", "https://s3.photos.example"),
                ("PHOTURE_S3_PATH_STYLE", "true"),
            ]);
            assert_eq!(
                read(&pairs).0.image_origin().as_deref(),
                Some("https://s3.photos.example")
            );
        }
    }

    #[test]
    fn nobody_is_sent_to_a_folder() {
        let mut pairs = NEEDED.to_vec();
        pairs.push(("PHOTURE_S3_REDIRECT", "true"));
        assert_eq!(read(&pairs).1, ["PHOTURE_S3_REDIRECT"]);
    }

    #[test]
    fn the_way_through_nginx_is_a_plain_path() {
        let with = |prefix| {
            let mut pairs = NEEDED.to_vec();
            pairs.push(("PHOTURE_ACCEL_REDIRECT", prefix));
            read(&pairs)
        };
        assert_eq!(with("/_blobs/").0.accel_redirect.as_deref(), Some("/_blobs"));
        for odd in ["_blobs", "/", "/a b", "/a\r\nX-Other: 1", "http://nginx/_blobs"] {
            assert_eq!(with(odd).1, ["PHOTURE_ACCEL_REDIRECT"], "{odd:?}");
        }
    }
}
