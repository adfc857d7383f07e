//! Running the hub until it is told to stop.

use crate::{
    Hub, HubError, alarm,
    db::{devices, offices},
    http,
    net::{Connections, Peer, tls},
    office::{self, certificate, roles, sync::admission, uploads},
    recovery,
};
use std::{
    future::{Future, poll_fn},
    net::SocketAddr,
    path::PathBuf,
    task::Poll,
    time::Duration,
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A hub that was just started has the phones of the morning to answer.
const SETTLED: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Requests under way get this long to end once the hub is told to stop.
const GRACE: Duration = Duration::from_secs(10);

pub struct Options {
    pub listen: SocketAddr,
    /// Plain HTTP; on loopback only.
    pub plain: bool,
    /// Further names for the TLS certificate.
    pub names: Vec<String>,
    /// What calls people for an alarm; `None`: open consoles alone ring.
    pub alarm: Option<alarm::Command>,
}

/// Serves until `stop` is ready. `ready` hears the address once requests are taken.
pub fn serve(
    hub: Hub,
    options: &Options,
    ready: impl FnOnce(&str),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HubError> {
    if options.plain && !options.listen.ip().is_loopback() {
        return Err(HubError::Input("plain HTTP is for loopback only; leave --plain out to serve with TLS"));
    }
    let acceptor = if options.plain { None } else { Some(acceptor(&hub, &options.names)?) };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(64).build()?;
    let (listener, address) = runtime.block_on(async {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        Ok::<_, HubError>((listener, address))
    })?;
    let url = url(options, address);
    keep_address(&hub, &url)?;
    hub.write_now(admission::decide_anew)?;
    hub.write_now(roles::say_all)?;
    runtime.block_on(async {
        let connections = Connections::new(listener, acceptor)?;
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        let mut stop = Box::pin(stop);
        // A first poll sets up the handlers of signals before anybody hears that requests are taken.
        let told = poll_fn(|context| Poll::Ready(stop.as_mut().poll(context).is_ready())).await;
        let streams = hub.clone();
        tokio::spawn(async move {
            if !told {
                stop.await;
            }
            streams.stopping.send_replace(true);
            let _ = stopping.send(true);
        });
        let stop_asked = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        tokio::spawn(sweep_daily(hub.clone()));
        tokio::spawn(warn_of_the_key(hub.folder.clone()));
        if let Some(command) = options.alarm.clone() {
            tokio::spawn(alarm::watch(hub.clone(), command));
        }
        warn_of_old_messages(&hub)?;
        warn_of_office_keys(&hub)?;
        let app = http::router(hub).into_make_service_with_connect_info::<Peer>();
        let server = axum::serve(connections, app).with_graceful_shutdown(stop_asked(stopped.clone()));
        ready(&url);
        tokio::select! {
            ended = server.into_future() => ended.map_err(HubError::from),
            () = async { stop_asked(stopped).await; tokio::time::sleep(GRACE).await } => Ok(()),
        }
    })?;
    // What still runs in the background (a last write) is finished before the process ends.
    runtime.shutdown_timeout(GRACE);
    Ok(())
}

/// Soon after the start, then every day: nobody waits for it.
async fn sweep_daily(hub: Hub) {
    let mut days = tokio::time::interval_at(tokio::time::Instant::now() + SETTLED, DAY);
    loop {
        days.tick().await;
        match uploads::sweep(&hub).await {
            Ok(swept) => tracing::info!(
                uploads = swept.uploads,
                unnamed = swept.unnamed,
                files = swept.files,
                "swept photos"
            ),
            Err(error) => tracing::error!(code = error.code(), %error, "photos could not be swept"),
        }
    }
}

/// As long as the recovery key lies on the server.
async fn warn_of_the_key(folder: PathBuf) {
    let mut days = tokio::time::interval(DAY);
    loop {
        days.tick().await;
        if recovery::lies_in(&folder) {
            tracing::warn!(
                "recovery.key still lies on the server: copy it to a USB stick kept in a safe, then delete it here"
            );
        }
    }
}

/// Without a way back, or with a key that phones no longer follow, the operator has something to do.
fn warn_of_office_keys(hub: &Hub) -> Result<(), HubError> {
    let followed = hub.read_now(|_, read| office::keys::followed(read))?;
    if !followed.has_recovery {
        tracing::warn!("phones don't know the recovery key: run `office-key recovery --key FILE` once");
    }
    if followed.strange > 0 {
        let phones = followed.strange;
        tracing::error!(
            phones,
            "phones follow a key of the office that this hub doesn't have: see `office-key show`"
        );
    }
    Ok(())
}

/// A program that no longer speaks what an enrolled phone does shuts that phone out.
fn warn_of_old_messages(hub: &Hub) -> Result<(), HubError> {
    let spoken = hub.read_now(|_, read| Ok(office::devices::spoken(&devices::all(read)?)))?;
    for (version, devices) in spoken.iter().filter(|(version, _)| !wire::VERSIONS.contains(version)) {
        tracing::warn!(
            version,
            devices,
            "phones speak messages that this program does not understand: update their apps, or run the program from before"
        );
    }
    Ok(())
}

fn acceptor(hub: &Hub, given: &[String]) -> Result<TlsAcceptor, HubError> {
    let names = tls::names(given);
    let leaf = hub.write_now(move |hub, tx| certificate::leaf(hub, tx, &names))?;
    tls::acceptor(leaf.certificate, &leaf.key, hub.identity.ca.certificate.clone())
}

fn url(options: &Options, address: SocketAddr) -> String {
    let scheme = if options.plain { "http" } else { "https" };
    // Who listens on every address is reached by a name that the certificate has.
    let host = match options.names.first() {
        Some(name) => name.clone(),
        None if address.ip().is_unspecified() => "localhost".to_owned(),
        None if address.is_ipv6() => format!("[{}]", address.ip()),
        None => address.ip().to_string(),
    };
    format!("{scheme}://{host}:{}", address.port())
}

fn keep_address(hub: &Hub, url: &str) -> Result<(), HubError> {
    let url = url.to_owned();
    hub.write_now(move |_, tx| Ok(offices::set_address(tx, &url)?))
}

/// Ready at SIGTERM or SIGINT.
pub async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => (),
                _ = terminate.recv() => (),
            }
            return;
        }
    }
    let _ = interrupt.await;
}
