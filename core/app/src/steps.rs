//! What the worker may do next in a record that moves by steps, doing it, and what was done.

pub mod alarms;
mod approved;
mod doing;
pub mod next;
#[cfg(test)]
mod tests;
pub mod view;

use crate::{desk::Desk, error::Fault, form::Catalogue, records::Writers, texts::dates};
pub use approved::approved;
use casework::timeline::{self, Line, What};
pub use doing::{Here, effect, filled, form_of, take};
use model::{RecordRef, clock::moment};
use rulebook::Lang;
use std::collections::BTreeSet;
use store::Record;
use view::{AlarmView, BranchRow, StepRow, TimelineKind, TimelineRow};
use workflow::{Standing, clocks, guard::Choice};

/// What the page of a record tells of its steps.
#[derive(Default)]
pub struct Moves {
    pub steps: Vec<StepRow>,
    pub undecided: Vec<BranchRow>,
    pub timeline: Vec<TimelineRow>,
    pub alarm: Option<AlarmView>,
}

impl Moves {
    /// Nothing of a record that moves by no steps. `title`: what it is called.
    pub fn of(
        catalogue: &Catalogue,
        desk: &Desk,
        record: &Record,
        standing: Option<&Standing>,
        title: &str,
    ) -> Result<Self, Fault> {
        let here = Here::of(desk, record.clone(), standing.cloned())?;
        here.map_or_else(|| Ok(Self::default()), |here| Self::here(catalogue, &here, title))
    }

    fn here(catalogue: &Catalogue, here: &Here<'_>, title: &str) -> Result<Self, Fault> {
        let desk = here.desk;
        let forms = forms_at(catalogue, desk, &here.record.reference)?;
        let writers = Writers::known(desk)?;
        let progress = here.standing.progress.as_ref();
        let branches = progress.map_or(&[][..], |progress| &progress.branches);
        let branch = |branch: &workflow::Branch| {
            let first = here.standing.steps.iter().find(|step| branch.steps.contains(&step.id))?;
            Some(BranchRow {
                step: first.id.to_string(),
                label: timeline::called(&desk.rulebook, &here.workflow, &branch.action, desk.lang).to_owned(),
                by: writers.user(first.author),
                at: dates::moment(first.at),
            })
        };
        let lines = timeline::lines(&desk.rulebook, &here.workflow, &here.standing, desk.now, desk.lang);
        let choices = here.choices();
        let running = clocks::running(&desk.rulebook, &here.standing.clocks, desk.now);
        let view = |alarm| {
            let step = alarms::takes_on(&choices, alarm).map(|choice| row(choice, &forms, desk.lang));
            alarms::view(desk, &here.record.reference, alarm, title, step)
        };
        let alarm = alarms::alarm(&running).map(view).transpose()?;
        Ok(Self {
            alarm,
            steps: choices.iter().map(|choice| row(choice, &forms, desk.lang)).collect(),
            undecided: branches.iter().filter_map(branch).collect(),
            timeline: lines.into_iter().map(|line| told(line, &writers)).collect(),
        })
    }
}

/// The forms that can be started at a record now.
fn forms_at(catalogue: &Catalogue, desk: &Desk, record: &RecordRef) -> Result<BTreeSet<String>, Fault> {
    let forms = crate::form::startable(catalogue, desk, record)?;
    Ok(forms.into_iter().map(|form| form.id).collect())
}

/// `forms`: those that are here for it.
pub fn row(choice: &Choice<'_>, forms: &BTreeSet<String>, lang: Lang) -> StepRow {
    let Choice { step, unmet, asks_why, late } = choice;
    let missing = step.form.as_ref().filter(|form| !forms.contains(*form)).map(|_| {
        lang.pick(
            "Phiếu của việc này chưa có trên máy: hãy đồng bộ",
            "The form of this step is not on the phone: synchronise",
        )
    });
    let unmet = unmet.iter().map(|unmet| unmet.text(lang));
    StepRow {
        action: step.code.clone(),
        label: step.label.get(lang).to_owned(),
        form: step.form.clone(),
        ground: step.certainty.beside(&step.article, lang),
        unmet: unmet.chain(missing.map(str::to_owned)).collect(),
        asks_why: *asks_why,
        late: *late,
        settles: step.settles,
    }
}

fn told(line: Line, writers: &Writers) -> TimelineRow {
    let kind = match line.what {
        What::Step => TimelineKind::Step,
        What::NoEffect => TimelineKind::NoEffect,
        What::Met => TimelineKind::Met,
        What::Late => TimelineKind::Late,
        What::Void => TimelineKind::Void,
        What::Due => TimelineKind::Due,
        What::Overdue => TimelineKind::Overdue,
    };
    let is_step = matches!(line.what, What::Step | What::NoEffect);
    TimelineRow {
        at: rulebook::date_time(&line.at),
        text: line.text,
        by: if is_step { writers.user(line.by) } else { String::new() },
        kind,
    }
}

/// The day of a moment, milliseconds since 1970, as people write it.
pub fn day(ms: u64) -> String {
    moment(ms).map(|at| rulebook::date(at.date_naive())).unwrap_or_default()
}
