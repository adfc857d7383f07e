//! The page of any record: what it says, what lies under and above it, where devices disagree, who wrote it; of a
//! submission what was answered.

use super::{cases, edit, photos, prints, steps};
use crate::{
    Hub, HubError,
    console::{
        facts, layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{self, records::RecordRow},
    office::{
        self,
        desk::sheet,
        forms,
        records::{self, Around},
        steps::Here,
    },
};
use axum::extract::{Path, State};
use casework::{
    Answered, Conflict, Labels, Page, answers,
    page::{self, Badge, BadgeKind, FormTitles, Link, Pages, Row, Section, Written},
};
use maud::{Markup, html};
use model::{DeviceId, RecordRef, SubmissionId, UserId, clock::moment};
use rulebook::Lang;
use std::collections::BTreeMap;
use uuid::Uuid;
use xforms::LoadError;

/// Of devices the names of who wrote with them.
type Writers = BTreeMap<DeviceId, String>;

struct Found {
    around: Around,
    labels: Labels,
    titles: FormTitles,
    answers: Result<Vec<Answered>, LoadError>,
    may_write: bool,
    /// Kinds that the user may add below.
    addable: Vec<String>,
    /// Where it moves by steps, with the names of those who took some.
    here: Option<(Here, BTreeMap<UserId, String>)>,
}

pub async fn page(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, Uuid)>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (user, lang) = (visitor.user.clone(), visitor.lang);
    let reference = RecordRef::new(kind, id);
    let found = hub
        .read(move |hub, read| {
            let Some(around) = records::around(hub, read, &user, &reference)? else { return Ok(None) };
            let title = |form: db::forms::Version| ((form.id, form.version), form.title);
            let titles = db::forms::versions(read)?.into_iter().map(title).collect();
            let answers = answered(hub, read, &around.record, lang)?;
            let sheet = sheet::of(hub, read, &user, &reference)?;
            let here = Here::of(hub, read, &user, &reference)?;
            let names = here.as_ref().map(|here| office::steps::names(read, &here.standing)).transpose()?;
            Ok(Some(Found {
                labels: forms::labels(hub, read)?,
                titles,
                answers,
                may_write: sheet.is_some_and(|sheet| sheet.may_remove || !sheet.fields.is_empty()),
                addable: sheet::addable(hub, &user, Some(&around.record)),
                here: here.zip(names),
                around,
            }))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let found = found.ok_or_else(|| visitor.not_found())?;
    cases::log_reading(&hub, &visitor, &found.around.record).await?;
    Ok(drawn(found, &visitor, &hub))
}

/// What a submission's form asked and what was answered; nothing for what is no submission, or was erased.
fn answered(
    hub: &Hub,
    read: &db::Read,
    record: &RecordRow,
    lang: Lang,
) -> Result<Result<Vec<Answered>, LoadError>, HubError> {
    if SubmissionId::of(&record.reference).is_none() || record.text("xml").is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let form = hub.forms.get(read, record.text("form"), record.text("version"))?;
    Ok(answers(form.as_deref(), record.text("xml"), lang))
}

fn drawn(found: Found, visitor: &Visitor, hub: &Hub) -> Markup {
    let (Found { around, labels, titles, answers, may_write, addable, here }, lang) = (found, visitor.lang);
    let now = moment(hub.now()).unwrap_or_default();
    let pages = Pages { labels: &labels, lang, now, form_titles: titles };
    let restricted = cases::is_restricted(&around.record);
    let page = pages.page(page::Around {
        record: (&around.record.reference, &around.record.state),
        standing: around.standing.as_ref(),
        restricted,
        above: around
            .above
            .iter()
            .map(|(record, below)| Link {
                reference: record.reference.clone(),
                title: facts::title(record, below, visitor),
            })
            .collect(),
        below: around.below.iter().map(|record| (&record.reference, &record.state)).collect(),
    });
    let content = html! {
        (path(&page))
        @if !page.badges.is_empty() { p { (badges(&page.badges)) } }
        @if restricted { (cases::for_members(visitor)) }
        (conflicts(&page.conflicts, &around.writers, lang))
        @if let Some((here, names)) = &here {
            (steps::undecided(here, names, visitor))
            (steps::differs(here, visitor))
            (steps::links(here, visitor))
        }
        @if may_write { p.row.actions { (edit::link(&page.reference, visitor)) } }
        (edit::links(&addable, Some(&page.reference), visitor))
        (prints::links(&around.record, around.above.iter().map(|(above, _)| above), visitor, hub))
        (layout::section(lang.pick("Hạn theo luật", "Legal deadlines"), page.clocks.len(), &html! {
            ul { @for one in &page.clocks { li { (facts::deadline(one, now.date_naive(), visitor)) } } }
        }))
        @if let Some((here, names)) = &here { (steps::timeline(here, names, hub.now(), visitor)) }
        @if page.photo.is_some() { (photos::gallery(&[&around.record], lang)) }
        @let said: Vec<_> = page.facts.iter().map(|fact| (fact.label.clone(), fact.value.clone())).collect();
        @if !said.is_empty() { section { (layout::facts(&said)) } }
        @match answers {
            Ok(answers) => (answer_sections(&answers)),
            Err(error) => p.notice.bad role="alert" {
                (lang.pick("Không đọc được nội dung phiếu này. Hãy báo người quản trị, kèm mã ", "What was answered can't be read. Tell the administrator, with the code "))
                (error.code())
            },
        }
        @for section in &page.sections { (rows(section, &around.below, lang)) }
        (history(&page.history, &around.writers, lang))
    };
    menu::page(visitor, &page.title, &content)
}

/// Whose page it is, and what it is.
fn path(page: &Page<'_>) -> Markup {
    html! { p.place {
        @for link in &page.above { a href=(facts::path(&link.reference)) { (link.title) } " › " }
        (page.kind)
    } }
}

fn badges(badges: &[Badge]) -> Markup {
    html! { @for badge in badges {
        @match badge.kind {
            BadgeKind::State => { span.step { (badge.text) } " " }
            BadgeKind::Restricted | BadgeKind::Overdue | BadgeKind::Conflict | BadgeKind::NoEffect => { span.mark { (badge.text) } " " }
        }
    } }
}

fn rows(section: &Section, below: &[RecordRow], lang: Lang) -> Markup {
    let with_photo = section.rows.iter().filter(|row| row.photo.is_some());
    let of_row = |row: &Row| below.iter().find(|record| record.reference == row.reference);
    let pictures: Vec<&RecordRow> = with_photo.filter_map(of_row).collect();
    layout::section(
        &section.title,
        section.total,
        &html! {
            @if !pictures.is_empty() { (photos::gallery(&pictures, lang)) }
            @let others: Vec<_> = section.rows.iter().filter(|row| row.photo.is_none()).collect();
            @if !others.is_empty() { ul.rows { @for row in others { li { (line(row)) } } } }
            @if section.rows.len() < section.total { p.count { "… " (section.total - section.rows.len()) } }
        },
    )
}

fn line(row: &Row) -> Markup {
    html! {
        a href=(facts::path(&row.reference)) { (row.title) } " " (badges(&row.badges))
        @if !row.line.is_empty() { br; small { (row.line) } }
    }
}

fn conflicts(conflicts: &[Conflict], writers: &Writers, lang: Lang) -> Markup {
    html! { @if !conflicts.is_empty() {
        div.notice.bad role="alert" {
            p { (lang.pick("Hai thiết bị ghi khác nhau; cần người quyết định:", "Two phones disagree; a person must decide:")) }
            @for conflict in conflicts {
                h3 { (conflict.label) }
                ul { @for told in &conflict.values { li {
                    (told.text) " " small { (by(told.device, told.at, writers, lang)) }
                } } }
            }
        }
    } }
}

fn history(history: &[Written], writers: &Writers, lang: Lang) -> Markup {
    layout::section(
        lang.pick("Ai đã ghi", "Who wrote it"),
        usize::from(!history.is_empty()),
        &html! {
            ul.rows { @for written in history { li {
                (by(written.device, written.at, writers, lang)) br; small { (written.fields.join(", ")) }
            } } }
        },
    )
}

/// `Lò Thị Thử · 24/11/2026 08:40`.
fn by(device: DeviceId, at: u64, writers: &Writers, lang: Lang) -> String {
    let unknown = lang.pick("Thiết bị không rõ", "Unknown device");
    let name = writers.get(&device).map_or(unknown, String::as_str);
    format!("{name} · {}", layout::time(Some(at)))
}

fn answer_sections(answers: &[Answered]) -> Markup {
    html! { @for group in answers {
        section {
            @if !group.title.is_empty() { h2 { (group.title) } }
            @let said: Vec<_> = group.answers.iter().map(|answer| (answer.label.clone(), answer.value.clone())).collect();
            (layout::facts(&said))
        }
    } }
}
