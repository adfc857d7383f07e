//! What another rulebook changes for the records of a kind, whatever they say.

use crate::{Field, Kind, Phrase, Rulebook};

/// A kind for whose records something is otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    pub kind: String,
    pub plural: Phrase,
    /// Nobody knew it before.
    pub is_new: bool,
    /// How many fields are new, gone or declared otherwise.
    pub fields: usize,
    /// The steps of a workflow that its records may move by.
    pub steps: bool,
    /// Deadlines may run otherwise for them.
    pub deadlines: bool,
}

impl Rulebook {
    /// What `after` changes of this one, kind by kind, in its order.
    pub fn touched(&self, after: &Self) -> Vec<Touched> {
        let other_steps = self.states != after.states;
        let other_clocks = self.clocks != after.clocks || self.calendar != after.calendar;
        let touched = |kind: &Kind| {
            let before = self.kind(&kind.name);
            let moves = kind.workflow.is_some();
            let moved = before.is_some_and(|before| before.workflow != kind.workflow);
            let has_clocks = |rulebook: &Self| rulebook.has_clocks(&kind.name);
            let touched = Touched {
                kind: kind.name.clone(),
                plural: kind.plural.clone(),
                is_new: before.is_none(),
                fields: fields(before.map_or(&[], |before| &before.fields), &kind.fields),
                steps: before.is_some() && (moved || moves && other_steps),
                deadlines: before.is_some() && other_clocks && (has_clocks(self) || has_clocks(after)),
            };
            let is_any = touched.is_new || touched.fields > 0 || touched.steps || touched.deadlines;
            is_any.then_some(touched)
        };
        after.kinds().iter().filter_map(touched).collect()
    }
}

fn fields(before: &[Field], after: &[Field]) -> usize {
    let lacks = |all: &[Field], field: &Field| all.iter().all(|other| other.name != field.name);
    let new = after.iter().filter(|field| !before.contains(field)).count();
    new + before.iter().filter(|field| lacks(after, field)).count()
}
