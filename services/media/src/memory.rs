//! How much memory there is, and giving back what decoding took.

/// What this process may use, in bytes: the machine's memory, or its container's limit where that is less.
pub(crate) fn available() -> u64 {
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.trim()
            .strip_suffix(" kB")?
            .trim()
            .parse::<u64>()
            .ok()
            .map(|kib| kib << 10)
    });
    let limits = [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ];
    let container = limits
        .iter()
        .find_map(|file| std::fs::read_to_string(file).ok()?.trim().parse::<u64>().ok());
    machine.into_iter().chain(container).min().unwrap_or(1 << 30)
}

/// glibc keeps what was freed for the next time; after a large picture that is more than the whole process needs.
#[allow(
    unsafe_code,
    reason = "one call into the C library, which takes a number and keeps nothing"
)]
pub(crate) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim is thread-safe and has no preconditions.
    unsafe {
        libc::malloc_trim(0);
    }
}
