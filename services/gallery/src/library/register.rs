use std::collections::BTreeSet;

use photure_domain::access::{Action, Actor, Decision, Scope, decide};
use photure_domain::photo::NewPhoto;
use photure_domain::registration::{FilmRegistration, Registration};
use photure_domain::{PhotoId, UserId};
use photure_store::{Attached, Registered, StoreError};

use super::Library;
use super::intake::checked;
use crate::error::GalleryError;

impl Library {
    /// Catalogues what media has stored. The same bytes of the same owner are one photo, however often they are registered.
    pub(crate) async fn register(
        &self,
        actor: Actor,
        scopes: &BTreeSet<Scope>,
        registration: Registration,
    ) -> Result<Registered, GalleryError> {
        may_register(actor, scopes, registration.owner_id)?;
        let now = self.clock.now();
        let Registration {
            owner_id,
            ref facts,
            ref attestation,
            ..
        } = registration;
        self.key
            .verify_attestation(attestation, owner_id, &facts.sha256, facts.bytes, now)
            .map_err(|_| GalleryError::AttestationInvalid)?;
        let registration = checked(registration)?;
        let photo = NewPhoto {
            id: registration
                .photo_id
                .unwrap_or_else(|| PhotoId::new(self.ids.next())),
            owner_id,
            facts: registration.facts,
            metadata: registration.metadata,
            title: registration.title,
            description: registration.description,
            rating: registration.rating,
            tags: registration.tags,
            film: None,
            // Media may have waited for us; nothing was uploaded in the future.
            uploaded_at: registration.uploaded_at.map_or(now, |said| said.min(now)),
        };
        Ok(self.photos.register(photo, self.room(), now).await?)
    }

    /// Shows a film with its photo, which is there already: a film comes after it. One that is there stays.
    pub(crate) async fn attach_film(
        &self,
        actor: Actor,
        scopes: &BTreeSet<Scope>,
        registration: FilmRegistration,
    ) -> Result<Attached, GalleryError> {
        let FilmRegistration {
            owner_id,
            sha256,
            film,
            attestation,
        } = registration;
        may_register(actor, scopes, owner_id)?;
        self.key
            .verify_film_attestation(&attestation, owner_id, &sha256, &film, self.clock.now())
            .map_err(|_| GalleryError::AttestationInvalid)?;
        let attached = self.photos.attach_film(owner_id, sha256, film, self.room());
        match attached.await? {
            Attached::Another(_) => Err(GalleryError::AnotherFilm),
            attached => Ok(attached),
        }
    }
}

/// People register for themselves; a service, with the scope for it, for whoever uploaded.
pub(super) fn may_register(
    actor: Actor,
    scopes: &BTreeSet<Scope>,
    owner: UserId,
) -> Result<(), GalleryError> {
    let action = match actor {
        Actor::User(_) | Actor::Program(_) | Actor::Member { .. } => Action::WritePhotos,
        Actor::Service => Action::RegisterPhotos,
    };
    match decide(actor, scopes, action, Some(owner)) {
        Decision::Allowed => Ok(()),
        Decision::NotFound => Err(StoreError::NotFound.into()),
        Decision::Forbidden => Err(GalleryError::Forbidden),
    }
}
