//! libde265, as far as libheif leaves its threads to nobody else.
#![allow(unsafe_code)] // C has no other way

use std::ffi::{c_int, c_void};
use std::hint::black_box;

/// Takes the place of libde265's function of this name: without workers it decodes in the thread that asks, which is what
/// a service with its own number of decoders at once wants, and what a sandbox can allow. libheif always asks for at least
/// one worker for each tile of a picture.
///
/// # Safety
/// Touches nothing.
#[unsafe(no_mangle)]
unsafe extern "C" fn de265_start_worker_threads(_context: *mut c_void, _threads: c_int) -> c_int {
    const DE265_OK: c_int = 0;
    DE265_OK
}

/// Makes sure that the linker takes the function above before it looks for another.
pub(crate) fn decode_in_the_calling_thread() {
    black_box(de265_start_worker_threads as unsafe extern "C" fn(*mut c_void, c_int) -> c_int);
}
