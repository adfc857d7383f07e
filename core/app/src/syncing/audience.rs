//! Who listens to a synchronisation. No lock is held while a shell is called; `finished` is each one's last call.

use super::{
    observer::SyncObserver,
    view::{SyncProgress, SyncSummary},
};
use crate::mutex::locked;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};

pub struct Audience(Mutex<Hall>);

struct Hall {
    present: SyncProgress,
    end: Option<SyncSummary>,
    seats: Vec<Seat>,
}

#[derive(Clone)]
struct Seat {
    observer: Arc<dyn SyncObserver>,
    /// It is being told how things stand; whoever does that also tells it what happens meanwhile.
    greeting: bool,
}

impl Audience {
    pub fn new(present: SyncProgress) -> Self {
        Self(Mutex::new(Hall { present, end: None, seats: Vec::new() }))
    }

    pub fn has_ended(&self) -> bool {
        locked(&self.0).end.is_some()
    }

    /// Tells `observer` how things stand, and from then on what happens.
    pub fn join(&self, observer: Arc<dyn SyncObserver>) {
        let (seat, mut present) = {
            let mut hall = locked(&self.0);
            hall.seats.push(Seat { observer: observer.clone(), greeting: true });
            (hall.seats.len() - 1, hall.present.clone())
        };
        loop {
            call(|| observer.progress(present.clone()));
            let end = {
                let mut hall = locked(&self.0);
                match hall.end.clone() {
                    None if hall.present == present => {
                        hall.seats[seat].greeting = false;
                        return;
                    }
                    end => {
                        present = hall.present.clone();
                        end
                    }
                }
            };
            if let Some(summary) = end {
                call(|| observer.finished(summary));
                return;
            }
        }
    }

    pub fn tell(&self, progress: SyncProgress) {
        let seats = {
            let mut hall = locked(&self.0);
            hall.present = progress.clone();
            hall.seats.clone()
        };
        for seat in seats.iter().filter(|seat| !seat.greeting) {
            call(|| seat.observer.progress(progress.clone()));
        }
    }

    pub fn end(&self, summary: SyncSummary) {
        let seats = {
            let mut hall = locked(&self.0);
            hall.end = Some(summary.clone());
            hall.seats.clone()
        };
        for seat in seats.iter().filter(|seat| !seat.greeting) {
            call(|| seat.observer.finished(summary.clone()));
        }
    }
}

/// An exception in a shell arrives as a panic; the others are still told.
fn call(tell: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(tell));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syncing::view::SyncPhase;

    #[derive(Default)]
    struct Diary(Mutex<Vec<String>>);

    impl SyncObserver for Diary {
        fn progress(&self, progress: SyncProgress) {
            locked(&self.0).push(progress.done.to_string());
        }
        fn finished(&self, summary: SyncSummary) {
            locked(&self.0).push(summary.code);
        }
    }

    struct Faulty;

    impl SyncObserver for Faulty {
        fn progress(&self, _: SyncProgress) {
            panic!("an exception of the shell");
        }
        fn finished(&self, _: SyncSummary) {
            panic!("an exception of the shell");
        }
    }

    fn at(done: u64) -> SyncProgress {
        SyncProgress { phase: SyncPhase::Sending, done, total: 9, text: String::new() }
    }

    fn ended() -> SyncSummary {
        SyncSummary {
            code: "ok".into(),
            text: String::new(),
            changes_sent: 0,
            changes_received: 0,
            photos_sent: 0,
            photo_bytes_sent: 0,
            forms_received: 0,
            held_back: 0,
            resumed_uploads: 0,
        }
    }

    #[test]
    fn each_hears_the_present_state_first_and_the_end_last() {
        let audience = Audience::new(at(0));
        let (early, late, after) =
            (Arc::new(Diary::default()), Arc::new(Diary::default()), Arc::new(Diary::default()));
        audience.join(Arc::new(Faulty));
        audience.join(early.clone());
        audience.tell(at(1));
        audience.join(late.clone());
        audience.tell(at(2));
        audience.end(ended());
        audience.join(after.clone());
        assert_eq!(*locked(&early.0), ["0", "1", "2", "ok"]);
        assert_eq!(*locked(&late.0), ["1", "2", "ok"]);
        assert_eq!(*locked(&after.0), ["2", "ok"]);
        assert!(audience.has_ended());
    }
}
