//! Whose feed a record belongs into: its scope follows its root.

use super::{Stop, Wait, records::Records, waiting};
use crate::HubError;
use model::{CaseId, Feed, RecordRef, kind, record::field};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Deeper than any form goes.
const MAX_DEPTH: usize = 32;

#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    pub root: RecordRef,
    pub feed: Feed,
}

pub type Routes = BTreeMap<RecordRef, Route>;

/// Where each touched record goes, and with it what lies below one that moves.
pub fn routes(records: &mut Records) -> Result<Routes, Stop> {
    let mut routes = Routes::new();
    for id in records.touched() {
        let route = route(records, &id)?;
        let kept = records.get(&id)?.kept.as_ref();
        let moved = kept.is_some_and(|kept| kept.feed != route.feed || kept.root != route.root);
        routes.insert(id.clone(), route);
        if moved {
            for below in records.below(&id)? {
                let route = self::route(records, &below)?;
                routes.insert(below, route);
            }
        }
    }
    Ok(routes)
}

fn route(records: &mut Records, id: &RecordRef) -> Result<Route, Stop> {
    let mut current = id.clone();
    for _ in 0..MAX_DEPTH {
        let record = records.get(&current)?;
        let unknown = || Wait { code: waiting::PARENT_UNKNOWN, waits_for: Some(record.id.clone()) };
        if record.kept.is_none() && !record.touched {
            return Err(unknown().into());
        }
        let is_case = current.kind == kind::CASE;
        if is_case && record.state.value(field::RESTRICTED) == Some(&Value::Bool(true)) {
            let feed = Feed::Case(CaseId(current.id));
            return Ok(Route { root: current, feed });
        }
        if let Some(parent) = record.state.parent() {
            current = parent;
            continue;
        }
        let commune = record.state.text(field::COMMUNE).filter(|code| !code.is_empty());
        return match commune {
            Some(code) if is_case || current.kind == kind::HOUSEHOLD => {
                let feed = Feed::Commune(code.to_owned());
                Ok(Route { root: current, feed })
            }
            // What says where it belongs has not come (again).
            _ => Err(unknown().into()),
        };
    }
    Err(Wait::because(waiting::CYCLE).into())
}

/// The feeds an author must be allowed to write to: of a record that is here, the one it is in now; and the one its
/// root is in now, or for a new root, will be in. So a household may be handed over to another commune by who has
/// it, and nothing may be put under a household that one can't see.
pub fn needed(records: &mut Records, routes: &Routes) -> Result<BTreeSet<Feed>, HubError> {
    let mut needed = BTreeSet::new();
    for id in records.touched() {
        let Some(route) = routes.get(&id) else { continue };
        if let Some(kept) = &records.get(&id)?.kept {
            needed.insert(kept.feed.clone());
        }
        match &records.get(&route.root)?.kept {
            Some(kept) => needed.insert(kept.feed.clone()),
            None => needed.insert(route.feed.clone()),
        };
    }
    Ok(needed)
}
