use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use secrecy::ExposeSecret;
use url::Url;

use crate::S3Settings;

const CONNECT: Duration = Duration::from_secs(3);
/// Until the head of the answer is there. Uploads have their own ([`for_upload`]).
const ATTEMPT: Duration = Duration::from_secs(10);
const OPERATION: Duration = Duration::from_secs(25);
const ATTEMPTS: u32 = 3;

/// The slowest line that an upload may have, in bytes per second: 1 Mbit/s. One that stands still is given up sooner,
/// by the stalled-stream protection of the library.
const SLOWEST_UPLOAD: u64 = 128 * 1024;

/// Opens no connection yet.
pub(super) fn connect(settings: &S3Settings, endpoint: Option<&Url>) -> Client {
    let credentials = Credentials::new(
        &settings.access_key_id,
        settings.secret_access_key.expose_secret(),
        None,
        None,
        "photure",
    );
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(settings.region.clone()))
        .credentials_provider(credentials)
        .force_path_style(settings.path_style)
        // Spaces and others do not know the checksums in trailers that are sent by default.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts(ATTEMPT, OPERATION));
    if let Some(endpoint) = endpoint {
        config = config.endpoint_url(endpoint.as_str().trim_end_matches('/'));
    }
    Client::from_conf(config.build())
}

/// Time enough for a body of `len` bytes.
pub(super) fn for_upload(len: u64) -> TimeoutConfig {
    let attempt = ATTEMPT + Duration::from_secs(len / SLOWEST_UPLOAD);
    timeouts(attempt, attempt * ATTEMPTS)
}

fn timeouts(attempt: Duration, operation: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(operation)
        .build()
}
