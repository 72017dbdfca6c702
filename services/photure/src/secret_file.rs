use std::io;
use std::path::Path;

/// The one line of a file that holds a secret.
pub(crate) fn read_secret(path: &Path) -> io::Result<String> {
    let text = std::fs::read_to_string(path)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
