use lettre::message::Mailbox;
use photure_common::config::Env;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

const SERVER: &str = "PHOTURE_SMTP_URL";
const FROM: &str = "PHOTURE_MAIL_FROM";

/// Where mail is handed in, and who it is from.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// As `lettre` reads it. May hold a password.
    pub(super) server: SecretString,
    pub(super) from: Mailbox,
}

impl MailConfig {
    /// Both, or none where no mail is sent. What is wrong is said without repeating it: there may be a password in it.
    pub fn from_env(env: &Env<'_>) -> Option<Self> {
        let server = env.text(SERVER).map(|text| server(&text));
        let from = env.text(FROM).map(|text| text.parse::<Mailbox>());
        if let Some(Err(fault)) = &server {
            env.fault(SERVER, fault);
        }
        if let Some(Err(error)) = &from {
            env.fault(
                FROM,
                format_args!("is neither an address nor `Name <address>`: {error}"),
            );
        }
        match (server, from) {
            (Some(server), Some(from)) => Some(Self {
                server: server.ok()?,
                from: from.ok()?,
            }),
            (Some(_), None) => {
                env.fault(
                    FROM,
                    format_args!("is not set (nor {FROM}_FILE), and {SERVER} is"),
                );
                None
            }
            (None, Some(_)) => {
                env.fault(
                    SERVER,
                    format_args!("is not set (nor {SERVER}_FILE), and {FROM} is"),
                );
                None
            }
            (None, None) => None,
        }
    }

    /// For those who have no environment.
    #[must_use]
    pub fn new(server_url: &str, from: &str) -> Option<Self> {
        Some(Self {
            server: server(server_url).ok()?,
            from: from.parse().ok()?,
        })
    }
}

#[derive(Debug, thiserror::Error)]
enum InvalidServer {
    #[error("is neither smtp://<host> nor smtps://<host>")]
    NoAddress,
    #[error("`tls` is neither required, opportunistic nor none")]
    UnknownTls,
    #[error("would send its password unencrypted; leave `tls` away, or the password")]
    PasswordInClear,
}

/// `smtps://` is encrypted from the first byte; `smtp://` has to become so by STARTTLS, unless it says `?tls=none`, or `?tls=opportunistic` for
/// where it can. A password is only ever sent encrypted.
fn server(text: &str) -> Result<SecretString, InvalidServer> {
    let url: Url = text.parse().map_err(|_| InvalidServer::NoAddress)?;
    if !matches!(url.scheme(), "smtp" | "smtps") || url.host_str().is_none_or(str::is_empty) {
        return Err(InvalidServer::NoAddress);
    }
    let tls = url.query_pairs().find(|(name, _)| name == "tls");
    let tls = tls.map_or_else(|| "required".to_owned(), |(_, value)| value.into_owned());
    let is_secret = url.scheme() == "smtps" || tls == "required";
    if !matches!(tls.as_str(), "required" | "opportunistic" | "none") {
        return Err(InvalidServer::UnknownTls);
    }
    if !is_secret && (!url.username().is_empty() || url.password().is_some()) {
        return Err(InvalidServer::PasswordInClear);
    }
    let mut read = url;
    match tls.as_str() {
        "none" => read.set_query(None),
        tls => read.set_query(Some(&format!("tls={tls}"))),
    }
    Ok(String::from(read).into())
}

impl MailConfig {
    pub(super) fn server(&self) -> &str {
        self.server.expose_secret()
    }

    /// Whether the address says by which name Photure is to greet the server: `smtp://host/photos.example.org`.
    pub(super) fn says_hello(&self) -> bool {
        let url = self.server().parse::<Url>();
        url.is_ok_and(|url| !url.path().trim_matches('/').is_empty())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Option<MailConfig>, Vec<(String, String)>) {
        let variables: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let env = Env::new(&variables);
        let config = MailConfig::from_env(&env);
        let faults = env.check().err().map(|faults| faults.0).unwrap_or_default();
        let faults = faults.into_iter().map(|fault| (fault.variable, fault.message));
        (config, faults.collect())
    }

    #[test]
    fn without_a_server_no_mail_is_sent_and_nothing_is_wrong() {
        let (config, faults) = read(&[]);
        assert!(config.is_none() && faults.is_empty());
    }

    #[test]
    fn encryption_is_asked_for_unless_it_is_declined() {
        for (given, read_as) in [
            (
                "smtps://mail.example.org",
                "smtps://mail.example.org?tls=required",
            ),
            (
                "smtp://a:b@mail.example.org",
                "smtp://a:b@mail.example.org?tls=required",
            ),
            ("smtp://mail:1025?tls=none", "smtp://mail:1025"),
            ("smtp://mail?tls=opportunistic", "smtp://mail?tls=opportunistic"),
        ] {
            assert_eq!(server(given).unwrap().expose_secret(), read_as);
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let from = "Photure <photos@example.org>";
        for wrong in [
            "mail.example.org",
            "http://ada:hunter2@mail.example.org",
            "smtp://",
            "smtp://ada:hunter2@mail.example.org?tls=none",
            "smtp://ada:hunter2@mail.example.org?tls=opportunistic",
            "smtp://ada:hunter2@mail.example.org?tls=maybe",
        ] {
            let (config, faults) = read(&[(SERVER, wrong), (FROM, from)]);
            assert!(config.is_none(), "{wrong}");
            assert_eq!(faults.len(), 1, "{wrong}: {faults:?}");
            assert_eq!(faults[0].0, SERVER);
            assert!(!faults[0].1.contains("hunter2"), "{faults:?}");
        }
        let (config, _) = read(&[(SERVER, "smtp://ada:hunter2@mail.example.org"), (FROM, from)]);
        assert!(!format!("{:?}", config.unwrap()).contains("hunter2"));
    }

    #[test]
    fn one_without_the_other_is_a_fault() {
        let names = |pairs: &[(&str, &str)]| -> Vec<String> {
            let (config, faults) = read(pairs);
            assert!(config.is_none());
            faults.into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(&[(SERVER, "smtps://mail.example.org")]), [FROM]);
        assert_eq!(names(&[(FROM, "photos@example.org")]), [SERVER]);
        let both = [(SERVER, "smtps://mail.example.org"), (FROM, "nobody at all")];
        assert_eq!(names(&both), [FROM]);
    }
}
