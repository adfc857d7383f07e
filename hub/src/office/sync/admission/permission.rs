//! Whether an author may do what a batch does, by the rulebook's table.

use super::{
    records::Records,
    route::{Route, Routes},
    stop::{Stop, Wait},
    waiting,
};
use crate::{
    Hub, HubError,
    db::{Tx, devices, members, users::User, waiting as held},
    office::{managers, sync::denial},
};
use chrono::NaiveDate;
use model::{
    CaseId, DeviceId, Feed, RecordState,
    batch::{Json, Shown, ShownField},
    record::field,
};
use rulebook::{Act, Asking, Denied, Rulebook};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
};
use wire::push::{DeniedPart, FOLLOWS};

/// What replaces a value of a batch that is not admitted waits for it, or was denied with it.
pub fn follows(tx: &Tx, changes: &[Shown]) -> Result<(), Stop> {
    let own: BTreeSet<_> = changes.iter().map(|change| change.id).collect();
    for change in changes {
        for field in &change.fields {
            let replaces = match field {
                ShownField::Value(field) => &field.replaces,
                ShownField::Erased(erased) => &erased.replaces,
                ShownField::Withheld => continue,
            };
            for replaced in replaces.iter().filter(|replaced| !own.contains(replaced)) {
                match held::of_change(tx, *replaced)? {
                    None => {}
                    Some((_, true, _)) => return Err(Stop::Denied(FOLLOWS, Vec::new())),
                    Some((_, false, record)) => {
                        return Err(Wait { code: waiting::FOLLOWS, waits_for: Some(record) }.into());
                    }
                }
            }
        }
    }
    Ok(())
}

/// Stops a batch that does what its author may not; `before`: of each change, what its record was.
pub fn check(
    (rulebook, day): (&Rulebook, NaiveDate),
    tx: &Tx,
    author: &User,
    changes: &[Shown],
    before: &[Option<RecordState>],
    records: &mut Records,
    routes: &Routes,
) -> Result<(), Stop> {
    let owners: RefCell<HashMap<DeviceId, bool>> = RefCell::default();
    // A table that can't be read denies: nothing is taken for the author's own.
    let is_own = |device: DeviceId| {
        let owner = || devices::owner(tx, device).ok().flatten() == Some(author.id);
        *owners.borrow_mut().entry(device).or_insert_with(owner)
    };
    let mut code = None;
    let mut parts = Vec::new();
    for (change, before) in changes.iter().zip(before) {
        let Some(route) = routes.get(&change.head.record) else { continue };
        let is_member = match &route.feed {
            Feed::Case(case) => members::is_member(tx, author.id, *case)?,
            _ => false,
        };
        let said = said(change)?;
        let act = Act {
            record: &change.head.record,
            before: before.as_ref(),
            said: said.iter().map(|(name, value)| (name.as_str(), value)).collect(),
            opens: opens(records, route)?,
        };
        let asking = Asking { role: &author.role, day, is_member, is_own: &is_own };
        for Denied { action, field } in rulebook.denied(&asking, &act) {
            code.get_or_insert(action.code());
            parts.push(DeniedPart { seq: change.seq, field });
        }
        // Who reads the case would learn what it lies under, and the other way round (casework: a link is a `subject`).
        let state = &records.get(&change.head.record)?.state;
        if matches!(&route.feed, Feed::Case(case) if case.reference() == change.head.record)
            && state.parent().is_some()
            && said.iter().any(|(name, _)| name == field::PARENT || name == field::RESTRICTED)
        {
            code.get_or_insert(denial::RESTRICTED_PARENT);
            parts.push(DeniedPart { seq: change.seq, field: None });
        }
    }
    match code {
        Some(code) => Err(Stop::Denied(code, parts)),
        None => Ok(()),
    }
}

/// Whether the batch opens the case that a record lies in, or makes it restricted: then it says who reads it.
fn opens(records: &mut Records, route: &Route) -> Result<bool, HubError> {
    let stood = records.get(&route.root)?.kept.as_ref();
    Ok(stood.is_none_or(|kept| matches!(route.feed, Feed::Case(_)) && kept.feed != route.feed))
}

fn said(change: &Shown) -> Result<Vec<(String, Value)>, HubError> {
    let mut said = Vec::new();
    for field in &change.fields {
        if let ShownField::Value(field) = field {
            let value =
                Json::read(&field.value).map_err(|_| HubError::Internal("a kept value is damaged"))?;
            said.push((field.name.to_string(), value));
        }
    }
    Ok(said)
}

/// Restricted cases whose members a batch changes, or that it makes restricted, with whether somebody managed them.
pub fn managed(
    hub: &Hub,
    tx: &Tx,
    records: &mut Records,
    routes: &Routes,
) -> Result<Vec<(CaseId, bool)>, HubError> {
    let rulebook = hub.rulebook();
    let member = rulebook.membership().map(|(kind, _)| kind);
    let mut cases = BTreeSet::new();
    for id in records.touched() {
        if let Some(Feed::Case(case)) = routes.get(&id).map(|route| &route.feed)
            && (Some(id.kind.as_str()) == member || id == case.reference())
        {
            cases.insert(*case);
        }
    }
    let managed = |case: CaseId| {
        // One that comes restricted may come without: somebody stands in. One that becomes so must not.
        let had = match &records.get(&case.reference())?.kept {
            None => false,
            Some(kept) if matches!(kept.feed, Feed::Case(_)) => managers::has(hub, tx, case)?,
            Some(_) => true,
        };
        Ok((case, had))
    };
    cases.into_iter().map(managed).collect()
}

/// After writing: none of them may have lost who managed it, and who stands in is named where nobody does.
pub fn still_managed(
    hub: &Hub,
    tx: &Tx,
    cases: &[(CaseId, bool)],
    changes: &[Shown],
    records: &mut Records,
) -> Result<(), Stop> {
    let rulebook = hub.rulebook();
    let member = rulebook.membership().map(|(kind, _)| kind);
    for (case, had) in cases {
        if *had && !managers::has(hub, tx, *case)? {
            let to_blame = changes.iter().filter(|change| {
                let record = &change.head.record;
                Some(record.kind.as_str()) == member || *record == case.reference()
            });
            let parts = to_blame.map(|change| DeniedPart { seq: change.seq, field: None }).collect();
            return Err(Stop::Denied(denial::NO_MANAGER, parts));
        }
        managers::stand_in(hub, tx, *case, &records.get(&case.reference())?.state)?;
    }
    Ok(())
}
