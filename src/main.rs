//! The `taproom` command: reads the configuration, starts the server, prints its address, and stops on a signal.

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
        Some(command) => {
            commands::run(&command, &cli.config.data).map(|text| print_line(&text)).map_err(|error| error.to_string())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _no_reader = writeln!(io::stderr(), "taproom: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: &Config) -> Result<(), StartError> {
    init_logging(LogOptions::parse(&config.log))?;
    let runtime = Runtime::new()?;
    let result = runtime.block_on(serve_until_signal(config));
    // All accepted changes are written; a backup that is still being written is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    result
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
    let invalid =
        |_| io::Error::other(format!("--log {:?} is neither a level nor a filter. Try --log info", log.filter));
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

/// Logs panics as JSON events, each on one line. Formatted messages are left out: they may contain text of a user.
fn log_panic_hook() {
    panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        let text = panic.payload().downcast_ref::<&str>();
        tracing::error!(location, text, "panic");
    }));
}

/// The setup link comes first and alone, because the server is not safe before it is used.
fn print_greeting(running: &RunningServer, config: &Config) {
    let address = format!("http://{}", running.address());
    let url = config.public_url.as_ref().map_or_else(|| address.clone(), ToString::to_string);
    if let Some(path) = running.setup_path() {
        print_line(&format!("Set up this server: {url}{path}\n"));
    }
    print_line(&format!("Taproom listens on {address}"));
    print_line(&format!("curl -H 'Accept: text/plain' -d room=lobby -d name=Ada {url}/join"));
}

fn print_line(line: &str) {
    let _no_reader = writeln!(io::stdout(), "{line}");
}
