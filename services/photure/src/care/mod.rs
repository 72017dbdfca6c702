//! Care for what is stored, from the command line: looking whether it is whole, and making a catalogue of it again.
//!
//! Both open the database and the storage themselves, beside services that run or without any, and begin neither a database nor a
//! storage where they are to look at one.

mod check;
mod house;
mod owners;
mod rebuild;

pub(crate) use check::{CheckArguments, check};
pub(crate) use house::CareConfig;
pub(crate) use rebuild::{RebuildArguments, rebuild};
