//! Starting a form, and going on with a draft.

use super::{
    catalogue::{Catalogue, LoadedForm},
    env::env,
    open::OpenForms,
    session::{Filling, FormSession, snapshot},
};
use crate::{
    desk::{Desk, parsed},
    error::Fault,
    shared::Shared,
};
use casework::{FormScope, Known};
use model::{DraftId, HouseholdId, RecordRef, RecordState, clock::moment};
use std::{collections::BTreeMap, sync::Arc};
use store::{Answer, Draft, NewDraft, Record, Snapshot};
use xforms::{Saved, Session};

/// A household that a form is started at, with all that is known of it.
struct Basis {
    root: RecordRef,
    state: RecordState,
    children: Vec<(RecordRef, RecordState)>,
}

impl Basis {
    fn read(desk: &Desk, household: &str) -> Result<Self, Fault> {
        let Record { reference: root, state, .. } =
            desk.record(parsed::<HouseholdId>(household)?.reference())?;
        let below = desk.store.subtree(&root)?.into_iter().filter(|record| record.reference != root);
        Ok(Self { state, children: below.map(|record| (record.reference, record.state)).collect(), root })
    }

    fn known(&self) -> Known {
        let children = self.children.iter().map(|(reference, state)| (reference.clone(), state.shown()));
        children.chain([(self.root.clone(), self.state.shown())]).collect()
    }
}

/// What it takes to open a form.
pub struct Starter<'a> {
    pub shared: &'a Arc<Shared>,
    pub catalogue: &'a Catalogue,
    pub open: &'a OpenForms,
    pub desk: &'a Desk,
}

impl Starter<'_> {
    /// Begins a form: with what is known of the household, if it is started at one.
    pub fn start(&self, form: &str, household: Option<&str>) -> Result<Arc<FormSession>, Fault> {
        let desk = self.desk;
        let form = self.catalogue.load(&desk.store, form, None)?;
        let restricted = form.rules.scope() == FormScope::RestrictedCase;
        // A report about a child opens a case of its own; nothing in it may point at a household.
        let household = household.filter(|_| !restricted);
        let basis = household.map(|id| Basis::read(desk, id)).transpose()?;
        let values = basis
            .as_ref()
            .map(|basis| form.rules.prefill(&basis.root, &basis.state, &basis.children))
            .unwrap_or_default();
        let session =
            Session::start_with(form.definition.clone(), env(&self.shared.clock, desk, &form)?, &values);
        let about = basis.as_ref().map(|basis| basis.root.clone());
        let known = basis.map(|basis| basis.known()).unwrap_or_default();
        let new = NewDraft {
            form: form.id.clone(),
            version: form.version.clone(),
            about: about.clone(),
            restricted,
            title: form.title.clone(),
            // At the end, what the worker changed is told by this, not by what came in meanwhile.
            basis: serde_json::to_string(&known).map_err(|_| Fault::new("store.unreadable"))?,
        };
        let draft = desk.store.create_draft(&new, Some(&snapshot(&session)))?;
        let (photos, set_aside) = (BTreeMap::new(), Vec::new());
        let filling = Filling { session, form, about, known, photos, started: desk.now, set_aside };
        Ok(self.open(draft, filling))
    }

    /// Goes on with a draft, or hands out the session that fills it already.
    pub fn resume(&self, draft: DraftId) -> Result<Arc<FormSession>, Fault> {
        if let Some(session) = self.open.of(draft) {
            return Ok(session);
        }
        let desk = self.desk;
        let kept = desk.store.draft(draft)?;
        let form = self.catalogue.load(&desk.store, &kept.row.form, Some(&kept.row.version))?;
        let env = env(&self.shared.clock, desk, &form)?;
        let session = match saved(kept.snapshot.clone(), kept.later.clone()) {
            None => Session::start(form.definition.clone(), env),
            Some(saved) => Session::resume(form.definition.clone(), env, &saved)?,
        };
        Ok(self.open(draft, self.filling(session, form, kept)?))
    }

    /// A session of a draft that is kept.
    pub fn filling(&self, session: Session, form: Arc<LoadedForm>, kept: Draft) -> Result<Filling, Fault> {
        let Draft { row, basis, photos, set_aside, .. } = kept;
        Ok(Filling {
            session,
            form,
            about: row.about,
            known: serde_json::from_str(&basis).map_err(|_| Fault::new("store.unreadable"))?,
            photos: photos.into_iter().collect(),
            started: moment(row.started_at).unwrap_or(self.desk.now),
            set_aside,
        })
    }

    pub fn open(&self, draft: DraftId, filling: Filling) -> Arc<FormSession> {
        let session = FormSession::open(self.shared, draft, filling);
        self.open.add(&session);
        session
    }
}

/// The snapshot and the answers after it as the engine takes them; `None` before the first snapshot.
pub fn saved(snapshot: Option<Snapshot>, later: Vec<Answer>) -> Option<Saved> {
    let Snapshot { instance, page, language } = snapshot?;
    let later = later.into_iter().map(|answer| (answer.path, answer.value)).collect();
    Some(Saved { instance, page, language, later })
}
