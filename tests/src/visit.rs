//! Fills forms as a worker does: page by page, by the names of the questions.

use crate::{
    story::{Story, instance, last_name},
    synthetic::Household,
};
use anyhow::{Context, Result, bail};
use app::{
    FormSession,
    view::{AnswerValue, FinishOutcome, FinishedView, PageMove, PageView, QuestionKind},
};
use std::sync::Arc;

/// What a worker would answer to a question by its name, in a page and its repeat instance (from 1, else 0).
pub type Answers<'a> = dyn FnMut(&str, usize) -> Option<AnswerValue> + 'a;
/// How many instances a repeat is to have, by its name.
pub type Counts<'a> = dyn Fn(&str) -> usize + 'a;

/// One text.
pub fn text(text: impl Into<String>) -> AnswerValue {
    AnswerValue::Text { text: text.into() }
}

/// One choice.
pub fn choice(value: impl Into<String>) -> AnswerValue {
    AnswerValue::Choice { value: value.into() }
}

/// Several choices.
fn choices(values: &[&str]) -> AnswerValue {
    AnswerValue::Choices { values: values.iter().map(|v| (*v).to_owned()).collect() }
}

/// Counts of one filling.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    pub pages: usize,
    pub answers: usize,
    pub photos: usize,
}

/// Goes through the pages to the end. Questions that `answers` says nothing to are left as they are; a photo question
/// takes the next of `photos`.
///
/// # Errors
/// When a page can't be left, or the form never ends.
pub fn fill(
    form: &Arc<FormSession>,
    answers: &mut Answers,
    counts: &Counts,
    photos: &mut Vec<Vec<u8>>,
) -> Result<Filled> {
    let mut filled = Filled::default();
    let mut page = form.page()?;
    for _ in 0..2_000 {
        filled.pages += 1;
        if let Some(repeat) = page.repeats.first() {
            let wanted = counts(last_name(&repeat.path));
            if repeat.can_add && repeat.instances.len() < wanted {
                page = form.add_repeat(repeat.path.clone())?;
                continue;
            }
        }
        answer_page(form, &page, answers, photos, &mut filled)?;
        match form.next()? {
            PageMove::Moved { page: next } => page = next,
            PageMove::AtEnd => return Ok(filled),
            PageMove::Blocked { problems, .. } => {
                let first = problems.first().map(|p| format!("{}: {}", p.path, p.problem.text));
                bail!("the page can't be left: {}", first.unwrap_or_default());
            }
        }
    }
    bail!("the form never ends")
}

/// Answers every question of a page once, also those that an answer brings up.
fn answer_page(
    form: &Arc<FormSession>,
    page: &PageView,
    answers: &mut Answers,
    photos: &mut Vec<Vec<u8>>,
    filled: &mut Filled,
) -> Result<()> {
    let mut page = page.clone();
    let mut done = Vec::new();
    while let Some(question) = page.questions.iter().find(|q| !done.contains(&q.path)).cloned() {
        done.push(question.path.clone());
        if question.readonly || question.kind == QuestionKind::Note {
            continue;
        }
        if question.kind == QuestionKind::Photo {
            let Some(photo) = photos.pop() else { continue };
            page.apply(form.take_photo(question.path, photo)?);
            filled.photos += 1;
        } else if let Some(value) = answers(last_name(&question.path), instance(&question.path)) {
            page.apply(form.answer(question.path.clone(), value).with_context(|| question.path.clone())?);
            filled.answers += 1;
        }
    }
    Ok(())
}

/// Finishes; anything missing is an error.
///
/// # Errors
/// With the first problem.
pub fn finish(form: &Arc<FormSession>) -> Result<FinishedView> {
    match form.finish()? {
        FinishOutcome::Finished { visit } => Ok(visit),
        FinishOutcome::Incomplete { problems } => {
            let first = problems.first().map(|p| format!("{}: {}", p.path, p.problem.text));
            bail!("the form is incomplete: {}", first.unwrap_or_default())
        }
    }
}

/// What a worker answers in `vang_gia` at an invented household: what is its own, and for the rest what the story says.
/// A household that is known already has some of it filled in; the same is answered again.
///
/// # Errors
/// When the story can't be read.
pub fn household_visit(
    household: &Household,
    agreed: &str,
    goal: &str,
) -> Result<impl FnMut(&str, usize) -> Option<AnswerValue> + use<>> {
    let story = Story::of_a_visit()?;
    let (household, agreed, goal) = (household.clone(), agreed.to_owned(), goal.to_owned());
    Ok(move |name: &str, instance: usize| {
        let person = household.people.get(instance.saturating_sub(1));
        let age = person.map_or(0, |person| 2026 - person.birth_year);
        Some(match name {
            "province" => choice(crate::synthetic::PROVINCE),
            "commune" => choice(household.commune),
            "village" => text(household.village),
            "household_name" => text(&household.people.first()?.name),
            "address" => text(&household.address),
            "m_name" => text(&person?.name),
            "m_relation" => choice(person?.relation),
            "m_sex" => choice(person?.sex),
            "m_birth_known" => choice("year"),
            "m_birth_year" => AnswerValue::Integer { number: person?.birth_year.into() },
            "m_ethnicity" => choice(person?.ethnicity),
            "m_studying" if age < 6 => choice("preschool"),
            "m_studying" if age < 16 => choice("lower_secondary"),
            "m_studying" => choice("none"),
            "m_diploma" => choice("primary"),
            "m_work" => choice(if age < 70 { "own" } else { "not_working" }),
            "house_wall" => choice(household.wall),
            "water" => choice(household.water),
            "toilet" => choice(household.toilet),
            "goal_text" => text(&goal),
            "agreed_text" => text(&agreed),
            _ => return story.answer(name, instance),
        })
    })
}

/// What a worker answers in `theo_doi` where what was agreed was done; `agreed` is next.
pub fn follow_up(agreed: &str) -> impl FnMut(&str, usize) -> Option<AnswerValue> + use<> {
    let agreed = agreed.to_owned();
    move |name, _| {
        Some(match name {
            "outcome" => choice("met"),
            "present" => choices(&["helped", "carer"]),
            "private_talk" => choice("yes"),
            "consent_state" => choice("all"),
            "children_seen" => choice("all"),
            "changes" => choices(&["none"]),
            "benefit_paid" => choice("nobody"),
            "g_state" => choice("done"),
            "need" => text("Có trợ cấp hằng tháng cho bà"),
            "need_group" => choice("livelihood"),
            "facts" => text("Bà đi lại được trong nhà. Bà nói: «Đỡ đau rồi»."),
            "a_text" => text(&agreed),
            "a_who" => choice("commune"),
            "next_visit" => AnswerValue::Date { iso: "2027-01-15".into() },
            "read_back" => choice("agrees"),
            _ => return None,
        })
    }
}

/// What a worker answers in `tiep_nhan_tre_em`; an invented report.
pub fn child_report(commune: &str, child: &str) -> impl FnMut(&str, usize) -> Option<AnswerValue> + use<> {
    let (commune, child) = (commune.to_owned(), child.to_owned());
    move |name, _| {
        Some(match name {
            "source" => choice("phone"),
            "child_name" => text(&child),
            "child_birth_known" => choice("age"),
            "child_age" => AnswerValue::Integer { number: 9 },
            "child_sex" => choice("female"),
            "province" => choice(crate::synthetic::PROVINCE),
            "commune" => choice(&commune),
            "place_detail" => text("Tại nhà"),
            "abuse_types" => choices(&["physical"]),
            "summary" => text("Người báo tin nghe tiếng trẻ khóc nhiều đêm và thấy vết bầm ở tay trẻ."),
            "child_home" => choice("same"),
            "harmers" => choices(&["parent"]),
            "harmer_access" => choice("yes"),
            "child_state" => text("Tỉnh táo, sợ hãi"),
            "threatened" => choice("yes"),
            "severity" => choice("high"),
            "siblings_at_risk" => choice("unknown"),
            "actions_done" => choices(&["none"]),
            "informant_name" => text("Lục Thị Báo Tin"),
            "informant_phone" => text("0987654321"),
            "receiver_name" => text("Nông Văn Tiếp"),
            _ => return None,
        })
    }
}
