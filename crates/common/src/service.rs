//! A process, from its arguments to its end: configuration checked whole, then a port, then requests until it is told to
//! stop, then a deadline.

use std::ffi::OsString;
use std::future::Future;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::map_request;
use axum::serve::ListenerExt;
use photure_domain::{Clock, IdSource};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Env, Faults, ProcessVariables};
use crate::linger::lingering;
use crate::telemetry::{self, TelemetryConfig};
use crate::{SystemClock, SystemIds, memory};

/// sysexits(3): the configuration is at fault.
const EXIT_CONFIG: u8 = 78;
/// sysexits(3): something it needs is not there.
const EXIT_UNAVAILABLE: u8 = 69;
const HEALTH_TIMEOUT: Duration = Duration::from_secs(4);

/// What a binary is.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor {
    /// `auth`: in logs, traces, health.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    pub version: &'static str,
    /// Where it listens unless told otherwise.
    pub listen: SocketAddr,
    /// Its variables, one line each: `NAME  meaning`.
    pub variables: &'static str,
}

/// What a service is made with.
#[derive(Clone, Debug)]
pub struct Kit {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    /// Cancelled when the process is told to stop. Work that waits, and streams that do not end by themselves, select on it.
    pub shutdown: CancellationToken,
    /// Work beside requests, waited for when stopping.
    pub tasks: TaskTracker,
}

impl Default for Kit {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }
}

/// A service could not be put together although its configuration reads well.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct StartError {
    what: String,
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl StartError {
    pub fn new(what: impl Into<String>, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            what: what.into(),
            cause: Some(cause.into()),
        }
    }
}

/// What every process is told.
#[derive(Clone, Debug)]
struct ProcessConfig {
    listen: SocketAddr,
    shutdown: Duration,
    telemetry: TelemetryConfig,
}

impl ProcessConfig {
    fn from_env(env: &Env<'_>, descriptor: &Descriptor) -> Self {
        Self {
            listen: env.listen(descriptor.listen),
            shutdown: env.seconds_or("PHOTURE_SHUTDOWN_SECONDS", 20),
            telemetry: TelemetryConfig::from_env(env),
        }
    }
}

/// The whole life of a service's process. `configure` reads what the service is told; `assemble` makes its router.
pub fn main<C, F>(
    descriptor: &Descriptor,
    configure: impl FnOnce(&Env<'_>) -> C,
    assemble: impl FnOnce(C, Kit) -> F,
) -> ExitCode
where
    F: Future<Output = Result<Router, StartError>>,
{
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments
        .iter()
        .map(|argument| argument.to_str())
        .collect::<Vec<_>>()
        .as_slice()
    {
        [] => run(
            descriptor,
            &Env::new(&ProcessVariables),
            configure,
            assemble,
            |_| (),
        ),
        [Some("--help" | "-h")] => say(&help(descriptor)),
        [Some("--version" | "-V")] => say(&format!("photure-{} {}", descriptor.name, descriptor.version)),
        [Some("--check-config")] => check_config(descriptor, configure),
        [Some("--health")] => health(descriptor),
        _ => {
            complain(&format!(
                "{} takes no argument but --help, --version, --check-config, --health",
                descriptor.name
            ));
            ExitCode::from(64) // EX_USAGE
        }
    }
}

/// Configures, assembles and serves until a signal. `listening` is told the address, once it answers.
pub fn run<C, F>(
    descriptor: &Descriptor,
    env: &Env<'_>,
    configure: impl FnOnce(&Env<'_>) -> C,
    assemble: impl FnOnce(C, Kit) -> F,
    listening: impl FnOnce(SocketAddr),
) -> ExitCode
where
    F: Future<Output = Result<Router, StartError>>,
{
    memory::keep_little();
    let process = ProcessConfig::from_env(env, descriptor);
    let config = configure(env);
    if let Err(faults) = env.check() {
        return refuse(&faults);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("no threads: {error}"));
            return ExitCode::from(EXIT_UNAVAILABLE);
        }
    };
    let outcome = runtime.block_on(async {
        let _telemetry = telemetry::start(descriptor.name, &process.telemetry);
        let kit = Kit::default();
        let router = assemble(config, kit.clone()).await?;
        serve(descriptor, &process, router, &kit, listening).await
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&crate::problem::causes(&error));
            ExitCode::from(EXIT_UNAVAILABLE)
        }
    }
}

/// A command that does its work and ends: configured as a service is, and without a port. What `work` answers is its exit status;
/// an error is told, and the status says that something it needs is not there.
pub fn command<C, F>(
    descriptor: &Descriptor,
    env: &Env<'_>,
    configure: impl FnOnce(&Env<'_>) -> C,
    work: impl FnOnce(C, Kit) -> F,
) -> ExitCode
where
    F: Future<Output = Result<ExitCode, StartError>>,
{
    memory::keep_little();
    let telemetry = TelemetryConfig::from_env(env);
    let config = configure(env);
    if let Err(faults) = env.check() {
        return refuse(&faults);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("no threads: {error}"));
            return ExitCode::from(EXIT_UNAVAILABLE);
        }
    };
    let outcome = runtime.block_on(async {
        let _telemetry = telemetry::start(descriptor.name, &telemetry);
        work(config, Kit::default()).await
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome.unwrap_or_else(|error| {
        complain(&crate::problem::causes(&error));
        ExitCode::from(EXIT_UNAVAILABLE)
    })
}

async fn serve(
    descriptor: &Descriptor,
    process: &ProcessConfig,
    router: Router,
    kit: &Kit,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), StartError> {
    let no_port = |error| StartError::new(format!("cannot listen on {}", process.listen), error);
    let listener = TcpListener::bind(process.listen).await.map_err(no_port)?;
    let address = listener.local_addr().map_err(no_port)?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true); // only slower without
    });
    tracing::info!(service = descriptor.name, version = descriptor.version, %address, "listening");
    listening(address);

    tokio::spawn(stop_on_signal(kit.shutdown.clone()));
    let app = router.layer(map_request(async |request| lingering(request)));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(kit.shutdown.clone().cancelled_owned());
    let deadline = async {
        kit.shutdown.cancelled().await;
        tokio::time::sleep(process.shutdown).await;
    };
    let orderly = async {
        serving
            .await
            .map_err(|error| StartError::new("the listener broke", error))?;
        kit.shutdown.cancel();
        kit.tasks.close();
        kit.tasks.wait().await;
        Ok(())
    };
    tokio::select! {
        outcome = orderly => outcome?,
        () = deadline => tracing::warn!(seconds = process.shutdown.as_secs(), "deadline over, cutting off what is left"),
    }
    tracing::info!(service = descriptor.name, "stopped");
    Ok(())
}

async fn stop_on_signal(shutdown: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        tracing::error!("signals cannot be received; only kill -9 will stop this process");
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    shutdown.cancel();
}

fn check_config<C>(descriptor: &Descriptor, configure: impl FnOnce(&Env<'_>) -> C) -> ExitCode {
    let env = Env::new(&ProcessVariables);
    ProcessConfig::from_env(&env, descriptor);
    configure(&env);
    match env.check() {
        Ok(()) => say("the configuration is good"),
        Err(faults) => refuse(&faults),
    }
}

/// Asks the service that listens where this one would whether it is ready: a container's health check without a shell.
/// Asks the process that listens where this one would whether it is ready: the health check of a container, which then needs
/// no other program.
pub fn health(descriptor: &Descriptor) -> ExitCode {
    let env = Env::new(&ProcessVariables);
    let mut address = env.listen(descriptor.listen);
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    match ask_ready(address) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            complain(&format!("{address}: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn ask_ready(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, HEALTH_TIMEOUT)?;
    stream.set_read_timeout(Some(HEALTH_TIMEOUT))?;
    stream.write_all(b"GET /health/ready HTTP/1.0\r\n\r\n")?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    Ok(head.ends_with(b" 200"))
}

fn help(descriptor: &Descriptor) -> String {
    format!(
        "photure-{} {}\n{}\n\nIt takes no arguments but --help, --version, --check-config and --health; it is configured by its \
         environment.\nEach variable may come from a file instead: NAME_FILE=/run/secrets/name.\n\n{}\n\
         PHOTURE_LISTEN            address to bind; {}\n\
         PHOTURE_SHUTDOWN_SECONDS  how long requests under way may take after SIGTERM; 20\n\
         PHOTURE_LOG               what is logged: info, debug, photure_media=debug,info …\n\
         PHOTURE_LOG_FORMAT        json or text; json\n\
         PHOTURE_OTLP_ENDPOINT     OpenTelemetry collector, such as http://collector:4318; off",
        descriptor.name, descriptor.version, descriptor.about, descriptor.variables, descriptor.listen
    )
}

fn refuse(faults: &Faults) -> ExitCode {
    complain(faults.to_string().trim_end());
    ExitCode::from(EXIT_CONFIG)
}

#[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
fn say(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}

#[allow(clippy::print_stderr, reason = "there is no log yet")]
fn complain(text: &str) {
    eprintln!("{text}");
}
