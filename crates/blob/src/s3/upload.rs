use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use aws_runtime::auth::PayloadSigningOverride;
use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_s3::config::{Config, ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::primitives::{ByteStream, Length};
use bytes::Bytes;
use photure_domain::Sha256;

use super::{S3Store, client, fault};
use crate::hashing::Hashing;
use crate::{BlobError, BlobKey, BlobResult};

/// As much of a staged file as is in memory at once while it is sent, in bytes.
const SEND_BUFFER: usize = 64 * 1024;

/// The SHA-256 of a staged file, once its length is right and, for an original, its hash too.
pub(super) async fn examine(key: BlobKey, staged: &Path, len: u64) -> BlobResult<Sha256> {
    let staged = PathBuf::from(staged);
    let hashed = tokio::task::spawn_blocking(move || {
        let mut source = Hashing::new(File::open(staged)?);
        let found = io::copy(&mut source, &mut io::sink())?;
        Ok((source.finish(), found))
    });
    let (sha256, found) = hashed
        .await
        .map_err(BlobError::unavailable)?
        .map_err(BlobError::Staged)?;
    if found != len {
        return Err(BlobError::wrong_length(len, found));
    }
    key.agrees_with(sha256)?;
    Ok(sha256)
}

/// A body that is in memory is hashed by the library as it signs.
pub(super) async fn bytes(store: &S3Store, object: &str, content_type: &str, bytes: Bytes) -> BlobResult<()> {
    let timeouts = client::for_upload(bytes.len() as u64);
    let put = store
        .client
        .put_object()
        .bucket(&store.bucket)
        .key(object)
        .content_type(content_type);
    let put = put
        .content_length(signed_len(bytes.len() as u64)?)
        .body(ByteStream::from(bytes))
        .customize();
    put.config_override(Config::builder().timeout_config(timeouts))
        .send()
        .await
        .map_err(outage)?;
    Ok(())
}

pub(super) async fn file(
    store: &S3Store,
    object: &str,
    content_type: &str,
    staged: &Path,
    len: u64,
    sha256: Sha256,
) -> BlobResult<()> {
    let body = ByteStream::read_from()
        .path(staged)
        .buffer_size(SEND_BUFFER)
        .length(Length::Exact(len));
    let body = body
        .build()
        .await
        .map_err(|error| BlobError::Staged(io::Error::other(error)))?;
    let put = store
        .client
        .put_object()
        .bucket(&store.bucket)
        .key(object)
        .content_type(content_type);
    let put = put.content_length(signed_len(len)?).body(body).customize();
    put.config_override(Config::builder().timeout_config(client::for_upload(len)))
        .interceptor(SignBody(sha256))
        .send()
        .await
        .map_err(outage)?;
    Ok(())
}

fn signed_len(len: u64) -> BlobResult<i64> {
    i64::try_from(len).map_err(BlobError::unavailable)
}

/// There is no blob yet, so a 404 can only be about the bucket.
fn outage<E>(error: aws_sdk_s3::error::SdkError<E, aws_sdk_s3::config::http::HttpResponse>) -> BlobError
where
    E: std::error::Error + aws_sdk_s3::error::ProvideErrorMetadata + Send + Sync + 'static,
{
    match fault::from_sdk(error) {
        BlobError::NotFound => BlobError::unavailable("the bucket is not there"),
        error => error,
    }
}

/// Puts a hash under the signature where the library, which does not read a streamed body twice, would write
/// `UNSIGNED-PAYLOAD`.
#[derive(Debug)]
struct SignBody(Sha256);

impl Intercept for SignBody {
    fn name(&self) -> &'static str {
        "SignBody"
    }

    fn modify_before_signing(
        &self,
        _: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        settings
            .interceptor_state()
            .store_put(PayloadSigningOverride::Precomputed(self.0.to_string()));
        Ok(())
    }
}
