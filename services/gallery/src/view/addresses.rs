use photure_domain::film::Film;
use photure_domain::media_address::{AddressKey, Variant};
use photure_domain::photo::{FileFacts, MediaType};
use photure_domain::{Sha256, Timestamp};

/// Signs addresses of bytes, all at one moment.
#[derive(Debug)]
pub(crate) struct Addresses {
    key: AddressKey,
    now: Timestamp,
}

impl Addresses {
    pub(crate) fn new(key: AddressKey, now: Timestamp) -> Self {
        Self { key, now }
    }

    /// When they run out, in seconds since 1970. All that is signed in the same hours runs out together, so that an answer
    /// made of the same photos and the same expiry is the same to the byte.
    pub(crate) fn expiry(&self) -> i64 {
        AddressKey::expiry(self.now)
    }

    pub(crate) fn thumb(&self, sha256: &Sha256) -> String {
        self.key.sign(sha256, Variant::Thumb, None, None, self.now)
    }

    pub(crate) fn preview(&self, sha256: &Sha256) -> String {
        self.key.sign(sha256, Variant::Preview, None, None, self.now)
    }

    pub(crate) fn original(&self, sha256: &Sha256, media_type: MediaType) -> String {
        let extension = Some(media_type.extension());
        self.key
            .sign(sha256, Variant::Original, extension, None, self.now)
    }

    /// Of the film of a photo that is called `photo`.
    pub(crate) fn film(&self, sha256: &Sha256, film: &Film, photo: &str) -> String {
        self.key
            .sign_film(sha256, film, &film.name_beside(photo), self.now)
    }

    /// One under which a browser saves the file, by its own name, instead of showing it.
    pub(crate) fn download(&self, facts: &FileFacts) -> String {
        let extension = Some(facts.media_type.extension());
        self.key.sign(
            &facts.sha256,
            Variant::Original,
            extension,
            Some(&facts.filename),
            self.now,
        )
    }
}
