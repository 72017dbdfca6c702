//! Giving memory back.

/// Hands what was freed back to the system. glibc keeps it for the next time, in each thread's arena; after a large picture or a
/// password that is more than the whole process needs.
#[allow(
    unsafe_code,
    reason = "one call into the C library, which takes a number and keeps nothing"
)]
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim is thread-safe and has no preconditions.
    unsafe {
        libc::malloc_trim(0);
    }
}
