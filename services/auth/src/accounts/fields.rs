use photure_common::FieldError;
use secrecy::{ExposeSecret, SecretString};

use crate::error::AuthError;

pub(super) const USERNAME_CHARS: std::ops::RangeInclusive<usize> = 3..=32;
const MAX_LABEL_CHARS: usize = 100;
const MIN_PASSWORD_CHARS: usize = 10;
/// Nobody types more; more would only be load.
pub(crate) const MAX_PASSWORD_BYTES: usize = 1024;
/// RFC 5321: a path of 256 with its angle brackets.
const MAX_EMAIL_BYTES: usize = 254;
const MAX_LOCAL_PART_BYTES: usize = 64;
const MAX_LABEL_BYTES: usize = 63;

/// Who wants an account.
#[derive(Clone, Debug)]
pub(crate) struct Applicant {
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) password: SecretString,
}

impl Applicant {
    /// Itself, or all that is wrong with it at once.
    pub(crate) fn checked(self) -> Result<Self, AuthError> {
        let faults = [
            ("username", username_fault(&self.username)),
            ("email", email_fault(&self.email)),
            ("password", password_fault(self.password.expose_secret())),
        ];
        let errors: Vec<_> = faults
            .into_iter()
            .filter_map(|(path, fault)| {
                let (code, message) = fault?;
                Some(FieldError {
                    path: path.into(),
                    code: code.into(),
                    message: message.into(),
                })
            })
            .collect();
        if errors.is_empty() {
            Ok(self)
        } else {
            Err(AuthError::Invalid(errors))
        }
    }
}

/// A password that is not part of a whole application.
pub(crate) fn checked_password(path: &str, password: &SecretString) -> Result<(), AuthError> {
    checked(path, password_fault(password.expose_secret()))
}

/// A name that is not.
pub(crate) fn checked_username(path: &str, username: &str) -> Result<(), AuthError> {
    checked(path, username_fault(username))
}

/// An address that is not.
pub(crate) fn checked_email(path: &str, email: &str) -> Result<(), AuthError> {
    checked(path, email_fault(email))
}

/// What somebody calls a thing of theirs, without the blanks around it.
pub(crate) fn checked_label(path: &str, label: &str) -> Result<String, AuthError> {
    let label = label.trim();
    checked(path, label_fault(label))?;
    Ok(label.to_owned())
}

fn checked(path: &str, fault: Fault) -> Result<(), AuthError> {
    match fault {
        None => Ok(()),
        Some((code, message)) => Err(AuthError::field(path, code, message)),
    }
}

pub(crate) type Fault = Option<(&'static str, &'static str)>;

/// Letters and digits of any script. No `@`, so that a name never looks like somebody's address; no combining marks on their
/// own, so that a name is written in one way only.
pub(super) fn username_fault(name: &str) -> Fault {
    let fits = |char: char| char.is_alphanumeric() || matches!(char, '.' | '_' | '-');
    if !USERNAME_CHARS.contains(&name.chars().count()) {
        Some(("length", "must have 3 to 32 characters"))
    } else if !name.chars().all(fits) {
        Some((
            "characters",
            "may hold letters, digits, dots, underscores and hyphens",
        ))
    } else {
        None
    }
}

pub(crate) fn label_fault(label: &str) -> Fault {
    if label.is_empty() || label.chars().count() > MAX_LABEL_CHARS {
        Some(("length", "must have 1 to 100 characters"))
    } else if label.chars().any(char::is_control) {
        Some(("characters", "must be one line of text"))
    } else {
        None
    }
}

/// What can be an address. Whether it is one, only a letter to it would tell.
pub(super) fn email_fault(email: &str) -> Fault {
    let fault = Some(("email", "must be an e-mail address, such as ada@example.org"));
    let Some((local, domain)) = email.rsplit_once('@') else {
        return fault;
    };
    let local_fits = (1..=MAX_LOCAL_PART_BYTES).contains(&local.len())
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char));
    let label_fits = |label: &str| {
        (1..=MAX_LABEL_BYTES).contains(&label.len())
            && label.chars().all(|char| char.is_alphanumeric() || char == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let domain_fits = domain.contains('.') && domain.split('.').all(label_fits);
    if email.len() <= MAX_EMAIL_BYTES && local_fits && domain_fits {
        None
    } else {
        fault
    }
}

/// RFC 5322 `atext`, with letters of any script (RFC 6532).
fn is_atom_char(char: char) -> bool {
    char.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(char)
}

fn password_fault(password: &str) -> Fault {
    if password.chars().count() < MIN_PASSWORD_CHARS {
        Some(("length", "must have at least 10 characters"))
    } else if password.len() > MAX_PASSWORD_BYTES {
        Some(("length", "must have at most 1024 bytes"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_taken() {
        for name in [
            "ada",
            "Ada.Lovelace-1815_",
            "Ольга",
            "李小龙",
            "Zoë",
            "x".repeat(32).as_str(),
        ] {
            assert_eq!(username_fault(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_mislead_or_break_are_not() {
        let long = "x".repeat(33);
        for name in [
            "",
            "ab",
            &long,
            "ada@example.org",
            "a b c",
            "ada\0",
            "ada\n",
            "a/../b",
            "{\"$gt\":\"\"}",
            "ze\u{301}e",
            "\u{202e}ada",
        ] {
            assert!(username_fault(name).is_some(), "{name:?}");
        }
    }

    #[test]
    fn addresses_are_told_from_nonsense() {
        for email in [
            "ada@example.org",
            "a.b+tag@sub.example.co.uk",
            "ольга@пример.рф",
            "o'brien@example.org",
        ] {
            assert_eq!(email_fault(email), None, "{email}");
        }
        let long = format!("{}@example.org", "x".repeat(65));
        for email in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@example",
            "ada@.org",
            "ada@example..org",
            "ada@-x.org",
            "a b@example.org",
            "ada@exa mple.org",
            ".ada@example.org",
            "ada.@example.org",
            "ada@example.org\n",
            "a@b@example.org",
            &long,
            "<ada@example.org>",
            "{\"$gt\":\"\"}",
        ] {
            assert!(email_fault(email).is_some(), "{email:?}");
        }
    }

    #[test]
    fn passwords_count_characters_below_and_bytes_above() {
        assert_eq!(password_fault("äöüäöüäöüä"), None);
        assert_eq!(password_fault(&"x".repeat(1024)), None);
        assert!(password_fault("123456789").is_some());
        assert!(password_fault(&"ä".repeat(513)).is_some());
    }
}
