//! Records of whatever kind: the page of one, settling what phones disagree about, a finished form as it was answered,
//! photos.

mod page;
mod papers;
pub mod view;
mod writers;

use crate::{
    desk::{Desk, parsed},
    error::{AppError, Fault},
    form::Catalogue,
    photos,
    shared::Shared,
    speaker::Fact,
    steps,
};
use casework::{answers, settle};
use model::{ChangeId, RecordRef, SubmissionId};
pub use page::{conflicts, photo, sections};
use std::sync::Arc;
use view::{AnswerGroup, PaperRow, PaperView, RecordView, SubmissionView};
pub use writers::Writers;

/// Whatever the worker may see.
#[derive(uniffi::Object)]
pub struct Records {
    shared: Arc<Shared>,
    catalogue: Arc<Catalogue>,
}

impl Records {
    pub(crate) fn new(shared: &Arc<Shared>, catalogue: &Arc<Catalogue>) -> Self {
        Self { shared: shared.clone(), catalogue: catalogue.clone() }
    }
}

#[uniffi::export]
impl Records {
    pub fn view(&self, reference: String) -> Result<RecordView, AppError> {
        self.shared.with(|desk| page::read(&self.catalogue, desk, &parsed(&reference)?))
    }

    /// Makes a field say what one of those said who disagree about it (a conflict's `change`); the page after it.
    pub fn settle(&self, reference: String, field: String, choice: String) -> Result<RecordView, AppError> {
        self.shared.with(|desk| {
            let reference: RecordRef = parsed(&reference)?;
            settle_field(desk, &reference, &field, parsed(&choice)?)?;
            page::read(&self.catalogue, desk, &reference)
        })
    }

    /// Takes a step that has no form (`RecordView::steps`), with the reason that it asks for; `chosen`: of one that settles,
    /// which of the steps that stand beside each other is to hold. The page after it.
    pub fn act(
        &self,
        reference: String,
        action: String,
        reason: String,
        chosen: Option<String>,
    ) -> Result<RecordView, AppError> {
        self.shared.with(|desk| {
            let reference: RecordRef = parsed(&reference)?;
            steps::take(desk, &reference, &action, &reason, chosen.as_deref())?;
            page::read(&self.catalogue, desk, &reference)
        })
    }

    /// What the record can be printed as.
    pub fn papers(&self, reference: String) -> Result<Vec<PaperRow>, AppError> {
        self.shared.with(|desk| papers::of(desk, &parsed(&reference)?))
    }

    /// The record on one of these papers, to be printed without scripts and without a network.
    pub fn paper(&self, reference: String, paper: String) -> Result<PaperView, AppError> {
        self.shared.with(|desk| papers::drawn(&self.catalogue, desk, &parsed(&reference)?, &paper))
    }

    /// A finished form, to be read.
    pub fn submission(&self, reference: String) -> Result<SubmissionView, AppError> {
        self.shared.with(|desk| submission(&self.catalogue, desk, &reference))
    }

    /// JPEG, 256 px, of a photo's record.
    pub fn thumbnail(&self, reference: String) -> Result<Vec<u8>, AppError> {
        self.shared.with(|desk| photos::read(desk, &photos::find(desk, &reference)?.thumbnail))
    }

    /// JPEG, at most 2,048 px.
    pub fn photo(&self, reference: String) -> Result<Vec<u8>, AppError> {
        self.shared.with(|desk| photos::read(desk, &photos::find(desk, &reference)?.blob))
    }
}

fn settle_field(desk: &Desk, reference: &RecordRef, field: &str, choice: ChangeId) -> Result<(), Fault> {
    let record = desk.record(reference.clone())?;
    let edit = settle(&desk.rulebook, reference, &record.state, field, choice);
    desk.store.commit(vec![edit.ok_or(Fault::new("app.no-conflict"))?])?;
    Ok(())
}

fn submission(catalogue: &Catalogue, desk: &Desk, reference: &str) -> Result<SubmissionView, Fault> {
    let reference: RecordRef = parsed(reference)?;
    let id = SubmissionId::of(&reference).ok_or(Fault::new("app.bad-id"))?;
    let state = desk.record(id.reference())?.state;
    let text = |field: &str| state.text(field).unwrap_or_default();
    let form = catalogue.load(&desk.store, text("form"), Some(text("version")), &desk.rulebook).ok();
    let xml = text("xml");
    let groups = match xml {
        "" => Vec::new(),
        xml => answers(form.as_ref().map(|form| &*form.definition), xml, desk.lang)?,
    };
    let group = |group: casework::Answered| AnswerGroup {
        title: group.title,
        answers: group.answers.into_iter().map(Fact::from).collect(),
    };
    Ok(SubmissionView {
        reference: reference.to_string(),
        title: form.as_ref().map_or_else(|| text("form").to_owned(), |form| form.title.clone()),
        answers: groups.into_iter().map(group).collect(),
        form_missing: form.is_none() && !xml.is_empty(),
    })
}
