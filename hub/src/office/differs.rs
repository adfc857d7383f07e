//! Steps whose conditions didn't hold by what the hub knew when it received them: a phone without a network knew less, or
//! was tampered with. They count all the same; who answers for the case looks at them.

use super::{progress, records as readable};
use crate::{
    Hub, HubError,
    db::{Tx, audit, differs, records, users::User},
};
use model::{RecordRef, clock::moment};
use rulebook::{Rulebook, Step};
use workflow::{
    Verdict,
    clocks::{self, Facts},
    field, guard,
};

/// Looks at a step that was received just now. Its conditions are asked as of its own time, without itself.
pub fn weigh(tx: &Tx, rulebook: &Rulebook, step: &RecordRef) -> Result<(), HubError> {
    let Some(said) = records::find(tx, step)? else { return Ok(()) };
    let Some(of) = &said.parent else { return Ok(()) };
    let Some(row) = records::find(tx, of)? else { return Ok(()) };
    let Some(workflow) = rulebook.workflow_of(row.kind(), &row.state) else { return Ok(()) };
    // Most steps have none.
    let asks = |one: &Step| one.code == said.text(field::ACTION) && !one.guard.is_empty();
    if !rulebook.steps(workflow).iter().any(|one| asks(one)) {
        return Ok(());
    }
    let today = moment(tx.now()).unwrap_or_default().date_naive();
    let mut below = progress::read_from(tx, rulebook, workflow, &row)?;
    let Some(after) = progress::standing_of(tx, rulebook, &row, &below, today)? else { return Ok(()) };
    let taken = after.steps.iter().find(|taken| taken.id == step.id);
    let counts = after.progress.as_ref().and_then(|progress| progress.verdicts.get(&step.id));
    let (Some(taken), Some(Verdict::Counts | Verdict::Undecided)) = (taken, counts) else { return Ok(()) };
    let Some(at) = moment(taken.at) else { return Ok(()) };
    let Some(action) = rulebook.step(workflow, &taken.action, at.date_naive()).row else { return Ok(()) };
    below.retain(|(record, _)| record != step);
    let Some(before) = progress::standing_of(tx, rulebook, &row, &below, today)? else { return Ok(()) };
    let running = clocks::running(rulebook, &before.clocks, at);
    let facts = Facts {
        rulebook,
        kind: row.kind(),
        state: &row.state,
        below: &below,
        progress: before.progress.as_ref(),
    };
    let unmet = guard::unmet(rulebook, action, &facts, &running);
    let conditions: Vec<&str> = unmet.iter().map(|unmet| unmet.condition.id.as_str()).collect();
    if conditions.is_empty() { Ok(()) } else { Ok(differs::keep(tx, step, of, &conditions)?) }
}

/// Somebody who answers for the case has looked; which it is.
///
/// # Errors
/// [`HubError::NotFound`] where the user may not read the case, or say who reads it.
pub fn seen(hub: &Hub, tx: &Tx, by: &User, step: &RecordRef) -> Result<RecordRef, HubError> {
    let found = differs::find(tx, step)?.ok_or(HubError::NotFound)?;
    readable::find(hub, tx, by, &found.of)?.ok_or(HubError::NotFound)?;
    if !hub.rulebook().may_assign(&by.role, hub.today()) {
        return Err(HubError::NotFound);
    }
    differs::set_seen(tx, step, by.id)?;
    audit::add(tx, Some(by.id), "step.seen", step)?;
    Ok(found.of)
}
