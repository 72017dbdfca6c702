//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use photure_common::config::{Env, ProcessVariables, Variables};
use photure_common::service::{self, Descriptor};

use crate::admin::{AdminArguments, AdminConfig, administer};
use crate::assemble::{Config, assemble};
use crate::care::{CareConfig, CheckArguments, RebuildArguments, check, rebuild};
use crate::defaults::Defaults;
use crate::upload;

/// A photo platform that you run for yourself.
#[derive(Debug, Parser)]
#[command(name = "photure", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run Photure in this process, with SQLite and a folder, unless PHOTURE_… variables say otherwise.
    Serve,
    /// Ask the Photure that runs here whether it is ready.
    Health,
    /// Send photos of this machine to a Photure.
    Upload(Box<upload::Arguments>),
    /// Print the OpenAPI document of the whole platform.
    Openapi,
    /// Read every original and compare storage and catalogue: 0 where all is whole, 1 where it is not, 69 where that cannot be said.
    Check(CheckArguments),
    /// Look after accounts, sessions and keys in the database itself, for the day the page cannot be reached. 0 where it is done, 1 where it is
    /// refused, 66 where there is no password, 69 where the database is not there.
    Admin(AdminArguments),
    /// Make the catalogue again from the storage alone, after the database was lost.
    Rebuild(RebuildArguments),
}

const DESCRIPTOR: Descriptor = Descriptor {
    name: "photure",
    about: "Photure in one process.",
    version: env!("CARGO_PKG_VERSION"),
    listen: SocketAddr::V4(std::net::SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 8000)),
    variables: "",
};

pub fn main() -> ExitCode {
    photure_decoding::as_worker().unwrap_or_else(obey)
}

fn obey() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve => serve(),
        Command::Health => service::health(&DESCRIPTOR),
        Command::Upload(arguments) => upload::upload(*arguments),
        Command::Openapi => print_openapi(),
        Command::Admin(arguments) => with_variables(|env| {
            service::command(&DESCRIPTOR, env, AdminConfig::from_env, |config, kit| {
                administer(config, arguments, kit)
            })
        }),
        Command::Check(arguments) => with_variables(|env| {
            service::command(&DESCRIPTOR, env, CareConfig::from_env, |config, kit| {
                check(config, arguments, kit)
            })
        }),
        Command::Rebuild(arguments) => with_variables(|env| {
            service::command(&DESCRIPTOR, env, CareConfig::from_env, |config, kit| {
                rebuild(config, arguments, kit)
            })
        }),
    }
}

/// A command beside or instead of a server, with the same environment and the same defaults.
fn with_variables(work: impl FnOnce(&Env<'_>) -> ExitCode) -> ExitCode {
    let folder = data_folder();
    match Defaults::prepare(&ProcessVariables, &folder) {
        Ok(variables) => work(&Env::new(&variables)),
        Err(error) => cannot_keep(&folder, &error),
    }
}

fn data_folder() -> PathBuf {
    let folder = ProcessVariables
        .get("PHOTURE_DATA_DIR")
        .filter(|folder| !folder.is_empty());
    PathBuf::from(folder.unwrap_or_else(|| "data".into()))
}

fn serve() -> ExitCode {
    let folder = data_folder();
    let variables = match Defaults::prepare(&ProcessVariables, &folder) {
        Ok(variables) => variables,
        Err(error) => return cannot_keep(&folder, &error),
    };
    let shown = folder.clone();
    service::run(
        &DESCRIPTOR,
        &Env::new(&variables),
        Config::from_env,
        assemble,
        move |address| greet(address, &shown),
    )
}

#[allow(
    clippy::print_stdout,
    reason = "a person started it and wants to know where it is"
)]
fn greet(address: SocketAddr, folder: &std::path::Path) {
    let host = if address.ip().is_loopback() {
        "localhost".to_owned()
    } else {
        address.ip().to_string()
    };
    println!("Photure is at http://{host}:{}", address.port());
    println!("Open it and make an account: the first one becomes the administrator.");
    println!("Everything is kept in {}. Ctrl-C stops it.", folder.display());
}

#[allow(clippy::print_stderr, reason = "there is no log yet")]
fn cannot_keep(folder: &std::path::Path, error: &std::io::Error) -> ExitCode {
    eprintln!("cannot keep anything in {}: {error}", folder.display());
    ExitCode::from(73) // EX_CANTCREAT
}

#[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
fn print_openapi() -> ExitCode {
    match serde_json::to_string_pretty(&crate::openapi()) {
        Ok(document) => {
            println!("{document}");
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}
