//! Storages through the public API: the contract on every kind, and what only a folder or only a bucket can go through.

#![allow(clippy::unwrap_used, reason = "in a test, to panic is to fail")]

mod bench;
mod bucket;
mod cases;
mod contract;
mod folder;
mod full_volume;
mod records;
mod s3_server;
