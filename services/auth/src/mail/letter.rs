use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, header};
use photure_domain::account::User;
use photure_domain::{Timestamp, UserId};
use secrecy::{ExposeSecret, SecretString};

/// What is written to whom.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) user: UserId,
    pub(crate) username: String,
    /// Not always the address that the account has.
    pub(crate) address: String,
    pub(crate) matter: Matter,
}

/// What it is about. Links open accounts: nothing shows them but the letter itself.
#[derive(Clone, Debug)]
pub(crate) enum Matter {
    ResetPassword {
        link: SecretString,
    },
    ConfirmEmail {
        link: SecretString,
    },
    ChangeEmail {
        link: SecretString,
    },
    EmailChanged,
    PasswordChanged,
    /// The account is to be deleted.
    AccountClosing {
        at: Timestamp,
        by_owner: bool,
    },
    /// From the person that the letter names, to somebody who has no account.
    Invitation {
        link: SecretString,
        days: u32,
    },
}

impl Matter {
    /// For the log.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::ResetPassword { .. } => "reset_password",
            Self::ConfirmEmail { .. } => "confirm_email",
            Self::ChangeEmail { .. } => "change_email",
            Self::EmailChanged => "email_changed",
            Self::PasswordChanged => "password_changed",
            Self::AccountClosing { .. } => "account_closing",
            Self::Invitation { .. } => "invitation",
        }
    }
}

impl Letter {
    pub(crate) fn to(user: &User, matter: Matter) -> Self {
        Self::at(user, user.email.clone(), matter)
    }

    /// At another address than the account has.
    pub(crate) fn at(user: &User, address: String, matter: Matter) -> Self {
        Self {
            user: user.id,
            username: user.username.clone(),
            address,
            matter,
        }
    }

    /// `None` where nobody could deliver it: the address is none that mail knows.
    pub(super) fn message(&self, from: &Mailbox, host: &Arc<str>, now: Timestamp) -> Option<Message> {
        let (subject, text) = self.text(host);
        let sent_at = u64::try_from(now.as_millis()).unwrap_or_default();
        let to = match self.matter {
            Matter::Invitation { .. } => None,
            // A header is one line, whatever an account was made with.
            _ => Some(self.username.chars().filter(|char| !char.is_control()).collect()),
        };
        let to = Mailbox::new(to, self.address.parse().ok()?);
        let id = format!("<{}@{host}>", photure_common::secret::random_token());
        Message::builder()
            .from(from.clone())
            .to(to)
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(sent_at))
            .message_id(Some(id))
            .subject(subject)
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .header(header::ContentTransferEncoding::QuotedPrintable)
            .body(text)
            .ok()
    }

    fn text(&self, host: &str) -> (String, String) {
        let name = &self.username;
        let ignore = "If that was not you, you need not do anything: without this link nothing changes.";
        let alarm = format!(
            "If that was not you, somebody else can get into your account. Reset your password on the sign-in page of {host} at once, \
             and tell whoever runs it."
        );
        let (subject, said) = match &self.matter {
            Matter::ResetPassword { link } => (
                format!("A new password for {host}"),
                format!(
                    "somebody asked for a new password for your account on {host}. You choose it here, within an hour:\n\n{}\n\n{ignore}",
                    link.expose_secret()
                ),
            ),
            Matter::ConfirmEmail { link } => (
                format!("Confirm your address for {host}"),
                format!(
                    "this address was given for the account {name} on {host}. If it is yours, confirm it here, within a day:\n\n{}\n\n{ignore}",
                    link.expose_secret()
                ),
            ),
            Matter::ChangeEmail { link } => (
                format!("Confirm your new address for {host}"),
                format!(
                    "the account {name} on {host} is to have this address from now on. It has it when you confirm it here, within a day:\n\n{}\n\n{ignore}",
                    link.expose_secret()
                ),
            ),
            Matter::Invitation { link, days } => (
                format!("An invitation to {host}"),
                format!(
                    "{name} invites you to keep your photos on {host}. You make your account here, within {days} days:\n\n{}\n\n\
                     If you do not know {name}, you need not do anything.",
                    link.expose_secret()
                ),
            ),
            Matter::EmailChanged => (
                format!("Your address for {host} has changed"),
                format!(
                    "your account on {host} has another e-mail address now. This one is told for the last time.\n\n\
                     If that was not you, somebody else can get into your account. Tell whoever runs {host} at once."
                ),
            ),
            Matter::PasswordChanged => (
                format!("Your password for {host} has changed"),
                format!(
                    "your account on {host} has another password now, and was signed out on other devices.\n\n{alarm}"
                ),
            ),
            Matter::AccountClosing { at, by_owner } => {
                let what_to_do = if *by_owner {
                    format!("Until then you can sign in and keep it.\n\n{alarm}")
                } else {
                    format!(
                        "Nobody can sign in to it any more. If you want to keep it, ask whoever runs {host}."
                    )
                };
                (
                    format!("Your account on {host} is to be deleted"),
                    format!(
                        "your account {name} on {host} is to be deleted on {}, with all photos in it. {what_to_do}",
                        day(*at)
                    ),
                )
            }
        };
        let greeting = match self.matter {
            Matter::Invitation { .. } => "Hello".to_owned(),
            _ => format!("Hello {name}"),
        };
        (subject, format!("{greeting},\n\n{said}\n\nPhoture on {host}\n"))
    }
}

/// The date, in UTC.
fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// RFC 3834: nobody who is away on holiday is to answer.
#[derive(Clone, Copy, Debug)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use photure_testkit::{time, user};

    use super::*;

    const LINK: &str =
        "https://photos.example.org/reset-password#0123456789012345678901234567890123456789012";

    fn letter(username: &str, address: &str) -> Letter {
        Letter {
            user: user(1),
            username: username.into(),
            address: address.into(),
            matter: Matter::ResetPassword { link: LINK.into() },
        }
    }

    fn written(letter: &Letter) -> Option<String> {
        let from = "Photure <photos@example.org>".parse().unwrap();
        let message = letter.message(&from, &"photos.example.org".into(), time("2025-06-15T15:06:40Z"));
        message.map(|message| String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn a_letter_says_who_from_what_and_when_and_its_link_survives() {
        let text = written(&letter("ada", "ada@example.org")).unwrap();
        for line in [
            "From: Photure <photos@example.org>",
            "Date: Sun, 15 Jun 2025 15:06:40 +0000",
            "Subject: A new password for photos.example.org",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(text.contains("ada@example.org>"), "{text}");
        let unfolded = text.replace("=\r\n", "");
        assert!(unfolded.contains(LINK), "{text}");
        assert!(unfolded.contains("\r\nHello ada,\r\n"), "{text}");
    }

    #[test]
    fn no_name_and_no_address_adds_a_header_or_another_receiver() {
        for name in ["ada\r\nBcc: eve@example.org", "ada\nX: y", "<eve@example.org>,"] {
            let text = written(&letter(name, "ada@example.org")).unwrap();
            let (head, _) = text.split_once("\r\n\r\n").unwrap();
            let begins = |name: &str| head.lines().filter(|line| line.starts_with(name)).count();
            assert_eq!((begins("Bcc"), begins("X:"), begins("To:")), (0, 0, 1), "{head}");
        }
        for address in [
            "ada@example.org\r\nRCPT TO:<eve@example.org>",
            "ada@example.org, eve@example.org",
            "",
        ] {
            assert!(written(&letter("ada", address)).is_none(), "{address}");
        }
    }

    #[test]
    fn nothing_but_the_letter_shows_the_link() {
        assert!(!format!("{:?}", letter("ada", "ada@example.org")).contains("0123456789"));
    }
}
