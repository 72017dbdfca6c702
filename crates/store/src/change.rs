//! What a change makes of a photo: decided once, for all adapters. `None` where there is nothing to change.

use photure_domain::Timestamp;
use photure_domain::film::Film;
use photure_domain::photo::{Metadata, NewPhoto, Photo, PhotoEdit};

use crate::{Attached, StoreError, StoreResult};

/// The photo that `new` becomes when it is catalogued, and what its file said.
pub fn catalogued(new: NewPhoto) -> (Photo, Metadata) {
    let photo = Photo {
        id: new.id,
        owner_id: new.owner_id,
        facts: new.facts,
        film: new.film,
        uploaded_at: new.uploaded_at,
        title: new.title,
        description: new.description,
        favorite: false,
        rating: new.rating,
        archived: false,
        tags: new.tags,
        trashed_at: None,
        revision: 1,
    };
    (photo, new.metadata)
}

/// [`StoreError::RevisionMismatch`] where a revision is expected, and it is another.
pub fn expect_revision(photo: &Photo, expected: Option<u64>) -> StoreResult<()> {
    match expected {
        Some(expected) if expected != photo.revision => Err(StoreError::RevisionMismatch),
        _ => Ok(()),
    }
}

pub fn edited(photo: &Photo, edit: &PhotoEdit) -> Option<Photo> {
    if edit.changes_nothing_in(photo) {
        return None;
    }
    let mut edited = photo.clone();
    edit.apply(&mut edited);
    Some(revised(edited))
}

pub fn with_film(photo: &Photo, film: Film) -> Option<Photo> {
    photo.film.is_none().then(|| {
        revised(Photo {
            film: Some(film),
            ..photo.clone()
        })
    })
}

/// What to say where [`with_film`] changes nothing.
pub fn has_film(photo: Photo, film: Film) -> Attached {
    if photo.film == Some(film) {
        Attached::Already(photo)
    } else {
        Attached::Another(photo)
    }
}

pub fn trashed(photo: &Photo, now: Timestamp) -> Option<Photo> {
    photo.trashed_at.is_none().then(|| {
        revised(Photo {
            trashed_at: Some(now),
            ..photo.clone()
        })
    })
}

pub fn restored(photo: &Photo) -> Option<Photo> {
    photo.trashed_at.is_some().then(|| {
        revised(Photo {
            trashed_at: None,
            ..photo.clone()
        })
    })
}

fn revised(photo: Photo) -> Photo {
    Photo {
        revision: photo.revision + 1,
        ..photo
    }
}
