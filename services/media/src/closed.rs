use std::sync::Arc;

use photure_common::peer::{Peer, PeerError};
use photure_domain::access::Scope;
use photure_domain::registration::{ClosedAccount, ClosedAccounts, ForgottenAccount};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::gallery::{Gallery, get, post};
use crate::resumable::Uploads;
use crate::service_token::ServiceTokens;

/// Empties the libraries of accounts whose time was up. Auth says which, gallery forgets their photos, and what nothing refers to any more is swept like that of
/// any purged photo; then auth forgets the account. Broken off anywhere, it goes on the next time.
#[derive(Debug)]
pub(crate) struct ClosedLibraries {
    pub(crate) auth: Peer,
    pub(crate) gallery: Gallery,
    pub(crate) tokens: Arc<ServiceTokens>,
    pub(crate) uploads: Uploads,
    pub(crate) shutdown: CancellationToken,
}

impl ClosedLibraries {
    pub(crate) async fn empty(&self) -> Result<(), PeerError> {
        let Some(token) = self.tokens.get("auth", Scope::AccountsEmpty).await? else {
            return Ok(());
        };
        let closed = self
            .auth
            .json::<ClosedAccounts>(get("/internal/closed-accounts", &token)?)
            .await;
        let closed = self.tokens.heed("auth", Scope::AccountsEmpty, closed).await?;
        for account in closed.items {
            if self.shutdown.is_cancelled() {
                return Ok(());
            }
            self.empty_one(account, &token).await?;
        }
        Ok(())
    }

    async fn empty_one(&self, account: ClosedAccount, token: &SecretString) -> Result<(), PeerError> {
        let ClosedAccount { user_id, access } = account;
        // Whatever is on its way is refused by gallery, from the first step on.
        self.uploads.forget_of(user_id).await;
        let (mut photos, access) = (0, SecretString::from(access));
        loop {
            let deleted = self.gallery.empty_library(&access).await?.deleted;
            if deleted == 0 {
                break;
            }
            photos += deleted;
            if self.shutdown.is_cancelled() {
                return Ok(());
            }
        }
        let path = format!("/internal/closed-accounts/{user_id}/forget");
        let ForgottenAccount { forgotten } = self.auth.json(post(&path, token, &())?).await?;
        if forgotten {
            tracing::info!(user = %user_id, photos, "the library of a closed account is empty");
        }
        Ok(())
    }
}
