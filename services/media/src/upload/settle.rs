use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use photure_blob::{BlobKey, BlobStore};
use photure_common::peer::PeerError;
use photure_domain::access::Scope;
use photure_domain::media_address::{AddressKey, Variant};
use photure_domain::photo::FileFacts;
use photure_domain::registration::{FilmRegistration, Registration};
use photure_domain::sidecar::Sidecar;
use photure_domain::{Clock, PhotoId, Sha256, Timestamp};
use photure_imaging::{Encoded, Picture};
use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::sidecar::{Proposed, forget_try, sidecar};
use super::taken::taken;
use super::xmp::Xmp;
use crate::decoder::Decoder;
use crate::error::{MediaError, MediaResult};
use crate::gallery::{Answer, Gallery};
use crate::hash_locks::HashLocks;
use crate::resumable::{Phase, Uploads};
use crate::rooms::Rooms;
use crate::service_token::ServiceTokens;
use crate::staging::{Note, Staged, Staging};

/// A deletion of the same bytes that is under way is waited for, this long.
const WAIT_FOR_CLAIM: Duration = Duration::from_secs(30);
const CLAIM_BACKOFF: Duration = Duration::from_millis(200);
const MAX_CLAIM_BACKOFF: Duration = Duration::from_secs(2);

/// Gallery is asked this often before an upload is parked.
const REGISTER_TRIES: u32 = 3;
const REGISTER_BACKOFF: Duration = Duration::from_millis(150);

/// Makes a photo of what lies staged, or gives a photo its film: received → stored → registered.
#[derive(Clone, Debug)]
pub(crate) struct Settler {
    pub(crate) staging: Staging,
    pub(crate) uploads: Uploads,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) decoder: Decoder,
    pub(crate) gallery: Gallery,
    pub(crate) rooms: Rooms,
    pub(crate) tokens: Arc<ServiceTokens>,
    pub(crate) locks: HashLocks,
    pub(crate) key: AddressKey,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) shutdown: CancellationToken,
}

/// In whose name gallery is told.
#[derive(Clone, Debug)]
pub(crate) enum Authority {
    /// The owner's, by the token the upload came with.
    Owner(SecretString),
    /// Media's own.
    Service,
}

/// What gallery is to hear.
#[derive(Debug)]
pub(super) enum News {
    Photo(Box<Registration>),
    Film(FilmRegistration),
}

impl News {
    fn attest(&mut self, key: &AddressKey, now: Timestamp) {
        match self {
            Self::Photo(photo) => {
                let FileFacts { sha256, bytes, .. } = photo.facts;
                photo.attestation = key.attest(photo.owner_id, &sha256, bytes, now);
            }
            Self::Film(film) => {
                film.attestation = key.attest_film(film.owner_id, &film.sha256, &film.film, now);
            }
        }
    }
}

impl Settler {
    /// Gallery's answer to be passed on. What will never become a photo is discarded; what may yet, is parked.
    pub(crate) async fn settle(&self, staged: Staged, authority: Authority) -> MediaResult<Answer> {
        self.uploads.enter(staged.note(), Phase::Processing);
        let outcome = match (
            self.find_room(staged.note(), &authority).await,
            staged.note().film_of,
        ) {
            (Err(error), _) => Err(error),
            (Ok(()), None) => self.make_photo(&staged, authority).await,
            (Ok(()), Some(photo)) => self.attach_film(&staged, photo, authority).await,
        };
        match outcome {
            Ok(answer) => {
                let note = staged.note().clone();
                self.succeed(staged, &answer).await;
                for twin in self.staging.take_twins(&note) {
                    self.succeed(twin, &answer).await;
                }
                Ok(answer)
            }
            Err(error) if error.is_passing() => {
                tracing::info!(upload = %staged.id(), cause = %error, "an upload is parked");
                self.uploads.enter(staged.note(), Phase::Stored);
                Err(error)
            }
            Err(error) => {
                let note = staged.note().clone();
                if error.is_of_quota() && note.film_of.is_none() {
                    let _held = self.locks.lock(note.sha256).await;
                    forget_try(&*self.blobs, note.sha256, note.owner_id).await;
                }
                let error = match note.upload {
                    Some(id) => {
                        let now = self.clock.now();
                        self.uploads.fail(id, note.owner_id, note.bytes, error, now).await
                    }
                    None => error,
                };
                staged.discard().await;
                Err(error)
            }
        }
    }

    /// Before anything is decoded or stored for it.
    async fn find_room(&self, note: &Note, authority: &Authority) -> MediaResult<()> {
        // Without a token nobody can be asked; registering will tell.
        if let Ok(bearer) = self.bearer(authority).await {
            self.rooms.ask(&note.room_question(), &bearer).await?;
        }
        self.rooms.fill(note.owner_id, note.bytes);
        Ok(())
    }

    async fn succeed(&self, staged: Staged, answer: &Answer) {
        self.uploads
            .succeed(staged.note(), answer, self.clock.now())
            .await;
        staged.discard().await;
    }

    async fn make_photo(&self, staged: &Staged, mut authority: Authority) -> MediaResult<Answer> {
        let file = staged.path();
        let mut picture = self.decoder.decode(move || File::open(file)).await?;
        let variants = Variants::taken_from(&mut picture);
        let picture = with_xmp(picture, staged.note().xmp.clone()).await?;
        let mut registration = self.registration(staged.note(), picture);
        let sidecar = self.name(&mut registration, staged);
        let mut news = News::Photo(Box::new(registration));
        let give_up = Instant::now() + WAIT_FOR_CLAIM;
        let mut backoff = CLAIM_BACKOFF;
        loop {
            let outcome = {
                // From storing to registering nothing in this process may take the bytes for released.
                let _held = self.locks.lock(staged.note().sha256).await;
                let proposed = self.store(staged, &variants, &sidecar).await?;
                let outcome = self.register(&mut news, &mut authority).await;
                match &outcome {
                    Ok(answer) => proposed.agree(&*self.blobs, answer).await,
                    Err(error) if !error.is_passing() => proposed.withdraw(&*self.blobs).await,
                    Err(_) => {}
                }
                outcome
            };
            match outcome {
                Err(MediaError::HashClaimed) if Instant::now() + backoff < give_up => {
                    self.wait(backoff).await?;
                }
                outcome => return outcome,
            }
            backoff = (backoff * 2).min(MAX_CLAIM_BACKOFF);
        }
    }

    /// The variants first: they take new room where the original often takes none, so that a full volume is found before the
    /// original has its name. A variant that is there may have been made by another version; it stays.
    async fn store(&self, staged: &Staged, variants: &Variants, sidecar: &Sidecar) -> MediaResult<Proposed> {
        let Note { sha256, bytes, .. } = *staged.note();
        let ((), (), proposed) = tokio::try_join!(
            self.store_variant(sha256, Variant::Thumb, &variants.thumb),
            self.store_variant(sha256, Variant::Preview, &variants.preview),
            Proposed::put(&*self.blobs, sidecar.clone(), staged.note().xmp.as_ref()),
        )?;
        let original = BlobKey::original(sha256);
        self.blobs.put_file(original, &staged.path(), bytes).await?;
        Ok(proposed)
    }

    async fn store_variant(&self, sha256: Sha256, variant: Variant, bytes: &bytes::Bytes) -> MediaResult<()> {
        let key = BlobKey::new(sha256, variant);
        if self.blobs.head(key).await?.is_some() {
            return Ok(());
        }
        Ok(self.blobs.put_bytes(key, bytes.clone()).await?)
    }

    /// With a word of ours that is fresh each time.
    pub(super) async fn register(&self, news: &mut News, authority: &mut Authority) -> MediaResult<Answer> {
        let mut tries = 0;
        loop {
            news.attest(&self.key, self.clock.now());
            let bearer = self.bearer(authority).await?;
            let outcome = match news {
                News::Photo(registration) => self.gallery.register(&bearer, registration).await,
                News::Film(registration) => self.gallery.attach_film(&bearer, registration).await,
            };
            match outcome.map_err(MediaError::GalleryAway).and_then(verdict) {
                Err(MediaError::GalleryRefused(answer)) if answer.status == StatusCode::UNAUTHORIZED => {
                    match authority {
                        // It ran out while the file was being sent. We know whose upload it is.
                        Authority::Owner(_) if self.tokens.are_to_be_had() => *authority = Authority::Service,
                        Authority::Owner(_) => return Err(MediaError::GalleryRefused(answer)),
                        Authority::Service => {
                            self.tokens.forget("gallery", Scope::PhotosRegister).await;
                            return Err(MediaError::GalleryRefused(answer));
                        }
                    }
                }
                Err(MediaError::GalleryAway(error)) if tries + 1 < REGISTER_TRIES && error.is_passing() => {
                    tries += 1;
                    self.wait(REGISTER_BACKOFF * tries).await?;
                }
                outcome => return outcome,
            }
        }
    }

    async fn bearer(&self, authority: &Authority) -> MediaResult<SecretString> {
        match authority {
            Authority::Owner(bearer) => Ok(bearer.clone()),
            Authority::Service => {
                let token = self
                    .tokens
                    .get("gallery", Scope::PhotosRegister)
                    .await
                    .map_err(MediaError::NoToken)?;
                token.ok_or_else(|| {
                    MediaError::NoToken(PeerError::request("there is no credential to ask with"))
                })
            }
        }
    }

    async fn wait(&self, time: Duration) -> MediaResult<()> {
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            () = self.shutdown.cancelled() => Err(MediaError::Stopping),
        }
    }

    /// Gives the photo its id and its time, so that sidecar and catalogue say the same.
    fn name(&self, registration: &mut Registration, staged: &Staged) -> Sidecar {
        let (id, now) = (PhotoId::new(staged.id()), self.clock.now());
        registration.photo_id = Some(id);
        registration.uploaded_at = Some(now);
        sidecar(registration, id, now, staged.note().owner_name.clone())
    }

    fn registration(&self, note: &Note, picture: Picture) -> Registration {
        let taken = taken(&picture, note);
        let filename = if note.filename.is_empty() {
            format!("photo.{}", picture.media_type.extension())
        } else {
            note.filename.clone()
        };
        Registration {
            photo_id: None,
            uploaded_at: None,
            owner_id: note.owner_id,
            facts: FileFacts {
                sha256: note.sha256,
                bytes: note.bytes,
                filename,
                media_type: picture.media_type,
                width: picture.width,
                height: picture.height,
                taken,
                camera: picture.camera,
                position: picture.position,
                thumbhash: picture.thumbhash,
                color: picture.color,
            },
            metadata: picture.metadata,
            title: picture.title,
            description: picture.description,
            rating: picture.rating,
            tags: picture.tags,
            attestation: self
                .key
                .attest(note.owner_id, &note.sha256, note.bytes, self.clock.now()),
        }
    }
}

async fn with_xmp(mut picture: Picture, xmp: Option<Xmp>) -> MediaResult<Picture> {
    let Some(xmp) = xmp else {
        return Ok(picture);
    };
    let reading = tokio::task::spawn_blocking(move || {
        xmp.beside(&mut picture);
        picture
    });
    reading.await.map_err(MediaError::Task)
}

/// What gallery's answer means for the upload.
fn verdict(answer: Answer) -> MediaResult<Answer> {
    match answer.status {
        status if status.is_success() => Ok(answer),
        StatusCode::SERVICE_UNAVAILABLE if answer.code.as_deref() == Some("hash_claimed") => {
            Err(MediaError::HashClaimed)
        }
        // Another key or another time of day than ours: no word about the photo, and the operator's to mend.
        status if answer.code.as_deref() == Some("attestation_invalid") => {
            tracing::error!(
                "gallery does not take media's word: are PHOTURE_MEDIA_SIGNING_KEY and the clocks the same?"
            );
            Err(MediaError::GalleryAway(PeerError::Refused {
                status,
                problem: None,
            }))
        }
        // Gallery's disk is not ours to wait for: the client is told.
        StatusCode::INSUFFICIENT_STORAGE => Err(MediaError::GalleryRefused(Box::new(answer))),
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Err(MediaError::GalleryAway(PeerError::Refused {
                status,
                problem: None,
            }))
        }
        _ => Err(MediaError::GalleryRefused(Box::new(answer))),
    }
}

struct Variants {
    thumb: bytes::Bytes,
    preview: bytes::Bytes,
}

impl Variants {
    fn taken_from(picture: &mut Picture) -> Self {
        let take = |encoded: &mut Encoded| std::mem::take(&mut encoded.bytes).into();
        Self {
            thumb: take(&mut picture.thumb),
            preview: take(&mut picture.preview),
        }
    }
}
