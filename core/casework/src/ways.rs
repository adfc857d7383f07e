//! By which workflow somebody goes, by how old they may be.

use chrono::{Datelike, NaiveDate};
use rulebook::{Age, Rulebook};

/// What is known of somebody's birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Born {
    On(NaiveDate),
    In(i32),
    Unknown,
}

/// The workflow that somebody goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way<'r> {
    pub workflow: &'r str,
    /// The age that it goes by; `None`: they are too old for any.
    pub age: Option<&'r Age>,
    /// What is known doesn't tell whether they are that young: they go this way until it is known.
    pub unconfirmed: bool,
}

/// Whoever may be young enough for a workflow goes by it; all others by that of the kind of record. `None`: the kind moves
/// by none. `seen`: the day by which they are as old as they are.
pub fn way<'r>(rulebook: &'r Rulebook, kind: &str, born: Born, seen: NaiveDate) -> Option<Way<'r>> {
    let own = rulebook.kind(kind)?.workflow.as_deref()?;
    let (least, most) = (born.least(seen), born.most(seen));
    let age = rulebook.ages(seen).into_iter().find(|age| least.is_none_or(|least| least < age.under));
    let unconfirmed = age.is_some_and(|age| most.is_none_or(|most| most >= age.under));
    Some(Way { workflow: age.map_or(own, |age| &age.workflow), age, unconfirmed })
}

impl Born {
    /// The fewest full years that they may have lived; `None`: not known.
    fn least(self, day: NaiveDate) -> Option<u32> {
        match self {
            Self::On(birth) => Some(years(birth, day)),
            Self::In(year) => NaiveDate::from_ymd_opt(year, 12, 31).map(|last| years(last, day)),
            Self::Unknown => None,
        }
    }

    fn most(self, day: NaiveDate) -> Option<u32> {
        match self {
            Self::On(birth) => Some(years(birth, day)),
            Self::In(year) => NaiveDate::from_ymd_opt(year, 1, 1).map(|first| years(first, day)),
            Self::Unknown => None,
        }
    }
}

/// Full years from one day to another; none before the first birthday. Who was born on 29 February is a year older on the
/// first of March.
fn years(birth: NaiveDate, day: NaiveDate) -> u32 {
    let before = (day.month(), day.day()) < (birth.month(), birth.day());
    u32::try_from(day.year() - birth.year() - i32::from(before)).unwrap_or(0)
}
