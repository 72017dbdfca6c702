use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::BlobError;

/// What went wrong, by the code that the server names, and by the status where there is no body to name one (`HEAD`).
///
/// All that is neither about the object nor about room is an outage, refused credentials included: the request was ours.
pub(super) fn from_sdk<E>(error: SdkError<E, HttpResponse>) -> BlobError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    match (error.code(), status) {
        (Some("NoSuchBucket"), _) => BlobError::unavailable(error),
        (Some("QuotaExceeded" | "InsufficientStorage" | "XMinioStorageFull"), _) | (_, Some(507)) => {
            BlobError::StorageFull(error.into())
        }
        (Some("InvalidRange"), _) | (_, Some(416)) => BlobError::RangeNotSatisfiable { len: 0 },
        (_, Some(404)) => BlobError::NotFound,
        _ => BlobError::unavailable(error),
    }
}
