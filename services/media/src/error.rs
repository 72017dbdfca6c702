use std::io;

use photure_blob::BlobError;
use photure_common::peer::PeerError;
use photure_decoding::Failure;
use photure_domain::media_address::AddressError;
use photure_imaging::ImagingError;

use crate::gallery::Answer;

/// What may happen to an upload, or to a request for bytes, instead of a result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MediaError {
    #[error("the body is no multipart form")]
    NoForm,
    #[error("the form is malformed")]
    MalformedForm(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the body broke off")]
    BrokenBody(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("nothing arrived for too long")]
    Stalled,
    /// A part of the form is missing, unknown, there twice, or holds something else.
    #[error("part {part:?}: {message}")]
    Part {
        part: String,
        code: &'static str,
        message: &'static str,
    },
    #[error("there is no such album")]
    UnknownAlbum,
    #[error("the digest in the header is malformed")]
    MalformedDigest,
    #[error("the file has another digest than its header says")]
    DigestMismatch,
    #[error("the file has more than {limit} bytes")]
    TooLarge { limit: u64 },
    /// Not a picture that can be taken.
    #[error("the picture was refused")]
    Picture(#[source] ImagingError),
    /// Not a film that can be taken.
    #[error("the film was refused")]
    Film(#[source] ImagingError),
    /// A film of another photo, or of none.
    #[error("the film does not belong to the photo")]
    FilmMismatch,
    /// The photo of a film waits itself.
    #[error("the film's photo is not in the catalogue yet")]
    PhotoOnItsWay,
    /// A picture that its decoder did not survive.
    #[error("the picture's decoder failed")]
    DecoderFailed(#[source] Failure),
    #[error("no decoder can be started")]
    NoDecoder(#[source] io::Error),
    #[error("there is no room for an upload")]
    StagingFull(#[source] io::Error),
    #[error("the staging folder cannot be used")]
    Staging(#[source] io::Error),
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The same bytes are being deleted at this moment, and have been for longer than a request can wait.
    #[error("the hash is claimed for deletion")]
    HashClaimed,
    #[error("gallery does not answer as it should")]
    GalleryAway(#[source] PeerError),
    /// Gallery has its reasons, and says them itself.
    #[error("gallery refused with {} ({})", .0.status, .0.code.as_deref().unwrap_or("no code"))]
    GalleryRefused(Box<Answer>),
    /// Gallery would refuse it, and has said so before it was stored.
    #[error("it does not fit into its owner's quota")]
    QuotaExceeded,
    #[error("no service token is to be had")]
    NoToken(#[source] PeerError),
    #[error("the service is stopping")]
    Stopping,
    /// Of none of the photos asked for there is any to be seen.
    #[error("there are no such photos")]
    NoSuchPhotos,
    #[error("as many archives as can be are being made")]
    TooManyArchives,
    #[error("gallery does not take the token")]
    TokenRefused,
    #[error("the address cannot be honoured")]
    Address(#[source] AddressError),
    #[error("the client takes none of the forms there are")]
    NotAcceptable,
    #[error("the range lies outside the blob's {len} bytes")]
    Range { len: u64 },
    #[error("there is no such upload")]
    NoSuchUpload,
    #[error("the header {header} {why}")]
    MalformedHeader { header: &'static str, why: &'static str },
    #[error("the client speaks no version of tus that is known here")]
    TusVersion,
    #[error("the body of this request is announced as something else than bytes of a file")]
    NoOffsetStream,
    #[error("the upload stands at {offset}")]
    WrongOffset { offset: u64 },
    #[error("the request brought more bytes than the file has")]
    MoreThanAnnounced,
    #[error("the chunk has another checksum than was said")]
    ChecksumMismatch,
    /// Another request holds the upload, or a photo is just being made of it.
    #[error("the upload is busy")]
    UploadBusy,
    #[error("the upload has failed before")]
    UploadFailed,
    #[error("there are too many open uploads")]
    TooManyUploads,
    /// Turned into a problem already, and kept so.
    #[error("{}", .0.code)]
    Told(Box<photure_common::Problem>),
    #[error("a task died")]
    Task(#[source] tokio::task::JoinError),
}

pub(crate) type MediaResult<T> = Result<T, MediaError>;

impl MediaError {
    /// Of the staging folder.
    pub(crate) fn staging(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::StagingFull(error),
            _ => Self::Staging(error),
        }
    }

    /// Whether its owner may not keep so much.
    pub(crate) fn is_of_quota(&self) -> bool {
        match self {
            Self::QuotaExceeded => true,
            Self::GalleryRefused(answer) => answer.code.as_deref() == Some("quota_exceeded"),
            _ => false,
        }
    }

    /// Whether a staged upload that met this may still become a photo, without its client doing anything.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Blob(BlobError::Unavailable(_))
            | Self::HashClaimed
            | Self::GalleryAway(_)
            | Self::NoToken(_)
            | Self::NoDecoder(_)
            | Self::Stopping
            | Self::Staging(_)
            | Self::StagingFull(_)
            | Self::PhotoOnItsWay
            | Self::Film(ImagingError::Io(_))
            | Self::Picture(ImagingError::Io(_)) => true,
            // Neither gallery's word about the photo nor ours: a token that ran out while the file was being sent.
            Self::GalleryRefused(answer) => answer.status == http::StatusCode::UNAUTHORIZED,
            _ => false,
        }
    }
}
