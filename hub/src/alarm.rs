//! The command that calls people for an alarm: with arguments and no shell, for a limited time, once for each step.

use crate::{Hub, HubError, office::alarms};
use std::{path::PathBuf, process::Stdio, time::Duration};
use tokio::{process, time};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(20);
/// So long it may take.
const LONGEST: Duration = Duration::from_secs(60);

/// A program with its first arguments; ours come after them.
#[derive(Clone)]
pub struct Command {
    pub program: PathBuf,
    pub arguments: Vec<String>,
}

/// Until the hub stops.
pub async fn watch(hub: Hub, command: Command) {
    let mut turns = time::interval(EVERY);
    turns.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = call_due(&hub, &command).await {
            tracing::error!(code = error.code(), %error, "alarms could not be looked at");
        }
    }
}

/// Makes all calls whose time has come. One that can't be started is tried again the next time; one that fails was made.
pub async fn call_due(hub: &Hub, command: &Command) -> Result<(), HubError> {
    for call in hub.read(alarms::due).await? {
        let started = process::Command::new(&command.program)
            .args(&command.arguments)
            .args(call.arguments())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                tracing::error!(kind = %error.kind(), "the alarm's command can't be started");
                continue;
            }
        };
        let minutes = call.minutes;
        alarms::note(hub, call).await?;
        match time::timeout(LONGEST, child.wait()).await {
            Ok(Ok(status)) if status.success() => tracing::info!(minutes, "called for an alarm"),
            Ok(Ok(status)) => tracing::error!(code = status.code(), "the alarm's command failed"),
            Ok(Err(error)) => tracing::error!(kind = %error.kind(), "the alarm's command was lost"),
            Err(_) => {
                tracing::error!("the alarm's command took too long and was ended");
                drop(child.kill().await);
            }
        }
    }
    Ok(())
}
