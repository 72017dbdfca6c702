//! glibc's allocator.
#![allow(unsafe_code)] // C has no other way

/// Buffers below this size come from what was freed before.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: libc::c_int = 64 << 20;

/// Asks the allocator to keep what a picture has freed for the next one, instead of giving it back to the system and having
/// every page cleared anew: up to a tenth of the time of a picture. For processes that do nothing else.
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: mallopt takes two numbers; a process calls this before its first picture, on the only thread it has.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, KEPT / 2);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}
