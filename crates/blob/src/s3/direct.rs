use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;

use super::{S3Store, fault};
use crate::{BlobError, BlobKey, BlobResult, Direct};

/// Nothing is asked of the server: a signature is made of what both know.
pub(super) async fn address(store: &S3Store, key: BlobKey, direct: &Direct<'_>) -> BlobResult<String> {
    let millis = u64::try_from(direct.from.as_millis()).unwrap_or(0);
    let config = PresigningConfig::builder()
        .start_time(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .expires_in(direct.good_for)
        .build()
        .map_err(BlobError::unavailable)?;
    let request = store
        .outside
        .get_object()
        .bucket(&store.bucket)
        .key(store.object(&key.path()))
        .response_content_type(direct.content_type)
        .response_content_disposition(direct.content_disposition)
        .response_cache_control(direct.cache_control)
        .presigned(config)
        .await
        .map_err(fault::from_sdk)?;
    Ok(request.uri().to_owned())
}
