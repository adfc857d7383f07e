//! The way back: what is known of a record and those around it, as answers of a form, so that nobody types it again.

use crate::{
    FormRules,
    rules::{From, Over, Parent, RecordRule},
};
use model::{RecordRef, RecordState};
use rulebook::MAX_DEPTH;
use serde_json::Value;
use std::{collections::BTreeSet, iter::successors};

impl FormRules {
    /// Instance paths and stored values for `xforms::Session::start_with`: what lasts, never what belongs to one
    /// visit (its date, consents, observations), nor what is over. What was last said of such a thing only hidden
    /// answers are told. `known`: the record that the form is started at,
    /// those above it up to the top of its feed, and those of any kind below them.
    pub fn prefill(&self, about: &RecordRef, known: &[(RecordRef, RecordState)]) -> Vec<(String, String)> {
        let mut prefill = Prefill { momentary: self.momentary(), values: Vec::new() };
        let state_of = |wanted: &RecordRef| known.iter().find(|(record, _)| record == wanted);
        let parent_of = |record: &RecordRef| {
            let parent = state_of(record)?.1.parent()?;
            state_of(&parent).map(|(parent, _)| parent.clone())
        };
        // The records of each rule with the places of their instances.
        let mut filled: Vec<Vec<(RecordRef, Vec<usize>)>> = Vec::new();
        for rule in &self.records {
            let mut here = Vec::new();
            if let Some(standing) = self.standing(rule) {
                let found =
                    standing.find(about, parent_of).filter(|record| record.kind == *rule.kind.as_str());
                if let Some((record, state)) = found.as_ref().and_then(state_of) {
                    prefill.record(rule, record, state, &[]);
                    here.push((record.clone(), Vec::new()));
                }
            } else if rule.id_from.is_some() {
                let parents = match &rule.parent {
                    None => Vec::new(),
                    Some(Parent::Made(parent)) => filled.get(*parent).cloned().unwrap_or_default(),
                    Some(Parent::Standing(standing)) => {
                        let found = standing.find(about, parent_of).into_iter();
                        found.map(|record| (record, Vec::new())).collect()
                    }
                };
                for (parent, around) in parents {
                    let mut found: Vec<_> =
                        known.iter().filter(|(child, state)| is_child(rule, &parent, child, state)).collect();
                    // Ids sort by the time they were made.
                    found.sort_by_key(|(child, _)| child.id);
                    let repeats = rule.node.depth() > around.len();
                    let count = rule.counted_by.as_ref().map(|count| count.instance_path(&around));
                    prefill.values.extend(count.map(|path| (path, found.len().to_string())));
                    for (i, (child, state)) in found.into_iter().enumerate() {
                        if !repeats && i > 0 {
                            break;
                        }
                        let mut places = around.clone();
                        if repeats {
                            places.resize(rule.node.depth() - 1, 1);
                            places.push(i + 1);
                        }
                        prefill.record(rule, child, state, &places);
                        here.push((child.clone(), places));
                    }
                }
            } else if let Some(by) = &rule.latest_by {
                let lies_below = |record: &RecordRef| {
                    successors(parent_of(record), parent_of).take(MAX_DEPTH).any(|above| above == *about)
                };
                let said = known.iter().filter(|(record, state)| {
                    says(rule, record, state) && state.text(by).is_some() && lies_below(record)
                });
                if let Some((_, state)) = said.max_by_key(|(record, state)| (state.text(by), record.id)) {
                    prefill.known(rule, state, &[]);
                }
            }
            // Without a hidden answer for its id the form can only make new ones.
            filled.push(here);
        }
        prefill.values
    }
}

/// A record that the rule would have made under this parent, still there and not over.
fn is_child(rule: &RecordRule, parent: &RecordRef, child: &RecordRef, state: &RecordState) -> bool {
    says(rule, child, state)
        && state.parent().as_ref() == Some(parent)
        && !rule.over.as_ref().is_some_and(|over| is_over(over, state))
}

/// A record of the rule's kind that says its constants.
fn says(rule: &RecordRule, record: &RecordRef, state: &RecordState) -> bool {
    let fits = |name: &str, constant: &Value| state.value(name) == Some(constant);
    let mut constants = rule.fields.iter().filter_map(|field| match &field.from {
        From::Constant(value) => Some((field.name.as_str(), value)),
        From::Answer { .. } => None,
    });
    record.kind == *rule.kind.as_str()
        && !state.is_removed()
        && constants.all(|(name, value)| fits(name, value))
}

/// What says nothing of it, or a word that nobody knows yet, is asked about.
fn is_over(over: &Over, state: &RecordState) -> bool {
    state.text(&over.field).is_some_and(|code| over.codes.iter().any(|known| known == code))
}

struct Prefill<'a> {
    momentary: BTreeSet<&'a str>,
    values: Vec<(String, String)>,
}

impl Prefill<'_> {
    fn record(&mut self, rule: &RecordRule, record: &RecordRef, state: &RecordState, places: &[usize]) {
        let Some(id) = &rule.id_from else { return };
        self.values.push((id.instance_path(places), record.id.to_string()));
        self.known(rule, state, places);
        for field in &rule.fields {
            let From::Answer { source, kind } = &field.from else { continue };
            if self.momentary.contains(source.path.as_str()) {
                continue;
            }
            let stored = state.value(&field.name).and_then(|value| kind.write(value));
            self.values.extend(stored.map(|stored| (source.instance_path(places), stored)));
        }
    }

    fn known(&mut self, rule: &RecordRule, state: &RecordState, places: &[usize]) {
        for field in &rule.fields {
            let (Some(hidden), From::Answer { kind, .. }) = (&field.known, &field.from) else { continue };
            let stored = state.value(&field.name).and_then(|value| kind.write(value));
            self.values.extend(stored.map(|stored| (hidden.instance_path(places), stored)));
        }
    }
}
