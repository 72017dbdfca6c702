use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use photure_domain::Sha256;
use sha2::Digest;

/// The name of a file's content. Blocks.
pub(super) fn sha256_of(path: &Path) -> io::Result<Sha256> {
    let mut file = File::open(path)?;
    let mut hasher = sha2::Sha256::new();
    let mut block = vec![0; 256 << 10];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(Sha256::new(hasher.finalize().into()));
        }
        hasher.update(&block[..read]);
    }
}
