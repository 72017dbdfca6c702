//! One's own e-mail address.

pub(super) mod change_email;
pub(super) mod confirm_email;
pub(super) mod get_email;
pub(super) mod send_confirmation;

use serde::Serialize;
use utoipa::ToSchema;

use crate::links::{EmailState, Links};

/// One's e-mail address, and what waits.
#[derive(Serialize, ToSchema)]
pub(crate) struct EmailView {
    email: String,
    /// Its owner has shown that they read what is sent there.
    confirmed: bool,
    /// Another address, which counts when it is confirmed. Null where none waits.
    #[schema(required)]
    pending: Option<String>,
    /// Whether mail is sent here. Where it is not, nothing can be confirmed, and another address counts at once.
    mail: bool,
}

impl EmailView {
    fn new(state: EmailState, links: &Links) -> Self {
        let EmailState {
            email,
            is_confirmed,
            pending,
        } = state;
        Self {
            email,
            confirmed: is_confirmed,
            pending,
            mail: links.are_mailed(),
        }
    }
}
