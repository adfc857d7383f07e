//! Cases: those open and closed, one with its deadlines, opening one for a household.

pub mod rows;
pub mod view;

use crate::{
    desk::{Desk, parsed},
    error::{AppError, Fault},
    form::Catalogue,
    people, records,
    shared::Shared,
    speaker::Speaker,
    steps::{self, Moves},
};
use casework::cases;
use model::{CaseId, HouseholdId, kind, record::field};
use std::sync::Arc;
use store::Record;
use view::{CaseMemberRow, CaseRow, CaseView};

/// The cases that the worker may see.
#[derive(uniffi::Object)]
pub struct Cases {
    shared: Arc<Shared>,
    catalogue: Arc<Catalogue>,
}

impl Cases {
    pub(crate) fn new(shared: &Arc<Shared>, catalogue: &Arc<Catalogue>) -> Self {
        Self { shared: shared.clone(), catalogue: catalogue.clone() }
    }
}

#[uniffi::export]
impl Cases {
    /// Open ones first; of them, those with the most pressing deadline.
    pub fn list(&self) -> Result<Vec<CaseRow>, AppError> {
        self.shared.with(rows::list)
    }

    pub fn view(&self, id: String) -> Result<CaseView, AppError> {
        self.shared.with(|desk| details(&self.catalogue, desk, &id))
    }

    /// Takes a step that has no form (`CaseView::steps`), with the reason that it asks for; `chosen`: of one that settles,
    /// which of the steps that stand beside each other is to hold. The case after it.
    pub fn act(
        &self,
        id: String,
        action: String,
        reason: String,
        chosen: Option<String>,
    ) -> Result<CaseView, AppError> {
        self.shared.with(|desk| {
            let case = parsed::<CaseId>(&id)?.reference();
            steps::take(desk, &case, &action, &reason, chosen.as_deref())?;
            details(&self.catalogue, desk, &id)
        })
    }

    /// Opens an ordinary case for a household; its id.
    pub fn open(&self, household_id: String, reason: String) -> Result<String, AppError> {
        self.shared.with(|desk| open(desk, &household_id, &reason))
    }

    /// Makes an ordinary case one for the worker and those on duty alone. Nobody opens it up again.
    pub fn restrict(&self, id: String) -> Result<(), AppError> {
        self.shared.with(|desk| restrict(desk, &id))
    }
}

fn details(catalogue: &Catalogue, desk: &Desk, id: &str) -> Result<CaseView, Fault> {
    let case = desk.record(parsed::<CaseId>(id)?.reference())?;
    let speaker = Speaker { labels: catalogue.labels(&desk.store)?, lang: desk.lang };
    let household = rows::household_name(desk, &case)?;
    // The people of an ordinary case are its household's.
    let people_of = case.root.as_ref().unwrap_or(&case.reference);
    let people = desk.store.children(people_of, Some(kind::PERSON))?;
    let inside = desk.store.children(&case.reference, None)?;
    let (members, below): (Vec<_>, Vec<_>) =
        inside.iter().partition(|record| record.reference.kind == kind::CASE_MEMBER);
    let others: Vec<_> = below.into_iter().filter(|record| record.reference.kind != kind::PERSON).collect();
    let standing = desk.store.standing(&case.reference)?;
    let sections = records::sections(&speaker.labels, desk, &case, &others, standing.as_ref())?;
    let shown = rows::Case::of(desk, &case, standing.as_ref(), household);
    let row = shown.row();
    let moves = Moves::of(catalogue, desk, &case, standing.as_ref(), &row.title)?;
    Ok(CaseView {
        id: row.id,
        title: row.title,
        state: row.state,
        restricted: row.restricted,
        facts: speaker.facts(kind::CASE, &case.state),
        people: people.iter().map(|person| people::member(&speaker, person)).collect(),
        tasks: shown.tasks("").map(|(_, task)| task).collect(),
        members: members.into_iter().filter_map(case_member).collect(),
        sections,
        conflicts: records::conflicts(&speaker, desk, std::iter::once(&case).chain(&inside))?,
        alarm: moves.alarm,
        steps: moves.steps,
        undecided: moves.undecided,
        timeline: moves.timeline,
        may_restrict: !row.restricted
            && desk.rulebook.may_restrict(&desk.role()?, desk.now.date_naive(), kind::CASE),
    })
}

fn case_member(member: &Record) -> Option<CaseMemberRow> {
    let name = member.state.text("name")?.to_owned();
    Some(CaseMemberRow { id: member.reference.id.to_string(), name })
}

/// What was there before stays known to who has read it (`docs/security.md`).
fn restrict(desk: &Desk, id: &str) -> Result<(), Fault> {
    let id: CaseId = parsed(id)?;
    let case = desk.record(id.reference())?;
    if case.restricted {
        return Ok(());
    }
    let root = case.root.ok_or(Fault::new("store.not-found"))?;
    let household = desk.record(root.clone())?;
    let commune = household.state.text(field::COMMUNE).unwrap_or_default();
    let worker = desk.store.identity()?.worker;
    let mut users = vec![(worker.user, worker.name.0)];
    users.extend(worker.duty_managers.into_iter().map(|colleague| (colleague.user, colleague.name.0)));
    let mut new_id = uuid::Uuid::now_v7;
    desk.store.commit(cases::restrict(&desk.rulebook, id, &root, commune, &users, &mut new_id))?;
    Ok(())
}

/// An ordinary case (Circular 02/2020), synced with its household.
pub fn open(desk: &Desk, household: &str, reason: &str) -> Result<String, Fault> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Fault::new("app.reason-needed"));
    }
    let household: HouseholdId = parsed(household)?;
    desk.record(household.reference())?;
    let id = CaseId::new();
    desk.store.commit(vec![cases::open(&desk.rulebook, id, household, reason, desk.now)])?;
    Ok(id.to_string())
}
