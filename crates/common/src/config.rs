//! Configuration from the environment: read and checked as a whole before a port is bound.
//!
//! Each variable may also come from a file, `NAME_FILE=/run/secrets/name`, for Docker secrets; both at once is a fault.
//! All faults are gathered, so that one message names every one of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// Where variables come from, so that tests never touch the real environment.
pub trait Variables {
    fn get(&self, name: &str) -> Option<String>;
}

/// The environment of this process.
#[derive(Clone, Copy, Debug)]
pub struct ProcessVariables;

impl Variables for ProcessVariables {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

impl Variables for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<String> {
        self.get(name).cloned()
    }
}

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub variable: String,
    pub message: String,
}

/// Everything that is wrong with the configuration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Display for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.0.len();
        writeln!(
            f,
            "the configuration has {count} {}:",
            if count == 1 { "fault" } else { "faults" }
        )?;
        for fault in &self.0 {
            writeln!(f, "  {}: {}", fault.variable, fault.message)?;
        }
        Ok(())
    }
}

/// Reads variables, and gathers what is wrong with them.
pub struct Env<'a> {
    variables: &'a dyn Variables,
    faults: RefCell<Vec<Fault>>,
}

impl std::fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env")
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

impl<'a> Env<'a> {
    pub fn new(variables: &'a dyn Variables) -> Self {
        Self {
            variables,
            faults: RefCell::default(),
        }
    }

    pub fn fault(&self, variable: &str, message: impl Display) {
        self.faults.borrow_mut().push(Fault {
            variable: variable.to_owned(),
            message: message.to_string(),
        });
    }

    /// The faults found so far.
    pub fn check(&self) -> Result<(), Faults> {
        let faults = self.faults.borrow().clone();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Faults(faults))
        }
    }

    /// The value of `name`, or of the file that `name_FILE` names; empty is as good as unset.
    pub fn text(&self, name: &str) -> Option<String> {
        let file_variable = format!("{name}_FILE");
        let value = self.variables.get(name).filter(|value| !value.is_empty());
        let file = self
            .variables
            .get(&file_variable)
            .filter(|value| !value.is_empty());
        match (value, file) {
            (Some(_), Some(_)) => {
                self.fault(
                    name,
                    format_args!("set together with {file_variable}; set only one of them"),
                );
                None
            }
            (Some(value), None) => Some(value),
            (None, Some(path)) => match std::fs::read_to_string(&path) {
                Ok(content) => {
                    Some(content.trim_end_matches(['\r', '\n']).to_owned()).filter(|text| !text.is_empty())
                }
                Err(error) => {
                    self.fault(&file_variable, format_args!("cannot read {path:?}: {error}"));
                    None
                }
            },
            (None, None) => None,
        }
    }

    /// What `name` says, read as a `T`; `None` where it is unset or no `T` (then a fault too).
    pub fn parsed<T: FromStr<Err: Display>>(&self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(name, format_args!("{text:?} is not understood: {error}"));
                None
            }
        }
    }

    pub fn parsed_or<T: FromStr<Err: Display>>(&self, name: &str, default: T) -> T {
        self.parsed(name).unwrap_or(default)
    }

    /// A number that must lie in `range`.
    pub fn number_in(&self, name: &str, default: u64, range: std::ops::RangeInclusive<u64>) -> u64 {
        self.optional_number_in(name, range).unwrap_or(default)
    }

    /// As [`Env::number_in`]; `None` where it is unset.
    pub fn optional_number_in(&self, name: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let number = self.parsed(name)?;
        if range.contains(&number) {
            return Some(number);
        }
        self.fault(
            name,
            format_args!("{number} is not from {} to {}", range.start(), range.end()),
        );
        None
    }

    pub fn seconds_or(&self, name: &str, default: u64) -> Duration {
        Duration::from_secs(self.number_in(name, default, 0..=86_400 * 3_650))
    }

    /// `true`, `false`, `1`, `0`, `yes`, `no`.
    pub fn flag_or(&self, name: &str, default: bool) -> bool {
        match self.text(name).as_deref() {
            None => default,
            Some("true" | "1" | "yes") => true,
            Some("false" | "0" | "no") => false,
            Some(other) => {
                self.fault(name, format_args!("{other:?} is neither true nor false"));
                default
            }
        }
    }

    pub fn required_text(&self, name: &str) -> String {
        self.text(name).unwrap_or_else(|| {
            self.missing(name);
            String::new()
        })
    }

    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    /// A secret, which no log ever shows. Shorter than `min_bytes` is a fault.
    pub fn secret(&self, name: &str, min_bytes: usize) -> Option<SecretString> {
        let text = self.text(name)?;
        if text.len() < min_bytes {
            self.fault(name, format_args!("too short: at least {min_bytes} bytes are wanted, such as `openssl rand -base64 48` makes"));
            return None;
        }
        Some(text.into())
    }

    pub fn required_secret(&self, name: &str, min_bytes: usize) -> SecretString {
        let unset = self.faults.borrow().len();
        self.secret(name, min_bytes).unwrap_or_else(|| {
            if self.faults.borrow().len() == unset {
                self.missing(name);
            }
            SecretString::default()
        })
    }

    /// An `http` or `https` address.
    pub fn http_url(&self, name: &str) -> Option<Url> {
        let url: Url = self.parsed(name)?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            self.fault(name, format_args!("{url} is not an http:// or https:// address"));
            return None;
        }
        Some(url)
    }

    pub fn required_http_url(&self, name: &str) -> Url {
        let before = self.faults.borrow().len();
        self.http_url(name).unwrap_or_else(|| {
            if self.faults.borrow().len() == before {
                self.missing(name);
            }
            placeholder_url()
        })
    }

    /// One or several, with commas between.
    pub fn required_http_urls(&self, name: &str) -> Vec<Url> {
        let Some(text) = self.text(name) else {
            return vec![self.required_http_url(name)];
        };
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        let urls: Vec<_> = words
            .map(|word| match word.parse::<Url>() {
                Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => url,
                _ => {
                    self.fault(
                        name,
                        format_args!("{word:?} is not an http:// or https:// address"),
                    );
                    placeholder_url()
                }
            })
            .collect();
        if urls.is_empty() {
            self.missing(name);
        }
        urls
    }

    pub fn listen(&self, default: SocketAddr) -> SocketAddr {
        self.parsed_or("PHOTURE_LISTEN", default)
    }

    fn missing(&self, name: &str) {
        self.fault(name, format_args!("is not set (nor {name}_FILE)"));
    }
}

/// Stands where a fault was recorded, and is never used: with a fault nothing starts.
fn placeholder_url() -> Url {
    Url::parse("http://unset.invalid").expect("a constant")
}

/// What people type to come here: decides the issuer of tokens, cookies and CORS.
#[derive(Clone, Debug)]
pub struct PublicUrl(pub Url);

impl PublicUrl {
    pub const VARIABLE: &'static str = "PHOTURE_PUBLIC_URL";

    pub fn from_env(env: &Env<'_>) -> Self {
        const DEFAULT: &str = "http://localhost:8000";
        Self(
            env.http_url(Self::VARIABLE)
                .or_else(|| Url::parse(DEFAULT).ok())
                .unwrap_or_else(placeholder_url),
        )
    }

    /// Scheme, host and port, without a slash: what a browser sends as `Origin`, and the issuer of tokens.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn one_message_names_every_fault() {
        let vars = variables(&[
            ("PHOTURE_LISTEN", "everywhere"),
            ("PHOTURE_AUTH_URL", "ftp://auth"),
            ("KEY", "short"),
        ]);
        let env = Env::new(&vars);
        env.listen(([127, 0, 0, 1], 8000).into());
        env.required_http_url("PHOTURE_AUTH_URL");
        env.required_http_url("PHOTURE_MEDIA_URL");
        env.required_secret("KEY", 32);
        env.required_secret("OTHER_KEY", 32);
        let message = env.check().unwrap_err().to_string();
        for name in [
            "PHOTURE_LISTEN",
            "PHOTURE_AUTH_URL",
            "PHOTURE_MEDIA_URL",
            "  KEY:",
            "  OTHER_KEY:",
        ] {
            assert!(message.contains(name), "{name} in {message}");
        }
        assert!(message.starts_with("the configuration has 5 faults"), "{message}");
    }

    #[test]
    fn a_secret_may_come_from_a_file_but_not_from_both() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "from the file\n").unwrap();
        let file = file.to_str().unwrap();
        let vars = variables(&[
            ("A_FILE", file),
            ("B", "value"),
            ("B_FILE", file),
            ("C_FILE", "/nowhere/at/all"),
        ]);
        let env = Env::new(&vars);
        assert_eq!(env.text("A").as_deref(), Some("from the file"));
        assert_eq!(env.text("B"), None);
        assert_eq!(env.text("C"), None);
        let faults = env.check().unwrap_err().0;
        assert_eq!(
            faults
                .iter()
                .map(|fault| fault.variable.as_str())
                .collect::<Vec<_>>(),
            ["B", "C_FILE"]
        );
    }

    #[test]
    fn what_is_unset_takes_its_default() {
        let vars = variables(&[("EMPTY", "")]);
        let env = Env::new(&vars);
        assert_eq!(env.parsed_or("EMPTY", 7), 7);
        assert!(env.flag_or("FLAG", true));
        assert_eq!(env.number_in("SIZE", 5, 1..=10), 5);
        assert_eq!(env.check(), Ok(()));
    }
}
