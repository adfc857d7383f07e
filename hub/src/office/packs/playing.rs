//! A proposed form played page by page, as phones will ask it. Nothing of it is kept: what was answered so far comes with
//! each request and goes back with its answer.

use super::{Checked, check, kept, waiting};
use crate::{
    Hub, HubError,
    db::Read,
    forms::CheckedForm,
    office::filling::{self, Sent},
};
use casework::{FinishContext, Finished, FormLabels, FormRules, Labels};
use model::{PhotoFile, RecordRef, SubmissionId, UserId, encoding::Bytes, photo::BlobRef, record::field};
use rulebook::{Lang, Rulebook, Shown};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;
use xforms::{Env, FixedClock, PageView, Session, Submission};

/// The record that a played form is about: nobody's.
const ABOUT: Uuid = Uuid::from_u128(1);
/// What stands for a photo that was not taken.
pub const PHOTO: &str = "anh-thu.jpg";

pub struct Played {
    pub title: String,
    pub version: String,
    pub page: PageView,
    /// All that is answered, as XML.
    pub instance: String,
    /// What was typed and is no answer of its question, by path.
    pub wrong: BTreeMap<String, String>,
    /// At the end: what it would write, or the code of why it can't become records.
    pub end: Option<Result<Vec<Written>, &'static str>>,
}

/// A record that would be written.
pub struct Written {
    /// What its kind is called.
    pub kind: String,
    /// Labels and values of its fields.
    pub facts: Vec<(String, String)>,
}

/// Plays a form of a proposal: from its start, or on from what was sent. Reads and evaluates it; blocks.
///
/// # Errors
/// [`HubError::NotFound`] for no form of it, [`HubError::BadMessage`] for what is no instance of it.
pub fn play(
    hub: &Hub,
    read: &Read,
    (number, form): (u64, &str),
    lang: Lang,
    sent: Option<Sent>,
) -> Result<Played, HubError> {
    let proposal = waiting(read, number)?;
    let day = proposal.first_day.max(hub.today());
    let Checked { forms, rulebook, .. } = check(hub, read, kept(read, number)?, Some(day))?;
    let form = forms.into_iter().find(|known| known.id == form).ok_or(HubError::NotFound)?;
    let table = form.files.get("records.csv").map(|table| String::from_utf8_lossy(table));
    let rules = FormRules::parse(&rulebook, &table.unwrap_or_default(), &form.definition);
    let rules = rules.map_err(|_| HubError::Internal("the form's table can't be read"))?;
    let env = Env {
        clock: Arc::new(FixedClock(hub.clock.now())),
        language: Some(lang.code().to_owned()),
        ..Env::system()
    };
    let prefill = || about(&rules).map(|about| rules.prefill(&about, &[])).unwrap_or_default();
    let (mut session, wrong) = filling::turned(form.definition.clone(), env, prefill, sent)?;
    let end =
        if session.is_at_end() { ended(hub, &mut session, &form, &rules, &rulebook, lang) } else { None };
    Ok(Played {
        title: form.title,
        version: form.version,
        page: session.page(),
        instance: session.saved().instance,
        wrong,
        end,
    })
}

fn about(rules: &FormRules) -> Option<RecordRef> {
    rules.about().map(|kind| RecordRef::new(kind.to_owned(), ABOUT))
}

/// `None`: something is missing; the page of it is shown.
fn ended(
    hub: &Hub,
    session: &mut Session,
    form: &CheckedForm,
    rules: &FormRules,
    rulebook: &Arc<Rulebook>,
    lang: Lang,
) -> Option<Result<Vec<Written>, &'static str>> {
    let submission = match session.finish() {
        Ok(submission) => submission,
        Err(problems) => {
            drop(session.go_to(&problems.page));
            return None;
        }
    };
    let now = hub.clock.now();
    let finished = Finished::of(&submission, now, now);
    let context = FinishContext {
        submission: SubmissionId::new(),
        author: UserId::new(),
        author_name: String::new(),
        duty_managers: Vec::new(),
        about: about(rules),
        photos: photos(&submission),
        known: BTreeMap::new(),
    };
    let outcome = rules.apply(rulebook, &finished, &context, &mut Uuid::now_v7);
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => return Some(Err(error.code())),
    };
    let labels = Labels::of(rulebook, [FormLabels::of(rulebook, &form.definition, rules)]);
    let written = outcome.edits.into_iter().map(|edit| {
        let kind = edit.record.kind.as_str();
        let said = |(name, value): (&String, &serde_json::Value)| {
            let shown = rulebook.field(kind, name).is_none_or(|field| field.shown != Shown::No);
            let label = labels.field(kind, name, lang).filter(|_| shown && name != field::PARENT)?;
            let value = labels.value(kind, name, value, lang);
            (!value.is_empty()).then_some((label, value))
        };
        Written {
            kind: rulebook.kind(kind).map_or(kind, |kind| kind.label.get(lang)).to_owned(),
            facts: edit.fields.iter().filter_map(said).collect(),
        }
    });
    Some(Ok(written.collect()))
}

/// Photos that nobody took, for each that the answers name.
fn photos(submission: &Submission) -> BTreeMap<String, PhotoFile> {
    let blob = || BlobRef { address: "0".repeat(64), key: Bytes([0; 32]), size: 0 };
    let photo = |_: &String| PhotoFile {
        blob: blob(),
        width: 0,
        height: 0,
        thumbnail: blob(),
        taken_at: String::new(),
    };
    let names: BTreeSet<String> = submission.attachments.iter().map(ToString::to_string).collect();
    names.into_iter().map(|name| (name.clone(), photo(&name))).collect()
}
