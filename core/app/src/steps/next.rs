//! The step with which the worker goes on in a record of a list: told by its row, without what lies in it.

use super::{
    alarms,
    doing::Here,
    row,
    view::{AlarmView, StepRow},
};
use crate::{desk::Desk, error::Fault, form::Catalogue};
use model::{Role, UserId};
use rulebook::{Event, Events, Step, StepFrom};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::Progress;
use workflow::{
    Branch,
    clocks::{Deadline, Facts},
    guard::{self, Asking, Choice},
};

pub struct Next<'d> {
    desk: &'d Desk,
    role: Role,
    user: UserId,
    /// The forms that are here, with the kinds of records that they fill.
    forms: Arc<BTreeMap<String, BTreeSet<String>>>,
    ids: BTreeSet<String>,
}

impl<'d> Next<'d> {
    pub fn of(catalogue: &Catalogue, desk: &'d Desk) -> Result<Self, Fault> {
        let (worker, forms) = (desk.store.identity()?.worker, catalogue.fills(&desk.store)?);
        let ids = forms.keys().cloned().collect();
        Ok(Self { desk, role: worker.role, user: worker.user, forms, ids })
    }

    /// What meets a deadline of it, or else leads on from where it stands.
    pub fn step(
        &self,
        of: &Progress,
        running: &[Deadline<'d>],
        deadline: &Deadline<'d>,
    ) -> Result<Option<StepRow>, Fault> {
        let choices = self.choices(of, running);
        let named = |step: &Step| step.to.is_some() && matches!(step.from, StepFrom::States(_));
        let settles = choices.iter().find(|choice| choice.step.settles && of.undecided);
        let meets = || choices.iter().find(|choice| self.meets(choice.step, deadline));
        let chosen = settles.or_else(meets).or_else(|| choices.iter().find(|choice| named(choice.step)));
        chosen.map(|choice| self.told(of, choice)).transpose().map(Option::flatten)
    }

    /// The alarm of it that runs.
    pub fn alarm(
        &self,
        of: &Progress,
        running: &[Deadline<'d>],
        title: &str,
    ) -> Result<Option<AlarmView>, Fault> {
        let Some(alarm) = alarms::alarm(running) else { return Ok(None) };
        let choices = self.choices(of, running);
        let step =
            alarms::takes_on(&choices, alarm).map(|choice| self.told(of, choice)).transpose()?.flatten();
        alarms::view(self.desk, &of.reference, alarm, title, step).map(Some)
    }

    /// By what the row says: conditions are asked where a step has some.
    fn choices(&self, of: &Progress, running: &[Deadline<'d>]) -> Vec<Choice<'d>> {
        let (rulebook, kind) = (&self.desk.rulebook, of.reference.kind.as_str());
        let workflow = rulebook.workflow_of(kind, &of.state).filter(|name| rulebook.moves_by_steps(name));
        let Some(workflow) = workflow else { return Vec::new() };
        let (state, _) = rulebook.state_of(kind, &of.state).unwrap_or_default();
        // Which steps stand beside each other the row doesn't say: one is as good as all.
        let beside = Branch { action: String::new(), to: String::new(), steps: BTreeSet::new() };
        let branches = if of.undecided { vec![beside] } else { Vec::new() };
        let progress = workflow::Progress { state: state.to_owned(), branches, ..Default::default() };
        let facts = Facts { rulebook, kind, state: &of.state, below: &[], progress: Some(&progress) };
        let (day, partial) = (self.desk.now.date_naive(), BTreeMap::new());
        let asking = Asking { role: &self.role, user: self.user, day, partial: &partial };
        guard::choices(rulebook, workflow, &facts, &progress, running, &asking)
    }

    fn told(&self, of: &Progress, choice: &Choice<'_>) -> Result<Option<StepRow>, Fault> {
        if choice.step.guard.is_empty() {
            return Ok(Some(row(choice, &self.ids, self.desk.lang)));
        }
        let (record, standing) =
            (self.desk.record(of.reference.clone())?, self.desk.store.standing(&of.reference)?);
        let Some(here) = Here::of(self.desk, record, standing)? else { return Ok(None) };
        let choices = here.choices();
        let same = choices.iter().find(|one| one.step.code == choice.step.code);
        Ok(same.map(|choice| row(choice, &self.ids, self.desk.lang)))
    }

    /// It is what the deadline waits for, or its form makes that.
    fn meets(&self, step: &Step, deadline: &Deadline<'_>) -> bool {
        let fills = step.form.as_ref().and_then(|form| self.forms.get(form));
        deadline.clock.stops.iter().flat_map(Events::iter).any(|event| match event {
            Event::Action(action) => *action == step.code,
            Event::Record(of) => fills.is_some_and(|kinds| kinds.contains(&of.kind)),
            _ => false,
        })
    }
}
