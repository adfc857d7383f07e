//! Whether somebody must be protected at once.

use crate::Rulebook;
use serde_json::Value;

/// Whether a child must be protected at once (Decree 56/2017 art. 31): the receiver's first view, which can't rule out
/// what the form does not: only the assessment by form 02 concludes lower (art. 26.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    Urgent,
    Unknown,
    NotUrgent,
}

impl Urgency {
    /// Of a case, by all values of a field of it that stand beside each other
    /// ([`model::RecordState::heads`]): the more pressing one counts.
    pub fn of<'a>(case: impl Fn(&str) -> Vec<&'a Value>) -> Self {
        let is = |value: &&Value, text: &str| value.as_str() == Some(text);
        let concluded = case("severity");
        let lower = |value: &&Value| is(value, "medium") || is(value, "low");
        if concluded.iter().any(|value| is(value, "high")) {
            Self::Urgent
        } else if concluded.is_empty()
            || !concluded.iter().all(lower)
            || case("urgency").iter().any(|value| is(value, "unknown") || is(value, "yes"))
        {
            Self::Unknown
        } else {
            Self::NotUrgent
        }
    }
}

impl Rulebook {
    /// Whether records of this kind say how urgent they are.
    pub fn says_urgency(&self, kind: &str) -> bool {
        self.field(kind, "severity").is_some()
    }
}
