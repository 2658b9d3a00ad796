//! `tsumugi serve`: the pages, until SIGTERM or ctrl-c.

use std::io::IsTerminal;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use rules::Day;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::{
    place::{self, Place},
    unfinished,
};
use crate::platform::web::{self, App, Settings};
use crate::platform::{
    Database, Doors, Fault, audit,
    rulebook::{self, Books},
};
use crate::routes::ROUTES;

/// Threads for handlers: each may hold a database connection or 19 MiB for a password.
const HANDLERS: usize = 24;
/// How long open requests may take to finish after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);
/// What was sealed since the last time could be removed without a trace.
const ANCHOR_EVERY: Duration = Duration::from_secs(300);

#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub listen: Listen,
    /// Let "today" stand on this day (YYYY-MM-DD), for demonstrations
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
}

/// How the pages are reached, and for how long somebody stays signed in.
#[derive(Clone, Debug, Args)]
pub struct Listen {
    /// Port; 0 takes any free one
    #[arg(long, env = "TSUMUGI_PORT", default_value_t = 7000)]
    pub port: u16,
    /// Address to listen on; the default answers this machine only
    #[arg(long, env = "TSUMUGI_HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Minutes without a request after which a session ends
    #[arg(long, env = "TSUMUGI_IDLE_MINUTES", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=720))]
    pub idle_minutes: i64,
    /// Minutes without activity after which a screen locks itself, unless an office's setting says otherwise
    #[arg(long, env = "TSUMUGI_LOCK_MINUTES", default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..=720))]
    pub lock_minutes: i64,
    /// A proxy in front speaks TLS: cookies are only sent over it
    #[arg(long, env = "TSUMUGI_TLS")]
    pub tls: bool,
    /// A proxy in front may be believed about where requests come from (X-Forwarded-For)
    #[arg(long, env = "TSUMUGI_TRUST_PROXY")]
    pub trust_proxy: bool,
}

impl Listen {
    /// Settings of the pages as chosen here.
    pub fn settings(&self, place: &Place) -> Settings {
        Settings {
            idle_minutes: self.idle_minutes,
            lock_minutes: self.lock_minutes,
            tls: self.tls,
            trust_proxy: self.trust_proxy,
            ..Settings::new(place.data.clone())
        }
    }
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(args: ServeArgs) -> Result<(), Fault> {
    log_to_stderr();
    let clock = place::clock(args.as_of);
    let database = args.place.there(&clock)?;
    let books = Books::open(&database)?;
    rulebook::bring_up(&database, &books, clock.today(), clock.now())?;
    let settings = args.listen.settings(&args.place);
    let app = App::new(Doors::new(database, clock), books, settings, crate::routes::MENU)?;
    serve(app, &args.listen, args.place.sealing().anchor, |address| println!("つむぎ http://{address}/"))
}

/// Serves until SIGTERM or ctrl-c; `ready` learns the address once requests are answered.
///
/// # Errors
/// If the port is taken or the runtime cannot start.
pub fn serve(app: App, listen: &Listen, anchor: PathBuf, ready: impl FnOnce(SocketAddr)) -> Result<(), Fault> {
    log_to_stderr();
    let database = app.doors.database().clone();
    if let Some(warning) = database.lock()?.warning() {
        tracing::warn!("{warning}");
    }
    audit::anchor::write(&database, &anchor)?;
    unfinished::resume(&app.doors, &app.books);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(HANDLERS)
        .build()
        .map_err(Fault::at("the runtime cannot start"))?;
    let address = SocketAddr::new(listen.host, listen.port);
    runtime.block_on(async {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|e| Fault::new(format!("cannot listen on {address}: {e}; another --port?")))?;
        ready(listener.local_addr().map_err(Fault::at("the address of the listener"))?);
        let anchoring = tokio::spawn(anchored(database.clone(), anchor.clone()));
        let served = until_stopped(app, listener).await;
        anchoring.abort();
        served
    })?;
    runtime.shutdown_timeout(GRACE);
    audit::anchor::write(&database, &anchor)?;
    Ok(())
}

/// Tells the anchor from time to time how the audit chain stands. An anchor that cannot be written stops nobody's work.
async fn anchored(database: Database, anchor: PathBuf) {
    let mut ticks = tokio::time::interval(ANCHOR_EVERY);
    loop {
        ticks.tick().await;
        let (database, anchor) = (database.clone(), anchor.clone());
        let written = tokio::task::spawn_blocking(move || audit::anchor::write(&database, &anchor)).await;
        if let Ok(Err(fault)) = written {
            tracing::error!(%fault, "the audit chain is not anchored");
        }
    }
}

async fn until_stopped(app: App, listener: TcpListener) -> Result<(), Fault> {
    let service = web::router(Arc::new(app), ROUTES).into_make_service_with_connect_info::<SocketAddr>();
    let stop = Arc::new(Notify::new());
    let stopping = Arc::clone(&stop);
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        signalled().await;
        tracing::info!("stopping");
        stopping.notify_one();
    });
    let late = async {
        stop.notified().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        done = async { server.await } => done.map_err(Fault::at("serving")),
        () = late => Ok(()),
    }
}

async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}

/// What is logged, however much was asked for: a library that writes whole addresses is held back, since somebody may
/// type a name into one.
pub fn log_filter(asked: &str) -> tracing_subscriber::EnvFilter {
    let filter = tracing_subscriber::EnvFilter::new(asked);
    match "tower_http=warn".parse() {
        Ok(held) => filter.add_directive(held),
        Err(_) => filter,
    }
}

/// Levels by `RUST_LOG`; by default what the operator must see, and one line a request.
fn log_to_stderr() {
    let asked = std::env::var("RUST_LOG").unwrap_or_default();
    let filter = log_filter(if asked.is_empty() { "warn,server=info,platform=info" } else { &asked });
    // Already set where a test or another verb did.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
    // A panic's message may quote what somebody typed; its place is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
