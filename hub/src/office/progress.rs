//! Where records stand: worked out from their steps as on a phone, and kept beside them for lists.

use crate::{
    HubError,
    db::{
        Read, Tx, batches, devices,
        progress::{self, Row},
        records::{self, RecordRow},
        roles,
    },
};
use chrono::NaiveDate;
use model::{DeviceId, Feed, RecordRef, RecordState, Role, UserId, clock::moment, record::field};
use rulebook::{Clock, Rulebook};
use std::collections::BTreeSet;
use wire::roles::RoleStatement;
use workflow::{
    Arrival, INTEREST, Standing, TRANSITION, Witness,
    clocks::{Status, Timed, late_from},
    stand,
};

/// What this hub knows of those who took steps.
struct Known<'a>(&'a Read<'a>);

impl Witness for Known<'_> {
    type Error = HubError;

    fn author(&self, device: DeviceId) -> Result<Option<UserId>, HubError> {
        Ok(devices::owner(self.0, device)?)
    }

    fn role(&self, user: UserId, day: NaiveDate) -> Result<Option<Role>, HubError> {
        let unread = |_| HubError::Internal("a statement can't be read");
        let said = roles::of(self.0, user)?.into_iter().map(|told| told.statement.reopen().map_err(unread));
        let said = said.collect::<Result<Vec<_>, _>>()?;
        Ok(RoleStatement::held(said, day).map(|held| held.role))
    }

    fn arrival(&self, step: &RecordRef) -> Result<Option<Arrival>, HubError> {
        let arrival = batches::arrival(self.0, step)?;
        Ok(arrival.map(|(received, since)| Arrival { received, since }))
    }
}

/// Where a record stands, with all that was done in it; `None` for one that moves by no workflow, or isn't here. By what is
/// kept of it: what is shown says already where its steps led.
pub fn standing(
    read: &Read,
    rulebook: &Rulebook,
    reference: &RecordRef,
    today: NaiveDate,
) -> Result<Option<Standing>, HubError> {
    let Some(row) = records::find(read, reference)? else { return Ok(None) };
    let Some(workflow) = rulebook.workflow_of(row.kind(), &row.state) else { return Ok(None) };
    let below = read_from(read, rulebook, workflow, &row)?;
    standing_of(read, rulebook, &row, &below, today)
}

/// The records below one that its workflow reads.
pub fn read_from(
    read: &Read,
    rulebook: &Rulebook,
    workflow: &str,
    row: &RecordRow,
) -> Result<Vec<(RecordRef, RecordState)>, HubError> {
    let kinds: Vec<&str> = read_below(rulebook, workflow).into_iter().collect();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let beside = records::of_kinds(read, &row.root, &kinds)?.into_iter();
    let own = beside.filter(|one| one.parent.as_ref() == Some(&row.reference));
    Ok(own.map(|one| (one.reference, one.state)).collect())
}

/// Where a record stands by what of it lies below.
pub fn standing_of(
    read: &Read,
    rulebook: &Rulebook,
    row: &RecordRow,
    below: &[(RecordRef, RecordState)],
    today: NaiveDate,
) -> Result<Option<Standing>, HubError> {
    Standing::of(rulebook, (&row.reference, &row.state), below, &Known(read), today)
}

fn read_below<'r>(rulebook: &'r Rulebook, workflow: &str) -> BTreeSet<&'r str> {
    let mut kinds = rulebook.read_below(workflow);
    if rulebook.moves_by_steps(workflow) {
        kinds.extend([TRANSITION, INTEREST]);
    }
    kinds
}

/// Whether a record of this kind, or one above it, may stand elsewhere once it says something else.
pub fn may_move(rulebook: &Rulebook, kind: &str) -> bool {
    rulebook.has_progress(kind)
        || rulebook.workflows().any(|workflow| read_below(rulebook, workflow).contains(kind))
}

/// Works out anew where all records stand that have this root.
pub fn show(tx: &Tx, rulebook: &Rulebook, root: &RecordRef) -> Result<(), HubError> {
    let kinds: Vec<&str> = moving(rulebook).collect();
    for record in records::of_kinds(tx, root, &kinds)? {
        show_one(tx, rulebook, &record)?;
    }
    Ok(())
}

/// Kinds whose records stand where steps lead, or have deadlines.
fn moving(rulebook: &Rulebook) -> impl Iterator<Item = &str> {
    let timed = |workflow: &str| {
        rulebook.moves_by_steps(workflow) || rulebook.clocks().iter().any(|clock| clock.workflow == workflow)
    };
    let says_workflow = |kind: &str| rulebook.field(kind, workflow::field::WORKFLOW).is_some();
    let kinds = rulebook.kinds().iter().filter(move |kind| {
        kind.workflow.as_deref().is_some_and(|workflow| timed(workflow) || says_workflow(&kind.name))
    });
    kinds.map(|kind| kind.name.as_str())
}

fn show_one(tx: &Tx, rulebook: &Rulebook, record: &RecordRow) -> Result<(), HubError> {
    let today = moment(tx.now()).unwrap_or_default().date_naive();
    let Some(found) = standing(tx, rulebook, &record.reference, today)? else {
        return Ok(progress::remove(tx, &record.reference)?);
    };
    let kind = record.kind();
    let shown = found.shown(rulebook, kind, record.state.clone());
    let at = found.progress.as_ref();
    let clocks: Vec<Timed> = found.clocks.into_iter().filter(|timed| timed.status == Status::Runs).collect();
    let is_alarm = |timed: &&Timed| rulebook.clocks().get(timed.row).is_some_and(Clock::is_alarm);
    let ms = |ms: i64| u64::try_from(ms).unwrap_or(0);
    let commune = match &record.feed {
        Feed::Commune(code) => code.clone(),
        _ => record.text(field::COMMUNE).to_owned(),
    };
    let row = Row {
        reference: record.reference.clone(),
        feed: record.feed.clone(),
        commune,
        worker: record.state.text("worker").and_then(|user| user.parse().ok()),
        is_open: rulebook.is_open(kind, &shown),
        undecided: at.is_some_and(|at| !at.branches.is_empty()),
        alarm: clocks.iter().filter(is_alarm).map(|timed| ms(timed.began)).min(),
        due: clocks.iter().map(|timed| ms(late_from(rulebook, timed))).min(),
        stands: at.map(|at| at.state.clone()),
        clocks,
    };
    Ok(progress::keep(tx, &row)?)
}

/// Makes all rows anew.
pub fn show_all(tx: &Tx, rulebook: &Rulebook) -> Result<(), HubError> {
    progress::remove_all(tx)?;
    for kind in moving(rulebook) {
        let mut last = None;
        loop {
            let page = records::of_kind_after(tx, kind, last.as_ref(), PAGE)?;
            for record in &page {
                show_one(tx, rulebook, record)?;
            }
            let Some(end) = page.last().filter(|_| page.len() == PAGE as usize) else { break };
            last = Some(end.reference.clone());
        }
    }
    Ok(())
}

const PAGE: u32 = 500;

/// What a user was is known otherwise since a day: so may be where records stand in which they took steps from then on.
pub fn follow_user(tx: &Tx, rulebook: &Rulebook, user: UserId, since: u64) -> Result<(), HubError> {
    let mut roots = BTreeSet::new();
    for step in batches::steps_of(tx, user, since)? {
        roots.extend(records::find(tx, &step)?.map(|step| step.root));
    }
    roots.iter().try_for_each(|root| show(tx, rulebook, root))
}

/// A record in the state that its steps lead to; as it is where it moves by none.
pub fn stands(read: &Read, rulebook: &Rulebook, mut record: RecordRow) -> Result<RecordRow, HubError> {
    let kind = record.kind().to_owned();
    let by_steps =
        rulebook.workflow_of(&kind, &record.state).is_some_and(|workflow| rulebook.moves_by_steps(workflow));
    if by_steps && let Some(Row { stands: Some(stands), .. }) = progress::find(read, &record.reference)? {
        record.state = stand(rulebook, &kind, record.state, &stands);
    }
    Ok(record)
}

/// The same of several.
pub fn all_stand(
    read: &Read,
    rulebook: &Rulebook,
    records: Vec<RecordRow>,
) -> Result<Vec<RecordRow>, HubError> {
    records.into_iter().map(|record| stands(read, rulebook, record)).collect()
}
