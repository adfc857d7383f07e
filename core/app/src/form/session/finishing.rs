//! The end of a form: checked as a whole, turned into records, kept in one transaction.

use super::live::Live;
use crate::{
    desk::Desk,
    error::Fault,
    form::{
        catalogue::LoadedForm,
        view::{AdviceRow, FinishOutcome, FinishedView},
    },
};
use casework::{
    FinishContext, Finished, Outcome,
    advice::{self, Advice},
};
use model::{CaseId, DraftId, HouseholdId, SubmissionId};
use store::Identity;

impl Live {
    pub fn finish(&mut self, desk: &Desk, draft: DraftId) -> Result<FinishOutcome, Fault> {
        let Some(outcome) = self.outcome(desk)? else {
            return Ok(FinishOutcome::Incomplete { problems: self.all_problems(desk.lang) });
        };
        let rulebook = &self.filling.form.rulebook;
        let advice = advice::after_finish(rulebook, &outcome, desk.now, desk.lang).into_iter();
        let cause = outcome.submission.reference();
        desk.store.finish(draft, outcome.edits, &cause)?;
        Ok(FinishOutcome::Finished {
            visit: FinishedView {
                submission_id: outcome.submission.to_string(),
                household_id: outcome.lineage.iter().find_map(HouseholdId::of).map(|id| id.to_string()),
                case_id: outcome.lineage.iter().find_map(CaseId::of).map(|id| id.to_string()),
                title: outcome.title,
                advice: advice
                    .map(|Advice { code, text, ground }| AdviceRow { code, text, ground })
                    .collect(),
            },
        })
    }

    /// What the form would change; `None` while an answer is missing or not accepted.
    pub fn outcome(&mut self, desk: &Desk) -> Result<Option<Outcome>, Fault> {
        let Ok(submission) = self.filling.session.finish() else { return Ok(None) };
        let context = self.context(desk.store.identity()?);
        let finished = Finished::of(&submission, self.filling.started, desk.now);
        // A UUIDv7 like every other id.
        let mut new_id = || SubmissionId::new().0;
        // By the rules that it began under, whatever came since.
        let LoadedForm { rulebook, rules, .. } = &*self.filling.form;
        Ok(Some(rules.apply(rulebook, &finished, &context, &mut new_id)?))
    }

    fn context(&self, identity: Identity) -> FinishContext {
        let worker = identity.worker;
        let managers = worker.duty_managers.into_iter();
        FinishContext {
            submission: SubmissionId::new(),
            author: worker.user,
            author_name: worker.name.0,
            duty_managers: managers.map(|colleague| (colleague.user, colleague.name.0)).collect(),
            about: self.filling.about.clone(),
            photos: self.filling.photos.clone(),
            known: self.filling.known.clone(),
        }
    }
}
