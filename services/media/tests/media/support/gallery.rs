use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{ETAG, LOCATION};
use http::{HeaderMap, StatusCode};
use photure_common::Problem;
use photure_common::identity::{Identified, Identity, Permit, ReadCatalogue, ReadPhotos, SweepBlobs};
use photure_domain::access::{Actor, Scope};
use photure_domain::film::Film;
use photure_domain::media_address::AddressKey;
use photure_domain::photo::FileFacts;
use photure_domain::registration::{
    CataloguePage, ClaimAnswer, ClaimRequest, FilmRegistration, PurgedPhoto, PurgedPhotos, Registration,
    ReleasedHash, ReleasedHashes, RoomAnswer, RoomQuestion, SelectedPhoto, Selection, SelectionRequest,
};
use photure_domain::sidecar::Sidecar;
use photure_domain::{ClaimId, Clock, PhotoId, Sha256, Timestamp, UserId};
use photure_testkit::TestClock;
use serde_json::json;

use super::steps::Steps;

/// Keeps the laws that media relies on: one photo per owner and hash, and claims that keep a hash from being registered.
#[derive(Clone, Debug)]
pub(crate) struct Gallery(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    identity: Identity,
    key: AddressKey,
    clock: Arc<TestClock>,
    steps: Steps,
    state: Mutex<Catalogue>,
}

#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) photos: Vec<Photo>,
    pub(crate) released: HashSet<Sha256>,
    pub(crate) purged: Vec<PurgedPhoto>,
    pub(crate) claims: HashMap<Sha256, ClaimId>,
    /// What the next registrations are answered with instead.
    pub(crate) faults: VecDeque<Fault>,
    /// Forever, until it is false again.
    pub(crate) is_away: bool,
    pub(crate) claim_life: u64,
    /// What each owner may keep, in bytes.
    pub(crate) quota: Option<u64>,
    /// How often somebody wanted to know whether there is room.
    pub(crate) asked_for_room: usize,
    /// Of each registration.
    pub(crate) request_ids: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Photo {
    pub(crate) id: PhotoId,
    pub(crate) owner: UserId,
    pub(crate) facts: FileFacts,
    pub(crate) film: Option<Film>,
    /// By a person, or by media.
    pub(crate) by: Actor,
    pub(crate) at: Timestamp,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    Status(u16, &'static str),
}

impl axum::extract::FromRef<Gallery> for Identity {
    fn from_ref(gallery: &Gallery) -> Self {
        gallery.0.identity.clone()
    }
}

impl Gallery {
    pub(crate) fn new(identity: Identity, key: AddressKey, clock: Arc<TestClock>, steps: Steps) -> Self {
        let state = Mutex::new(Catalogue {
            claim_life: 120,
            ..Catalogue::default()
        });
        Self(Arc::new(Inner {
            identity,
            key,
            clock,
            steps,
            state,
        }))
    }

    pub(crate) fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        self.0.state.lock().unwrap()
    }

    pub(crate) fn photos(&self) -> Vec<Photo> {
        self.catalogue().photos.clone()
    }

    /// The next registrations fail so, in this order.
    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.catalogue().faults.extend(faults);
    }

    /// As the trash does when it is emptied.
    pub(crate) fn purge(&self, sha256: Sha256) {
        let owners: Vec<_> = self
            .photos()
            .iter()
            .filter(|photo| photo.facts.sha256 == sha256)
            .map(|photo| photo.owner)
            .collect();
        for owner in owners {
            self.purge_of(owner, sha256);
        }
    }

    /// One owner's photo alone.
    pub(crate) fn purge_of(&self, owner: UserId, sha256: Sha256) {
        let purged_at = self.0.clock.now();
        let mut catalogue = self.catalogue();
        catalogue
            .photos
            .retain(|photo| photo.facts.sha256 != sha256 || photo.owner != owner);
        catalogue.purged.push(PurgedPhoto {
            sha256,
            owner_id: owner,
            purged_at,
        });
        if !catalogue.photos.iter().any(|photo| photo.facts.sha256 == sha256) {
            catalogue.released.insert(sha256);
        }
    }

    /// As through another process of media.
    pub(crate) fn register_elsewhere(&self, owner: UserId, picture: &[u8]) {
        let photo = photure_testkit::photo(owner, 1, self.0.clock.now());
        let mut facts = photo.facts;
        facts.sha256 = super::pictures::sha256(picture);
        let mut catalogue = self.catalogue();
        catalogue.purged.clear();
        catalogue.photos.push(Photo {
            id: photo.id,
            owner,
            facts,
            film: None,
            at: self.0.clock.now(),
            by: Actor::User(owner),
        });
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/internal/photos", post(register))
            .route("/internal/films", post(attach_film))
            .route("/internal/room", post(room))
            .route("/internal/catalogue", get(whole_catalogue))
            .route("/internal/selection", post(selection))
            .route("/internal/purged", get(purged))
            .route("/internal/purged/confirm", post(confirm_purged))
            .route("/internal/released", get(released))
            .route("/internal/released/{sha256}/claim", post(claim))
            .route("/internal/released/{sha256}/confirm", post(confirm))
            .with_state(self.clone())
    }

    fn away(&self) -> Result<(), Problem> {
        if self.catalogue().is_away {
            Err(Problem::of_status(StatusCode::SERVICE_UNAVAILABLE))
        } else {
            Ok(())
        }
    }
}

async fn register(
    State(gallery): State<Gallery>,
    Identified(caller): Identified,
    headers: HeaderMap,
    Json(registration): Json<Registration>,
) -> Result<Response, Problem> {
    let request_id = headers
        .get("x-request-id")
        .map(|id| id.to_str().unwrap().to_owned());
    gallery.catalogue().request_ids.extend(request_id);
    gallery.0.steps.take("register").await;
    let answer = gallery.register(
        caller.actor,
        &caller.scopes.into_iter().collect::<Vec<_>>(),
        registration,
    )?;
    gallery.0.steps.take("registered").await;
    Ok(answer)
}

async fn room(
    State(gallery): State<Gallery>,
    _: Identified,
    Json(question): Json<RoomQuestion>,
) -> Result<Json<RoomAnswer>, Problem> {
    gallery.away()?;
    let mut catalogue = gallery.catalogue();
    catalogue.asked_for_room += 1;
    let left_bytes = catalogue.left(question.owner_id);
    let is_there = catalogue
        .photos
        .iter()
        .any(|photo| photo.owner == question.owner_id && Some(photo.facts.sha256) == question.sha256);
    Ok(Json(RoomAnswer {
        fits: is_there || left_bytes.is_none_or(|left| question.bytes <= left),
        left_bytes,
    }))
}

impl Catalogue {
    fn left(&self, owner: UserId) -> Option<u64> {
        let bytes = |photo: &Photo| photo.facts.bytes + photo.film.map_or(0, |film| film.bytes);
        let kept: u64 = self
            .photos
            .iter()
            .filter(|photo| photo.owner == owner)
            .map(bytes)
            .sum();
        self.quota.map(|quota| quota.saturating_sub(kept))
    }
}

async fn attach_film(
    State(gallery): State<Gallery>,
    Identified(caller): Identified,
    Json(registration): Json<FilmRegistration>,
) -> Result<Response, Problem> {
    gallery.0.steps.take("film").await;
    gallery.away()?;
    let FilmRegistration {
        owner_id: owner,
        sha256,
        film,
        attestation,
    } = registration;
    let may = match caller.actor {
        Actor::Service => caller.scopes.contains(&Scope::PhotosRegister),
        actor => actor == Actor::User(owner) && caller.scopes.contains(&Scope::PhotosWrite),
    };
    if !may {
        return Err(Problem::forbidden());
    }
    let word =
        gallery
            .0
            .key
            .verify_film_attestation(&attestation, owner, &sha256, &film, gallery.0.clock.now());
    word.map_err(|_| Problem::new(StatusCode::FORBIDDEN, "attestation_invalid", "not media's word"))?;
    let mut catalogue = gallery.catalogue();
    if let Some(Fault::Status(status, code)) = catalogue.faults.pop_front() {
        let status = StatusCode::from_u16(status).unwrap();
        return Err(Problem::new(status, code, "as the test wants it"));
    }
    let left = catalogue.left(owner);
    let photo = catalogue
        .photos
        .iter_mut()
        .find(|photo| photo.owner == owner && photo.facts.sha256 == sha256)
        .ok_or_else(Problem::not_found)?;
    if photo.film.is_none() && left.is_some_and(|left| film.bytes > left) {
        return Err(Problem::quota_exceeded());
    }
    let status = match photo.film.replace(film) {
        None => StatusCode::CREATED,
        Some(there) if there == film => StatusCode::OK,
        Some(there) => {
            photo.film = Some(there);
            return Err(Problem::conflict("live_exists", "another one"));
        }
    };
    let body = json!({
        "id": photo.id, "owner_id": owner, "sha256": sha256, "uploaded_at": photo.at,
        "live": { "bytes": film.bytes },
    });
    let headers = [
        (LOCATION, format!("/api/v1/photos/{}", photo.id)),
        (ETAG, "\"1-0\"".to_owned()),
    ];
    Ok((status, headers, Json(body)).into_response())
}

impl Gallery {
    fn confirm(&self, sha256: Sha256, claim: ClaimId) -> bool {
        let mut catalogue = self.catalogue();
        let granted = catalogue.claims.get(&sha256) == Some(&claim);
        if granted {
            catalogue.claims.remove(&sha256);
            catalogue.released.remove(&sha256);
        }
        granted
    }

    fn register(&self, by: Actor, scopes: &[Scope], registration: Registration) -> Result<Response, Problem> {
        self.away()?;
        let Registration {
            photo_id,
            uploaded_at,
            owner_id: owner,
            facts,
            attestation,
            ..
        } = registration;
        let needed = if by == Actor::Service {
            Scope::PhotosRegister
        } else {
            Scope::PhotosWrite
        };
        if (by != Actor::Service && by != Actor::User(owner)) || !scopes.contains(&needed) {
            return Err(Problem::forbidden());
        }
        let now = self.0.clock.now();
        let word = self
            .0
            .key
            .verify_attestation(&attestation, owner, &facts.sha256, facts.bytes, now);
        word.map_err(|_| Problem::new(StatusCode::FORBIDDEN, "attestation_invalid", "not media's word"))?;

        let mut catalogue = self.catalogue();
        if let Some(Fault::Status(status, code)) = catalogue.faults.pop_front() {
            return Err(Problem::new(
                StatusCode::from_u16(status).unwrap(),
                code,
                "as the test wants it",
            ));
        }
        if catalogue.claims.contains_key(&facts.sha256) {
            return Err(
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "hash_claimed", "being deleted").retry_after(1),
            );
        }
        let known = catalogue
            .photos
            .iter()
            .find(|photo| photo.owner == owner && photo.facts.sha256 == facts.sha256);
        let (status, photo) = match known {
            Some(photo) => (StatusCode::OK, photo.clone()),
            None => {
                if catalogue.left(owner).is_some_and(|left| facts.bytes > left) {
                    return Err(Problem::quota_exceeded());
                }
                let photo = Photo {
                    id: photo_id.unwrap(),
                    owner,
                    facts,
                    film: None,
                    at: uploaded_at.unwrap(),
                    by,
                };
                catalogue.released.remove(&photo.facts.sha256);
                let again = |purged: &PurgedPhoto| {
                    (purged.sha256, purged.owner_id) == (photo.facts.sha256, photo.owner)
                };
                catalogue.purged.retain(|purged| !again(purged));
                catalogue.photos.push(photo.clone());
                (StatusCode::CREATED, photo)
            }
        };
        let headers = [
            (LOCATION, format!("/api/v1/photos/{}", photo.id)),
            (ETAG, "\"1-0\"".to_owned()),
        ];
        let body = json!({
            "id": photo.id, "owner_id": photo.owner, "sha256": photo.facts.sha256, "uploaded_at": photo.at,
        });
        Ok((status, headers, Json(body)).into_response())
    }
}

#[derive(Debug, serde::Deserialize)]
struct After {
    after_sha256: Option<Sha256>,
    after_owner: Option<UserId>,
    limit: usize,
}

async fn whole_catalogue(
    State(gallery): State<Gallery>,
    _: Permit<ReadCatalogue>,
    Query(after): Query<After>,
) -> Result<Json<CataloguePage>, Problem> {
    gallery.away()?;
    let mut photos = gallery.photos();
    photos.sort_by_key(|photo| (photo.facts.sha256, photo.owner));
    let place = after.after_sha256.zip(after.after_owner);
    let items = photos
        .into_iter()
        .filter(|photo| place.is_none_or(|place| (photo.facts.sha256, photo.owner) > place))
        .take(after.limit)
        .map(sidecar);
    Ok(Json(CataloguePage {
        items: items.collect(),
    }))
}

/// As gallery knows it.
pub(crate) fn sidecar(photo: Photo) -> Sidecar {
    Sidecar {
        version: Sidecar::VERSION,
        photo_id: photo.id,
        owner_id: photo.owner,
        owner_name: None,
        uploaded_at: photo.at,
        facts: photo.facts,
        film: photo.film,
        title: None,
        description: None,
        favorite: false,
        rating: None,
        archived: false,
        tags: Vec::new(),
        trashed_at: None,
    }
}

async fn selection(
    State(gallery): State<Gallery>,
    permit: Permit<ReadPhotos>,
    Json(asked): Json<SelectionRequest>,
) -> Result<Json<Selection>, Problem> {
    gallery.away()?;
    assert!(asked.photo_ids.len() <= 500);
    let (owner, photos) = (permit.user()?, gallery.photos());
    let seen = |id: &PhotoId| {
        photos
            .iter()
            .find(|photo| photo.id == *id && photo.owner == owner)
    };
    let items = asked
        .photo_ids
        .iter()
        .filter_map(seen)
        .map(|photo| SelectedPhoto {
            photo_id: photo.id,
            sha256: photo.facts.sha256,
            bytes: photo.facts.bytes,
            filename: photo.facts.filename.clone(),
            taken: photo.facts.taken,
            film: photo.film,
        });
    Ok(Json(Selection {
        items: items.collect(),
    }))
}

async fn purged(
    State(gallery): State<Gallery>,
    _: Permit<SweepBlobs>,
) -> Result<Json<PurgedPhotos>, Problem> {
    gallery.away()?;
    let items = gallery.catalogue().purged.clone();
    Ok(Json(PurgedPhotos { items }))
}

async fn confirm_purged(
    State(gallery): State<Gallery>,
    _: Permit<SweepBlobs>,
    Json(asked): Json<PurgedPhoto>,
) -> Json<ClaimAnswer> {
    gallery.0.steps.take("forget").await;
    let granted = {
        let mut catalogue = gallery.catalogue();
        let before = catalogue.purged.len();
        catalogue.purged.retain(|purged| *purged != asked);
        catalogue.purged.len() < before
    };
    gallery.0.steps.take("forgotten").await;
    Json(ClaimAnswer {
        granted,
        lives_for_seconds: 0,
    })
}

async fn released(
    State(gallery): State<Gallery>,
    _: Permit<SweepBlobs>,
) -> Result<Json<ReleasedHashes>, Problem> {
    gallery.0.steps.take("released").await;
    gallery.away()?;
    let catalogue = gallery.catalogue();
    let free = catalogue
        .released
        .iter()
        .filter(|hash| !catalogue.claims.contains_key(*hash));
    let items = free.map(|sha256| ReleasedHash {
        sha256: *sha256,
        released_at: gallery.0.clock.now(),
    });
    Ok(Json(ReleasedHashes {
        items: items.collect(),
    }))
}

async fn claim(
    State(gallery): State<Gallery>,
    _: Permit<SweepBlobs>,
    Path(sha256): Path<Sha256>,
    Json(asked): Json<ClaimRequest>,
) -> Json<ClaimAnswer> {
    gallery.0.steps.take("claim").await;
    let mut catalogue = gallery.catalogue();
    let granted = catalogue.released.contains(&sha256) && !catalogue.claims.contains_key(&sha256);
    if granted {
        catalogue.claims.insert(sha256, asked.claim_id);
    }
    Json(ClaimAnswer {
        granted,
        lives_for_seconds: if granted { catalogue.claim_life } else { 0 },
    })
}

async fn confirm(
    State(gallery): State<Gallery>,
    _: Permit<SweepBlobs>,
    Path(sha256): Path<Sha256>,
    Json(asked): Json<ClaimRequest>,
) -> Json<ClaimAnswer> {
    gallery.0.steps.take("confirm").await;
    let granted = gallery.confirm(sha256, asked.claim_id);
    gallery.0.steps.take("confirmed").await;
    Json(ClaimAnswer {
        granted,
        lives_for_seconds: 0,
    })
}
