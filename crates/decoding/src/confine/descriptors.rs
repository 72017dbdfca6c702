/// Closes what the service inherited itself and handed on without knowing: the descriptors of the shell or the supervisor that started
/// it. Its own are closed by the kernel when a worker is started. For the very beginning of a process.
#[allow(
    unsafe_code,
    reason = "two calls into the kernel, which take numbers; nothing in this process has a descriptor yet"
)]
pub(crate) fn close_inherited() {
    // SAFETY: a process that has only just begun owns nothing but its standard input, output and error, 0 to 2.
    unsafe {
        if libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) != 0 {
            // Linux before 5.9. Most processes may have no more than these.
            for descriptor in 3..1024 {
                libc::close(descriptor);
            }
        }
    }
}
