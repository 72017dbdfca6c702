use std::io::{Read, Seek};

use super::Found;
use super::preview::Preview;
use crate::input::Input;

/// Where RAF keeps offset and length of its one JPEG, which holds the facts, too.
const JPEG: u64 = 84;

pub(super) fn find<S: Read + Seek>(input: &mut Input<'_, S>) -> Option<Found> {
    let [o3, o2, o1, o0, l3, l2, l1, l0] = input.take_at(JPEG, 8).ok()?.try_into().ok()?;
    let start = u64::from(u32::from_be_bytes([o3, o2, o1, o0]));
    let length = u64::from(u32::from_be_bytes([l3, l2, l1, l0]));
    Some(Found {
        candidates: vec![Preview::at(start, length)],
        ..Found::default()
    })
}
