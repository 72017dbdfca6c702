use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};

pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// What may stand before a form's first part, between two, and in one part's headers, in bytes. The parser holds it in memory.
const MAX_BETWEEN: u64 = 64 << 10;

/// A request's body as the form parser may see it, shared with whoever reads the form.
///
/// The parser reads until nothing more has arrived and keeps all of that; over a fast line, that is the file. So after each chunk
/// this says once that there is nothing yet.
#[derive(Clone)]
pub(crate) struct PacedBody(Arc<Mutex<Paced>>);

struct Paced {
    chunks: BoxStream<'static, Result<Bytes, BodyError>>,
    pause: bool,
    /// How much more may come while no part is being read; `None` within a part.
    between: Option<u64>,
    over: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("there is more between the parts of the form than belongs there")]
struct TooMuchBetween;

impl PacedBody {
    pub(crate) fn new<E>(chunks: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let chunks = chunks.map_err(|error| Box::new(error) as BodyError).boxed();
        Self(Arc::new(Mutex::new(Paced {
            chunks,
            pause: false,
            between: Some(MAX_BETWEEN),
            over: false,
        })))
    }

    pub(super) fn within_part(&self) {
        self.lock().between = None;
    }

    pub(super) fn between_parts(&self) {
        self.lock().between = Some(MAX_BETWEEN);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Paced> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream for PacedBody {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut paced = self.lock();
        if paced.over {
            return Poll::Ready(None);
        }
        if std::mem::take(&mut paced.pause) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if paced.between == Some(0) {
            return Poll::Ready(Some(Err(Box::new(TooMuchBetween))));
        }
        let polled = paced.chunks.poll_next_unpin(context);
        match &polled {
            Poll::Ready(Some(Ok(chunk))) => {
                let len = chunk.len() as u64;
                paced.between = paced.between.map(|left| left.saturating_sub(len));
                paced.pause = true;
            }
            Poll::Ready(Some(Err(_)) | None) => paced.over = true,
            Poll::Pending => {}
        }
        polled
    }
}

/// Whether the body held something no form holds, rather than having broken off.
pub(super) fn is_too_much(error: &BodyError) -> bool {
    error.is::<TooMuchBetween>()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::FutureExt;
    use futures::stream;

    use super::*;

    fn body(chunks: usize, len: usize) -> PacedBody {
        let chunk = Bytes::from(vec![b'x'; len]);
        PacedBody::new(stream::iter(
            (0..chunks).map(move |_| Ok::<_, Infallible>(chunk.clone())),
        ))
    }

    #[test]
    fn however_fast_it_comes_it_is_given_chunk_by_chunk() {
        let mut body = body(3, 10);
        for _ in 0..3 {
            assert!(matches!(body.next().now_or_never(), Some(Some(Ok(_)))));
            assert!(body.next().now_or_never().is_none(), "a pause");
        }
        assert!(matches!(body.next().now_or_never(), Some(None)));
    }

    #[tokio::test]
    async fn a_form_that_never_begins_is_not_gathered_in_memory() {
        let mut body = body(100, 1 << 10);
        let mut seen = 0;
        let error = loop {
            match body.next().await {
                Some(Ok(chunk)) => seen += chunk.len() as u64,
                Some(Err(error)) => break error,
                None => panic!("all of it was given"),
            }
        };
        assert!(is_too_much(&error));
        assert_eq!(seen, MAX_BETWEEN);
    }

    #[tokio::test]
    async fn within_a_part_there_may_be_more() {
        let body = body(100, 1 << 10);
        body.within_part();
        assert_eq!(
            body.try_fold(0, async |sum, chunk| Ok(sum + chunk.len()))
                .await
                .unwrap(),
            100 << 10
        );
    }
}
