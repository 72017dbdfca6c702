use std::sync::Arc;

use photure_domain::photo::Taken;
use photure_domain::{Clock, Sha256, UserId};
use photure_imaging::ImagingError;

use super::file_name::without_folders;
use super::film;
use super::form::{Form, Part};
use super::taken::said_by_client;
use super::xmp::Xmp;
use crate::error::{MediaError, MediaResult};
use crate::staging::{Incoming, Note, Staged, Staging};

/// Takes in what a client sends, until all of it lies in the staging folder.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    pub(crate) staging: Staging,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) max_bytes: u64,
}

/// What is known about an upload before its body.
#[derive(Clone, Debug)]
pub(crate) struct Uploader {
    pub(crate) owner: UserId,
    pub(crate) owner_name: Option<String>,
    /// What the client says that the file's hash is.
    pub(crate) digest: Option<Sha256>,
    /// Of the whole body, where it was said.
    pub(crate) content_length: Option<u64>,
}

/// What a form has brought.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) photo: Staged,
    /// Seen to belong to the photo.
    pub(crate) film: Option<Staged>,
}

/// The parts of the form as far as they have come.
#[derive(Default)]
struct Parts {
    file: Option<(Incoming, String)>,
    film: Option<(Incoming, String)>,
    taken_at: Option<Taken>,
    xmp: Option<Xmp>,
    seen: Vec<String>,
}

/// The boundaries, headers and small parts around a file, in bytes: what a body may have beyond the file itself.
pub(crate) const AROUND_FILE: u64 = (64 << 10) + Xmp::MAX_BYTES as u64;

impl Receiver {
    /// Whatever it refuses leaves nothing behind.
    pub(crate) async fn receive(&self, mut form: Form, from: Uploader) -> MediaResult<Received> {
        self.check_size(from.content_length)?;
        let mut parts = Parts::default();
        while let Some(part) = form.next().await? {
            self.take(&mut parts, part).await?;
        }
        let missing = MediaError::Part {
            part: "file".into(),
            code: "required",
            message: "the file is missing",
        };
        let (incoming, filename) = parts.file.ok_or(missing)?;
        if incoming.len() == 0 {
            return Err(MediaError::Picture(ImagingError::Empty));
        }
        let arrived = incoming.finish().await.map_err(MediaError::staging)?;
        let content = arrived.content();
        if from.digest.is_some_and(|said| said != content.sha256) {
            return Err(MediaError::DigestMismatch);
        }
        let note = Note {
            owner_id: from.owner,
            owner_name: from.owner_name,
            filename,
            taken_at: parts.taken_at,
            sha256: content.sha256,
            bytes: content.bytes,
            received_at: self.clock.now(),
            starts: 0,
            upload: None,
            xmp: parts.xmp,
            film_of: None,
        };
        let film = match parts.film {
            Some((incoming, filename)) => {
                let arrived_film = incoming.finish().await.map_err(MediaError::staging)?;
                film::belongs_to(arrived_film.path(), arrived.path()).await?;
                let content = arrived_film.content();
                let note = Note {
                    filename,
                    sha256: content.sha256,
                    bytes: content.bytes,
                    xmp: None,
                    film_of: Some(note.sha256),
                    ..note.clone()
                };
                Some((arrived_film, note))
            }
            None => None,
        };
        let photo = arrived.keep(note).await.map_err(MediaError::staging)?;
        let film = match film {
            Some((arrived, note)) => Some(arrived.keep(note).await.map_err(MediaError::staging)?),
            None => None,
        };
        Ok(Received { photo, film })
    }

    /// What is sure not to fit is refused before it is read.
    fn check_size(&self, content_length: Option<u64>) -> MediaResult<()> {
        let Some(length) = content_length else {
            return Ok(());
        };
        if length > self.max_bytes.saturating_add(AROUND_FILE) {
            return Err(MediaError::TooLarge {
                limit: self.max_bytes,
            });
        }
        if !self.staging.has_room_for(length).map_err(MediaError::Staging)? {
            return Err(MediaError::StagingFull(std::io::ErrorKind::StorageFull.into()));
        }
        Ok(())
    }

    async fn take(&self, parts: &mut Parts, mut part: Part) -> MediaResult<()> {
        if parts.seen.iter().any(|seen| seen == part.name()) {
            return Err(part.refuse("repeated", "is there more than once"));
        }
        match part.name() {
            "file" => {
                parts.seen.push("file".into());
                let name = part.file_name().map(without_folders).unwrap_or_default();
                parts.file = Some((self.stage(part).await?, name));
            }
            "live" => {
                parts.seen.push("live".into());
                let name = part.file_name().map(without_folders).unwrap_or_default();
                parts.film = Some((self.stage(part).await?, name));
            }
            "taken_at" => {
                parts.seen.push("taken_at".into());
                let not_a_time = part.refuse(
                    "invalid",
                    "is no RFC 3339 time, such as 2024-07-28T21:04:05+02:00",
                );
                let text = part.text().await?;
                parts.taken_at = Some(said_by_client(&text).ok_or(not_a_time)?);
            }
            "sidecar" => {
                parts.seen.push("sidecar".into());
                let no_xmp = part.refuse("invalid", "is no XMP");
                let bytes = part.bytes(Xmp::MAX_BYTES).await?;
                let read = tokio::task::spawn_blocking(move || Xmp::read(bytes.into())).await;
                parts.xmp = Some(read.map_err(MediaError::Task)?.map_err(|_| no_xmp)?);
            }
            // There are no albums yet, so it names none that there is.
            "album_id" => return Err(MediaError::UnknownAlbum),
            _ => {
                return Err(part.refuse(
                    "unknown",
                    "is not known here: the parts are file, live, taken_at, sidecar and album_id",
                ));
            }
        }
        Ok(())
    }

    async fn stage(&self, mut part: Part) -> MediaResult<Incoming> {
        let mut incoming = self.staging.begin().await.map_err(MediaError::staging)?;
        while let Some(chunk) = part.chunk().await? {
            if incoming.len().saturating_add(chunk.len() as u64) > self.max_bytes {
                return Err(MediaError::TooLarge {
                    limit: self.max_bytes,
                });
            }
            incoming.write(&chunk).await.map_err(MediaError::staging)?;
        }
        Ok(incoming)
    }
}
