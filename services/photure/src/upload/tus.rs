use std::io::SeekFrom;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::Candidate;
use super::journal::Journal;
use super::server::{Server, ServerError};

const UPLOADS: &str = "/api/v1/uploads";

/// As much goes in one request, in bytes: below what proxies take, and little enough to be sent again where a proxy keeps a request to
/// itself until it is whole.
const CHUNK: u64 = 32 << 20;

/// Sends one file by tus, going on with what an earlier try has brought over. It is in the server's catalogue after that.
pub(super) async fn send(
    server: &Server,
    journal: &Mutex<Journal>,
    file: &Candidate,
    album: Option<&str>,
    progress: &(impl Fn(u64) + Clone + Send + Sync + 'static),
) -> Result<(), ServerError> {
    let begun = locked(journal).begun_at(&file.sha256);
    let known = match begun {
        Some(address) => match offset_at(server, &address).await {
            Ok(offset) => Some((address, offset)),
            Err(ServerError::Forgotten) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let (address, mut offset) = match known {
        Some(known) => known,
        None => {
            let address = create(server, file, album).await?;
            let written = locked(journal).begun(file.sha256, &address);
            written.map_err(ServerError::Journal)?;
            (address, 0)
        }
    };
    progress(offset);
    if let Some(xmp) = &file.xmp
        && offset < file.bytes
    {
        put_sidecar(server, &address, xmp).await?;
    }
    while offset < file.bytes {
        offset = append(server, &address, file, offset, progress).await?;
    }
    Ok(())
}

async fn create(server: &Server, file: &Candidate, album: Option<&str>) -> Result<String, ServerError> {
    let metadata = metadata(file, album);
    let response = server
        .send(Method::POST, UPLOADS, async |request| {
            Ok(in_tus(request)
                .header("upload-length", file.bytes)
                .header("upload-metadata", &metadata))
        })
        .await?;
    let location = response.headers().get("location");
    let location = location.and_then(|address| address.to_str().ok());
    location
        .map(ToOwned::to_owned)
        .ok_or(ServerError::Strange(response.status()))
}

async fn offset_at(server: &Server, address: &str) -> Result<u64, ServerError> {
    let answer = server
        .send(Method::HEAD, address, async |request| Ok(in_tus(request)))
        .await;
    match answer {
        Ok(response) => offset_of(&response),
        Err(ServerError::Strange(StatusCode::NOT_FOUND | StatusCode::GONE)) => Err(ServerError::Forgotten),
        Err(error) => Err(error),
    }
}

/// Before the last byte, each time anew: whether an earlier try came so far, nobody knows.
async fn put_sidecar(server: &Server, address: &str, xmp: &[u8]) -> Result<(), ServerError> {
    let address = format!("{address}/sidecar");
    let put = server.send(Method::PUT, &address, async |request| {
        Ok(request
            .header(CONTENT_TYPE, "application/rdf+xml")
            .body(xmp.to_vec()))
    });
    answer_or_changed(put.await).map(drop)
}

async fn append(
    server: &Server,
    address: &str,
    file: &Candidate,
    offset: u64,
    progress: &(impl Fn(u64) + Clone + Send + Sync + 'static),
) -> Result<u64, ServerError> {
    let length = CHUNK.min(file.bytes - offset);
    let response = server
        .send(Method::PATCH, address, async |request| {
            let mut source = File::open(&file.path).await.map_err(ServerError::File)?;
            let there = source.metadata().await.map_err(ServerError::File)?.len();
            if there != file.bytes {
                return Err(ServerError::Changed);
            }
            source
                .seek(SeekFrom::Start(offset))
                .await
                .map_err(ServerError::File)?;
            let (progress, mut at) = (progress.clone(), offset);
            let bytes = ReaderStream::with_capacity(source.take(length), 64 << 10);
            let bytes = bytes.inspect_ok(move |block| {
                at += block.len() as u64;
                progress(at);
            });
            Ok(in_tus(request)
                .header("upload-offset", offset)
                .header(CONTENT_TYPE, "application/offset+octet-stream")
                .header(CONTENT_LENGTH, length)
                .body(Body::wrap_stream(bytes)))
        })
        .await;
    match answer_or_changed(response)? {
        response if offset_of(&response)? > offset => offset_of(&response),
        response => Err(ServerError::Strange(response.status())),
    }
}

fn answer_or_changed(response: Result<Response, ServerError>) -> Result<Response, ServerError> {
    match response {
        // The same length, and other bytes than were hashed.
        Err(ServerError::Refused(problem, _)) if problem.code == "digest_mismatch" => {
            Err(ServerError::Changed)
        }
        Err(ServerError::Refused(problem, _)) if matches!(problem.status, 404 | 410) => {
            Err(ServerError::Forgotten)
        }
        response => response,
    }
}

fn in_tus(request: RequestBuilder) -> RequestBuilder {
    request.header("tus-resumable", "1.0.0")
}

fn offset_of(response: &Response) -> Result<u64, ServerError> {
    let offset = response.headers().get("upload-offset");
    offset
        .and_then(|offset| offset.to_str().ok()?.parse().ok())
        .ok_or(ServerError::Strange(response.status()))
}

fn metadata(file: &Candidate, album: Option<&str>) -> String {
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    let sha256 = file.sha256.to_string();
    let live_of = file.live_of.map(|photo| photo.to_string());
    let taken_at = jiff::Timestamp::from_second(file.modified).map(|time| time.to_string());
    let pairs = [
        ("filename", Some(name.as_ref())),
        ("sha256", Some(sha256.as_str())),
        // Where neither the file nor its name knows better.
        ("taken_at", taken_at.as_deref().ok()),
        // A film goes where its photo goes.
        ("album_id", album.filter(|_| live_of.is_none())),
        ("live_of", live_of.as_deref()),
    ];
    let pairs = pairs
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key} {}", STANDARD.encode(value?))));
    pairs.collect::<Vec<_>>().join(",")
}

pub(super) fn locked(journal: &Mutex<Journal>) -> MutexGuard<'_, Journal> {
    journal.lock().unwrap_or_else(PoisonError::into_inner)
}
