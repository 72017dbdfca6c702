use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use photure_common::config::{ProcessVariables, Variables};
use photure_domain::Sha256;
use serde::{Deserialize, Serialize};

use super::files::Found;

/// What earlier runs have found out, for one server and one account: a line for each thing as it happened. The last word counts; a
/// line that was cut short does not.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    hashes: HashMap<PathBuf, (u64, i64, Sha256)>,
    begun: HashMap<Sha256, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// A file was hashed.
    Hashed {
        path: PathBuf,
        bytes: u64,
        modified: i64,
        sha256: Sha256,
    },
    /// Its upload lives at this address.
    Begun { sha256: Sha256, address: String },
    /// And is over.
    Over { sha256: Sha256 },
}

impl Journal {
    /// Below the folder for state of this user.
    pub(super) fn open(server: &str, account: &str) -> io::Result<Self> {
        let folder = state_folder()?;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)?;
        let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        Self::open_file(&folder.join(format!("{}-{}.jsonl", plain(server), plain(account))))
    }

    fn open_file(path: &Path) -> io::Result<Self> {
        let (mut hashes, mut begun) = (HashMap::new(), HashMap::new());
        let mut lines = 0;
        match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(file) => {
                for line in BufReader::new(file).lines() {
                    lines += 1;
                    match serde_json::from_str(&line?) {
                        Ok(Line::Hashed {
                            path,
                            bytes,
                            modified,
                            sha256,
                        }) => {
                            hashes.insert(path, (bytes, modified, sha256));
                        }
                        Ok(Line::Begun { sha256, address }) => {
                            begun.insert(sha256, address);
                        }
                        Ok(Line::Over { sha256 }) => {
                            begun.remove(&sha256);
                        }
                        Err(_) => {}
                    }
                }
            }
        }
        let mut journal = Self {
            file: OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(path)?,
            hashes,
            begun,
        };
        // A line that was cut short ends here.
        journal.file.write_all(b"\n")?;
        if lines > 1_000 && lines > 3 * (journal.hashes.len() + journal.begun.len()) {
            journal.rewrite(path)?;
        }
        Ok(journal)
    }

    /// The hash of a file that has not changed since.
    pub(super) fn hash_of(&self, file: &Found) -> Option<Sha256> {
        let (bytes, modified, sha256) = self.hashes.get(&file.path)?;
        (*bytes == file.bytes && *modified == file.modified).then_some(*sha256)
    }

    pub(super) fn hashed(&mut self, file: &Found, sha256: Sha256) -> io::Result<()> {
        self.hashes
            .insert(file.path.clone(), (file.bytes, file.modified, sha256));
        self.write(&Line::Hashed {
            path: file.path.clone(),
            bytes: file.bytes,
            modified: file.modified,
            sha256,
        })
    }

    /// Where the bytes of this hash were on their way to.
    pub(super) fn begun_at(&self, sha256: &Sha256) -> Option<String> {
        self.begun.get(sha256).cloned()
    }

    pub(super) fn begun(&mut self, sha256: Sha256, address: &str) -> io::Result<()> {
        self.begun.insert(sha256, address.to_owned());
        self.write(&Line::Begun {
            sha256,
            address: address.to_owned(),
        })
    }

    pub(super) fn over(&mut self, sha256: Sha256) -> io::Result<()> {
        match self.begun.remove(&sha256) {
            Some(_) => self.write(&Line::Over { sha256 }),
            None => Ok(()),
        }
    }

    /// In one write, so that two runs at once do not mix their lines.
    fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.file.write_all(&text)
    }

    /// Only what still counts, under the same name when it is complete.
    fn rewrite(&mut self, path: &Path) -> io::Result<()> {
        let draft = path.with_extension("new");
        let mut writing = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)?;
        let hashed = self
            .hashes
            .iter()
            .map(|(path, (bytes, modified, sha256))| Line::Hashed {
                path: path.clone(),
                bytes: *bytes,
                modified: *modified,
                sha256: *sha256,
            });
        let begun = self.begun.iter().map(|(sha256, address)| Line::Begun {
            sha256: *sha256,
            address: address.clone(),
        });
        let mut text = Vec::new();
        for line in hashed.chain(begun) {
            serde_json::to_writer(&mut text, &line)?;
            text.push(b'\n');
        }
        writing.write_all(&text)?;
        std::fs::rename(&draft, path)?;
        self.file = OpenOptions::new().append(true).open(path)?;
        Ok(())
    }
}

/// `$XDG_STATE_HOME/photure`, else `~/.local/state/photure`.
fn state_folder() -> io::Result<PathBuf> {
    let set = |name| {
        ProcessVariables
            .get(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("XDG_STATE_HOME")
        .or_else(|| Some(set("HOME")?.join(".local/state")))
        .map(|folder| folder.join("photure"))
        .ok_or_else(|| io::Error::other("neither XDG_STATE_HOME nor HOME is set"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use photure_testkit::sha256;

    #[test]
    fn what_was_written_down_is_known_to_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let file = |modified| Found {
            path: "/photos/1.jpg".into(),
            bytes: 10,
            modified,
        };
        let mut journal = Journal::open_file(&path).unwrap();
        journal.hashed(&file(1), sha256(1)).unwrap();
        journal.begun(sha256(1), "/uploads/1").unwrap();
        journal.begun(sha256(2), "/uploads/2").unwrap();
        journal.over(sha256(2)).unwrap();
        // Killed in the middle of a line.
        journal.file.write_all(b"{\"begun\":{\"sha").unwrap();

        let mut journal = Journal::open_file(&path).unwrap();
        assert_eq!(journal.hash_of(&file(1)), Some(sha256(1)));
        assert_eq!(journal.hash_of(&file(2)), None, "it was changed since");
        assert_eq!(journal.begun_at(&sha256(1)).as_deref(), Some("/uploads/1"));
        assert_eq!(journal.begun_at(&sha256(2)), None);
        journal.begun(sha256(3), "/uploads/3").unwrap();
        assert!(Journal::open_file(&path).unwrap().begun_at(&sha256(3)).is_some());
    }

    #[test]
    fn a_long_one_is_written_anew_with_what_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let mut journal = Journal::open_file(&path).unwrap();
        for n in 0..600 {
            journal.begun(sha256(n), "/uploads/x").unwrap();
            journal.over(sha256(n)).unwrap();
        }
        journal.begun(sha256(700), "/uploads/700").unwrap();
        let journal = Journal::open_file(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
        assert_eq!(journal.begun_at(&sha256(700)).as_deref(), Some("/uploads/700"));
    }
}
