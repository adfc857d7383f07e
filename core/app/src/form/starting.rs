//! Starting a form, and going on with a draft.

use super::{
    basis::{self, Basis},
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
use model::{DraftId, clock::moment};
use std::{collections::BTreeMap, sync::Arc};
use store::{Draft, DraftStep, NewDraft, Snapshot, StoredAnswer};
use xforms::{Saved, Session};

/// What it takes to open a form.
pub struct Starter<'a> {
    pub shared: &'a Arc<Shared>,
    pub catalogue: &'a Catalogue,
    pub open: &'a OpenForms,
    pub desk: &'a Desk,
}

impl Starter<'_> {
    /// Begins a form: with what is known of the record that it is started at, if it is; `step`: what it is filled in for.
    pub fn start(
        &self,
        form: &str,
        about: Option<&str>,
        step: Option<DraftStep>,
    ) -> Result<Arc<FormSession>, Fault> {
        let desk = self.desk;
        let form = self.catalogue.load(&desk.store, form, None, &desk.rulebook)?;
        let basis = about.map(|record| Basis::of(desk, parsed(record)?)).transpose()?;
        match &basis {
            None if !form.rules.stands_alone() => return Err(Fault::new("app.record-needed")),
            Some(basis) if !basis.fits(&form.rules.start()) => return Err(Fault::new("app.form-not-here")),
            _ => {}
        }
        let restricted = form.rules.is_restricted() || basis.as_ref().is_some_and(Basis::is_restricted);
        let about = basis.as_ref().map(|basis| basis.about().clone());
        let known = basis.map(|basis| basis.known(desk, &form.rules)).transpose()?.unwrap_or_default();
        let values = about.as_ref().map(|about| form.rules.prefill(about, &known)).unwrap_or_default();
        let env = env(&self.shared.clock, desk, &form, restricted)?;
        let session = Session::start_with(form.definition.clone(), env, &values);
        let known = basis::shown(&known);
        let new = NewDraft {
            form: form.id.clone(),
            version: form.version.clone(),
            rulebook: form.rulebook.version().to_owned(),
            about: about.clone(),
            restricted,
            title: form.title.clone(),
            // At the end, what the worker changed is told by this, not by what came in meanwhile.
            basis: serde_json::to_string(&known).map_err(|_| Fault::new("store.unreadable"))?,
            step: step.clone(),
        };
        let draft = desk.store.create_draft(&new, Some(&snapshot(&session)))?;
        let (photos, set_aside) = (BTreeMap::new(), Vec::new());
        let filling = Filling { session, form, about, known, photos, started: desk.now, set_aside, step };
        Ok(self.open(draft, filling))
    }

    /// Goes on with a draft, or hands out the session that fills it already.
    pub fn resume(&self, draft: DraftId) -> Result<Arc<FormSession>, Fault> {
        if let Some(session) = self.open.of(draft) {
            return Ok(session);
        }
        let desk = self.desk;
        let kept = desk.store.draft(draft)?;
        let form = self.begun(&kept)?;
        let env = env(&self.shared.clock, desk, &form, kept.row.restricted)?;
        let session = match saved(kept.snapshot.clone(), kept.later.clone()) {
            None => Session::start(form.definition.clone(), env),
            Some(saved) => Session::resume(form.definition.clone(), env, &saved)?,
        };
        Ok(self.open(draft, self.filling(session, form, kept)?))
    }

    /// The form of a draft by the rulebook that it began under.
    pub fn begun(&self, draft: &Draft) -> Result<Arc<LoadedForm>, Fault> {
        let store = &self.desk.store;
        let rulebook = store.rulebook_of(draft.rulebook.as_deref())?;
        self.catalogue.load(store, &draft.row.form, Some(&draft.row.version), &rulebook)
    }

    /// A session of a draft that is kept.
    pub fn filling(&self, session: Session, form: Arc<LoadedForm>, kept: Draft) -> Result<Filling, Fault> {
        let Draft { row, basis, photos, set_aside, step, .. } = kept;
        Ok(Filling {
            session,
            form,
            about: row.about,
            known: serde_json::from_str(&basis).map_err(|_| Fault::new("store.unreadable"))?,
            photos: photos.into_iter().collect(),
            started: moment(row.started_at).unwrap_or(self.desk.now),
            set_aside,
            step,
        })
    }

    pub fn open(&self, draft: DraftId, filling: Filling) -> Arc<FormSession> {
        let session = FormSession::open(self.shared, draft, filling);
        self.open.add(&session);
        session
    }
}

/// The snapshot and the answers after it as the engine takes them; `None` before the first snapshot.
pub fn saved(snapshot: Option<Snapshot>, later: Vec<StoredAnswer>) -> Option<Saved> {
    let Snapshot { instance, page, language } = snapshot?;
    let later = later.into_iter().map(|answer| (answer.path, answer.value)).collect();
    Some(Saved { instance, page, language, later })
}
