//! Forms: those that can be filled, and filling one.

mod basis;
mod carrying;
mod catalogue;
mod choosing;
mod drafts;
mod env;
mod open;
mod session;
mod starting;
mod styled;
pub mod view;

use crate::{
    desk::{Desk, parsed},
    error::{AppError, Fault},
    shared::Shared,
    steps,
};
use basis::Basis;
use casework::Start;
pub use catalogue::{Catalogue, labels_of};
pub use choosing::find_labels;
pub use drafts::drafts;
use model::{DraftId, RecordRef};
pub use open::OpenForms;
pub use session::FormSession;
use starting::Starter;
use std::sync::Arc;
use store::DraftStep;
use view::FormRow;
use wire::forms::FormEntry;

/// The forms that the office published, and the drafts of those being filled.
#[derive(uniffi::Object)]
pub struct Forms {
    shared: Arc<Shared>,
    catalogue: Arc<Catalogue>,
    open: Arc<OpenForms>,
}

impl Forms {
    pub(crate) fn new(shared: &Arc<Shared>, catalogue: &Arc<Catalogue>, open: Arc<OpenForms>) -> Self {
        Self { shared: shared.clone(), catalogue: catalogue.clone(), open }
    }

    fn starter<'a>(&'a self, desk: &'a Desk) -> Starter<'a> {
        Starter { shared: &self.shared, catalogue: &self.catalogue, open: &self.open, desk }
    }
}

#[uniffi::export]
impl Forms {
    pub fn list(&self) -> Result<Vec<FormRow>, AppError> {
        self.shared.with(|desk| Ok(self.catalogue.newest(&desk.store)?.iter().cloned().map(row).collect()))
    }

    /// Those that can be started at a record, which is named by its kind and id: `person:<uuid>`.
    pub fn about(&self, record: String) -> Result<Vec<FormRow>, AppError> {
        self.shared.with(|desk| about(&self.catalogue, desk, &parsed(&record)?))
    }

    /// Begins a draft about a record, which is named by its kind and id (`person:<uuid>`), or on its own.
    pub fn start(&self, form_id: String, about: Option<String>) -> Result<Arc<FormSession>, AppError> {
        self.shared.with(|desk| self.starter(desk).start(&form_id, about.as_deref(), None))
    }

    /// Begins the form of a step at the record that it is taken in (`StepRow::form`), with the reason that it asks for. The
    /// step is taken when the form is finished.
    pub fn start_step(
        &self,
        record: String,
        action: String,
        reason: String,
    ) -> Result<Arc<FormSession>, AppError> {
        self.shared.with(|desk| {
            let form = steps::form_of(desk, &parsed(&record)?, &action, &reason)?;
            self.starter(desk).start(&form, Some(&record), Some(DraftStep { action, reason }))
        })
    }

    pub fn resume(&self, draft_id: String) -> Result<Arc<FormSession>, AppError> {
        self.shared.with(|desk| self.starter(desk).resume(draft(&draft_id)?))
    }

    /// Goes on with a draft in the newest version of its form; `set_aside` of the session says what has no place there.
    /// A session that fills the draft already is closed.
    pub fn carry_over(&self, draft_id: String) -> Result<Arc<FormSession>, AppError> {
        self.shared.with(|desk| self.starter(desk).carry_over(draft(&draft_id)?))
    }
}

/// The forms that can be started at a record, but for those of steps, whatever workflow they are of.
pub fn about(catalogue: &Catalogue, desk: &Desk, record: &RecordRef) -> Result<Vec<FormRow>, Fault> {
    let mut forms = startable(catalogue, desk, record)?;
    forms.retain(|form| !desk.rulebook.is_of_step(&form.id));
    Ok(forms)
}

/// All of them, those of steps too.
pub fn startable(catalogue: &Catalogue, desk: &Desk, record: &RecordRef) -> Result<Vec<FormRow>, Fault> {
    let basis = Basis::of(desk, record.clone())?;
    let forms = catalogue.newest(&desk.store)?;
    Ok(forms.iter().filter(|(_, start)| basis.fits(start)).cloned().map(row).collect())
}

fn row((form, start): (FormEntry, Start)) -> FormRow {
    FormRow {
        id: form.id,
        version: form.version,
        title: form.title,
        about: start.about,
        stands_alone: start.stands_alone,
        restricted: start.restricted,
    }
}

fn draft(id: &str) -> Result<DraftId, Fault> {
    id.parse().map_err(|_| Fault::new("app.bad-id"))
}
