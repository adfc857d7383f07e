//! Forms: those that can be filled, and filling one.

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
    desk::Desk,
    error::{AppError, Fault},
    shared::Shared,
};
use casework::FormScope;
use catalogue::LoadedForm;
pub use catalogue::{Catalogue, read};
pub use choosing::find_labels;
pub use drafts::drafts;
use model::DraftId;
pub use open::OpenForms;
pub use session::FormSession;
use starting::Starter;
use std::sync::Arc;
use view::FormRow;

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
        self.shared.with(|desk| list(&self.catalogue, desk))
    }

    /// Begins a draft, at a household or on its own.
    pub fn start(&self, form_id: String, household_id: Option<String>) -> Result<Arc<FormSession>, AppError> {
        self.shared.with(|desk| self.starter(desk).start(&form_id, household_id.as_deref()))
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

fn list(catalogue: &Catalogue, desk: &Desk) -> Result<Vec<FormRow>, Fault> {
    let forms = catalogue.newest(&desk.store)?;
    let row = |form: &Arc<LoadedForm>| FormRow {
        id: form.id.clone(),
        version: form.version.clone(),
        title: form.title.clone(),
        for_household: form.rules.scope() == FormScope::Household,
        restricted: form.rules.scope() == FormScope::RestrictedCase,
    };
    Ok(forms.iter().map(row).collect())
}

fn draft(id: &str) -> Result<DraftId, Fault> {
    id.parse().map_err(|_| Fault::new("app.bad-id"))
}
