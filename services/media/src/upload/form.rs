use std::time::Duration;

use multer::{Field, Multipart};

use super::body::{PacedBody, is_too_much};
use crate::error::{MediaError, MediaResult};

/// Nothing arrived for this long: the client is gone without a word.
const STALLED_AFTER: Duration = Duration::from_secs(60);

/// A text part is a time or an id.
const MAX_TEXT_BYTES: usize = 1 << 10;

/// A multipart form as it arrives (RFC 7578), part by part.
pub(crate) struct Form {
    body: PacedBody,
    parts: Multipart<'static>,
}

/// One part. The next one comes when this is gone.
pub(crate) struct Part {
    body: PacedBody,
    field: Field<'static>,
}

impl Form {
    pub(crate) fn new(body: PacedBody, content_type: &str) -> MediaResult<Self> {
        let boundary = multer::parse_boundary(content_type).map_err(|error| match error {
            multer::Error::NoBoundary => MediaError::MalformedForm(error.into()),
            _ => MediaError::NoForm,
        })?;
        Ok(Self {
            parts: Multipart::new(body.clone(), boundary),
            body,
        })
    }

    pub(crate) async fn next(&mut self) -> MediaResult<Option<Part>> {
        self.body.between_parts();
        let field = in_time(self.parts.next_field()).await?;
        self.body.within_part();
        Ok(field.map(|field| Part {
            body: self.body.clone(),
            field,
        }))
    }
}

impl Part {
    /// Empty where it has none, which no part we know has.
    pub(crate) fn name(&self) -> &str {
        self.field.name().unwrap_or_default()
    }

    pub(crate) fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    pub(crate) async fn chunk(&mut self) -> MediaResult<Option<bytes::Bytes>> {
        in_time(self.field.chunk()).await
    }

    /// All of it, where it is short.
    pub(crate) async fn bytes(&mut self, most: usize) -> MediaResult<Vec<u8>> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > most {
                return Err(self.refuse("too_long", "is longer than it can be"));
            }
        }
        Ok(bytes)
    }

    /// All of it, where it is a line.
    pub(crate) async fn text(mut self) -> MediaResult<String> {
        let text = self.bytes(MAX_TEXT_BYTES).await?;
        let name = self.name().to_owned();
        String::from_utf8(text).map_err(|_| MediaError::Part {
            part: name,
            code: "invalid",
            message: "is not UTF-8",
        })
    }

    pub(crate) fn refuse(&self, code: &'static str, message: &'static str) -> MediaError {
        let part: String = self.name().chars().take(100).collect();
        MediaError::Part { part, code, message }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.body.between_parts();
    }
}

async fn in_time<T>(reading: impl Future<Output = multer::Result<T>>) -> MediaResult<T> {
    match tokio::time::timeout(STALLED_AFTER, reading).await {
        Ok(read) => read.map_err(failure),
        Err(_) => Err(MediaError::Stalled),
    }
}

fn failure(error: multer::Error) -> MediaError {
    match error {
        multer::Error::StreamReadFailed(cause) if !is_too_much(&cause) => MediaError::BrokenBody(cause),
        error => MediaError::MalformedForm(error.into()),
    }
}
