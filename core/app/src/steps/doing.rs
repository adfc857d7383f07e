//! Taking a step.

use crate::{
    desk::{Desk, parsed},
    error::Fault,
};
use casework::{
    acting::{self, NotNow, Wish},
    timeline,
};
use model::{RecordEdit, RecordRef, RecordState, Role, UserId};
use rulebook::Step;
use std::collections::BTreeSet;
use store::Record;
use uuid::Uuid;
use workflow::{
    Standing, Verdict,
    clocks::{self, Facts},
    guard::{self, Asking, Choice},
};

/// A record that moves by steps, as the worker acts in it.
pub struct Here<'d> {
    pub desk: &'d Desk,
    pub record: Record,
    pub workflow: String,
    pub standing: Standing,
    /// What lies in it, and in what its steps approve.
    below: Vec<(RecordRef, RecordState)>,
    role: Role,
    user: UserId,
}

impl<'d> Here<'d> {
    /// `None`: it moves by no steps.
    pub fn of(desk: &'d Desk, record: Record, standing: Option<Standing>) -> Result<Option<Self>, Fault> {
        let Some(standing) = standing.filter(|standing| standing.progress.is_some()) else { return Ok(None) };
        let (rulebook, reference) = (&desk.rulebook, &record.reference);
        let workflow = rulebook.workflow_of(reference.kind.as_str(), &record.state).unwrap_or_default();
        let workflow = workflow.to_owned();
        let approved: BTreeSet<&str> =
            rulebook.steps(&workflow).into_iter().filter_map(|step| step.approves.as_deref()).collect();
        let mut below = desk.store.children(reference, None)?;
        let approved = below.iter().filter(|below| approved.contains(below.reference.kind.as_str()));
        let deeper: Vec<_> = approved
            .map(|approved| desk.store.children(&approved.reference, None))
            .collect::<Result<_, _>>()?;
        below.extend(deeper.into_iter().flatten());
        let below = below.into_iter().map(|record| (record.reference, record.state)).collect();
        let worker = desk.store.identity()?.worker;
        Ok(Some(Self { desk, workflow, standing, below, role: worker.role, user: worker.user, record }))
    }

    /// Of a record that is here and moves by steps.
    fn at(desk: &'d Desk, record: &RecordRef) -> Result<Self, Fault> {
        let standing = desk.store.standing(record)?;
        let here = Self::of(desk, desk.record(record.clone())?, standing)?;
        here.ok_or(not_now(&NotNow::NotAllowed))
    }

    /// What the worker may do next.
    pub fn choices(&self) -> Vec<Choice<'_>> {
        let Some(progress) = &self.standing.progress else { return Vec::new() };
        let (rulebook, record) = (&self.desk.rulebook, &self.record.reference);
        let own = self.below.iter().filter(|(_, state)| state.parent().as_ref() == Some(record));
        let own: Vec<_> = own.cloned().collect();
        let facts = Facts {
            rulebook,
            kind: record.kind.as_str(),
            state: &self.record.state,
            below: &own,
            progress: Some(progress),
        };
        let asking = Asking {
            role: &self.role,
            user: self.user,
            day: self.desk.now.date_naive(),
            partial: &self.standing.partial,
        };
        let running = clocks::running(rulebook, &self.standing.clocks, self.desk.now);
        guard::choices(rulebook, &self.workflow, &facts, progress, &running, &asking)
    }

    fn allowed(&self, wish: &Wish<'_>) -> Result<&Step, Fault> {
        let branches = self.standing.progress.as_ref().map_or(&[][..], |progress| &progress.branches);
        acting::allowed(&self.choices(), branches, wish, self.desk.lang).map_err(|why| not_now(&why))
    }

    fn edit(&self, wish: &Wish<'_>) -> RecordEdit {
        let below: Vec<_> = self.below.iter().map(|(record, state)| (record, state)).collect();
        let of = (&self.record.reference, self.workflow.as_str());
        let (rulebook, now) = (&self.desk.rulebook, self.desk.now);
        acting::edit(rulebook, of, &self.standing, wish, &below, now, Uuid::now_v7())
    }
}

fn not_now(why: &NotNow) -> Fault {
    let fault = Fault::new(why.code());
    match why {
        NotNow::Unmet(unmet) => fault.naming(unmet),
        _ => fault,
    }
}

/// Takes a step that has no form.
pub fn take(
    desk: &Desk,
    record: &RecordRef,
    action: &str,
    reason: &str,
    chosen: Option<&str>,
) -> Result<(), Fault> {
    let chosen = chosen.map(parsed).transpose()?;
    let (here, wish) = (Here::at(desk, record)?, Wish { action, reason, chosen, about: None });
    if here.allowed(&wish)?.form.is_some() {
        return Err(not_now(&NotNow::NotAllowed));
    }
    desk.store.commit(vec![here.edit(&wish)])?;
    Ok(())
}

/// The form of a step that may be taken now.
pub fn form_of(desk: &Desk, record: &RecordRef, action: &str, reason: &str) -> Result<String, Fault> {
    let here = Here::at(desk, record)?;
    let step = here.allowed(&Wish { action, reason, ..Wish::default() })?;
    step.form.clone().ok_or(not_now(&NotNow::NotAllowed))
}

/// The record of a step that was filled in, whether it can be taken any more or not: nothing of it may be lost. `None`
/// where records move by no steps any more.
/// `made`: what the form made of the answers.
pub fn filled(
    desk: &Desk,
    record: &RecordRef,
    (action, reason): (&str, &str),
    made: &[RecordEdit],
) -> Result<Option<RecordEdit>, Fault> {
    let (found, standing) = (desk.record(record.clone())?, desk.store.standing(record)?);
    let about = acting::about(made, record);
    let here = Here::of(desk, found, standing)?;
    Ok(here.map(|here| here.edit(&Wish { action, reason, chosen: None, about })))
}

/// Why a step of a record has no effect; nothing for one that counts.
pub fn effect(desk: &Desk, record: &RecordRef, step: Uuid) -> Result<&'static str, Fault> {
    let standing = desk.store.standing(record)?;
    let verdict = standing.and_then(|standing| standing.progress?.verdicts.get(&step).copied());
    Ok(timeline::verdict(verdict.unwrap_or(Verdict::Counts), desk.lang))
}
