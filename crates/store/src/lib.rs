//! The database ports: what Photure asks of a database, and the laws that every adapter keeps.
//!
//! No database is known here, no SQL, no BSON; the adapters are `photure-store-sqlite` and `photure-store-mongo`, and
//! one contract suite ([`contract`], feature `contract`) runs each case against both. What there is to decide and needs no
//! database ([`change`], [`hash`], [`quota`], [`segments`], [`usage`], [`Rotation::of`]) is decided here, once for both.
//!
//! # Laws
//!
//! 1. **Each method is atomic by itself.** No transaction crosses a port. What must happen together (a photo and the
//!    counts it changes) is one method.
//! 2. **Durable when it returns.** `Ok` survives the death of the process and of the machine (SQLite: WAL with
//!    `synchronous=FULL`; MongoDB: write concern majority, journaled).
//! 3. **Repeating is harmless.** Registering, trashing, restoring and confirming again end in the same state, and say so.
//! 4. **Another owner's photo is [`StoreError::NotFound`]**, like one that never was.
//! 5. **Order is total.** Where two rows tie, the id decides; a cursor names a place in that order, not a row, so that it
//!    stays good while rows come and go, its own included.
//! 6. **Times are whole milliseconds, text is kept to the byte.** Names are compared folded ([`photure_domain::account::folded`]).
//! 7. **One winner.** Of two that create the same thing at once, one is told it was first, the other what there is.
//! 8. **An outage is [`StoreError::Unavailable`]**, within a bounded time, and never an empty answer.
//! 9. **Clock and ids are arguments.** An adapter draws no time and no id of its own, but for segment ids, which it
//!    takes from the [`photure_domain::IdSource`] it was made with.
//! 10. **A quota refuses newcomers alone.** What is there already, comes back or is changed is never refused, and of two that arrive at once
//!     and fit only one by one, one is told [`StoreError::QuotaExceeded`].
//! 11. **Opening migrates.** Migrations are idempotent and safe when two processes open the same database at once.

mod account;
pub mod administration;
pub mod api_key;
mod audit;
pub mod change;
mod closing;
mod error;
mod factor;
pub mod hash;
mod identity;
mod invitation;
mod link;
pub mod organization;
mod passkey;
mod photo;
mod probe;
pub mod quota;
pub mod segments;
mod session;
pub mod usage;

#[cfg(feature = "contract")]
pub mod contract;

pub use account::{AccountStore, SigningKeyStore, StoredUser};
pub use administration::AdministrationStore;
pub use api_key::ApiKeyStore;
pub use audit::{AuditFilter, AuditPlace, AuditStore};
pub use closing::{Closed, Closing, ClosingStore};
pub use error::{Conflict, StoreError, StoreResult};
pub use factor::{FREE_GUESSES, FactorStore, GUESSES_COUNT, Guesses};
pub use identity::IdentityStore;
pub use invitation::InvitationStore;
pub use link::{ConfirmedEmail, LinkStore, ResetByLink};
pub use organization::OrganizationStore;
pub use passkey::PasskeyStore;
pub use photo::{
    Attached, Claim, ListedBy, PhotoFilter, PhotoStore, Position, Purged, Registered, Released, Trashed,
};
pub use probe::StoreProbe;
pub use quota::{QuotaStore, Room};
pub use session::{GRACE, Presented, Rotation, SessionStore};
