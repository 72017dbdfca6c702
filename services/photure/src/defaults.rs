use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use photure_common::config::Variables;
use photure_common::secret;

/// What the one-process form takes where its environment says nothing: a database and a folder of its own below the data
/// folder, and secrets that it makes itself on its first start and keeps there.
#[derive(Debug)]
pub(crate) struct Defaults<'a> {
    environment: &'a dyn Said,
    defaults: BTreeMap<&'static str, String>,
}

/// [`Variables`] that can be shown.
trait Said: Variables {}
impl<V: Variables> Said for V {}

impl std::fmt::Debug for dyn Said + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Variables")
    }
}

impl<'a> Defaults<'a> {
    /// Makes the data folder where it is missing.
    pub(crate) fn prepare<V: Variables>(environment: &'a V, folder: &Path) -> io::Result<Self> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o750)
            .create(folder)?;
        let secrets = folder.join("secrets");
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&secrets)?;
        let below = |name: &str| folder.join(name).display().to_string();
        let defaults = BTreeMap::from([
            ("PHOTURE_DATABASE_URL", format!("sqlite:{}", below("photure.db"))),
            ("PHOTURE_STORAGE_URL", format!("file:{}", below("files"))),
            ("PHOTURE_STAGING_DIR", below("staging")),
            ("PHOTURE_PUBLIC_URL", "http://localhost:8000".to_owned()),
            (
                "PHOTURE_MEDIA_SIGNING_KEY",
                kept_secret(&secrets.join("media-signing-key"))?,
            ),
            (
                "PHOTURE_SERVICE_CREDENTIAL",
                kept_secret(&secrets.join("service-credential"))?,
            ),
            ("PHOTURE_FACTOR_KEY", kept_secret(&secrets.join("factor-key"))?),
            // Never connected to: in one process the services are handed to each other.
            ("PHOTURE_AUTH_URL", "http://auth.invalid".to_owned()),
            ("PHOTURE_GALLERY_URL", "http://gallery.invalid".to_owned()),
            ("PHOTURE_MEDIA_URL", "http://media.invalid".to_owned()),
            // For a person at a terminal.
            ("PHOTURE_LOG_FORMAT", "text".to_owned()),
            ("PHOTURE_LOG", "warn".to_owned()),
        ]);
        Ok(Self {
            environment,
            defaults,
        })
    }
}

impl Variables for Defaults<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let said = self.environment.get(name);
        if said.as_ref().is_some_and(|value| !value.is_empty()) {
            return said;
        }
        let file = self
            .environment
            .get(&format!("{name}_FILE"))
            .is_some_and(|path| !path.is_empty());
        if file {
            None
        } else {
            self.defaults.get(name).cloned()
        }
    }
}

/// The secret in `file`; made, durably, if it is not there yet. Mode 600.
fn kept_secret(file: &Path) -> io::Result<String> {
    match read(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        kept => return kept,
    }
    // Written beside and linked into place, so that a start that dies here leaves no half a secret, and of two starts one wins.
    let draft = file.with_extension(format!("new-{}", std::process::id()));
    let mut writing = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    writing.write_all(secret::random_token().as_bytes())?;
    writing.sync_all()?;
    let linked = std::fs::hard_link(&draft, file);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if let Some(folder) = file.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    read(file)
}

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    OpenOptions::new()
        .read(true)
        .open(file)?
        .read_to_string(&mut text)?;
    Ok(text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn secrets_are_made_once_and_only_their_owner_may_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = variables(&[]);
        let first = Defaults::prepare(&nothing, folder.path())
            .unwrap()
            .get("PHOTURE_MEDIA_SIGNING_KEY")
            .unwrap();
        let second = Defaults::prepare(&nothing, folder.path())
            .unwrap()
            .get("PHOTURE_MEDIA_SIGNING_KEY")
            .unwrap();
        assert_eq!(first, second);
        assert!(first.len() >= 32);
        let file = folder.path().join("secrets/media-signing-key");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(
            std::fs::read_dir(folder.path().join("secrets")).unwrap().count(),
            3
        );
    }

    #[test]
    fn what_the_environment_says_counts() {
        let folder = tempfile::tempdir().unwrap();
        let said = variables(&[
            ("PHOTURE_DATABASE_URL", "mongodb://db/photure"),
            ("PHOTURE_MEDIA_SIGNING_KEY_FILE", "/key"),
        ]);
        let defaults = Defaults::prepare(&said, folder.path()).unwrap();
        assert_eq!(
            defaults.get("PHOTURE_DATABASE_URL").as_deref(),
            Some("mongodb://db/photure")
        );
        assert_eq!(defaults.get("PHOTURE_MEDIA_SIGNING_KEY"), None);
        assert_eq!(
            defaults.get("PHOTURE_MEDIA_SIGNING_KEY_FILE").as_deref(),
            Some("/key")
        );
    }
}
