//! A proposed form, played page by page before anybody agrees to it. What was answered travels in the page.

use crate::{
    Hub, HubError,
    console::{
        menu,
        visitor::{Permission, Refusal, Visitor},
    },
    office::packs::playing::{self, Go, PHOTO, Played, Sent, Written},
};
use axum::{
    Form,
    extract::{Path, State, rejection::FormRejection},
};
use maud::{Markup, html};
use rulebook::Lang;
use std::collections::BTreeMap;
use xforms::{ChoiceView, PageKind, ProblemKind, QuestionKind, QuestionView, RepeatView};

/// The largest form that is sent, with all of its answers; read as a whole first, so that the refusal is heard.
const MAX_SENT: usize = 1024 * 1024;
/// How a browser writes a time.
const MINUTES: (usize, usize) = (16, 5);

pub async fn start(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((number, form)): Path<(u64, String)>,
) -> Result<Markup, Refusal> {
    play(&hub, &visitor, number, form, None).await
}

pub async fn go_on(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((number, form)): Path<(u64, String)>,
    pairs: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Markup, Refusal> {
    let Form(pairs) = pairs.map_err(|refused| {
        let too_large = refused.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
        visitor.failed(if too_large { HubError::TooLarge } else { HubError::BadMessage("no form") })
    })?;
    if pairs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_SENT {
        return Err(visitor.failed(HubError::TooLarge));
    }
    play(&hub, &visitor, number, form, Some(sent(pairs))).await
}

/// Several of one name are ticked codes.
fn sent(pairs: Vec<(String, String)>) -> Sent {
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

async fn play(
    hub: &Hub,
    visitor: &Visitor,
    number: u64,
    form: String,
    sent: Option<Sent>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::PublishForms)?;
    let lang = visitor.lang;
    let played = hub.read(move |hub, read| playing::play(hub, read, (number, &form), lang, sent)).await;
    let played = played.map_err(|error| visitor.failed(error))?;
    Ok(menu::page(visitor, &played.title, &page(number, &played, visitor)))
}

fn page(number: u64, played: &Played, visitor: &Visitor) -> Markup {
    let (lang, page) = (visitor.lang, &played.page);
    html! {
        p.place {
            a href={ "/packs/" (number) } { (lang.pick("Gói được đề nghị", "The proposed pack")) }
            " · " (lang.pick("phiên bản ", "version ")) (played.version)
            " · " (lang.pick("trang ", "page ")) (page.number + 1) "/" (page.count)
        }
        p.notice { (lang.pick(
            "Chỉ để xem thử: không có gì được lưu. Đừng ghi thông tin của người thật.",
            "Only a trial: nothing is kept. Don't enter anything about a real person.",
        )) }
        @match &played.end {
            Some(Ok(written)) => (ended(written, lang)),
            Some(Err(code)) => p.notice.bad role="alert" {
                (lang.pick("Không làm được bản ghi từ các câu trả lời này.", "These answers can't become records."))
                " " small { (code) }
            },
            None => {},
        }
        form.narrow method="post" action=(visitor.path) novalidate {
            input type="hidden" name="instance" value=(played.instance);
            input type="hidden" name="page" value=(page.index);
            @if !page.breadcrumb.is_empty() { p.said { (page.breadcrumb.join(" › ")) } }
            @if let Some(title) = &page.title { h2 { (title) } }
            @for question in &page.questions { (asked(question, played, lang)) }
            // The first button is the one that the return key presses.
            div.turn {
                @if page.kind != PageKind::End { button { (lang.pick("Tiếp", "Next")) } }
                @if !page.is_first { button.quiet name="back" value="1" { (lang.pick("Quay lại", "Back")) } }
            }
            @for repeat in &page.repeats { (repeated(repeat, lang)) }
        }
        p { a href=(visitor.path) { (lang.pick("Làm lại từ đầu", "Start again")) } }
    }
}

fn asked(question: &QuestionView, played: &Played, lang: Lang) -> Markup {
    let name = format!("a.{}", question.path);
    let typed = played.wrong.get(&question.path);
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
            (input(question, &name, value, lang))
        }
        @if let Some(told) = wrong.or(problem) { p.late role="alert" { (told) } }
    }
}

fn input(question: &QuestionView, name: &str, value: &str, lang: Lang) -> Markup {
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

/// By kind, in the order in which they would be written.
fn ended(written: &[Written], lang: Lang) -> Markup {
    let mut kinds: Vec<(&str, Vec<&Written>)> = Vec::new();
    for record in written {
        match kinds.iter_mut().find(|(kind, _)| *kind == record.kind) {
            Some((_, records)) => records.push(record),
            None => kinds.push((&record.kind, vec![record])),
        }
    }
    html! { section {
        h2 { (lang.pick("Biểu mẫu sẽ ghi", "What the form would write")) }
        @for (kind, records) in &kinds { article {
            h3 { (kind) @if records.len() > 1 { " (" (records.len()) ")" } }
            @for record in records.iter().filter(|record| !record.facts.is_empty()) {
                dl.facts { @for (label, value) in &record.facts { div { dt { (label) } dd { (value) } } } }
            }
        } }
    } }
}
