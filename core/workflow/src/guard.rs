//! What may be done next, and what keeps it from being done: asked before a tap counts.

use crate::{
    Progress,
    clocks::{Deadline, Facts},
    events::time,
    fold::leads_from,
};
use chrono::NaiveDate;
use model::{RecordState, Role, UserId};
use rulebook::{Condition, Event, Events, Heads, Lang, OpenClocks, Rulebook, Step, Test};
use std::collections::BTreeMap;

/// A step that somebody may take, as far as their role goes.
pub struct Choice<'r> {
    pub step: &'r Step,
    /// Conditions that don't hold, each with what is left to do.
    pub unmet: Vec<Unmet<'r>>,
    /// Whoever takes it says why.
    pub asks_why: bool,
    /// It meets a duty after its time.
    pub late: bool,
}

/// A condition that doesn't hold.
pub struct Unmet<'r> {
    pub condition: &'r Condition,
    /// Deadlines that are open.
    pub open: Vec<Deadline<'r>>,
}

impl Unmet<'_> {
    /// What is told; with the article.
    pub fn text(&self, lang: Lang) -> String {
        let told = self.condition.refusal.get(lang);
        let ground = self.condition.certainty.beside(&self.condition.article, lang);
        let named = |deadline: &Deadline<'_>| match self.condition.test.waits_for_the_end() {
            true => deadline.due_text(lang),
            false => deadline.title.get(lang).to_owned(),
        };
        let open: Vec<String> = self.open.iter().map(named).collect();
        match open.as_slice() {
            [] => format!("{told} ({ground})"),
            open => format!("{told} ({ground}): {}", open.join("; ")),
        }
    }
}

/// Who wants to take a step, and when.
pub struct Asking<'a> {
    pub role: &'a Role,
    pub user: UserId,
    /// In Viet Nam.
    pub day: NaiveDate,
    pub partial: &'a BTreeMap<UserId, u64>,
}

/// The steps that lead on from where a record stands and that the role may take, in the order of their buttons.
/// `running`: its deadlines.
pub fn choices<'r>(
    rulebook: &'r Rulebook,
    workflow: &str,
    facts: &Facts<'_>,
    progress: &Progress,
    running: &[Deadline<'r>],
    asking: &Asking<'_>,
) -> Vec<Choice<'r>> {
    if asking.partial.contains_key(&asking.user) {
        return Vec::new();
    }
    let is_undecided = !progress.branches.is_empty();
    let may = |step: &&Step| {
        step.roles.iter().any(|role| role == asking.role.as_str())
            && leads_from(rulebook, step, &progress.state)
            && (step.settles == is_undecided || (step.to.is_none() && !step.settles))
    };
    let held = |step: &&Step| {
        let held = rulebook.step(workflow, &step.code, asking.day).row;
        held.is_some_and(|row| std::ptr::eq(row, *step))
    };
    let steps = rulebook.steps(workflow).into_iter().filter(held).filter(may);
    let choice = |step: &'r Step| {
        let late = running
            .iter()
            .any(|deadline| deadline.overdue && deadline.clock.asks_why_late && is_met_by(deadline, step));
        Choice { step, unmet: unmet(rulebook, step, facts, running), asks_why: step.asks_why || late, late }
    };
    steps.map(choice).collect()
}

fn is_met_by(deadline: &Deadline<'_>, step: &Step) -> bool {
    let stops = deadline.clock.stops.iter().flat_map(Events::iter);
    stops.into_iter().any(|event| matches!(event, Event::Action(action) if *action == step.code))
}

/// The conditions of a step that don't hold.
pub fn unmet<'r>(
    rulebook: &'r Rulebook,
    step: &Step,
    facts: &Facts<'_>,
    running: &[Deadline<'r>],
) -> Vec<Unmet<'r>> {
    let conditions = step.guard.iter().filter_map(|id| rulebook.condition(id));
    conditions.filter_map(|condition| fails(condition, facts, running)).collect()
}

fn fails<'r>(condition: &'r Condition, facts: &Facts<'_>, running: &[Deadline<'r>]) -> Option<Unmet<'r>> {
    let test = match &condition.test {
        // Asked where any of what stands beside each other may make it hold.
        Test::If { when, .. } if !holds(when, facts, running, Heads::Any) => return None,
        Test::If { then, .. } => then,
        test => test,
    };
    let open =
        |counts: &dyn Fn(&Deadline<'r>) -> bool| running.iter().filter(|one| counts(one)).cloned().collect();
    (!holds(test, facts, running, Heads::All)).then(|| Unmet {
        condition,
        open: match test {
            Test::NoClock(clocks) => open(&|deadline| counts(clocks, deadline)),
            Test::Over(code) => open(&|deadline| deadline.code == code),
            _ => Vec::new(),
        },
    })
}

fn counts(clocks: &OpenClocks, deadline: &Deadline<'_>) -> bool {
    match clocks {
        OpenClocks::All => true,
        OpenClocks::These(codes) => codes.iter().any(|code| code == deadline.code),
    }
}

fn holds(test: &Test, facts: &Facts<'_>, running: &[Deadline<'_>], heads: Heads) -> bool {
    match test {
        Test::Some { least, of } => facts.select(of, heads).count() >= *least as usize,
        Test::None(of) => facts.select(of, Heads::Any).next().is_none(),
        Test::Latest { of, is } => {
            let at = |state: &RecordState| of.at.as_deref().and_then(|field| time(state.value(field)?));
            let last = facts.select(of, Heads::Any).max_by_key(|(record, state)| (at(state), record.id));
            last.is_some_and(|(_, state)| is.iter().all(|want| want.fits(state, heads)))
        }
        Test::Field { is, .. } => is.fits(facts.state, heads),
        Test::NoClock(clocks) => !running.iter().any(|deadline| counts(clocks, deadline)),
        Test::Over(code) => running.iter().any(|deadline| deadline.code == code && deadline.overdue),
        Test::If { then, when } => {
            !holds(when, facts, running, Heads::Any) || holds(then, facts, running, heads)
        }
    }
}
