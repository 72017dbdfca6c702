//! The database that an address names, behind the ports of `photure-store`. Used by the `main.rs` of binaries only.
