use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use photure_common::service::{Kit, StartError};
use tokio::sync::Semaphore;

use super::{Letter, MailConfig};

/// Servers do not like more from one sender.
const AT_ONCE: usize = 2;
/// That wait to be sent, or sent again.
const WAITING: usize = 1_000;
/// A server that says nothing for so long is away.
const TIMEOUT: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// Three quarters of an hour: a link to a new password lives for an hour.
const TRIES: usize = 12;

/// Sends letters beside requests, again and again while the server is away. They lie in memory alone, since their links open accounts: what
/// was not sent when Photure ends is asked for again by whoever misses it.
#[derive(Clone, Debug)]
pub(crate) struct Post(Arc<Office>);

#[derive(Debug)]
struct Office {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: Arc<str>,
    sending: Semaphore,
    waiting: Arc<Semaphore>,
    kit: Kit,
}

impl Post {
    /// `host` is what people type to come here.
    pub(crate) fn new(config: &MailConfig, host: &str, kit: &Kit) -> Result<Self, StartError> {
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::from_url(config.server())
            .map_err(|error| StartError::new("no mail can be sent", error))?;
        // Servers trust a name more than the address of a machine that calls itself localhost.
        if !config.says_hello() && host.parse::<IpAddr>().is_err() {
            server = server.hello_name(ClientId::Domain(host.to_owned()));
        }
        Ok(Self(Arc::new(Office {
            server: server.timeout(Some(TIMEOUT)).build(),
            from: config.from.clone(),
            host: host.into(),
            sending: Semaphore::new(AT_ONCE),
            waiting: Arc::new(Semaphore::new(WAITING)),
            kit: kit.clone(),
        })))
    }

    /// Soon. Nobody waits for it, and nobody is told how it went but the log.
    pub(crate) fn send(&self, letter: Letter) {
        let Ok(place) = self.0.waiting.clone().try_acquire_owned() else {
            tracing::error!(letter = letter.matter.name(), user = %letter.user, "too many letters wait to be sent; this one is not");
            return;
        };
        let office = self.0.clone();
        self.0.kit.tasks.spawn(async move {
            office.deliver(letter).await;
            drop(place);
        });
    }
}

impl Office {
    async fn deliver(&self, letter: Letter) {
        let (name, user) = (letter.matter.name(), letter.user);
        let Some(message) = letter.message(&self.from, &self.host, self.kit.clock.now()) else {
            return tracing::warn!(letter = name, %user, "no letter can be sent to this address");
        };
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(FIRST_PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .with_max_times(TRIES)
            .with_jitter()
            .build();
        loop {
            let error = match self.hand_in(message.clone()).await {
                Ok(()) => return tracing::info!(letter = name, %user, "letter sent"),
                Err(error) => error,
            };
            let cause = cause(&error);
            let pause = pauses.next().filter(|_| may_pass(&error));
            let (Some(pause), false) = (pause, self.kit.shutdown.is_cancelled()) else {
                return tracing::error!(letter = name, %user, cause, "letter not sent");
            };
            tracing::warn!(letter = name, %user, cause, again_in = pause.as_secs(), "letter not sent yet");
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                // Once more, and at once: there will be no later.
                () = self.kit.shutdown.cancelled() => {}
            }
        }
    }

    async fn hand_in(&self, message: Message) -> Result<(), SmtpError> {
        // Never closed.
        let _turn = self.sending.acquire().await;
        self.server.send(message).await.map(drop)
    }
}

/// Whether it may go the next time. A server that refuses a letter for good says so with a code of 500 or more.
fn may_pass(error: &SmtpError) -> bool {
    !error.is_permanent() && !error.is_client()
}

/// Without the words of the server, which name the address.
fn cause(error: &SmtpError) -> String {
    match error.status() {
        Some(status) => format!("the server answered {status}"),
        None if error.is_timeout() => "the server did not answer in time".to_owned(),
        None if error.is_tls() => format!("no encrypted connection: {error}"),
        None if error.is_response() => "the server answered nonsense".to_owned(),
        None if error.is_client() => {
            "the server lacks what is asked of it: STARTTLS, or a way to sign in".to_owned()
        }
        None => format!("no connection: {error}"),
    }
}
