use axum::body::Body;
use bytes::Bytes;
use futures::stream;

pub(crate) const BOUNDARY: &str = "photure-test-boundary";

/// A multipart form as browsers write it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form(Vec<u8>);

impl Form {
    pub(crate) fn file(content: &[u8]) -> Self {
        Self::named_file("photo.png", content)
    }

    pub(crate) fn named_file(name: &str, content: &[u8]) -> Self {
        Self::default().and_file(name, content)
    }

    pub(crate) fn and_file(mut self, name: &str, content: &[u8]) -> Self {
        self.head(&format!(
            "name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream"
        ));
        self.0.extend_from_slice(content);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn and_text(mut self, name: &str, text: &str) -> Self {
        self.head(&format!("name=\"{name}\""));
        self.0.extend_from_slice(text.as_bytes());
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn and_bytes(mut self, name: &str, bytes: &[u8]) -> Self {
        self.head(&format!("name=\"{name}\"; filename=\"x.xmp\""));
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    fn head(&mut self, disposition: &str) {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n");
        self.0.extend_from_slice(head.as_bytes());
    }

    pub(crate) fn bytes(mut self) -> Vec<u8> {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }

    pub(crate) fn body(self) -> Body {
        Body::from(self.bytes())
    }

    /// The same in chunks, of which no length is said.
    pub(crate) fn chunked(self, size: usize) -> Body {
        let chunks: Vec<_> = self.bytes().chunks(size).map(Bytes::copy_from_slice).collect();
        Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, std::io::Error>)))
    }

    /// The connection breaks after the first `len` bytes.
    pub(crate) fn broken_after(self, len: usize) -> Body {
        let first = Bytes::copy_from_slice(&self.bytes()[..len]);
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        Body::from_stream(stream::iter([Ok(first), Err(broken)]))
    }
}
