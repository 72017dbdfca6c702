use std::sync::Arc;

use axum::extract::FromRef;
use photure_common::identity::Identity;
use photure_common::trail::Scribe;

use crate::library::Library;

/// What handlers take their parts from.
#[derive(Clone, Debug, FromRef)]
pub(crate) struct App {
    pub(crate) library: Arc<Library>,
    pub(crate) identity: Identity,
    pub(crate) scribe: Scribe,
}
