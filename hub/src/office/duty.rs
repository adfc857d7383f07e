//! How somebody is reached while on duty, and when they are away.

use super::users::work_together;
use crate::{
    Hub, HubError,
    db::{
        Tx, audit,
        users::{self, Reached, User},
    },
};
use model::{Redacted, UserId};

/// The longest leave, in days.
const LONGEST: i64 = 366;

/// Whether `by` may say it of `of`: of oneself, of all who runs the office, of those of the same places who hands out
/// cases.
pub fn may_set(hub: &Hub, by: &User, of: &User) -> bool {
    let rulebook = hub.rulebook();
    let hands_out = || rulebook.may_assign(&by.role, hub.today()) && work_together(&rulebook.units, by, of);
    by.id == of.id || by.runs_office(&rulebook) || hands_out()
}

/// Phones hear of it when they synchronise.
///
/// # Errors
/// [`HubError::NotFound`] for somebody unknown or not theirs to say, [`HubError::Input`] for a leave that ends before it
/// begins or lasts over a year.
pub fn set(hub: &Hub, tx: &Tx, by: Option<UserId>, of: UserId, reached: &Reached) -> Result<(), HubError> {
    let user = users::by_id(tx, of)?.ok_or(HubError::NotFound)?;
    if let Some(by) = by {
        let by = users::by_id(tx, by)?.ok_or(HubError::UserDisabled)?;
        if !may_set(hub, &by, &user) {
            return Err(HubError::NotFound);
        }
    }
    if reached.away.is_some_and(|(from, until)| !(0..LONGEST).contains(&(until - from).num_days())) {
        return Err(HubError::Input("a leave ends after it begins, and lasts a year at most"));
    }
    users::set_reached(tx, of, reached)?;
    audit::add(tx, by, "user.duty", &of)?;
    Ok(())
}

/// A number as people write it; `None`: it is none. Kept as its digits, with the `+` of a country.
pub fn phone(typed: &str) -> Option<Redacted<String>> {
    let typed = typed.trim();
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let is_number = typed.chars().all(|c| c.is_ascii_digit() || " .-()+".contains(c));
    let plus = if typed.starts_with('+') { "+" } else { "" };
    let number = format!("{plus}{digits}");
    (is_number && (3..=15).contains(&digits.len())).then_some(Redacted(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_its_digits() {
        let read = |typed| phone(typed).map(|phone| phone.0);
        assert_eq!(read(" 0912.345 678 ").as_deref(), Some("0912345678"));
        assert_eq!(read("+84 (0)912-345-678").as_deref(), Some("+840912345678"));
        assert_eq!(read("111").as_deref(), Some("111"));
        for wrong in ["", "11", "gọi chị Hoa", "0912345678 hoặc 113", "1234567890123456"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
