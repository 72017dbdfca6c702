use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Whether a file is to survive the power going off, beyond the death of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durable {
    Yes,
    No,
}

/// Gives `path` new content, all or nothing, through `draft` beside it. The folder is the caller's to fsync. Blocks.
pub(crate) fn replace(path: &Path, draft: &Path, content: &[u8], durable: Durable) -> io::Result<()> {
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(draft)
        .and_then(|mut file| {
            file.write_all(content)?;
            if durable == Durable::Yes {
                file.sync_all()?;
            }
            Ok(())
        });
    let named = written.and_then(|()| std::fs::rename(draft, path));
    if named.is_err() {
        let _ = std::fs::remove_file(draft); // a leftover is cleared away later
    }
    named
}
