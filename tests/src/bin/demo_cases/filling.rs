//! Fills a form with the answers of a story: by the names of its questions, instances of a repeat as a list.

use anyhow::{Context, Result, bail};
use app::{
    FormSession,
    view::{AnswerValue, PageMove, QuestionKind, QuestionView},
};
use chrono::NaiveDate;
use journeys::{story::last_name, story_clock::time};
use serde_json::Value;
use std::sync::Arc;

pub fn fill(form: &Arc<FormSession>, said: &Value) -> Result<()> {
    let mut page = form.page()?;
    for _ in 0..2_000 {
        if let Some(repeat) = page.repeats.first() {
            let wanted = said[last_name(&repeat.path)].as_array().map_or(0, Vec::len);
            if repeat.can_add && repeat.instances.len() < wanted {
                page = form.add_repeat(repeat.path.clone())?;
                continue;
            }
        }
        let mut done = Vec::new();
        while let Some(question) = page.questions.iter().find(|one| !done.contains(&one.path)).cloned() {
            done.push(question.path.clone());
            if question.readonly {
                continue;
            }
            if let Some(answer) = answer(&question, said)? {
                let path = question.path.clone();
                page.apply(form.answer(question.path, answer).with_context(|| path)?);
            }
        }
        match form.next()? {
            PageMove::Moved { page: next } => page = next,
            PageMove::AtEnd => return Ok(()),
            PageMove::Blocked { problems, .. } => {
                let first = problems.first().map(|one| format!("{}: {}", one.path, one.problem.text));
                bail!("the page can't be left: {}", first.unwrap_or_default());
            }
        }
    }
    bail!("the form never ends")
}

/// What the story says to a question; `None`: nothing.
fn answer(question: &QuestionView, said: &Value) -> Result<Option<AnswerValue>> {
    let mut at = said;
    for segment in question.path.split('/') {
        if let Some((name, place)) = segment.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
            let place: usize = place.parse()?;
            at = &at[name][place.saturating_sub(1)];
        }
    }
    let said = &at[last_name(&question.path)];
    let text = match said {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(Some(match question.kind {
        QuestionKind::SelectOne => AnswerValue::Choice { value: text },
        QuestionKind::SelectMultiple => {
            AnswerValue::Choices { values: text.split('|').map(str::to_owned).collect() }
        }
        QuestionKind::Integer => AnswerValue::Integer { number: text.parse()? },
        QuestionKind::Decimal => AnswerValue::Decimal { number: text.parse()? },
        QuestionKind::Date => {
            AnswerValue::Date { iso: NaiveDate::parse_from_str(&text, "%d/%m/%Y")?.to_string() }
        }
        QuestionKind::DateTime => AnswerValue::DateTime { iso: time(&text)?.to_rfc3339() },
        _ => AnswerValue::Text { text },
    }))
}
