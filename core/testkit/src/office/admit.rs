//! Whether a received batch enters its feeds: whole, or it waits with its reason.

use super::{
    Ledger,
    books::{BatchKey, Filed, Waiting},
};
use model::{
    CaseId, ChangeId, Feed, MergePolicy, Place, RecordRef, RecordState, UserId, Verified, batch::Shown, kind,
    record::field,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wire::{enrol::Worker, pull::Entry};

const MAX_DEPTH: usize = 32;

/// Records as a batch would make them.
struct Plan {
    batch: Verified,
    /// Of the records that the batch touches.
    states: BTreeMap<RecordRef, RecordState>,
    /// Where they go, and with them what lies below one that moves.
    routes: BTreeMap<RecordRef, (RecordRef, Feed)>,
}

impl Ledger {
    /// Decides all that waits, again and again while something was admitted.
    pub(super) fn decide(&mut self) {
        loop {
            let waiting = std::mem::take(&mut self.books.waiting);
            let before = waiting.len();
            for mut batch in waiting {
                match self.plan(&batch) {
                    Ok(plan) => self.enter(&batch, plan),
                    Err(code) => {
                        batch.code = Some(code);
                        self.books.waiting.push(batch);
                    }
                }
            }
            if self.books.waiting.len() == before {
                return;
            }
        }
    }

    fn plan(&self, waiting: &Waiting) -> Result<Plan, String> {
        let device = self.devices.iter().find(|known| known.id == waiting.key.0).unwrap();
        if device.revoked {
            return Err("admission.revoked".into());
        }
        let batch = self.books.find(waiting.key).unwrap().batch.clone();
        if !batch.changes().flatten().all(|change| self.knows_form(&change)) {
            return Err("admission.form-unknown".into());
        }
        if let Some(code) = &self.script.hold {
            return Err(code.clone());
        }
        let mut plan = Plan { batch: batch.clone(), states: BTreeMap::new(), routes: BTreeMap::new() };
        for change in batch.changes().flatten() {
            let kept = self.books.records.get(&change.head.record);
            let state = plan.states.entry(change.head.record.clone());
            let state = state.or_insert_with(|| kept.map(|kept| kept.state.clone()).unwrap_or_default());
            let merged = state.plan(&change, None, |_| MergePolicy::Value).unwrap();
            state.apply(merged);
        }
        self.route_all(&mut plan)?;
        self.route_answers(&mut plan);
        let author = &self.workers[&device.user];
        let needed = self.needed(&plan);
        if !needed.iter().all(|feed| self.may_write(author, feed, &plan)) {
            return Err("admission.scope".into());
        }
        if !waiting.agreed && !self.entered(&plan).iter().all(|feed| covers(author, feed)) {
            return Err("admission.move".into());
        }
        Ok(plan)
    }

    /// The communes that records come into.
    fn entered(&self, plan: &Plan) -> BTreeSet<Feed> {
        let stays =
            |id: &RecordRef, feed: &Feed| self.books.records.get(id).is_some_and(|kept| kept.feed == *feed);
        let entered = plan.routes.iter().filter(|(id, (_, feed))| !stays(id, feed));
        let feeds = entered.map(|(_, (_, feed))| feed.clone());
        feeds.filter(|feed| matches!(feed, Feed::Commune(_))).collect()
    }

    /// A worker agrees to what others moved into their places.
    pub(super) fn agree(&mut self, user: UserId) {
        let worker = self.workers[&user].clone();
        let mut waiting = std::mem::take(&mut self.books.waiting);
        for batch in &mut waiting {
            let received = self.books.find(batch.key).unwrap().batch.clone();
            let communes = received.changes().flatten().filter_map(|change| {
                let code = change.value(field::COMMUNE)?.read().unwrap();
                Some(Feed::Commune(code.as_str()?.to_owned()))
            });
            batch.agreed = communes.into_iter().all(|feed| covers(&worker, &feed));
        }
        self.books.waiting = waiting;
        self.decide();
    }

    fn knows_form(&self, change: &Shown<'_>) -> bool {
        let text = |name: &str| change.value(name).map(|value| value.read().unwrap());
        let (form, version) = (text("form"), text("version"));
        change.head.record.kind != kind::SUBMISSION
            || self.forms.iter().any(|(known, _)| {
                form == Some(known.id.as_str().into()) && version == Some(known.version.as_str().into())
            })
    }

    fn route_all(&self, plan: &mut Plan) -> Result<(), String> {
        let touched: Vec<RecordRef> = plan.states.keys().cloned().collect();
        for id in touched {
            let route = self.route_of(&id, plan)?;
            let moved = self
                .books
                .records
                .get(&id)
                .is_some_and(|kept| (&kept.root, &kept.feed) != (&route.0, &route.1));
            plan.routes.insert(id.clone(), route);
            let below = if moved { self.below(&id) } else { Vec::new() };
            for record in below {
                let route = self.route_of(&record, plan)?;
                plan.routes.insert(record, route);
            }
        }
        Ok(())
    }

    /// Submissions that say what becomes restricted go with it.
    fn route_answers(&self, plan: &mut Plan) {
        let is_open = |id: &RecordRef| {
            let kept = self.books.records.get(id);
            kept.is_some_and(|kept| !matches!(kept.feed, Feed::Case(_)))
        };
        for (id, route) in plan.routes.clone() {
            if !matches!(route.1, Feed::Case(_)) || !is_open(&id) {
                continue;
            }
            for batch in self.admitted() {
                let of_record = batch.changes().flatten().filter(|change| change.head.record == id);
                let causes = of_record.filter_map(|change| change.head.cause.clone());
                for cause in causes.filter(|cause| cause.kind == kind::SUBMISSION && is_open(cause)) {
                    plan.routes.entry(cause).or_insert_with(|| route.clone());
                }
            }
        }
    }

    /// A record's root and feed: the first restricted case above it, else its root's commune.
    fn route_of(&self, id: &RecordRef, plan: &Plan) -> Result<(RecordRef, Feed), String> {
        let mut current = id.clone();
        for _ in 0..MAX_DEPTH {
            let kept = || self.books.records.get(&current).map(|kept| &kept.state);
            let state = plan.states.get(&current).or_else(kept).ok_or("admission.parent-unknown")?;
            let is_case = current.kind == kind::CASE;
            if is_case && state.value(field::RESTRICTED) == Some(&Value::Bool(true)) {
                let feed = Feed::Case(CaseId(current.id));
                return Ok((current, feed));
            }
            if let Some(parent) = state.parent() {
                current = parent;
                continue;
            }
            return match state.text(field::COMMUNE) {
                Some(code) if is_case || current.kind == kind::HOUSEHOLD => {
                    let feed = Feed::Commune(code.to_owned());
                    Ok((current, feed))
                }
                _ => Err("admission.parent-unknown".into()),
            };
        }
        Err("admission.cycle".into())
    }

    /// Kept records below one.
    fn below(&self, id: &RecordRef) -> Vec<RecordRef> {
        let children =
            self.books.records.iter().filter(|(_, record)| record.state.parent().as_ref() == Some(id));
        children.flat_map(|(child, _)| [vec![child.clone()], self.below(child)].concat()).collect()
    }

    /// Where each touched record is now, and where its root is now or will be.
    fn needed(&self, plan: &Plan) -> BTreeSet<Feed> {
        let mut needed = BTreeSet::new();
        for id in plan.states.keys() {
            let (root, feed) = &plan.routes[id];
            needed.extend(self.books.records.get(id).map(|kept| kept.feed.clone()));
            needed.insert(self.books.records.get(root).map_or(feed, |kept| &kept.feed).clone());
        }
        needed
    }

    fn may_write(&self, author: &Worker, feed: &Feed, plan: &Plan) -> bool {
        match feed {
            Feed::Case(case) => {
                let reference = RecordRef::new(kind::CASE, case.0);
                let is_new =
                    plan.states.contains_key(&reference) && !self.books.records.contains_key(&reference);
                is_new || self.is_member(author.user, feed)
            }
            _ => covers(author, feed),
        }
    }

    /// Whether the user is a member of the restricted case whose feed it is.
    pub(super) fn is_member(&self, user: UserId, feed: &Feed) -> bool {
        self.books.records.iter().any(|(id, record)| {
            id.kind == kind::CASE_MEMBER
                && record.feed == *feed
                && record.state.text(field::USER) == Some(&user.to_string())
                && !record.state.is_removed()
        })
    }

    /// Numbers the plan's entries: each record that moves leaves its old feed and enters the new one whole.
    fn enter(&mut self, waiting: &Waiting, plan: Plan) {
        let now = self.now();
        let moved: BTreeMap<RecordRef, Feed> = plan
            .routes
            .iter()
            .filter_map(|(id, (_, feed))| {
                let kept = self.books.records.get(id).filter(|kept| kept.feed != *feed)?;
                Some((id.clone(), kept.feed.clone()))
            })
            .collect();
        for (id, from) in &moved {
            self.books.take_out(from, id);
            self.books.append(from, Entry::Leave(id.clone()), now);
        }
        // As they were received: parents come before their children.
        for batch in self.admitted() {
            self.show(&batch, &plan, now, |record| moved.contains_key(record));
        }
        self.show(&plan.batch, &plan, now, |_| true);
        for (id, (root, feed)) in plan.routes {
            let kept = self.books.records.get(&id).map(|kept| kept.state.clone());
            let state = plan.states.get(&id).cloned().or(kept).unwrap();
            self.books.records.insert(id, Filed { state, root, feed });
        }
        self.note(waiting);
    }

    /// Puts a batch's changes of these records into the feeds that they go to now, in each a view of its own.
    fn show(&mut self, batch: &Verified, plan: &Plan, now: u64, of: impl Fn(&RecordRef) -> bool) {
        let mut shown: BTreeMap<Feed, BTreeSet<ChangeId>> = BTreeMap::new();
        for change in batch.changes().flatten().filter(|change| of(&change.head.record)) {
            let feed = &plan.routes[&change.head.record].1;
            shown.entry(feed.clone()).or_default().insert(change.id);
        }
        for (feed, ids) in shown {
            let view = batch.only(|id| ids.contains(&id)).unwrap();
            self.books.append(&feed, Entry::Put(Box::new(view.into())), now);
        }
    }

    fn admitted(&self) -> Vec<Verified> {
        let received = self.books.received.values().flatten().filter(|received| received.admitted);
        received.map(|received| received.batch.clone()).collect()
    }

    fn note(&mut self, waiting: &Waiting) {
        let (device, first_seq): BatchKey = waiting.key;
        for received in self.books.received.get_mut(&device).unwrap() {
            if received.batch.statement().first_seq == first_seq {
                received.admitted = true;
                received.waited = waiting.code.is_some();
            }
        }
    }
}

/// Whether a worker's places hold for a commune's feed. Which communes a province has is not known here.
pub(super) fn covers(worker: &Worker, feed: &Feed) -> bool {
    let Feed::Commune(code) = feed else { return false };
    worker.places.iter().any(|place| match place {
        Place::All => true,
        Place::Commune(commune) => commune == code,
        Place::Facility(_) | Place::Desk(_) => false,
        other => panic!("an office of the tests knows no {other}"),
    })
}
