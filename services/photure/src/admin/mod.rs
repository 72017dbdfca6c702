//! What an operator does at the command line, on the database itself: accounts, sessions and keys.

mod password;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use photure_auth::{Application, Operator, Rotation};
use photure_common::Problem;
use photure_common::config::Env;
use photure_common::service::{Kit, StartError};
use photure_database::DatabaseUrl;
use photure_domain::account::User;
use serde_json::{Value, json};

use crate::database;
use password::password;

const REFUSED: u8 = 1;
/// sysexits(3): an input is not there.
const EXIT_NO_INPUT: u8 = 66;
const EXIT_UNAVAILABLE: u8 = 69;

#[derive(Clone, Debug, Args)]
pub(crate) struct AdminArguments {
    #[command(subcommand)]
    command: AdminCommand,
    /// One JSON object instead of a sentence.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Clone, Debug, Subcommand)]
enum AdminCommand {
    /// Make an account, also where nobody may register. The very first is an admin's.
    CreateUser {
        username: String,
        #[arg(long)]
        email: String,
        /// One that may administer.
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        password: PasswordFile,
    },
    /// Give an account another password, and end its sessions.
    ResetPassword {
        /// User name, e-mail address or id.
        account: String,
        #[command(flatten)]
        password: PasswordFile,
    },
    /// Make an account an admin's, and enable it where it is disabled.
    MakeAdmin {
        /// User name, e-mail address or id.
        account: String,
    },
    /// Turn two-step sign-in of an account off, for somebody who has lost the app and the recovery codes. Passkeys stay.
    RemoveSecondFactor {
        /// User name, e-mail address or id.
        account: String,
    },
    /// End the sessions of an account. Services that run take note within half a minute.
    RevokeSessions {
        /// User name, e-mail address or id.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        account: Option<String>,
        /// Of all accounts.
        #[arg(long)]
        all: bool,
    },
    /// Have tokens signed with another key from now on. The old ones count until the last token of theirs has run out.
    RotateKeys {
        /// The old keys count no more: for the case that somebody else has one. Everyone's page fetches a new token by itself.
        #[arg(long)]
        withdraw: bool,
    },
}

#[derive(Clone, Debug, Args)]
struct PasswordFile {
    /// A file with the password in its one line; `-` is standard input. Without it, it is asked for.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordFile {
    fn path(&self) -> Option<&Path> {
        self.password_file.as_deref()
    }
}

/// Where the database is.
#[derive(Debug)]
pub(crate) struct AdminConfig {
    database: DatabaseUrl,
}

impl AdminConfig {
    pub(crate) fn from_env(env: &Env<'_>) -> Self {
        Self {
            database: DatabaseUrl::from_env(env),
        }
    }
}

/// What was done, for a person and for a program.
struct Done(String, Value);

pub(crate) async fn administer(
    config: AdminConfig,
    arguments: AdminArguments,
    kit: Kit,
) -> Result<ExitCode, StartError> {
    let AdminArguments { command, json } = arguments;
    let secret = match &command {
        AdminCommand::CreateUser { password: file, .. }
        | AdminCommand::ResetPassword { password: file, .. } => match password(file.path()) {
            Ok(password) => Some(password),
            Err(reason) => {
                complain(&reason);
                return Ok(ExitCode::from(EXIT_NO_INPUT));
            }
        },
        _ => None,
    };
    // An account may be made before anything else is: then nobody is quicker to become the first.
    let database = if matches!(command, AdminCommand::CreateUser { .. }) {
        database::open(&config.database, &kit).await?
    } else {
        database::open_existing(&config.database, &kit).await?
    };
    let operator = Operator::new(database.into(), &kit)?;
    match obey(&operator, command, secret.unwrap_or_default()).await {
        Ok(Done(sentence, document)) => {
            say(&if json { document.to_string() } else { sentence });
            Ok(ExitCode::SUCCESS)
        }
        Err(problem) => Ok(refuse(&problem, json)),
    }
}

async fn obey(
    operator: &Operator,
    command: AdminCommand,
    password: secrecy::SecretString,
) -> Result<Done, Problem> {
    match command {
        AdminCommand::CreateUser {
            username,
            email,
            admin,
            ..
        } => {
            let new = Application {
                username,
                email,
                password,
                is_admin: admin,
            };
            let user = operator.create_user(new).await?;
            let sentence = format!("{} has an account now, as {}.", user.username, user.role.as_str());
            Ok(Done(sentence, json!({ "account": account(&user) })))
        }
        AdminCommand::ResetPassword { account: who, .. } => {
            let user = operator.reset_password(&who, password).await?;
            let sentence = format!("{} has another password; all sessions have ended.", user.username);
            Ok(Done(sentence, json!({ "account": account(&user) })))
        }
        AdminCommand::MakeAdmin { account: who } => {
            let user = operator.make_admin(&who).await?;
            let sentence = format!(
                "{} may administer, as soon as their sign-in is renewed.",
                user.username
            );
            Ok(Done(sentence, json!({ "account": account(&user) })))
        }
        AdminCommand::RemoveSecondFactor { account: who } => {
            let user = operator.remove_second_factor(&who).await?;
            let sentence = format!("{} signs in with the password alone from now on.", user.username);
            Ok(Done(sentence, json!({ "account": account(&user) })))
        }
        AdminCommand::RevokeSessions { account: who, .. } => {
            let ended = operator.revoke_sessions(who.as_deref()).await?;
            let sentence = format!("{} sessions have ended.", ended.len());
            Ok(Done(sentence, json!({ "ended_sessions": ended.len() })))
        }
        AdminCommand::RotateKeys { withdraw } => {
            let (rotation, rest) = if withdraw {
                (Rotation::Withdrawing, "all others are withdrawn")
            } else {
                (Rotation::Overlapping, "it signs within two minutes")
            };
            let key = operator.rotate_keys(rotation).await?;
            let sentence = format!("{key} is the new key; {rest}.");
            Ok(Done(sentence, json!({ "key": key })))
        }
    }
}

fn account(user: &User) -> Value {
    json!({
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "role": user.role,
        "disabled": user.disabled,
    })
}

fn refuse(problem: &Problem, json: bool) -> ExitCode {
    if json {
        let body = json!({ "code": problem.code, "detail": problem.detail, "errors": problem.errors });
        say(&body.to_string());
    } else {
        complain(&problem.detail);
        for error in &problem.errors {
            complain(&format!("{} {}", error.path, error.message));
        }
    }
    ExitCode::from(if problem.status.is_client_error() {
        REFUSED
    } else {
        EXIT_UNAVAILABLE
    })
}

#[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
fn say(text: &str) {
    println!("{text}");
}

#[allow(clippy::print_stderr, reason = "there is no log yet")]
fn complain(text: &str) {
    eprintln!("{text}");
}
