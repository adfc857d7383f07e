//! A draft carried over to the newest version of its form.

use super::{
    env::env,
    session::{Filling, FormSession, question, snapshot},
    starting::{Starter, saved},
};
use crate::error::Fault;
use casework::{FormRules, Known};
use model::DraftId;
use std::sync::Arc;
use store::{CarriedDraft, Draft, SetAside};
use xforms::{NotCarried, Saved, Session};

impl Starter<'_> {
    /// Goes on with the draft in the newest version. The draft is the old one until the new one is kept; what has no
    /// place in the newest version is set aside in it.
    pub fn carry_over(&self, draft: DraftId) -> Result<Arc<FormSession>, Fault> {
        // An open session is held meanwhile: no answer may come between.
        let filling = match self.open.of(draft) {
            Some(open) => open.carry(|answered| self.carried(draft, answered))?,
            None => self.carried(draft, None)?,
        };
        Ok(self.open(draft, filling))
    }

    /// The draft in the newest version, kept. `answered`: what an open session holds, which may be more than the store
    /// took.
    fn carried(&self, draft: DraftId, answered: Option<Saved>) -> Result<Filling, Fault> {
        let desk = self.desk;
        let kept = desk.store.draft(draft)?;
        let newest = self.catalogue.load(&desk.store, &kept.row.form, None, &desk.rulebook)?;
        if newest.version == kept.row.version {
            return Err(Fault::new("app.draft-is-newest"));
        }
        let older = self.begun(&kept)?;
        if !has_place(&newest.rules, &older.rules, &kept)? {
            return Err(Fault::new("app.draft-other-scope"));
        }
        let answered = answered.or_else(|| saved(kept.snapshot.clone(), kept.later.clone()));
        let answered = answered.ok_or(Fault::new("store.unreadable"))?;
        let mut before = Session::resume(
            older.definition.clone(),
            env(&self.shared.clock, desk, &older, kept.row.restricted)?,
            &answered,
        )?;
        let (session, lost) = Session::carry_over(
            newest.definition.clone(),
            env(&self.shared.clock, desk, &newest, kept.row.restricted)?,
            &answered,
        )?;
        let mut set_aside = kept.set_aside.clone();
        set_aside.extend(lost.iter().filter_map(|lost| self.aside(&mut before, lost)));
        let carried = CarriedDraft {
            version: newest.version.clone(),
            rulebook: newest.rulebook.version().to_owned(),
            title: newest.title.clone(),
            snapshot: snapshot(&session),
            set_aside: set_aside.clone(),
        };
        desk.store.carry_draft(draft, &carried)?;
        Ok(Filling { set_aside, ..self.filling(session, newest, kept)? })
    }

    /// As it was asked and answered; `None` for what only the form itself fills.
    fn aside(&self, before: &mut Session, lost: &NotCarried) -> Option<SetAside> {
        let asked = question(&before.node(&lost.path)?.question?, self.desk.lang);
        (!asked.shown.is_empty()).then(|| SetAside {
            path: lost.path.clone(),
            label: asked.label,
            value: asked.shown,
            reason: lost.reason.code().to_owned(),
        })
    }
}

/// Whether the newest version is about what the draft was begun at, for the same people.
fn has_place(newest: &FormRules, older: &FormRules, draft: &Draft) -> Result<bool, Fault> {
    let (newest, older) = (newest.start(), older.start());
    let is_same = newest.about == older.about && newest.restricted == older.restricted;
    let known: Known = serde_json::from_str(&draft.basis).map_err(|_| Fault::new("store.unreadable"))?;
    Ok(is_same
        && match &draft.row.about {
            None => newest.stands_alone,
            Some(about) => newest.fits(&casework::lineage(&known, about), draft.row.restricted),
        })
}
