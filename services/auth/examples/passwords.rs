//! How long this machine takes for passwords and nothing else, on memory that comes from the system each time, as it does in the services:
//! `passwords [how many]`, milliseconds for each, a line each. For the benchmark.

use std::time::Instant;

#[allow(clippy::print_stdout, reason = "it is what the benchmark reads")]
fn main() -> std::io::Result<()> {
    photure_common::memory::keep_little();
    let many = std::env::args().nth(1).and_then(|many| many.parse().ok());
    for _ in 0..many.unwrap_or(100) {
        let since = Instant::now();
        photure_auth::hash_password("correct horse battery")?;
        println!("{:.3}", since.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(())
}
