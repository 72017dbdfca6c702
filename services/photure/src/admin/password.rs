use std::io::{self, IsTerminal};
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::secret_file::read_secret;

/// Where a password may come from that nobody else is to see: a file, a person at a terminal, or what another program writes. Never the
/// command line, which everyone on the machine can read.
pub(super) fn password(file: Option<&Path>) -> Result<SecretString, String> {
    let password = match file {
        Some(path) if path != Path::new("-") => {
            read_secret(path).map_err(|error| format!("{}: {error}", path.display()))?
        }
        None if io::stdin().is_terminal() => return asked_twice(),
        _ => {
            let mut line = String::new();
            io::stdin()
                .read_line(&mut line)
                .map_err(|error| error.to_string())?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    if password.is_empty() {
        return Err(
            "there is no password: type it, write it to standard input, or name a file with --password-file"
                .into(),
        );
    }
    Ok(password.into())
}

fn asked_twice() -> Result<SecretString, String> {
    let ask = |question| rpassword::prompt_password(question).map(SecretString::from);
    let (first, again) = ask("New password: ")
        .and_then(|first| Ok((first, ask("Once more: ")?)))
        .map_err(|error| error.to_string())?;
    if first.expose_secret() == again.expose_secret() {
        Ok(first)
    } else {
        Err("the two are not the same".into())
    }
}
