use photure_common::FieldError;
use photure_store::StoreError;

/// What may come of a request instead of what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GalleryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// None of ours, or one of another list.
    #[error("the cursor is not one of this list's")]
    InvalidCursor,
    #[error("some fields are not as they should be")]
    Invalid(Vec<FieldError>),
    /// The token does not reach that far.
    #[error("not allowed with this token")]
    Forbidden,
    #[error("the photo has another film already")]
    AnotherFilm,
    #[error("media never said that it has these bytes from this owner")]
    AttestationInvalid,
}

impl GalleryError {
    pub(crate) fn field(path: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            path: path.into(),
            code: code.to_owned(),
            message: message.into(),
        }])
    }
}
