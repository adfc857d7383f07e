//! The end of a form: checked as a whole, turned into records, kept in one transaction.

use super::live::{Filling, Live};
use crate::{
    desk::Desk,
    error::Fault,
    form::{
        catalogue::LoadedForm,
        view::{AdviceRow, FinishOutcome, FinishedView},
    },
    steps,
};
use casework::{
    FinishContext, Finished, Outcome,
    advice::{self, Advice},
    timeline,
};
use model::{CaseId, DraftId, HouseholdId, RecordEdit, SubmissionId};
use store::Identity;
use workflow::{Refusal, Verdict};

impl Live {
    pub fn finish(&mut self, desk: &Desk, draft: DraftId) -> Result<FinishOutcome, Fault> {
        let Some(outcome) = self.outcome(desk)? else {
            return Ok(FinishOutcome::Incomplete { problems: self.all_problems(desk.lang) });
        };
        let rulebook = &self.filling.form.rulebook;
        let advice = advice::after_finish(rulebook, &outcome, desk.now, desk.lang).into_iter();
        let cause = outcome.submission.reference();
        let step = self.step(desk, &outcome)?;
        let edits = outcome.edits.into_iter().chain(step.clone()).collect();
        desk.store.finish(draft, edits, &cause)?;
        let no_effect = self.no_effect(desk, step.as_ref())?;
        Ok(FinishOutcome::Finished {
            visit: FinishedView {
                submission_id: outcome.submission.to_string(),
                household_id: outcome.lineage.iter().find_map(HouseholdId::of).map(|id| id.to_string()),
                case_id: outcome.lineage.iter().find_map(CaseId::of).map(|id| id.to_string()),
                title: outcome.title,
                advice: no_effect
                    .into_iter()
                    .chain(advice)
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

    /// The record of the step that the form was filled in for.
    fn step(&self, desk: &Desk, outcome: &Outcome) -> Result<Option<RecordEdit>, Fault> {
        let Filling { step: Some(step), about: Some(about), .. } = &self.filling else { return Ok(None) };
        steps::filled(desk, about, (&step.action, &step.reason), &outcome.edits)
    }

    /// Why the step that was to be taken changes nothing, if it doesn't.
    fn no_effect(&self, desk: &Desk, made: Option<&RecordEdit>) -> Result<Option<Advice>, Fault> {
        let Filling { step: Some(_), about: Some(about), .. } = &self.filling else { return Ok(None) };
        let why = match made {
            Some(made) => steps::effect(desk, about, made.record.id)?,
            None => timeline::verdict(Verdict::Refused(Refusal::Unknown), desk.lang),
        };
        let advice =
            || Advice { code: "step-no-effect".to_owned(), text: why.to_owned(), ground: String::new() };
        Ok((!why.is_empty()).then(advice))
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
