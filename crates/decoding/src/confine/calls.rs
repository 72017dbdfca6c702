use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

/// What decoders and the C library under them take, whatever the arguments: reading what is open, memory, locks, time, the end.
const HARMLESS: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_pread64,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_recvmsg,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
];

/// Everything else fails with EPERM from here on. Not death: a library that asks in vain for something it can do without, such as
/// the number of processors, goes on; and what is refused is refused as often as it is tried. `Err` says why not, as half a sentence.
pub(super) fn only_those_of_decoding() -> Result<(), String> {
    let program = program().map_err(|error| format!("seccomp: {error}"))?;
    seccompiler::apply_filter(&program).map_err(|error| format!("seccomp: {error}"))
}

fn program() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        HARMLESS.iter().map(|call| (*call, Vec::new())).collect();
    // Memory, but none that runs.
    let executable = u64::from(libc::PROT_EXEC.cast_unsigned());
    let data = || {
        let compare = SeccompCmpOp::MaskedEq(executable);
        only(SeccompCondition::new(2, SeccompCmpArgLen::Dword, compare, 0))
    };
    rules.insert(libc::SYS_mmap, data()?);
    rules.insert(libc::SYS_mprotect, data()?);
    // To whoever sits at the other end of the socket that it was started with, who sees each as an answer.
    let first = |value: u64| {
        only(SeccompCondition::new(
            0,
            SeccompCmpArgLen::Dword,
            SeccompCmpOp::Eq,
            value,
        ))
    };
    rules.insert(
        libc::SYS_sendto,
        first(u64::from(crate::worker::SOCKET.cast_unsigned()))?,
    );
    // A signal to itself, so that its end is seen as what it is.
    rules.insert(libc::SYS_tgkill, first(u64::from(std::process::id()))?);
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    let refused = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    SeccompFilter::new(rules, refused, SeccompAction::Allow, architecture)?.try_into()
}

fn only(
    condition: Result<SeccompCondition, seccompiler::BackendError>,
) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    Ok(vec![SeccompRule::new(vec![condition?])?])
}
