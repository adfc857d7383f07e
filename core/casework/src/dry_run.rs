//! What another rulebook would do to a record that is worked on: numbers, before anybody agrees to it.

use chrono::{DateTime, FixedOffset};
use model::RecordState;
use rulebook::Rulebook;
use std::ops::AddAssign;
use workflow::clocks::{Deadline, Timed, running};

/// Deadlines that would be otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Those that run by both and end at another time.
    pub moved: u64,
    pub begun: u64,
    pub ended: u64,
    /// Those that would be overdue and are not.
    pub overdue: u64,
    /// When the first of those that move or begin would end.
    pub earliest: Option<DateTime<FixedOffset>>,
}

impl AddAssign for Moves {
    fn add_assign(&mut self, other: Self) {
        self.moved += other.moved;
        self.begun += other.begun;
        self.ended += other.ended;
        self.overdue += other.overdue;
        self.earliest = self.earliest.into_iter().chain(other.earliest).min();
    }
}

/// What `after` does to the deadlines of a record that `before` holds for open: its clocks by one and by the other. `now`:
/// when it is looked at.
pub fn moves(
    (before, after): (&Rulebook, &Rulebook),
    [was, is]: [&[Timed]; 2],
    now: DateTime<FixedOffset>,
) -> Moves {
    let [was, is] = [(before, was), (after, is)].map(|(rulebook, clocks)| running(rulebook, clocks, now));
    let of = |all: &'_ [Deadline<'_>], one: &Deadline<'_>| {
        all.iter().find(|other| other.code == one.code).map(|other| (other.due, other.overdue))
    };
    let mut moves = Moves::default();
    for deadline in &is {
        match of(&was, deadline) {
            Some((due, _)) if due == deadline.due => continue,
            Some(_) => moves.moved += 1,
            None => moves.begun += 1,
        }
        let was_overdue = of(&was, deadline).is_some_and(|(_, overdue)| overdue);
        moves.overdue += u64::from(deadline.overdue && !was_overdue);
        moves.earliest = moves.earliest.into_iter().chain([deadline.due]).min();
    }
    moves.ended = was.iter().filter(|deadline| of(&is, deadline).is_none()).count() as u64;
    moves
}

/// Whether `after` calls the step otherwise that a record stands at, doesn't know it, or ends or opens it.
pub fn steps_otherwise((before, after): (&Rulebook, &Rulebook), kind: &str, record: &RecordState) -> bool {
    let step = |rulebook| Rulebook::state_of(rulebook, kind, record).and_then(|(_, step)| step);
    step(before) != step(after)
}
