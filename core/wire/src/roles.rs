//! Who may be what at an office, since when: statements that its key signed, for every phone to check who wrote as what.

use crate::signed::{Signed, Statement};
use chrono::NaiveDate;
use model::{OfficeId, Place, Role, UserId};
use serde::{Deserialize, Serialize};

/// The most statements of an answer.
pub const MAX_STATEMENTS: usize = 50_000;

pub type SignedRole = Signed<RoleStatement>;

/// What a user is from a day on, until a later statement of the same user holds. Kept for ever: what was done on a day is
/// judged by what held then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleStatement {
    pub v: u16,
    pub office: OfficeId,
    /// Of all statements of this office, growing (a hub that was restored leaves some out): of two that are for a day the
    /// higher one holds.
    pub serial: u64,
    pub user: UserId,
    pub role: Role,
    pub places: Vec<Place>,
    /// What the user may beside what the role allows: nothing yet.
    pub capabilities: Vec<String>,
    /// The first day, and the last one of a user who was disabled; in Viet Nam.
    pub from: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

impl Statement for RoleStatement {
    const CONTEXT: &[u8] = b"vanggia role 1\n";
}

impl RoleStatement {
    /// What this says, or another one of the same user, is held to for a day: of those that began by then the last. `None`:
    /// they had no role.
    pub fn held(statements: impl IntoIterator<Item = Self>, day: NaiveDate) -> Option<Self> {
        let begun = statements.into_iter().filter(|statement| statement.from <= day);
        let last = begun.max_by_key(|statement| statement.serial)?;
        last.to.is_none_or(|to| day <= to).then_some(last)
    }
}

/// A statement as it travels. `serial` is what the hub says of it: a phone asks for those after the last that came,
/// also where it can't take one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    pub serial: u64,
    pub statement: SignedRole,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_statement_that_had_begun_holds_up_to_its_end() {
        let (office, user) = (OfficeId::new(), UserId::new());
        let said = |serial, role: &'static str, from: &str, to: Option<&str>| RoleStatement {
            v: crate::VERSION,
            office,
            serial,
            user,
            role: Role::new(role),
            places: vec![Place::All],
            capabilities: Vec::new(),
            from: from.parse().unwrap(),
            to: to.map(|to| to.parse().unwrap()),
        };
        let all = [
            said(9, "case_manager", "2026-05-01", Some("2026-09-30")),
            said(2, "collaborator", "2026-01-10", None),
            said(5, "commune_officer", "2026-05-01", None),
            said(7, "case_manager", "2026-05-01", None),
        ];
        let on = |day: &str| {
            let held = RoleStatement::held(all.clone(), day.parse().unwrap());
            held.map(|held| held.role.as_str().to_owned())
        };
        assert_eq!(on("2026-01-09"), None, "not here yet");
        assert_eq!(on("2026-01-10").as_deref(), Some("collaborator"));
        assert_eq!(
            on("2026-04-30").as_deref(),
            Some("collaborator"),
            "what was said later changes nothing before"
        );
        assert_eq!(on("2026-05-01").as_deref(), Some("case_manager"));
        assert_eq!(on("2026-09-30").as_deref(), Some("case_manager"), "the last day is one");
        assert_eq!(on("2026-10-01"), None);
    }
}
