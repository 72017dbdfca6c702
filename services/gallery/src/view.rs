//! What is answered: photos and timelines as JSON, with addresses signed for whoever asked.

mod addresses;
mod photo;
mod timeline;

pub(crate) use addresses::Addresses;
pub(crate) use photo::{PhotoList, PhotoView};
pub(crate) use timeline::{SegmentColumns, TimelineView};
