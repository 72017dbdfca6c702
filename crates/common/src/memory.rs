//! Keeping no more memory than is used.

/// Buffers from this size on come from the system and go straight back to it.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 1 << 20;
/// What each thread may keep of smaller ones.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: libc::c_int = 4 << 20;

/// Says to the C library that large buffers are not to be kept. Left alone, glibc learns from the first large buffer that is
/// freed to keep the next ones, in each thread that ever had one: 19 MiB for a password, more for a picture.
#[allow(
    unsafe_code,
    reason = "two calls into the C library, which take numbers and keep nothing"
)]
pub fn keep_little() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: mallopt has no preconditions; it is called before there are other threads.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}
