//! Where the steps that were taken lead: a fold over all of them, the same in whatever order they came.

use crate::Taken;
use model::clock::moment;
use rulebook::{Rulebook, Step, StepFrom};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Where a record stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// The last state that all agree on.
    pub state: String,
    /// The step that the next one follows.
    pub last: Option<Uuid>,
    /// Different steps that different people took from there; empty: they agree. Until one is chosen nothing moves on,
    /// and what runs goes on running.
    pub branches: Vec<Branch>,
    pub verdicts: BTreeMap<Uuid, Verdict>,
    /// What counts, by the time it was done.
    pub taken: Vec<Counted>,
}

/// One of several steps from the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    pub action: String,
    pub to: String,
    pub steps: BTreeSet<Uuid>,
}

/// A step that counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// Milliseconds since 1970.
    pub at: u64,
    pub id: Uuid,
    pub action: String,
}

/// What becomes of a step. None is ever lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Counts,
    /// Of several from one place, and no one has been chosen yet.
    Undecided,
    /// Another one was chosen, or this follows one that wasn't.
    NotChosen,
    Refused(Refusal),
}

/// Why a step has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The workflow has no such step on that day, as far as is known here.
    Unknown,
    /// Not in the state that the record was in.
    NotFromHere,
    /// The author had no role for it on that day.
    Role,
    /// The author said that they are not impartial.
    Interest,
    /// What it follows is not here.
    Waits,
}

impl Refusal {
    /// Stable, such as `step.role`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "step.unknown",
            Self::NotFromHere => "step.not-from-here",
            Self::Role => "step.role",
            Self::Interest => "step.interest",
            Self::Waits => "step.waits",
        }
    }
}

/// Whether a step leads on from a state.
pub fn leads_from(rulebook: &Rulebook, step: &Step, state: &str) -> bool {
    match &step.from {
        StepFrom::Open => rulebook.state(&step.workflow, state).is_none_or(|state| state.is_open),
        StepFrom::States(states) => states.iter().any(|from| from == state),
    }
}

/// From the state in which the record began. `partial`: who said of themselves that they are not impartial, by user with
/// the moment (milliseconds since 1970) from which they take no step.
pub fn fold(
    rulebook: &Rulebook,
    workflow: &str,
    began: &str,
    steps: &[Taken],
    partial: &BTreeMap<model::UserId, u64>,
) -> Progress {
    let mut after: HashMap<Option<Uuid>, Vec<&Taken>> = HashMap::new();
    for step in steps {
        after.entry(step.after).or_default().push(step);
    }
    let fold = Fold { rulebook, workflow, partial, after };
    let mut progress = Progress { state: began.to_owned(), ..Progress::default() };
    let mut place = vec![None];
    while let Some(next) = fold.next(&mut progress, &place) {
        place = next.into_iter().map(Some).collect();
    }
    for step in steps {
        let waits = Verdict::Refused(Refusal::Waits);
        progress.verdicts.entry(step.id).or_insert(waits);
    }
    progress.taken.sort();
    progress
}

struct Fold<'a> {
    rulebook: &'a Rulebook,
    workflow: &'a str,
    partial: &'a BTreeMap<model::UserId, u64>,
    /// Steps by what they follow.
    after: HashMap<Option<Uuid>, Vec<&'a Taken>>,
}

/// What was taken from one place.
#[derive(Default)]
struct Here<'a> {
    moving: BTreeMap<&'a str, (&'a str, Vec<&'a Taken>)>,
    settling: Vec<&'a Taken>,
}

impl<'a> Fold<'a> {
    /// Goes on from a place, which is one step or several of the same action; the next place, if there is one.
    fn next(&self, progress: &mut Progress, place: &[Option<Uuid>]) -> Option<BTreeSet<Uuid>> {
        let here = self.here(progress, place);
        let chosen = match here.moving.len() {
            0 => return None,
            1 => here.moving.keys().next().copied(),
            _ => self.chosen(&here),
        };
        let Some(chosen) = chosen else {
            for (action, (to, steps)) in &here.moving {
                let steps: BTreeSet<Uuid> = steps.iter().map(|step| step.id).collect();
                self.mark(progress, &steps, Verdict::Undecided);
                let (action, to) = ((*action).to_owned(), (*to).to_owned());
                progress.branches.push(Branch { action, to, steps });
            }
            return None;
        };
        let mut next = None;
        for (action, (to, steps)) in here.moving {
            let ids: BTreeSet<Uuid> = steps.iter().map(|step| step.id).collect();
            if action != chosen {
                self.mark(progress, &ids, Verdict::NotChosen);
                continue;
            }
            for step in steps {
                progress.counts(step);
            }
            to.clone_into(&mut progress.state);
            progress.last = ids.first().copied();
            next = Some(ids);
        }
        next
    }

    /// All steps that follow a place, or follow what has no effect or leads nowhere from it.
    fn here(&self, progress: &mut Progress, place: &[Option<Uuid>]) -> Here<'a> {
        let mut here = Here::default();
        let mut places = place.to_vec();
        while let Some(place) = places.pop() {
            for step in self.after.get(&place).into_iter().flatten().copied() {
                if progress.verdicts.contains_key(&step.id) {
                    continue;
                }
                match self.judge(step, &progress.state) {
                    Err(refusal) => {
                        progress.verdicts.insert(step.id, Verdict::Refused(refusal));
                        places.push(Some(step.id));
                    }
                    Ok(row) => match &row.to {
                        None => {
                            progress.counts(step);
                            here.settling.extend(row.settles.then_some(step));
                            places.push(Some(step.id));
                        }
                        Some(to) => {
                            let steps = here.moving.entry(&step.action).or_insert((to, Vec::new()));
                            if !steps.1.iter().any(|known| known.id == step.id) {
                                steps.1.push(step);
                            }
                        }
                    },
                }
            }
        }
        here
    }

    fn judge(&self, step: &Taken, state: &str) -> Result<&'a Step, Refusal> {
        let day = moment(step.at).ok_or(Refusal::Unknown)?.date_naive();
        let row = self.rulebook.step(self.workflow, &step.action, day).row.ok_or(Refusal::Unknown)?;
        let role = step.role.as_ref().map(model::Role::as_str);
        if !role.is_some_and(|role| row.roles.iter().any(|may| may == role)) {
            return Err(Refusal::Role);
        }
        let is_partial = |user: &model::UserId| self.partial.get(user).is_some_and(|from| *from <= step.at);
        if step.author.as_ref().is_some_and(is_partial) {
            return Err(Refusal::Interest);
        }
        if !leads_from(self.rulebook, row, state) {
            return Err(Refusal::NotFromHere);
        }
        Ok(row)
    }

    /// The action that those agree on who settled it, knowing of all others. One that another settlement knew of no longer
    /// counts.
    fn chosen(&self, here: &Here<'a>) -> Option<&'a str> {
        let of = |id: &Uuid| {
            let mut all = here.moving.iter();
            all.find_map(|(action, (_, steps))| steps.iter().any(|step| step.id == *id).then_some(*action))
        };
        let valid: Vec<(&Taken, &str)> =
            here.settling.iter().filter_map(|step| Some((*step, of(step.chosen.as_ref()?)?))).collect();
        let is_over = |step: &Taken| valid.iter().any(|(other, _)| other.settles.contains(&step.id));
        let standing: Vec<_> = valid.iter().filter(|(step, _)| !is_over(step)).collect();
        let mut chosen = standing.iter().map(|(_, action)| *action);
        let first = chosen.next().filter(|first| chosen.all(|other| other == *first))?;
        let knew = |action: &&str| {
            let steps = &here.moving[*action].1;
            standing.iter().any(|(settled, _)| steps.iter().any(|step| settled.settles.contains(&step.id)))
        };
        let all_known = here.moving.keys().filter(|action| **action != first).all(knew);
        all_known.then_some(first)
    }

    /// Those, and all that follow them.
    fn mark(&self, progress: &mut Progress, steps: &BTreeSet<Uuid>, verdict: Verdict) {
        let mut waiting: Vec<Uuid> = steps.iter().copied().collect();
        let mut is_branch = true;
        while !waiting.is_empty() {
            let mut below = Vec::new();
            for id in waiting {
                let is_new = progress.verdicts.insert(id, verdict).is_none();
                if is_new || is_branch {
                    below.extend(self.after.get(&Some(id)).into_iter().flatten().map(|step| step.id));
                }
            }
            below.retain(|id| !progress.verdicts.contains_key(id));
            (waiting, is_branch) = (below, false);
        }
    }
}

impl Progress {
    fn counts(&mut self, step: &Taken) {
        if self.verdicts.insert(step.id, Verdict::Counts).is_none() {
            let Taken { at, id, action, .. } = step;
            self.taken.push(Counted { at: *at, id: *id, action: action.clone() });
        }
    }

    /// When a step was taken that counts, milliseconds since 1970.
    pub fn times<'p>(&'p self, action: &'p str) -> impl Iterator<Item = u64> + 'p {
        self.taken.iter().filter(move |counted| counted.action == action).map(|counted| counted.at)
    }
}
