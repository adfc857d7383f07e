//! Law with its dates: the days whose facts a row is for, from when anybody may act by it, and how sure it is.

use crate::Lang;
use chrono::NaiveDate;
use serde::Deserialize;

/// How sure a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The source was checked word by word.
    Confirmed,
    /// An older text said so; that the one in force still does was not read.
    CarriedOver,
    /// No text says so, it is done so.
    Practice,
    Unconfirmed,
}

impl Certainty {
    /// What stands beside it for people to read; nothing beside what is confirmed.
    pub fn label(self, lang: Lang) -> Option<&'static str> {
        match self {
            Self::Confirmed => None,
            Self::CarriedOver => {
                Some(lang.pick("giữ theo văn bản cũ, chưa xác nhận", "carried over, not confirmed"))
            }
            Self::Practice => Some(lang.pick("theo thông lệ", "by practice")),
            Self::Unconfirmed => Some(lang.pick("chưa xác nhận", "not confirmed")),
        }
    }

    /// A ground with its label.
    pub fn beside(self, ground: &str, lang: Lang) -> String {
        match self.label(lang) {
            Some(label) if ground.is_empty() => label.to_owned(),
            Some(label) => format!("{ground} ({label})"),
            None => ground.to_owned(),
        }
    }
}

/// The days that a row is for, both included, either open; and from when it may be acted by: from its first day on,
/// where it doesn't say so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Days {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    #[serde(default)]
    pub in_force: Option<NaiveDate>,
    /// Of the pack that says so, among those that lie over each other: an upper one's goes before.
    #[serde(skip)]
    pub(crate) layer: usize,
}

impl Days {
    /// Whether it is for the facts of a day.
    pub fn hold(&self, fact: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= fact) && self.to.is_none_or(|to| fact <= to)
    }

    pub fn acted_from(&self) -> Option<NaiveDate> {
        self.in_force.or(self.from)
    }

    /// Whether some day's facts are for both.
    pub(crate) fn touch(&self, other: Self) -> bool {
        let begins_in_time =
            |one: Self, two: Self| one.from.is_none_or(|from| two.to.is_none_or(|to| from <= to));
        begins_in_time(*self, other) && begins_in_time(other, *self)
    }

    /// Whether another is for all days that this is for.
    pub(crate) fn lie_within(&self, other: Self) -> bool {
        other.from.is_none_or(|first| self.from.is_some_and(|from| first <= from))
            && other.to.is_none_or(|last| self.to.is_some_and(|to| to <= last))
    }

    /// Whether anybody may act by it on a day.
    pub fn may_be_acted_by(&self, day: NaiveDate) -> bool {
        self.acted_from().is_none_or(|first| first <= day)
    }
}

/// What the law says of a day's facts to who decides on another.
#[derive(Debug, PartialEq, Eq)]
pub struct Held<'r, T> {
    /// `None`: nothing holds.
    pub row: Option<&'r T>,
    /// For the same day, and not yet in force: it will replace the row, for days past too.
    pub later: Option<&'r T>,
}

/// Of the rows for a day's facts: the one of the uppermost pack that came in force last of those that may be acted by, and
/// the next of that pack or one above that may not yet. So a row that is replaced for days past needs no end: it goes on
/// until the other comes in force.
pub(crate) fn held<'r, T>(
    rows: impl Iterator<Item = &'r T>,
    days: impl Fn(&T) -> Days,
    fact: NaiveDate,
    decision: NaiveDate,
) -> Held<'r, T> {
    let order = |row: &&T| (days(row).acted_from(), days(row).from);
    let layer = |row: &T| days(row).layer;
    let (now, then): (Vec<_>, Vec<_>) =
        rows.filter(|row| days(row).hold(fact)).partition(|row| days(row).may_be_acted_by(decision));
    let row = now.into_iter().max_by_key(|row| (layer(row), order(row)));
    let above = |later: &&T| row.is_none_or(|row| layer(row) <= layer(later));
    Held { row, later: then.into_iter().filter(above).min_by_key(order) }
}
