//! The way back: what is known of a household, as answers of a form, so that nobody types it again.

use crate::{
    FormRules,
    rules::{From, RecordRule},
};
use model::{RecordRef, RecordState};
use serde_json::Value;
use std::collections::BTreeSet;

impl FormRules {
    /// Instance paths and stored values for `xforms::Session::start_with`: what lasts, never what belongs to one
    /// visit (its date, consents, observations). `children`: records of any kind below the root.
    pub fn prefill(
        &self,
        root: &RecordRef,
        state: &RecordState,
        children: &[(RecordRef, RecordState)],
    ) -> Vec<(String, String)> {
        let mut prefill = Prefill { momentary: self.momentary(), values: Vec::new() };
        // The records of each rule with the places of their instances.
        let mut filled: Vec<Vec<(&RecordRef, Vec<usize>)>> = Vec::new();
        for rule in &self.records {
            let mut here = Vec::new();
            match rule.parent {
                None if root.kind == *rule.kind.as_str() => {
                    prefill.record(rule, root, state, &[]);
                    here.push((root, Vec::new()));
                }
                None => {}
                // Without a hidden answer for its id the form can only make new ones.
                Some(_) if rule.id_from.is_none() => {}
                Some(parent) => {
                    for (parent, around) in filled.get(parent).into_iter().flatten() {
                        let mut found: Vec<_> = children
                            .iter()
                            .filter(|(child, state)| is_child(rule, parent, child, state))
                            .collect();
                        // Ids sort by the time they were made.
                        found.sort_by_key(|(child, _)| child.id);
                        let repeats = rule.node.depth() > around.len();
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
                            here.push((child, places));
                        }
                    }
                }
            }
            filled.push(here);
        }
        prefill.values
    }
}

/// A record that the rule would have made under this parent, still there.
fn is_child(rule: &RecordRule, parent: &RecordRef, child: &RecordRef, state: &RecordState) -> bool {
    let fits = |name: &str, constant: &Value| state.value(name) == Some(constant);
    let mut constants = rule.fields.iter().filter_map(|field| match &field.from {
        From::Constant(value) => Some((field.name.as_str(), value)),
        From::Answer { .. } => None,
    });
    child.kind == *rule.kind.as_str()
        && state.parent().as_ref() == Some(parent)
        && !state.is_removed()
        && constants.all(|(name, value)| fits(name, value))
}

struct Prefill<'a> {
    momentary: BTreeSet<&'a str>,
    values: Vec<(String, String)>,
}

impl Prefill<'_> {
    fn record(&mut self, rule: &RecordRule, record: &RecordRef, state: &RecordState, places: &[usize]) {
        let Some(id) = &rule.id_from else { return };
        self.values.push((id.instance_path(places), record.id.to_string()));
        for field in &rule.fields {
            let From::Answer { source, kind } = &field.from else { continue };
            if self.momentary.contains(source.path.as_str()) {
                continue;
            }
            let stored = state.value(&field.name).and_then(|value| kind.write(value));
            self.values.extend(stored.map(|stored| (source.instance_path(places), stored)));
        }
    }
}
