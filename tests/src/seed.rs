//! An office that already knows its households: invented ones, signed by a phone of the office and synchronised.

use crate::{
    headless::Headless,
    synthetic::{self, Household, PROVINCE},
};
use anyhow::{Result, bail};
use model::{HouseholdId, PersonId, RecordEdit, RecordRef, kind};
use std::path::Path;
use sync::Retry;

/// The records of an invented household.
pub fn edits(household: &Household) -> Vec<RecordEdit> {
    let root = RecordRef::new(kind::HOUSEHOLD, HouseholdId::new().0);
    let head = household.people.first().map(|person| person.name.clone()).unwrap_or_default();
    let mut edits = vec![
        RecordEdit::new(root.clone())
            .set("province", PROVINCE)
            .set("commune", household.commune)
            .set("village", household.village)
            .set("address", household.address.clone())
            .set("name", head)
            .set("area", "rural")
            .set("wall", household.wall)
            .set("water", household.water)
            .set("toilet", household.toilet),
    ];
    edits.extend(household.people.iter().map(|person| {
        RecordEdit::new(RecordRef::new(kind::PERSON, PersonId::new().0))
            .under(root.clone())
            .set("name", person.name.clone())
            .set("sex", person.sex)
            .set("relation", person.relation)
            .set("residence", "present")
            .set("birth_known", "year")
            .set("birth_date", serde_json::Value::Null)
            .set("birth_year", person.birth_year)
            .set("ethnicity", person.ethnicity)
    }));
    edits
}

/// Enrols a phone in `folder` by `invitation`, signs `count` households and sends them. `step` hears how many are
/// signed, then that they were sent.
///
/// # Errors
/// When the hub does not take all of them.
pub fn households(
    invitation: &str,
    folder: &Path,
    seed: u64,
    count: usize,
    step: &mut dyn FnMut(usize),
) -> Result<()> {
    let phone = Headless::enrol(invitation, folder, "Máy của văn phòng")?;
    for n in 0..count {
        phone.store.commit(edits(&synthetic::household(seed, n)))?;
        step(n + 1);
    }
    let report = phone.sync(&mut phone.transport(None)?, Retry::default(), &mut |_| {});
    if let Some(problem) = report.problem {
        bail!("the households were not sent: {problem}");
    }
    // A batch that the end of a push cuts in two waits for its other half, so that only what still waits counts.
    let held_back = phone.store.held_back()?.len();
    if held_back > 0 {
        bail!("{held_back} changes were not taken up");
    }
    phone.store.close()?;
    Ok(())
}
