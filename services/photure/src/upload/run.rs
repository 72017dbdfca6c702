use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use photure_common::config::{ProcessVariables, Variables};
use photure_domain::api_key::ApiKeySecret;
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::journal::Journal;
use super::report::Report;
use super::server::{Account, Server, in_words};
use super::transfer::Transfer;
use super::{Arguments, End, files, watch};
use crate::secret_file;

/// Files found ahead of those that are being hashed.
const AHEAD: usize = 1_000;

pub(crate) fn upload(arguments: Arguments) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let end = match runtime {
        Ok(runtime) => {
            let end = runtime.block_on(run(arguments));
            // A file that is being hashed is not waited for.
            runtime.shutdown_background();
            end
        }
        Err(error) => Err(error.to_string()),
    };
    match end {
        Ok(end) => end.into(),
        Err(reason) => {
            complain(&reason);
            End::NoServer.into()
        }
    }
}

async fn run(arguments: Arguments) -> Result<End, String> {
    let arguments = Arc::new(arguments);
    let interrupted = CancellationToken::new();
    let account = account(&arguments)?;
    let server = Server::sign_in(arguments.server.clone(), account, arguments.library)
        .await
        .map_err(|error| in_words(&error))?;
    let name = server.username().await.map_err(|error| in_words(&error))?;
    // What was begun in one library is never gone on with in another.
    let whose = match arguments.library {
        Some(library) => format!("{name}-{library}"),
        None => name,
    };
    let journal = Journal::open(&server.name(), &whose);
    let journal = journal.map_err(|error| format!("what is to be remembered cannot be kept: {error}"))?;
    let report = Report::new(arguments.json, arguments.dry_run);

    let pressed = interrupted.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            pressed.cancel();
        }
    });
    // Before the first look, so that nothing falls between.
    let changes = if arguments.watch {
        Some(watch::changes(&arguments.paths).map_err(|error| error.to_string())?)
    } else {
        None
    };
    let transfer = Transfer::new(
        Arc::new(server),
        journal,
        report.clone(),
        Arc::clone(&arguments),
        interrupted.clone(),
    );
    let found = walk(arguments.paths.clone(), interrupted.clone());
    transfer.send_all(found).await;
    if let Some((_watcher, changes)) = changes {
        report.say("Watching for more. Ctrl-C ends it.");
        watch::watch(&transfer, changes).await;
    }
    // Ctrl-C is how watching ends.
    let broken_off = interrupted.is_cancelled() && !arguments.watch;
    report.finish(broken_off);
    Ok(match broken_off {
        true => End::Interrupted,
        false if report.has_failures() => End::SomeFailed,
        false => End::AllThere,
    })
}

/// Every file below the paths, on a thread of its own, no further ahead than is needed.
fn walk(
    paths: Vec<PathBuf>,
    interrupted: CancellationToken,
) -> impl futures::Stream<Item = Result<files::Found, (PathBuf, std::io::Error)>> {
    let (tell, told) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let all = paths.iter().flat_map(|path| files::below(path));
        for found in all {
            if interrupted.is_cancelled() || tell.blocking_send(found).is_err() {
                return;
            }
        }
    });
    futures::stream::unfold(told, async |mut told| Some((told.recv().await?, told)))
}

fn account(arguments: &Arguments) -> Result<Account, String> {
    if let Some(key) = api_key(arguments)? {
        return Ok(Account::ApiKey(key));
    }
    let username = match &arguments.user {
        Some(user) => user.clone(),
        None => ask("Name or e-mail address: ")?,
    };
    let password = match (&arguments.password_file, ProcessVariables.get("PHOTURE_PASSWORD")) {
        (Some(_), Some(_)) => return Err("PHOTURE_PASSWORD and a password file are both given".into()),
        (Some(path), None) => read_secret(path)?,
        (None, Some(password)) => password,
        (None, None) => {
            if !std::io::stdin().is_terminal() {
                return Err("there is no password: set PHOTURE_PASSWORD or --password-file".into());
            }
            rpassword::prompt_password("Password: ").map_err(|error| error.to_string())?
        }
    };
    Ok(Account::Person {
        username,
        password: SecretString::from(password),
    })
}

/// What is named on the command line counts before what lies in the environment.
fn api_key(arguments: &Arguments) -> Result<Option<SecretString>, String> {
    let said = ProcessVariables.get("PHOTURE_API_KEY");
    let key = match (&arguments.api_key_file, said.filter(|key| !key.is_empty())) {
        (Some(_), Some(_)) => return Err("PHOTURE_API_KEY and a file with a key are both given".into()),
        (Some(path), None) => read_secret(path)?,
        (None, Some(key)) if arguments.user.is_none() => key,
        (None, _) => return Ok(None),
    };
    match ApiKeySecret::parse(key.trim()) {
        Some(key) => Ok(Some(key.as_str().into())),
        None => Err("this is no API key, or not all of it: one is photure_ and 48 digits and letters".into()),
    }
}

fn read_secret(path: &Path) -> Result<String, String> {
    secret_file::read_secret(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[allow(clippy::print_stderr, reason = "a question to a person")]
fn ask(question: &str) -> Result<String, String> {
    if !std::io::stdin().is_terminal() {
        return Err("there is no account: set PHOTURE_USERNAME or --user".into());
    }
    eprint!("{question}");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(|error| error.to_string())?;
    Ok(answer.trim().to_owned())
}

#[allow(clippy::print_stderr, reason = "there is no log yet")]
fn complain(reason: &str) {
    eprintln!("{reason}");
}
