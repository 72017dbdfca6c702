use std::collections::{HashMap, HashSet};

use photure_blob::BlobKey;
use photure_domain::photo::Taken;
use photure_domain::registration::SelectedPhoto;
use photure_domain::{PhotoId, Sha256, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::names::Names;

/// What goes into an archive, under which names, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) owner_id: UserId,
    pub(crate) made_at: Timestamp,
    pub(crate) entries: Vec<Entry>,
    /// Asked for, and not there to be seen.
    pub(crate) missing: Vec<PhotoId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) sha256: Sha256,
    pub(crate) bytes: u64,
    pub(crate) taken: Taken,
    /// It is the film of the photo with this hash.
    #[serde(default)]
    pub(crate) film_of: Option<Sha256>,
}

impl Entry {
    pub(super) fn key(&self) -> BlobKey {
        match self.film_of {
            Some(photo) => BlobKey::film(photo, self.sha256),
            None => BlobKey::original(self.sha256),
        }
    }
}

impl Plan {
    /// Each photo once, in the order of `asked`.
    pub(super) fn new(
        owner_id: UserId,
        made_at: Timestamp,
        asked: &[PhotoId],
        selected: Vec<SelectedPhoto>,
    ) -> Self {
        let mut selected: HashMap<PhotoId, SelectedPhoto> = selected
            .into_iter()
            .map(|photo| (photo.photo_id, photo))
            .collect();
        let mut names = Names::default();
        let mut seen = HashSet::new();
        let (mut entries, mut missing) = (Vec::new(), Vec::new());
        for id in asked.iter().filter(|id| seen.insert(**id)) {
            match selected.remove(id) {
                Some(photo) => {
                    let entry = Entry {
                        name: names.give(&photo.filename),
                        sha256: photo.sha256,
                        bytes: photo.bytes,
                        taken: photo.taken,
                        film_of: None,
                    };
                    // Beside its photo, by whatever name that was given.
                    let film = photo.film.map(|film| Entry {
                        name: names.give(&film.name_beside(&entry.name)),
                        sha256: film.sha256,
                        bytes: film.bytes,
                        film_of: Some(photo.sha256),
                        ..entry.clone()
                    });
                    entries.push(entry);
                    entries.extend(film);
                }
                None => missing.push(*id),
            }
        }
        Self {
            owner_id,
            made_at,
            entries,
            missing,
        }
    }

    /// Films are part of theirs.
    pub(crate) fn photos(&self) -> usize {
        self.entries
            .iter()
            .filter(|entry| entry.film_of.is_none())
            .count()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.bytes).sum()
    }

    /// What it is saved as.
    pub(crate) fn file_name(&self) -> String {
        let day = self.made_at.to_string();
        format!("photos-{}.zip", day.get(..10).unwrap_or("archive"))
    }
}
