use photure_common::secret::random_token;
use photure_domain::link::{LinkHash, LinkPurpose};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::error::AuthError;

/// Longer than this is none of ours.
const MAX_BYTES: usize = 128;

/// What makes a link one of ours: 256 random bits. Only its hash is kept.
pub(crate) struct LinkToken(String);

impl LinkToken {
    pub(crate) fn random() -> Self {
        Self(random_token())
    }

    /// What a client brought.
    pub(crate) fn brought(text: &str) -> Result<Self, AuthError> {
        let fits = (1..=MAX_BYTES).contains(&text.len());
        fits.then(|| Self(text.to_owned())).ok_or(AuthError::LinkInvalid)
    }

    pub(crate) fn hash(&self) -> LinkHash {
        Sha256::digest(&self.0).into()
    }

    /// Where somebody who was invited makes an account.
    pub(crate) fn invitation(&self, origin: &str) -> SecretString {
        format!("{origin}/register#{}", self.0).into()
    }

    /// The page that takes it. The token is in the fragment, which no browser sends and no log gets to see.
    pub(crate) fn address(&self, origin: &str, purpose: LinkPurpose) -> SecretString {
        let page = match purpose {
            LinkPurpose::ResetPassword => "reset-password",
            LinkPurpose::ConfirmEmail => "confirm-email",
        };
        format!("{origin}/{page}#{}", self.0).into()
    }
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(…)")
    }
}
