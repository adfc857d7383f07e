//! A form that is filled in a browser, page by page. Nothing is kept on the way: what was answered so far comes with each
//! request and goes back with its answer.

use crate::HubError;
use std::{collections::BTreeMap, sync::Arc};
use xforms::{AnswerError, Definition, Env, QuestionKind, Saved, Session};

/// What a page was left with.
pub struct Sent {
    /// All answers up to that page, as `Session::saved` gave them.
    pub instance: String,
    pub page: String,
    /// Of the page's questions, by path; codes of several choices with blanks between them.
    pub answers: BTreeMap<String, String>,
    pub go: Go,
}

pub enum Go {
    Next,
    Back,
    /// To a page of a repeat's instance.
    To(String),
    Add(String),
    Remove(String),
    /// All of it is answered.
    Finish,
}

/// The session after what was sent, and what was typed that is no answer of its question, by path; from its start where
/// nothing was.
///
/// # Errors
/// [`HubError::BadMessage`] for what is no instance of the form.
pub fn turned(
    definition: Arc<Definition>,
    env: Env,
    prefill: impl FnOnce() -> Vec<(String, String)>,
    sent: Option<Sent>,
) -> Result<(Session, BTreeMap<String, String>), HubError> {
    let Some(Sent { instance, page, answers, go }) = sent else {
        return Ok((Session::start_with(definition, env, &prefill()), BTreeMap::new()));
    };
    let saved = Saved { instance, page, ..Saved::default() };
    let resumed = Session::resume(definition, env, &saved);
    let mut session = resumed.map_err(|_| HubError::BadMessage("no instance of the form"))?;
    let wrong = answer(&mut session, &answers);
    if wrong.is_empty() {
        turn(&mut session, &go);
    }
    Ok((session, wrong))
}

/// Gives the page's questions their answers, in their order; what is no answer of its question.
fn answer(session: &mut Session, answers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut wrong = BTreeMap::new();
    for question in session.page().questions {
        let takes = !question.readonly && question.kind != QuestionKind::Note;
        let Some(typed) = answers.get(&question.path).filter(|_| takes) else { continue };
        let said = stored(&question.kind, typed.trim());
        if said == question.stored.unwrap_or_default() {
            continue;
        }
        // Another error: an answer before it took the question away.
        let told = session.answer_text(&question.path, &said);
        if let Err(AnswerError::WrongType { .. } | AnswerError::NotAChoice { .. }) = told {
            wrong.insert(question.path, typed.clone());
        }
    }
    wrong
}

/// As the instance stores what a browser sends.
fn stored(kind: &QuestionKind, typed: &str) -> String {
    match kind {
        QuestionKind::DateTime | QuestionKind::Time if typed.matches(':').count() == 1 => {
            format!("{typed}:00")
        }
        QuestionKind::Decimal => typed.replace(',', "."),
        _ => typed.replace("\r\n", "\n"),
    }
}

/// What can't be done leaves the page as it is, with its problems.
fn turn(session: &mut Session, go: &Go) {
    match go {
        Go::Finish => {}
        Go::Next => drop(session.next()),
        Go::Back => drop(session.back()),
        Go::To(page) => drop(page.parse().map(|page| session.go_to(&page))),
        Go::Add(repeat) => {
            let added = session.add_repeat(repeat).ok();
            let first = added.and_then(|added| {
                let page = session.page();
                let instances = page.repeats.into_iter().flat_map(|repeat| repeat.instances);
                instances.into_iter().find(|instance| instance.path == added.path)?.first_page
            });
            if let Some(first) = first {
                drop(session.go_to(&first));
            }
        }
        Go::Remove(instance) => drop(session.remove_repeat(instance)),
    }
}
