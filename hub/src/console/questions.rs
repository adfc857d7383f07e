//! The page of a form in a browser: its questions as inputs. What was answered so far travels in the page.

use super::visitor::{Refusal, Visitor};
use crate::{
    HubError,
    office::{
        filling::{Go, Sent},
        packs::playing::PHOTO,
    },
};
use axum::{Form, extract::rejection::FormRejection};
use maud::{Markup, html};
use rulebook::Lang;
use std::collections::BTreeMap;
use xforms::{ChoiceView, PageKind, PageView, ProblemKind, QuestionKind, QuestionView, RepeatView};

/// The largest form that is sent, with all of its answers; read as a whole first, so that the refusal is heard.
const MAX_SENT: usize = 1024 * 1024;
/// How a browser writes a time.
const MINUTES: (usize, usize) = (16, 5);

/// What was typed and couldn't be taken, by path; and whether nothing of it is kept.
pub struct Typed<'a> {
    pub wrong: &'a BTreeMap<String, String>,
    pub trial: bool,
    /// What is asked beside the form's questions.
    pub beside: Markup,
}

/// What a browser sent of a page.
pub fn pairs(
    visitor: &Visitor,
    pairs: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Vec<(String, String)>, Refusal> {
    let Form(pairs) = pairs.map_err(|refused| {
        let too_large = refused.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
        visitor.failed(if too_large { HubError::TooLarge } else { HubError::BadMessage("no form") })
    })?;
    if pairs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_SENT {
        return Err(visitor.failed(HubError::TooLarge));
    }
    Ok(pairs)
}

/// What a page was left with. Several of one name are ticked codes.
pub fn read(pairs: Vec<(String, String)>) -> Sent {
    let mut sent =
        Sent { instance: String::new(), page: String::new(), answers: BTreeMap::new(), go: Go::Next };
    for (name, value) in pairs {
        match name.split_once('.') {
            Some(("a", path)) => {
                let before = sent.answers.entry(path.to_owned()).or_default();
                *before = format!("{before} {value}").trim().to_owned();
            }
            _ => match name.as_str() {
                "instance" => sent.instance = value,
                "page" => sent.page = value,
                "finish" => sent.go = Go::Finish,
                "back" => sent.go = Go::Back,
                "to" => sent.go = Go::To(value),
                "add" => sent.go = Go::Add(value),
                "remove" => sent.go = Go::Remove(value),
                _ => {}
            },
        }
    }
    sent
}

/// The page as a form; the first button is the one that the return key presses.
pub fn form(page: &PageView, instance: &str, typed: &Typed<'_>, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! {
        form.narrow method="post" action=(visitor.path) novalidate {
            input type="hidden" name="instance" value=(instance);
            input type="hidden" name="page" value=(page.index);
            @if !page.breadcrumb.is_empty() { p.said { (page.breadcrumb.join(" › ")) } }
            @if let Some(title) = &page.title { h2 { (title) } }
            @for question in &page.questions { (asked(question, typed, lang)) }
            (typed.beside)
            div.turn {
                @if page.kind != PageKind::End { button { (lang.pick("Tiếp", "Next")) } }
                @else if !typed.trial { button name="finish" value="1" { (lang.pick("Ghi vào hồ sơ", "Write it down")) } }
                @if !page.is_first { button.quiet name="back" value="1" { (lang.pick("Quay lại", "Back")) } }
            }
            @for repeat in &page.repeats { (repeated(repeat, lang)) }
        }
    }
}

fn asked(question: &QuestionView, left: &Typed<'_>, lang: Lang) -> Markup {
    let name = format!("a.{}", question.path);
    let typed = left.wrong.get(&question.path);
    let hint = question.hint.as_ref().map(|hint| hint.as_str()).filter(|hint| !hint.is_empty());
    let problem = question.problem.as_ref().map(|problem| {
        let own = problem.message.clone();
        own.unwrap_or_else(|| match problem.kind {
            ProblemKind::Required => lang.pick("Câu này bắt buộc.", "This must be answered.").to_owned(),
            ProblemKind::Constraint => {
                lang.pick("Trả lời này chưa được chấp nhận.", "This answer is not accepted.").to_owned()
            }
        })
    });
    let wrong = typed.map(|_| {
        let text = lang.pick("Không đúng kiểu của câu hỏi.", "Not of the kind that is asked for.");
        text.to_owned()
    });
    let value = typed.or(question.stored.as_ref()).map(String::as_str).unwrap_or_default();
    html! {
        @if !question.groups.is_empty() { p.said { (question.groups.join(" › ")) } }
        @if question.kind == QuestionKind::Note { p { (question.label.as_str()) } }
        @else {
            label for=(name) {
                (question.label.as_str())
                @if question.required { " *" }
            }
            @if let Some(hint) = hint { p.said { (hint) } }
            (input(question, &name, value, left.trial, lang))
        }
        @if let Some(told) = wrong.or(problem) { p.late role="alert" { (told) } }
    }
}

fn input(question: &QuestionView, name: &str, value: &str, trial: bool, lang: Lang) -> Markup {
    let plain = |of: &str, value: &str| {
        html! { input id=(name) name=(name) type=(of) value=(value) autocomplete="off"; }
    };
    let cut = |most: usize| value.get(..most).unwrap_or(value);
    if question.readonly {
        return html! { p #(name) { (value) } };
    }
    match &question.kind {
        QuestionKind::Note => html! {},
        QuestionKind::Date => plain("date", value),
        QuestionKind::DateTime => plain("datetime-local", cut(MINUTES.0)),
        QuestionKind::Time => plain("time", cut(MINUTES.1)),
        QuestionKind::Boolean => html! { select id=(name) name=(name) {
            option value="" { "—" }
            option value="true" selected[value == "true"] { (lang.pick("Có", "Yes")) }
            option value="false" selected[value == "false"] { (lang.pick("Không", "No")) }
        } },
        QuestionKind::SelectOne => html! { select id=(name) name=(name) {
            option value="" { "—" }
            @for ChoiceView { value: code, label, .. } in question.choices.iter() {
                option value=(code) selected[&**code == value] { (label.as_str()) }
            }
        } },
        QuestionKind::SelectMultiple => html! {
            // What the browser sends where nothing is ticked.
            input type="hidden" name=(name) value="";
            @for ChoiceView { value: code, label, .. } in question.choices.iter() {
                @let ticked = value.split_whitespace().any(|chosen| chosen == &**code);
                label.check { input type="checkbox" name=(name) value=(code) checked[ticked]; (label.as_str()) }
            }
        },
        QuestionKind::Rank => html! {
            (plain("text", value))
            p.said {
                (lang.pick("Ghi các mã theo thứ tự, cách nhau bằng dấu cách: ", "Write the codes in their order, with blanks between them: "))
                @for ChoiceView { value: code, label, .. } in question.choices.iter() { (code) " = " (label.as_str()) "; " }
            }
        },
        QuestionKind::Trigger => ticked(name, "OK", !value.is_empty(), "OK"),
        QuestionKind::Image | QuestionKind::Audio | QuestionKind::Video | QuestionKind::File if !trial => {
            html! { p.said { (lang.pick("Chụp bằng điện thoại, ở hồ sơ này.", "Taken with a phone, at this record.")) } }
        }
        QuestionKind::Image | QuestionKind::Audio | QuestionKind::Video | QuestionKind::File => {
            ticked(name, PHOTO, !value.is_empty(), lang.pick("Coi như đã có tệp", "As if a file was taken"))
        }
        QuestionKind::Geopoint | QuestionKind::Geotrace | QuestionKind::Geoshape => html! {
            (plain("text", value))
            p.said { (lang.pick("Vĩ độ và kinh độ, ví dụ 21.03 105.85", "Latitude and longitude, such as 21.03 105.85")) }
        },
        QuestionKind::Integer
        | QuestionKind::Decimal
        | QuestionKind::Range { .. }
        | QuestionKind::Text
        | QuestionKind::Barcode
        | QuestionKind::Secret => plain("text", value),
    }
}

fn ticked(name: &str, value: &str, is_ticked: bool, label: &str) -> Markup {
    html! {
        input type="hidden" name=(name) value="";
        label.check { input type="checkbox" id=(name) name=(name) value=(value) checked[is_ticked]; (label) }
    }
}

fn repeated(repeat: &RepeatView, lang: Lang) -> Markup {
    html! { fieldset {
        legend { (repeat.label) }
        @for instance in &repeat.instances { div.row {
            @if let Some(first) = &instance.first_page {
                button.quiet name="to" value=(first) { (instance.number) ". " (instance.title) }
            } @else { span { (instance.number) ". " (instance.title) } }
            @if repeat.can_remove { button.quiet name="remove" value=(instance.path) { (lang.pick("Bỏ", "Remove")) } }
        } }
        @if repeat.can_add { button.quiet name="add" value=(repeat.path) { (lang.pick("Thêm", "Add")) } }
    } }
}
