//! Where the app stands: which worker's folder, whether its keys are held, whether its files are open.

use model::Clock;
use std::{sync::Arc, time::Duration};
use store::{Keys, Store, WorkerFolder};

/// How long a paused app keeps its keys. Long enough for a phone call or a photo of a paper in another app, short
/// enough for a phone left on a table.
pub const AUTO_LOCK: Duration = Duration::from_secs(15 * 60);

/// Where the app stands; decides the first screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum AppStatus {
    /// No worker on this phone yet: show enrolment.
    NotEnrolled,
    /// Show the PIN.
    Locked,
    Unlocked,
    /// In the background with files closed; `resume` brings it back.
    Paused,
}

pub enum AppState {
    NotEnrolled,
    Locked(WorkerFolder),
    Unlocked(Opened),
    Paused { folder: WorkerFolder, keys: Keys, since: Moment },
}

impl AppState {
    /// Whose PIN is asked for, or who is using the phone.
    pub fn folder(&self) -> Option<&WorkerFolder> {
        match self {
            Self::NotEnrolled => None,
            Self::Locked(folder) | Self::Unlocked(Opened { folder, .. }) | Self::Paused { folder, .. } => {
                Some(folder)
            }
        }
    }

    pub fn status(&self) -> AppStatus {
        match self {
            Self::NotEnrolled => AppStatus::NotEnrolled,
            Self::Locked(_) => AppStatus::Locked,
            Self::Unlocked(_) => AppStatus::Unlocked,
            Self::Paused { .. } => AppStatus::Paused,
        }
    }
}

pub struct Opened {
    pub folder: WorkerFolder,
    pub keys: Keys,
    pub store: Arc<Store>,
}

/// Both clocks at once: the monotonic one stands still while a phone sleeps, the wall clock can be set.
#[derive(Clone, Copy)]
pub struct Moment {
    wall_ms: u64,
    monotonic_ms: u64,
}

impl Moment {
    pub fn now(clock: &dyn Clock) -> Self {
        Self { wall_ms: clock.now_ms(), monotonic_ms: clock.monotonic_ms() }
    }

    /// By whichever clock says more.
    pub fn until(self, later: Self) -> Duration {
        let wall = later.wall_ms.saturating_sub(self.wall_ms);
        Duration::from_millis(wall.max(later.monotonic_ms.saturating_sub(self.monotonic_ms)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_by_whichever_clock_says_more() {
        let start = Moment { wall_ms: 5_000, monotonic_ms: 100 };
        let slept = Moment { wall_ms: 905_000, monotonic_ms: 200 };
        assert_eq!(start.until(slept), AUTO_LOCK);
        let set_back = Moment { wall_ms: 1, monotonic_ms: 60_100 };
        assert_eq!(start.until(set_back), Duration::from_secs(60));
    }
}
