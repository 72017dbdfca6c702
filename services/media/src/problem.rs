//! What a caller is told: the one place that turns [`MediaError`] into a status and a stable code.

use http::StatusCode;
use photure_blob::BlobError;
use photure_common::Problem;
use photure_decoding::Failure;
use photure_domain::media_address::AddressError;
use photure_imaging::ImagingError;

use crate::error::MediaError;

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Self {
        use MediaError as E;
        if let E::Told(problem) = error {
            return *problem;
        }
        match &error {
            E::NoForm => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "multipart_expected",
                "Send the photo as multipart/form-data, in a part called `file`.",
            ),
            E::MalformedForm(_) | E::BrokenBody(_) => Self::bad_request(
                "malformed_multipart",
                "The multipart body is malformed or ends too early.",
            ),
            E::Stalled => Self::of_status(StatusCode::REQUEST_TIMEOUT),
            E::Part { part, code, message } => Self::field(part, *code, *message),
            E::UnknownAlbum => {
                Self::unprocessable("unknown_album", "There is no such album, or it is not yours.")
            }
            E::MalformedDigest => Self::bad_request(
                "malformed_digest",
                "The header Repr-Digest is malformed; it looks like this: `sha-256=:<base64>:`.",
            ),
            E::DigestMismatch => Self::unprocessable(
                "digest_mismatch",
                "The file arrived with another SHA-256 than the header says. Send it again.",
            ),
            E::QuotaExceeded => Self::quota_exceeded(),
            E::TooLarge { limit } => too_large(*limit),
            E::Picture(refusal) => picture(refusal, &error),
            E::Film(refusal) => film(refusal, &error),
            E::FilmMismatch => Self::unprocessable(
                "live_mismatch",
                "This film does not belong to the photo: the two have no content identifier in common. The film was not stored.",
            ),
            E::PhotoOnItsWay => Self::unavailable("gallery", &error),
            E::DecoderFailed(Failure::TookTooLong) => Self::unprocessable(
                "image_too_costly",
                "The picture takes too long to read. It was not stored.",
            ),
            E::DecoderFailed(_) => Self::unprocessable(
                "corrupt_image",
                "The picture cannot be read: it makes the program fail that opens it. It was not stored.",
            ),
            E::NoDecoder(_) => Self::unavailable("decoders", &error),
            E::StagingFull(_) | E::Blob(BlobError::StorageFull(_)) => Self::storage_full(&error),
            E::Staging(_) => Self::unavailable("staging", &error),
            E::Blob(BlobError::NotFound) | E::NoSuchPhotos => Self::not_found(),
            E::TooManyArchives => Self::unavailable("media", &error).retry_after(30),
            E::TokenRefused => {
                Self::unauthenticated("token_invalid", "This sign-in is not valid. Sign in again.")
            }
            E::Blob(BlobError::Unavailable(_)) => Self::unavailable("storage", &error),
            E::Blob(BlobError::RangeNotSatisfiable { .. }) | E::Range { .. } => Self::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "range_not_satisfiable",
                "The range lies behind the end of the file.",
            ),
            E::HashClaimed => Self::unavailable("gallery", &error).retry_after(10),
            E::GalleryAway(_) => Self::unavailable("gallery", &error),
            E::NoToken(_) => Self::unavailable("auth", &error),
            E::Stopping => Self::unavailable("media", &error),
            E::Address(AddressError::Forged) => Self::new(
                StatusCode::FORBIDDEN,
                "address_invalid",
                "This address was not made by Photure, or was changed since.",
            ),
            E::Address(AddressError::Expired) => Self::new(
                StatusCode::FORBIDDEN,
                "address_expired",
                "This address has run out. Ask for the photo again to get a new one.",
            ),
            E::NotAcceptable => Self::new(
                StatusCode::NOT_ACCEPTABLE,
                "not_acceptable",
                "This is to be had as image/webp and image/jpeg. Put one of them, or image/*, into the header Accept.",
            ),
            E::NoSuchUpload => Self::not_found(),
            E::MalformedHeader { header, why } => {
                Self::bad_request("malformed_header", format!("The header {header} {why}."))
            }
            E::TusVersion => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "tus_version",
                "Say `Tus-Resumable: 1.0.0`: no other version of tus is spoken here.",
            ),
            E::NoOffsetStream => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "offset_stream_expected",
                "Send the bytes of the file as application/offset+octet-stream.",
            ),
            E::WrongOffset { offset } => Self::conflict(
                "upload_offset",
                format!("The upload stands at byte {offset}; go on from there."),
            ),
            E::MoreThanAnnounced => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "more_than_announced",
                "There are more bytes than the file was said to have.",
            ),
            E::ChecksumMismatch => Self::new(
                CHECKSUM_MISMATCH,
                "checksum_mismatch",
                "The bytes arrived with another checksum than the header says. Send them again.",
            ),
            E::UploadBusy => Self::new(
                StatusCode::LOCKED,
                "upload_busy",
                "All bytes are here, and the photo is being made of them, or another request holds this upload. Ask again in a moment.",
            )
            .retry_after(1),
            E::UploadFailed => Self::new(
                StatusCode::GONE,
                "upload_failed",
                "This upload did not become a photo. Ask for its state to learn why.",
            ),
            E::TooManyUploads => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_uploads",
                "Too many uploads are open. Finish or cancel some of them first.",
            ),
            E::Blob(BlobError::Staged(_) | BlobError::Corrupt(_)) | E::GalleryRefused(_) | E::Task(_) | E::Told(_) => {
                Self::internal(&error)
            }
        }
    }
}

/// The tus extension *checksum* has a status of its own.
const CHECKSUM_MISMATCH: StatusCode = match StatusCode::from_u16(460) {
    Ok(status) => status,
    Err(_) => StatusCode::BAD_REQUEST,
};

fn too_large(limit: u64) -> Problem {
    let detail = if limit >= 1 << 20 {
        format!("The file is too large: at most {} MiB are taken.", limit >> 20)
    } else {
        format!("The file is too large: at most {limit} bytes are taken.")
    };
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", detail)
}

fn film(refusal: &ImagingError, error: &MediaError) -> Problem {
    match refusal {
        ImagingError::Io(_) => Problem::unavailable("staging", error),
        ImagingError::Empty => Problem::unprocessable("empty_file", "The film is empty."),
        ImagingError::Truncated => Problem::unprocessable(
            "truncated_image",
            "The film is cut off before its end. It may not have been copied completely.",
        ),
        _ => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "This is no QuickTime or MPEG-4 film, so it cannot be the film of a photo.",
        ),
    }
}

fn picture(refusal: &ImagingError, error: &MediaError) -> Problem {
    let status = match refusal {
        ImagingError::UnsupportedType | ImagingError::NoPreview => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ImagingError::Io(_) => return Problem::unavailable("staging", error),
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, refusal.code(), refusal.to_string())
}
