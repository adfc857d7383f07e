//! Whose feed a record belongs into: its scope follows its root.

use super::{Wait, records::Records};
use crate::{HubError, sync::waiting};
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

pub type Routes = BTreeMap<String, Route>;

/// Where each touched record goes, and with it what lies below one that moves.
pub fn routes(records: &mut Records) -> Result<Result<Routes, Wait>, HubError> {
    let mut routes = Routes::new();
    for id in records.touched_ids() {
        let route = match route(records, &id)? {
            Ok(route) => route,
            Err(wait) => return Ok(Err(wait)),
        };
        let moved =
            records.get(&id)?.kept.as_ref().is_some_and(|kept| {
                kept.feed != route.feed.to_string() || kept.root != route.root.to_string()
            });
        routes.insert(id.to_string(), route);
        if !moved {
            continue;
        }
        for below in records.below(&id)? {
            match self::route(records, &below)? {
                Ok(route) => routes.insert(below.to_string(), route),
                Err(wait) => return Ok(Err(wait)),
            };
        }
    }
    Ok(Ok(routes))
}

fn route(records: &mut Records, id: &RecordRef) -> Result<Result<Route, Wait>, HubError> {
    let mut current = id.clone();
    for _ in 0..MAX_DEPTH {
        let record = records.get(&current)?;
        let unknown = || Wait { code: waiting::PARENT_UNKNOWN, waits_for: Some(record.id.to_string()) };
        if record.kept.is_none() && !record.touched {
            return Ok(Err(unknown()));
        }
        let is_case = current.kind == kind::CASE;
        if is_case && record.state.value(field::RESTRICTED) == Some(&Value::Bool(true)) {
            let feed = Feed::Case(CaseId(current.id));
            return Ok(Ok(Route { root: current, feed }));
        }
        if let Some(parent) = record.state.parent() {
            current = parent;
            continue;
        }
        let commune = record.state.text(field::COMMUNE).filter(|code| !code.is_empty());
        return Ok(match commune {
            Some(code) if is_case || current.kind == kind::HOUSEHOLD => {
                let feed = Feed::Commune(code.to_owned());
                Ok(Route { root: current, feed })
            }
            // What says where it belongs has not come (again).
            _ => Err(unknown()),
        });
    }
    Ok(Err(Wait::because(waiting::CYCLE)))
}

/// The feeds an author must be allowed to write to: of a record that is here, the one it is in now; and the one its
/// root is in now, or for a new root, will be in. So a household may be handed over to another commune by who has
/// it, and nothing may be put under a household that one can't see.
pub fn needed(records: &mut Records, routes: &Routes) -> Result<BTreeSet<Feed>, HubError> {
    let mut needed = BTreeSet::new();
    let feed = |text: &str| text.parse().map_err(|_| HubError::Internal("a record's feed can't be read"));
    for id in records.touched_ids() {
        let Some(route) = routes.get(&id.to_string()) else { continue };
        if let Some(kept) = &records.get(&id)?.kept {
            needed.insert(feed(&kept.feed)?);
        }
        match &records.get(&route.root)?.kept {
            Some(kept) => needed.insert(feed(&kept.feed)?),
            None => needed.insert(route.feed.clone()),
        };
    }
    Ok(needed)
}
