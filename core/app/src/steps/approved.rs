//! What a step approved: the state of a record that somebody decided on, whatever it says since.

use super::{day, view::ApprovedView};
use crate::{
    desk::Desk,
    error::Fault,
    records::view::AnswerGroup,
    speaker::{Fact, Speaker},
};
use casework::acting;
use model::{RecordRef, RecordState};
use rulebook::Lang;
use store::Record;
use workflow::{TRANSITION, Taken, Verdict, field, of_fields};

/// The last state of it that a step of what it lies in approved.
pub fn approved(desk: &Desk, speaker: &Speaker, record: &Record) -> Result<Option<ApprovedView>, Fault> {
    let Some(parent) = record.state.parent() else { return Ok(None) };
    let approves = |kind: &str| {
        let mut steps = desk.rulebook.workflows().flat_map(|workflow| desk.rulebook.steps(workflow));
        steps.any(|step| step.approves.as_deref() == Some(kind))
    };
    if !approves(record.reference.kind.as_str()) {
        return Ok(None);
    }
    let Some(standing) = desk.store.standing(&parent)? else { return Ok(None) };
    let verdicts = standing.progress.as_ref().map(|progress| &progress.verdicts);
    let counts = |step: &&Taken| {
        step.approved.as_ref() == Some(&record.reference)
            && verdicts.is_some_and(|verdicts| verdicts.get(&step.id) == Some(&Verdict::Counts))
    };
    let Some(step) = standing.steps.iter().filter(counts).max_by_key(|step| (step.at, step.id)) else {
        return Ok(None);
    };
    let own = [(record.reference.clone(), record.state.clone())];
    let children = desk.store.children(&record.reference, None)?.into_iter();
    let now: Vec<_> = own.into_iter().chain(children.map(|child| (child.reference, child.state))).collect();
    let now: Vec<_> = now.iter().map(|(record, state)| (record, state)).collect();
    let said = desk.store.record(&RecordRef::new(TRANSITION, step.id))?;
    let snapshot = said.as_ref().and_then(|said| said.state.text(field::SNAPSHOT)).unwrap_or_default();
    let now = acting::bound(&record.reference, &now);
    let is_revised = acting::is_revised(&desk.rulebook, step, snapshot, &now);
    let mut groups: Vec<_> = acting::approved(snapshot)
        .into_iter()
        .map(|(of, fields)| (of != record.reference, group(desk, speaker, &of, &of_fields(&fields))))
        .collect();
    // The record itself comes before what lies in it.
    groups.sort_by_key(|(is_below, _)| *is_below);
    let date = day(step.at);
    Ok(Some(ApprovedView {
        text: match desk.lang {
            Lang::Vi => format!("Đã duyệt bản ngày {date}"),
            Lang::En => format!("Approved as it was on {date}"),
        },
        revised: match is_revised {
            true => {
                desk.lang.pick("Bản sửa đổi chưa duyệt", "What was changed since isn't approved").to_owned()
            }
            false => String::new(),
        },
        groups: groups.into_iter().map(|(_, group)| group).collect(),
    }))
}

fn group(desk: &Desk, speaker: &Speaker, record: &RecordRef, state: &RecordState) -> AnswerGroup {
    let kind = record.kind.as_str();
    let title = desk.rulebook.title(record, state, [], desk.lang);
    let answers: Vec<Fact> = speaker.facts(kind, state);
    AnswerGroup { title: desk.rulebook.called(kind, &title, desk.lang), answers }
}
