//! Care for what is stored: whether every photo of the catalogue is there and is still what its hash says, and whether all that is
//! there belongs to one.
//!
//! The catalogue and the storage are read side by side, both in the order of their hashes (`survey`); each hash is a
//! [`Place`] where things are or should be. What looks wrong is looked at once more before it is said: both are read while people upload
//! and purge. A storage that does not answer, or is empty while the catalogue is not, is an outage and no finding.
//!
//! Nothing is deleted here but what [`Keeper::repair`] may: see there.

mod catalogue;
mod examine;
mod finding;
mod keeper;
mod progress;
mod repair;
mod reread;
mod scrub;
mod survey;

pub use catalogue::{Catalogue, OrphanClaims};
pub use finding::{CareError, Finding, Kind, Tally};
pub use keeper::{Keeper, Mending};
pub use reread::{Reread, Unread};
pub use survey::Place;

pub(crate) use catalogue::GalleryCatalogue;
pub(crate) use keeper::renew_sidecars;
pub(crate) use progress::IntegrityView;
pub(crate) use scrub::{Scrubber, current};
