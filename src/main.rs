//! The `taproom` command: reads the configuration, starts, says where, and stops when it is told to.

use std::io::{self, IsTerminal, Write};
use std::panic;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use taproom::app::{self, RunningServer, StartError};
use taproom::commands;
use taproom::config::{Cli, Config, LogOptions};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Returns memory to the system some seconds after a crowd has left; the C library's allocator keeps more of it.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.subcommand {
        None => serve(&cli.config).map_err(|error| error.to_string()),
        Some(task) => {
            commands::run(&task, &cli.config.data).map(|told| print_line(&told)).map_err(|error| error.to_string())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(io::stderr(), "taproom: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: &Config) -> Result<(), StartError> {
    init_logging(LogOptions::parse(&config.log))?;
    let runtime = Runtime::new()?;
    let served = runtime.block_on(serve_until_signal(config));
    // Everything that was promised is done; a backup that is still being written is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    served
}

async fn serve_until_signal(config: &Config) -> Result<(), StartError> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let running = app::start(config).await?;
    print_greeting(&running, config);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

fn init_logging(log: LogOptions) -> Result<(), StartError> {
    let invalid = |_| io::Error::other(format!("--log {:?} is neither a level nor a filter", log.filter));
    let filter = EnvFilter::try_new(log.filter).map_err(invalid)?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if log.json {
        subscriber.json().flatten_event(true).init();
        log_panic_hook();
    } else {
        subscriber.with_ansi(io::stderr().is_terminal()).init();
    }
    Ok(())
}

/// A panic is an event like any other, on one line. Words that were put together when it happened stay out: they may
/// repeat what somebody wrote.
fn log_panic_hook() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let words = panic.payload().downcast_ref::<&str>();
        tracing::error!(place, words, "a panic");
    }));
}

fn print_greeting(running: &RunningServer, config: &Config) {
    let here = format!("http://{}", running.address());
    let url = config.public_url.as_ref().map_or_else(|| here.clone(), ToString::to_string);
    print_line(&format!(
        "Taproom listens on {here}\ncurl -H 'Accept: text/plain' -d room=lobby -d name=Ada {url}/join"
    ));
    if let Some(path) = running.setup_path() {
        print_line(&format!("Nobody owns this house yet. Open {url}{path} to make it yours."));
    }
}

fn print_line(line: &str) {
    let _nobody_reads = writeln!(io::stdout(), "{line}");
}
