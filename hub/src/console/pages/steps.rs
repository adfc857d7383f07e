//! Taking a step in a record that moves by a workflow: what may be done next, the page of one step, what was done.

use super::cases;
use crate::{
    Hub, HubError,
    console::{
        facts, layout, menu,
        questions::{self, Typed},
        visitor::{Permission, Refusal, Visitor},
    },
    office::steps::{self, Filling, Here, StepError},
};
use axum::{
    Form,
    extract::{Path, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::{
    acting::{NotNow, Wish},
    timeline::{self, What},
};
use maud::{Markup, html};
use model::{RecordRef, UserId, clock::moment};
use rulebook::{Lang, Step};
use std::collections::BTreeMap;
use uuid::Uuid;
use workflow::{Branch, guard::Choice};

/// The longest reason that is kept, in characters.
const MAX_REASON: usize = 4_000;

/// What somebody wants, as a browser sends it.
#[derive(Clone, Default)]
struct Wanted {
    action: String,
    reason: String,
    chosen: Option<Uuid>,
}

impl Wanted {
    fn of(action: String, pairs: &[(String, String)]) -> Self {
        let last = |name: &str| pairs.iter().rev().find(|(named, _)| named == name).map(|(_, value)| value);
        let reason = last("reason").map(|reason| reason.chars().take(MAX_REASON).collect());
        let chosen = last("chosen").and_then(|id| id.parse().ok());
        Self { action, reason: reason.unwrap_or_default(), chosen }
    }

    fn wish(&self) -> Wish<'_> {
        Wish { action: &self.action, reason: &self.reason, chosen: self.chosen, about: None }
    }
}

/// What a page of a step shows.
struct Shown {
    title: String,
    case: RecordRef,
    choice: Option<Offered>,
    branches: Vec<(Uuid, String)>,
    restricted: bool,
    filling: Option<Filling>,
    refused: Option<StepError>,
}

/// A step that is offered, as a page reads it.
struct Offered {
    label: String,
    ground: String,
    unmet: Vec<String>,
    asks_why: bool,
    late: bool,
    has_form: bool,
    settles: bool,
}

impl Offered {
    fn of(choice: &Choice<'_>, lang: Lang) -> Self {
        let Choice { step, unmet, asks_why, late } = choice;
        Self {
            label: step.label.get(lang).to_owned(),
            ground: step.certainty.beside(&step.article, lang),
            unmet: unmet.iter().map(|unmet| unmet.text(lang)).collect(),
            asks_why: *asks_why,
            late: *late,
            has_form: step.form.is_some(),
            settles: step.settles,
        }
    }
}

pub async fn page(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id, action)): Path<(String, Uuid, String)>,
) -> Result<Markup, Refusal> {
    let wanted = Wanted { action, ..Wanted::default() };
    let shown = load(&hub, &visitor, RecordRef::new(kind, id), wanted.clone(), None).await?;
    Ok(draw(&shown, &wanted, &visitor))
}

pub async fn take(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id, action)): Path<(String, Uuid, String)>,
    pairs: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Refusal> {
    let (record, pairs) = (RecordRef::new(kind, id), questions::pairs(&visitor, pairs)?);
    let wanted = Wanted::of(action, &pairs);
    let mut shown = load(&hub, &visitor, record.clone(), wanted.clone(), Some(pairs)).await?;
    let has_form = shown.choice.as_ref().is_some_and(|choice| choice.has_form);
    let outcome = shown.filling.as_mut().and_then(|filling| filling.finished.take());
    if shown.refused.is_some() || (has_form && outcome.is_none()) {
        let status = if shown.refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
        return Ok((status, draw(&shown, &wanted, &visitor)).into_response());
    }
    let (by, of, want) = (visitor.user.id, record.clone(), wanted.clone());
    let written = hub
        .write(move |hub, tx| match outcome {
            Some(outcome) => steps::take_with(hub, tx, by, &of, &want.wish(), outcome),
            None => steps::take(hub, tx, by, &of, &want.wish()),
        })
        .await;
    match written {
        Ok(()) => Ok(Redirect::to(&facts::path(&record)).into_response()),
        Err(HubError::Step(error)) => {
            shown.refused = Some(error);
            Ok((StatusCode::CONFLICT, draw(&shown, &wanted, &visitor)).into_response())
        }
        Err(error) => Err(visitor.failed(error)),
    }
}

async fn load(
    hub: &Hub,
    visitor: &Visitor,
    record: RecordRef,
    wanted: Wanted,
    sent: Option<Vec<(String, String)>>,
) -> Result<Shown, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (user, lang) = (visitor.user.clone(), visitor.lang);
    let asked = record.clone();
    let found = hub
        .read(move |hub, read| {
            let Some(here) = Here::of(hub, read, &user, &asked)? else { return Ok(None) };
            let choices = here.choices();
            let choice = choices.iter().find(|choice| choice.step.code == wanted.action);
            let offered = choice.map(|choice| Offered::of(choice, lang));
            let branches = here.standing.progress.as_ref().map_or(&[][..], |at| &at.branches);
            let branches = branch_rows(&here, branches, &steps::names(read, &here.standing)?, lang);
            let (mut filling, mut refused) = (None, None);
            let fills = offered.as_ref().is_some_and(|offered| offered.has_form && offered.unmet.is_empty());
            if fills {
                // The reason is asked beside the form, and needed at its end.
                let wish = Wish {
                    reason: if wanted.reason.trim().is_empty() { "…" } else { &wanted.reason },
                    ..wanted.wish()
                };
                let sent = sent.map(questions::read);
                match steps::fill(hub, read, &here, &wish, lang, sent) {
                    Ok(filled) => filling = Some(filled),
                    Err(HubError::Step(error)) => refused = Some(error),
                    Err(error) => return Err(error),
                }
                let lacks = offered.as_ref().is_some_and(|offered| offered.asks_why)
                    && wanted.reason.trim().is_empty();
                if let Some(filled) = filling.as_mut().filter(|filled| lacks && filled.finished.is_some()) {
                    filled.finished = None;
                    refused = Some(StepError::NotNow(NotNow::ReasonNeeded));
                }
            } else if offered.is_none() {
                refused = Some(StepError::NotNow(NotNow::NotAllowed));
            }
            Ok(Some((here.record, offered, branches, filling, refused)))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let (row, choice, branches, filling, refused) = found.ok_or_else(|| visitor.not_found())?;
    cases::log_reading(hub, visitor, &row).await?;
    Ok(Shown {
        title: facts::title(&row, &[], visitor),
        case: record,
        choice,
        branches,
        restricted: cases::is_restricted(&row),
        filling,
        refused,
    })
}

/// One of the steps of each branch, as people tell them apart.
fn branch_rows(
    here: &Here,
    branches: &[Branch],
    names: &BTreeMap<UserId, String>,
    lang: Lang,
) -> Vec<(Uuid, String)> {
    let row = |branch: &Branch| {
        let id = *branch.steps.first()?;
        let step = here.standing.steps.iter().find(|step| step.id == id)?;
        let label = timeline::called(here.rulebook(), &here.workflow, &branch.action, lang);
        let by = step.author.and_then(|user| names.get(&user)).map_or("", String::as_str);
        let at = moment(step.at).map(|at| rulebook::date_time(&at)).unwrap_or_default();
        Some((
            id,
            format!(
                "{label} ({})",
                [by, &at].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
            ),
        ))
    };
    branches.iter().filter_map(row).collect()
}

fn draw(shown: &Shown, wanted: &Wanted, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let title = shown.choice.as_ref().map_or(shown.title.as_str(), |choice| &choice.label);
    let content = html! {
        p.place { a href=(facts::path(&shown.case)) { (shown.title) } }
        @if shown.restricted { (cases::for_members(visitor)) }
        @if let Some(error) = &shown.refused {
            @let (vi, en) = error.messages();
            p.notice.bad role="alert" { (lang.pick(vi, en)) }
        }
        @if let Some(choice) = &shown.choice {
            p.said { (choice.ground) }
            @if !choice.unmet.is_empty() {
                p { (lang.pick("Chưa làm được, vì:", "This can't be done yet:")) }
                ul { @for unmet in &choice.unmet { li { (unmet) } } }
            } @else if let Some(filling) = &shown.filling {
                (questions::form(&filling.page, &filling.instance, &Typed {
                    wrong: &filling.wrong, trial: false, beside: reason(choice, wanted, lang),
                }, visitor))
            } @else {
                form.narrow method="post" action=(visitor.path) {
                    @if choice.settles {
                        fieldset {
                            legend { (lang.pick("Bước nào đúng?", "Which step holds?")) }
                            @for (id, label) in &shown.branches {
                                label.check { input type="radio" name="chosen" value=(id) required; (label) }
                            }
                        }
                    }
                    (reason(choice, wanted, lang))
                    div.turn { button { (choice.label) } }
                }
            }
        }
    };
    menu::page(visitor, title, &content)
}

fn reason(choice: &Offered, wanted: &Wanted, lang: Lang) -> Markup {
    html! { @if choice.asks_why {
        label for="reason" {
            @if choice.late { (lang.pick("Vì sao làm sau hạn? *", "Why was it done late? *")) }
            @else { (lang.pick("Lý do *", "Reason *")) }
        }
        textarea id="reason" name="reason" rows="3" required { (wanted.reason) }
    } }
}

/// The steps that may be taken next, as buttons; with what keeps one from being taken.
pub fn links(here: &Here, visitor: &Visitor) -> Markup {
    let choices = here.choices();
    let lang = visitor.lang;
    html! { @if !choices.is_empty() { section {
        h2 { (lang.pick("Việc tiếp theo", "What comes next")) }
        ul.steps { @for Choice { step, .. } in choices.iter().filter(|choice| choice.unmet.is_empty()) { li {
            a.button href=(path(&here.record.reference, step)) { (step.label.get(lang)) }
        } } }
        @let unmet: Vec<&Choice<'_>> = choices.iter().filter(|choice| !choice.unmet.is_empty()).collect();
        @if !unmet.is_empty() { details {
            summary { (lang.pick("Chưa làm được", "Not yet")) " (" (unmet.len()) ")" }
            ul { @for Choice { step, unmet, .. } in unmet { li {
                (step.label.get(lang))
                @for unmet in unmet { br; small { (unmet.text(lang)) } }
            } } }
        } }
    } } }
}

fn path(record: &RecordRef, step: &Step) -> String {
    format!("/records/{}/{}/steps/{}", record.kind, record.id, step.code)
}

/// What people disagree about, with the way to settle it.
pub fn undecided(here: &Here, names: &BTreeMap<UserId, String>, visitor: &Visitor) -> Markup {
    let branches = here.standing.progress.as_ref().map_or(&[][..], |at| &at.branches);
    let lang = visitor.lang;
    html! { @if !branches.is_empty() { div.notice.bad role="alert" {
        p { (lang.pick(
            "Hai người chuyển bước khác nhau. Hồ sơ đứng ở bước cũ và các hạn vẫn chạy cho đến khi có người chọn bước đúng:",
            "Two people took different steps. The case stays where it was and its deadlines run on until somebody chooses the right one:",
        )) }
        ul { @for (_, label) in branch_rows(here, branches, names, lang) { li { (label) } } }
    } } }
}

/// What was done, and what became of each deadline.
/// Steps that count although something was missing, for who answers for the case.
pub fn differs(here: &Here, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let label = |step: &RecordRef| {
        let taken = here.standing.steps.iter().find(|taken| taken.id == step.id)?;
        Some(timeline::called(here.rulebook(), &here.workflow, &taken.action, lang))
    };
    let missing = |id: &String| here.rulebook().condition(id).map(|condition| condition.refusal.get(lang));
    html! { @for one in here.differs.iter().filter(|one| !one.seen) { div.notice.bad role="alert" {
        p {
            (lang.pick("Khi văn phòng nhận bước này, còn thiếu điều kiện: ", "When the office received this step, something was missing: "))
            strong { (label(&one.step).unwrap_or_default()) }
        }
        ul { @for text in one.conditions.iter().filter_map(missing) { li { (text) } } }
        @if here.may_see_to() {
            form method="post" action={ "/records/" (one.step.kind) "/" (one.step.id) "/seen" } {
                button.quiet { (lang.pick("Đã xem", "I have looked at it")) }
            }
        }
    } } }
}

pub async fn seen(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, Uuid)>,
) -> Result<Redirect, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (by, step) = (visitor.user.clone(), RecordRef::new(kind, id));
    let of = hub.write(move |hub, tx| crate::office::differs::seen(hub, tx, &by, &step)).await;
    Ok(Redirect::to(&facts::path(&of.map_err(|error| visitor.failed(error))?)))
}

pub fn timeline(here: &Here, names: &BTreeMap<UserId, String>, now: u64, visitor: &Visitor) -> Markup {
    let (lang, now) = (visitor.lang, moment(now).unwrap_or_default());
    let lines = timeline::lines(here.rulebook(), &here.workflow, &here.standing, now, lang);
    layout::section(
        lang.pick("Diễn biến", "What happened"),
        lines.len(),
        &html! {
            ol.timeline { @for line in &lines { li {
                time { (rulebook::date_time(&line.at)) } " "
                span.late[matches!(line.what, What::Late | What::Overdue | What::NoEffect)] { (line.text) }
                @if let Some(name) = line.by.and_then(|user| names.get(&user)) { " " small { (name) } }
            } } }
        },
    )
}
