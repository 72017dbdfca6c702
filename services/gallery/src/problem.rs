use http::StatusCode;
use photure_common::Problem;

use crate::error::GalleryError;

impl From<GalleryError> for Problem {
    fn from(error: GalleryError) -> Self {
        match error {
            GalleryError::Store(error) => error.into(),
            GalleryError::InvalidCursor => Self::unprocessable(
                "invalid_cursor",
                "This cursor is not one of this list's. Begin the list again without it.",
            ),
            GalleryError::Invalid(faults) => Self::invalid(faults),
            GalleryError::Forbidden => Self::forbidden(),
            GalleryError::AnotherFilm => Self::conflict(
                "live_exists",
                "This photo has another film already. It was kept, and this one was not.",
            ),
            GalleryError::AttestationInvalid => Self::new(
                StatusCode::FORBIDDEN,
                "attestation_invalid",
                "The media service has not attested that it stored these bytes for this owner.",
            ),
        }
    }
}
