//! Whose feed a record belongs into, by the rulebook's placement.

use super::{
    Stop, Wait,
    records::{Kept, Records},
    waiting,
};
use crate::HubError;
use model::{Feed, OfficeId, RecordRef};
use rulebook::{Placement, Rulebook};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    pub root: RecordRef,
    pub feed: Feed,
}

pub type Routes = BTreeMap<RecordRef, Route>;
/// By which they are found, of which office.
type Rules<'a> = (&'a Rulebook, OfficeId);

/// Where each touched record goes, and with it what lies below one that moves, and the submissions that say the same as
/// what becomes restricted.
pub fn routes(rules: Rules, records: &mut Records) -> Result<Routes, Stop> {
    let mut routes = Routes::new();
    for id in records.touched() {
        let route = route(rules, records, &id)?;
        let kept = records.get(&id)?.kept.as_ref();
        let moved = kept.is_some_and(|kept| kept.feed != route.feed || kept.root != route.root);
        routes.insert(id.clone(), route);
        if moved {
            for below in records.below(&id)? {
                let route = self::route(rules, records, &below)?;
                routes.insert(below, route);
            }
        }
    }
    let answers = answers(records, &routes)?;
    routes.extend(answers);
    Ok(routes)
}

/// Submissions whose answers became records that get restricted now: left where they were, they would tell all of it.
fn answers(records: &mut Records, routes: &Routes) -> Result<Routes, Stop> {
    let mut answers = Routes::new();
    for (id, route) in routes {
        let is_open = |kept: &Kept| !matches!(kept.feed, Feed::Case(_));
        if !matches!(route.feed, Feed::Case(_)) || !records.get(id)?.kept.as_ref().is_some_and(is_open) {
            continue;
        }
        for cause in records.causes(id)? {
            if !routes.contains_key(&cause) && records.get(&cause)?.kept.as_ref().is_some_and(is_open) {
                answers.insert(cause, route.clone());
            }
        }
    }
    Ok(answers)
}

fn route((rulebook, office): Rules, records: &mut Records, id: &RecordRef) -> Result<Route, Stop> {
    let claim_of = |id: &RecordRef| {
        let record = records.get(id)?;
        let is_here = record.kept.is_some() || record.touched;
        Ok::<_, HubError>(is_here.then(|| rulebook.claim(office, id, &record.state)))
    };
    match rulebook.place(id, claim_of)? {
        Placement::Placed { root, feed: Some(feed) } => Ok(Route { root, feed }),
        // What says where it belongs has not come (again).
        Placement::Placed { root: missing, feed: None } | Placement::Missing(missing) => {
            Err(Wait { code: waiting::PARENT_UNKNOWN, waits_for: Some(missing) }.into())
        }
        Placement::Cycle => Err(Wait::because(waiting::CYCLE).into()),
    }
}

/// The feeds an author must be allowed to write to, each with a root that says so: of a record that is here, the one it
/// is in now; and the one its root is in now, or for a new root, will be in. So a household may be handed over to
/// another commune by who has it, and nothing may be put under a household that one can't see.
pub fn needed(records: &mut Records, routes: &Routes) -> Result<BTreeMap<Feed, RecordRef>, HubError> {
    let mut needed = BTreeMap::new();
    for id in records.touched() {
        let Some(route) = routes.get(&id) else { continue };
        if let Some(kept) = &records.get(&id)?.kept {
            needed.insert(kept.feed.clone(), kept.root.clone());
        }
        let feed = records.get(&route.root)?.kept.as_ref().map_or(&route.feed, |kept| &kept.feed);
        needed.insert(feed.clone(), route.root.clone());
    }
    Ok(needed)
}

/// The feeds that records come into, but for restricted cases, and what a phone should have kept: that is not allowed to
/// anybody.
pub fn entered(records: &mut Records, routes: &Routes) -> Result<BTreeSet<Feed>, HubError> {
    let mut entered = BTreeSet::new();
    for (id, route) in routes {
        if matches!(route.feed, Feed::Case(_) | Feed::OwnDevice) {
            continue;
        }
        if records.get(id)?.kept.as_ref().is_none_or(|kept| kept.feed != route.feed) {
            entered.insert(route.feed.clone());
        }
    }
    Ok(entered)
}
