//! The `taproom` command: reads the configuration, starts, says where, and stops when it is told to.

use std::io::{self, IsTerminal, Write};
use std::panic;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use taproom::app::{self, Running, StartError};
use taproom::config::{Cli, Config, Log};
use taproom::tasks;
use tikv_jemallocator::Jemalloc;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// What a crowd needed is the system's again some seconds after it has gone.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.task {
        None => serve(&cli.config).map_err(|error| error.to_string()),
        Some(task) => tasks::run(&task, &cli.config.data).map(|told| print(&told)).map_err(|error| error.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(io::stderr(), "taproom: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: &Config) -> Result<(), StartError> {
    log(Log::parse(&config.log))?;
    let runtime = Runtime::new()?;
    let served = runtime.block_on(serve_until_told(config));
    // Everything that was promised is done; a backup that is still being written is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    served
}

async fn serve_until_told(config: &Config) -> Result<(), StartError> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let running = app::start(config).await?;
    greet(&running, config);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

fn log(log: Log) -> Result<(), StartError> {
    let neither = |_| io::Error::other(format!("--log {:?} is neither a level nor a filter", log.filter));
    let filter = EnvFilter::try_new(log.filter).map_err(neither)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if log.json {
        lines.json().flatten_event(true).init();
        log_panics();
    } else {
        lines.with_ansi(io::stderr().is_terminal()).init();
    }
    Ok(())
}

/// A panic is an event like any other, on one line. Words that were put together when it happened stay out: they may
/// repeat what somebody wrote.
fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let words = panic.payload().downcast_ref::<&str>();
        tracing::error!(place, words, "a panic");
    }));
}

fn greet(running: &Running, config: &Config) {
    let here = format!("http://{}", running.address());
    let url = config.public_url.as_ref().map_or_else(|| here.clone(), ToString::to_string);
    print(&format!("Taproom listens on {here}\ncurl -H 'Accept: text/plain' -d room=lobby -d name=Ada {url}/enter"));
    if let Some(path) = running.owner_path() {
        print(&format!("Nobody owns this house yet. Open {url}{path} to make it yours."));
    }
}

fn print(line: &str) {
    let _nobody_reads = writeln!(io::stdout(), "{line}");
}
