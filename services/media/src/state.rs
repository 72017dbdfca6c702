use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use photure_blob::BlobStore;
use photure_common::identity::Identity;
use tokio_util::task::TaskTracker;

use crate::archive::Archives;
use crate::resumable::Resumable;
use crate::serve::Server;
use crate::upload::{Receiver, Settler};

/// What the endpoints work with.
#[derive(Clone, Debug)]
pub(crate) struct AppState {
    pub(crate) identity: Identity,
    pub(crate) receiver: Arc<Receiver>,
    pub(crate) settler: Arc<Settler>,
    pub(crate) resumable: Resumable,
    pub(crate) server: Arc<Server>,
    pub(crate) archives: Archives,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) scrub_every: Option<Duration>,
    pub(crate) tasks: TaskTracker,
}

impl FromRef<AppState> for Identity {
    fn from_ref(state: &AppState) -> Self {
        state.identity.clone()
    }
}
