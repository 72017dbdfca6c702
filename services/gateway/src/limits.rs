//! How large a request may be: known from its first line, or counted as it streams.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http_body::{Body as HttpBody, Frame, SizeHint};
use photure_common::Problem;

/// Everything but an upload is a small document.
pub(crate) const DOCUMENT_BODY: u64 = 1 << 20;

/// Refuses what is longer than `limit` bytes, without holding any of it.
pub(crate) async fn limit(State(limit): State<u64>, request: Request, next: Next) -> Response {
    let too_large = || Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE).into_response();
    if request.body().size_hint().lower() > limit {
        return too_large();
    }
    let exceeded = Arc::new(AtomicBool::new(false));
    let watch = exceeded.clone();
    let request = request.map(|inner| {
        Body::new(Counted {
            inner,
            left: limit,
            exceeded,
        })
    });
    let response = next.run(request).await;
    if watch.load(Ordering::Relaxed) {
        too_large()
    } else {
        response
    }
}

/// A body that breaks off when it grows too long.
struct Counted {
    inner: Body,
    left: u64,
    exceeded: Arc<AtomicBool>,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
            let Some(left) = self.left.checked_sub(bytes) else {
                self.exceeded.store(true, Ordering::Relaxed);
                return Poll::Ready(Some(Err(axum::Error::new(std::io::Error::other(
                    "the body is too long",
                )))));
            };
            self.left = left;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
