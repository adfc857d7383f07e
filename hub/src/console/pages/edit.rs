//! Any record as a form: correcting it, settling where two devices disagree, adding one, taking one out and putting it
//! back. What there is to write, and for whom, is told by the tables.

use super::held;
use crate::{
    Hub, HubError,
    console::{
        facts,
        fields::{self, Input, Mistake},
        layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{audit, records::RecordRow},
    office::{
        desk::{
            self, DeskError, Edit, Seen,
            sheet::{self, Sheet},
        },
        forms,
    },
};
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::Labels;
use maud::{Markup, html};
use model::{ChangeId, DeviceId, FieldState, Head, Place, RecordEdit, RecordRef, RecordState, record::field};
use rulebook::{Field, FieldType, Kind, ListRole, Rulebook, Shown};
use serde::Deserialize;
use serde_json::Value;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};
use uuid::Uuid;

#[derive(Deserialize)]
pub struct Under {
    /// `kind:id`; none for a record at the top.
    parent: Option<String>,
}

/// Pairs as a browser sends them. What is before the point says what is behind the name: `f` what was typed, `w` what
/// had stood there, `s` the changes that said so, `c` the change that is to count of several.
#[derive(Default)]
struct Typed {
    fields: BTreeMap<String, String>,
    was: BTreeMap<String, String>,
    seen: Seen,
    chosen: BTreeMap<String, String>,
    /// Of a new record: the id that its form was made with.
    id: Option<Uuid>,
    why: String,
}

impl Typed {
    fn of(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            match name.split_once('.') {
                Some(("f", name)) => {
                    // Several of one name are ticked codes.
                    let before = typed.fields.entry(name.to_owned()).or_default();
                    *before = format!("{before} {value}").trim().to_owned();
                }
                Some(("w", name)) => drop(typed.was.insert(name.to_owned(), value)),
                Some(("c", name)) => drop(typed.chosen.insert(name.to_owned(), value)),
                Some(("s", name)) => {
                    let changes = value.split(',').filter_map(|id| Uuid::parse_str(id).ok()).map(ChangeId);
                    typed.seen.insert(name.to_owned(), changes.collect());
                }
                _ if name == "id" => typed.id = Uuid::parse_str(&value).ok(),
                _ if name == "why" => value.trim().clone_into(&mut typed.why),
                _ => {}
            }
        }
        typed
    }

    /// What was typed into a field, if it is another than what had stood there.
    fn touched(&self, field: &Field) -> Option<&str> {
        let plain = |text: &str| match field.kind {
            // In whichever order they are ticked.
            FieldType::Codes => {
                let ticked: BTreeSet<_> = text.split_whitespace().collect();
                ticked.into_iter().collect::<Vec<_>>().join(" ")
            }
            _ => text.replace("\r\n", "\n").trim().to_owned(),
        };
        let typed = self.fields.get(&field.name)?;
        let was = self.was.get(&field.name).map_or("", String::as_str);
        (plain(typed) != plain(was)).then_some(typed)
    }
}

/// A sheet with all that it takes to draw it.
struct Page {
    sheet: Sheet,
    labels: Labels,
    title: String,
}

impl Page {
    fn kind<'v>(&self, visitor: &'v Visitor) -> Option<&'v Kind> {
        visitor.rulebook.kind(self.sheet.record.kind.as_str())
    }

    /// The codes that a field may say.
    fn choices(&self, declared: &Field, visitor: &Visitor) -> Vec<(String, String)> {
        let (kind, lang) = (self.sheet.record.kind.as_str(), visitor.lang);
        let rulebook = &visitor.rulebook;
        let mut choices = match declared.kind {
            FieldType::User => {
                self.sheet.people.iter().map(|(user, name)| (user.to_string(), name.clone())).collect()
            }
            FieldType::Code | FieldType::Codes if declared.list.as_deref() == Some("commune") => {
                let own = |code: &str| visitor.user.covers(rulebook, code);
                fields::communes(&rulebook.units, |code| declared.name != field::COMMUNE || own(code))
            }
            FieldType::Code if [field::FACILITY, field::DESK].contains(&declared.name.as_str()) => {
                let named = |place: &Place| match place {
                    Place::Facility(id) if declared.name == field::FACILITY => Some(id.clone()),
                    Place::Desk(id) if declared.name == field::DESK => Some(id.clone()),
                    _ => None,
                };
                let label = |place: &Place| Some((named(place)?, rulebook.units.place_name(place, lang)));
                visitor.user.places.iter().filter_map(label).collect()
            }
            FieldType::Code if declared.lists == Some(ListRole::State) => {
                let workflow = rulebook.workflow_of(kind, &self.sheet.state).unwrap_or_default();
                let states = rulebook.states(workflow).into_iter();
                states.map(|state| (state.code.clone(), state.label(lang).to_owned())).collect()
            }
            FieldType::Code | FieldType::Codes => self.labels.choices(kind, &declared.name, lang),
            _ => Vec::new(),
        };
        // What stands there stays, whatever tables and forms offer now.
        let stands = fields::text(&declared.kind, self.sheet.state.value(&declared.name), lang);
        let codes: Vec<&str> = match declared.kind {
            FieldType::Code => vec![stands.as_str()],
            FieldType::Codes => stands.split_whitespace().collect(),
            _ => Vec::new(),
        };
        for code in codes.into_iter().filter(|code| !code.is_empty()) {
            if !choices.iter().any(|(known, _)| known == code) {
                let label = self.labels.value(kind, &declared.name, &Value::from(code), lang);
                choices.push((code.to_owned(), label));
            }
        }
        choices
    }
}

pub async fn page(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, Uuid)>,
) -> Result<Markup, Refusal> {
    let page = load(&hub, &visitor, RecordRef::new(kind, id)).await?;
    Ok(draw(&page, &visitor, &Typed::default(), &Answer::default()))
}

pub async fn new(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(kind): Path<String>,
    Query(under): Query<Under>,
) -> Result<Markup, Refusal> {
    let page = load_new(&hub, &visitor, kind, &under).await?;
    Ok(draw(&page, &visitor, &Typed::default(), &Answer::default()))
}

async fn load(hub: &Hub, visitor: &Visitor, record: RecordRef) -> Result<Page, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let user = visitor.user.clone();
    let found = hub
        .read(move |hub, read| {
            let Some(sheet) = sheet::of(hub, read, &user, &record)? else { return Ok(None) };
            Ok(Some((sheet, forms::labels(hub, read)?)))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let (mut sheet, labels) = found.ok_or_else(|| visitor.not_found())?;
    keep_typed(&mut sheet, &labels, &visitor.rulebook);
    if sheet.is_restricted {
        let (reader, record) = (visitor.user.id, sheet.record.clone());
        hub.write(move |_, tx| Ok(audit::add(tx, Some(reader), "read", &record)?))
            .await
            .map_err(|error| visitor.failed(error))?;
    }
    let rulebook = &visitor.rulebook;
    let title = rulebook.title(&sheet.record, &sheet.state, std::iter::empty(), visitor.lang);
    let title = rulebook.called(sheet.record.kind.as_str(), &title, visitor.lang);
    Ok(Page { sheet, labels, title })
}

async fn load_new(hub: &Hub, visitor: &Visitor, kind: String, under: &Under) -> Result<Page, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let user = visitor.user.clone();
    let parent = match &under.parent {
        Some(parent) => Some(parent.parse::<RecordRef>().map_err(|_| visitor.not_found())?),
        None => None,
    };
    let found = hub
        .read(move |hub, read| {
            let Some(sheet) = sheet::new(hub, read, &user, &kind, parent.as_ref())? else { return Ok(None) };
            Ok(Some((sheet, forms::labels(hub, read)?)))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let (mut sheet, labels) = found.ok_or_else(|| visitor.not_found())?;
    keep_typed(&mut sheet, &labels, &visitor.rulebook);
    let label = visitor.rulebook.kind(sheet.record.kind.as_str()).map(|kind| kind.label.get(visitor.lang));
    let title = label.unwrap_or_default().to_owned();
    Ok(Page { sheet, labels, title })
}

/// What forms work out from other answers nobody types, but for what a record is called; where two values stand beside each
/// other one can be picked.
fn keep_typed(sheet: &mut Sheet, labels: &Labels, rulebook: &Rulebook) {
    let Sheet { fields, state, record, .. } = sheet;
    let kind = record.kind.as_str();
    let heads = |name: &str| rulebook.field(kind, name).is_some_and(|field| field.shown == Shown::Head);
    fields.retain(|name| is_open(state, name) || heads(name) || !labels.is_calculated(kind, name));
}

fn is_open(state: &RecordState, name: &str) -> bool {
    state.fields.get(name).is_some_and(FieldState::in_conflict)
}

/// Why a form comes back.
#[derive(Default)]
struct Answer {
    mistakes: BTreeMap<String, Mistake>,
    /// Fields that somebody else changed meanwhile.
    moved: BTreeSet<String>,
    notice: Option<&'static str>,
}

impl Answer {
    fn status(&self) -> StatusCode {
        if self.moved.is_empty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT }
    }
}

pub async fn save(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, Uuid)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let record = RecordRef::new(kind, id);
    let page = load(&hub, &visitor, record.clone()).await?;
    let typed = Typed::of(pairs);
    let (edit, mut answer) = edit(&page, &visitor, &typed);
    if answer.mistakes.is_empty() && answer.moved.is_empty() {
        match commit(&hub, &visitor, edit, typed.seen.clone()).await? {
            Ok(()) => return Ok(Redirect::to(&home(&page.sheet)).into_response()),
            Err(why) => answer = why,
        }
    }
    // As it stands by now.
    let page = load(&hub, &visitor, record).await?;
    Ok((answer.status(), draw(&page, &visitor, &typed, &answer)).into_response())
}

pub async fn add(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(kind): Path<String>,
    Query(under): Query<Under>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let mut page = load_new(&hub, &visitor, kind, &under).await?;
    let typed = Typed::of(pairs);
    // Sent twice it is the same record.
    page.sheet.record.id = typed.id.unwrap_or(page.sheet.record.id);
    let (edit, mut answer) = edit(&page, &visitor, &typed);
    let is_empty = edit.fields.is_empty();
    if is_empty && answer.mistakes.is_empty() {
        answer.notice = Some(visitor.lang.pick("Chưa nhập gì.", "Nothing was entered."));
    } else if answer.mistakes.is_empty() {
        match commit(&hub, &visitor, edit, Seen::new()).await? {
            Ok(()) => return Ok(Redirect::to(&home(&page.sheet)).into_response()),
            Err(why) => answer = why,
        }
    }
    Ok((answer.status(), draw(&page, &visitor, &typed, &answer)).into_response())
}

/// What is to change, and what can't be read of what was typed.
fn edit(page: &Page, visitor: &Visitor, typed: &Typed) -> (RecordEdit, Answer) {
    let (sheet, mut answer) = (&page.sheet, Answer::default());
    let mut edit = RecordEdit::new(sheet.record.clone());
    let Some(kind) = page.kind(visitor) else { return (edit, answer) };
    edit.parent = sheet.parent.clone().filter(|_| sheet.is_new);
    for declared in sheet.fields.iter().filter_map(|name| kind.field(name)) {
        let name = &declared.name;
        if let Some(chosen) = typed.chosen.get(name).filter(|chosen| !chosen.is_empty()) {
            match heads(sheet, name).iter().find(|head| head.change.to_string() == *chosen) {
                Some(head) => edit = edit.set(name, head.value().cloned().unwrap_or(Value::Null)),
                None => drop(answer.moved.insert(name.clone())),
            }
            continue;
        }
        let Some(text) = typed.touched(declared) else { continue };
        let choices = page.choices(declared, visitor);
        let input = Input { kind: &declared.kind, choices: &choices };
        match fields::read(&input, text) {
            Ok(value) => edit = edit.set(name, value),
            Err(mistake) => drop(answer.mistakes.insert(name.clone(), mistake)),
        }
    }
    complete(&mut edit, page, kind, visitor);
    // A group goes whole: what is undecided in it must not be decided by the way.
    let groups: BTreeSet<&str> =
        edit.fields.keys().filter_map(|name| kind.field(name)?.group.as_deref()).collect();
    for declared in
        kind.fields.iter().filter(|field| field.group.as_deref().is_some_and(|g| groups.contains(g)))
    {
        if is_open(&sheet.state, &declared.name) && !edit.fields.contains_key(&declared.name) {
            answer.mistakes.insert(declared.name.clone(), Mistake::Together);
        }
    }
    (edit, answer)
}

/// What follows from what was said: a commune's province, and what a member is called.
fn complete(edit: &mut RecordEdit, page: &Page, kind: &Kind, visitor: &Visitor) {
    for province in &kind.fields {
        let Some(commune) = sheet::follows(kind, province).and_then(|commune| edit.fields.get(&commune.name))
        else {
            continue;
        };
        let code = commune.as_str().and_then(|code| visitor.rulebook.units.province_of(code));
        edit.fields.insert(province.name.clone(), code.map_or(Value::Null, Value::from));
    }
    let named = kind.field_of(&FieldType::User).and_then(|user| edit.fields.get(&user.name));
    let person = named
        .and_then(|user| page.sheet.people.iter().find(|(id, _)| user.as_str() == Some(&id.to_string())));
    if let (Some((_, name)), Some(called)) = (person, kind.field_of(&FieldType::PersonName)) {
        edit.fields.insert(called.name.clone(), name.as_str().into());
    }
}

/// The inner error is for the page.
async fn commit(
    hub: &Hub,
    visitor: &Visitor,
    edit: RecordEdit,
    seen: Seen,
) -> Result<Result<(), Answer>, Refusal> {
    let by = visitor.user.id;
    let written = hub.write(move |hub, tx| desk::commit(hub, tx, by, vec![Edit { edit, seen }])).await;
    match written {
        Ok(_) => Ok(Ok(())),
        Err(HubError::Desk(DeskError::MovedOn { fields, .. })) => {
            Ok(Err(Answer { moved: fields, ..Answer::default() }))
        }
        Err(HubError::Desk(DeskError::NotAdmitted(code))) => {
            Ok(Err(Answer { notice: Some(held::reason(&code, visitor)), ..Answer::default() }))
        }
        Err(error) => Err(visitor.failed(error)),
    }
}

/// Takes a record out, with a reason, or puts it back where none is given.
async fn set_removed(
    hub: &Hub,
    visitor: &Visitor,
    record: RecordRef,
    typed: Typed,
    why: Value,
) -> Result<Response, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let edit = RecordEdit::new(record.clone()).set(field::REMOVED, why);
    match commit(hub, visitor, edit, typed.seen).await? {
        Ok(()) => {
            let user = visitor.user.clone();
            let above = hub.read(move |hub, read| desk::sheet::above(hub, read, &user, &record)).await;
            let above = above.map_err(|error| visitor.failed(error))?;
            let to = above.first().map_or_else(|| "/held".to_owned(), facts::path);
            Ok(Redirect::to(&to).into_response())
        }
        Err(Answer { notice, .. }) => {
            let (vi, en) = DeskError::MovedOn { record: record.clone(), fields: BTreeSet::new() }.messages();
            let text = notice.unwrap_or(visitor.lang.pick(vi, en));
            Ok((StatusCode::CONFLICT, layout::message(visitor.lang, text)).into_response())
        }
    }
}

pub async fn remove(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, Uuid)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let (record, typed) = (RecordRef::new(kind, id), Typed::of(pairs));
    if typed.why.is_empty() {
        let page = load(&hub, &visitor, record).await?;
        let notice = visitor.lang.pick("Hãy ghi lý do gỡ bỏ.", "Say why it is taken out.");
        let answer = Answer { notice: Some(notice), ..Answer::default() };
        return Ok((answer.status(), draw(&page, &visitor, &typed, &answer)).into_response());
    }
    let why = Value::from(typed.why.chars().take(1_000).collect::<String>());
    set_removed(&hub, &visitor, record, typed, why).await
}

pub async fn restore(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, Uuid)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    set_removed(&hub, &visitor, RecordRef::new(kind, id), Typed::of(pairs), Value::Null).await
}

/// Where a record is read; of a new one what it comes under.
fn home(sheet: &Sheet) -> String {
    let above = sheet.parent.as_ref().filter(|_| sheet.is_new);
    facts::path(above.unwrap_or(&sheet.record))
}

fn heads<'s>(sheet: &'s Sheet, name: &str) -> &'s [Head] {
    sheet.state.fields.get(name).map_or(&[], |said| &said.heads)
}

fn draw(page: &Page, visitor: &Visitor, typed: &Typed, answer: &Answer) -> Markup {
    let (sheet, lang) = (&page.sheet, visitor.lang);
    let path = match (&sheet.is_new, &sheet.parent) {
        (true, Some(parent)) => format!("/records/{}/new?parent={parent}", sheet.record.kind),
        (true, None) => format!("/records/{}/new", sheet.record.kind),
        (false, _) => format!("/records/{}/{}/edit", sheet.record.kind, sheet.record.id),
    };
    let has_news = !answer.mistakes.is_empty() || !answer.moved.is_empty();
    let content = html! {
        p { a href=(home(sheet)) { (lang.pick("‹ Quay lại, không lưu", "‹ Back without saving")) } }
        @if has_news { p.notice.bad role="alert" { (lang.pick(
            "Chưa lưu. Hãy xem lại các mục được đánh dấu.",
            "Not saved. Look at what is marked below.",
        )) } }
        @if let Some(notice) = answer.notice { p.notice.bad role="alert" { (notice) " " (lang.pick("Chưa lưu.", "Not saved.")) } }
        @if sheet.fields.is_empty() { p.notice { (lang.pick(
            "Vai trò của bạn không sửa được mục nào ở đây.",
            "There is nothing here that your role may change.",
        )) } }
        @else {
            form.narrow method="post" action=(path) {
                @if sheet.is_new { input type="hidden" name="id" value=(sheet.record.id); }
                (seen(sheet, None))
                @if let Some(kind) = page.kind(visitor) {
                    @for declared in sheet.fields.iter().filter_map(|name| kind.field(name)) {
                        (field_of(page, declared, visitor, typed, answer))
                    }
                }
                button { (lang.pick("Lưu", "Save")) }
            }
        }
        @if sheet.may_remove && !sheet.is_new {
            h2 { (lang.pick("Gỡ bỏ", "Take out")) }
            form.narrow method="post" action={ "/records/" (sheet.record.kind) "/" (sheet.record.id) "/remove" } {
                (seen(sheet, Some(field::REMOVED)))
                label for="why" { (lang.pick("Lý do (ví dụ: nhập trùng)", "Why (such as: entered twice)")) }
                input #why name="why" required autocomplete="off";
                button.quiet { (lang.pick("Gỡ bỏ", "Take out")) }
            }
        }
    };
    let what = if sheet.is_new { lang.pick("Thêm: ", "Add: ") } else { lang.pick("Sửa: ", "Correct: ") };
    menu::page_at(visitor, &path, &format!("{what}{}", page.title), &content)
}

/// The changes that stand as values, of one field or of all.
fn seen(sheet: &Sheet, of: Option<&str>) -> Markup {
    let names = sheet.state.fields.keys().filter(|name| of.is_none_or(|of| of == *name));
    html! {
        @for name in names {
            // In the order in which they are shown.
            @let mut stand: Vec<&Head> = heads(sheet, name).iter().collect();
            @let () = stand.sort_by_key(|head| (Reverse(head.at), head.value().map(ToString::to_string)));
            @let ids: Vec<String> = stand.iter().map(|head| head.change.to_string()).collect();
            input type="hidden" name={ "s." (name) } value=(ids.join(","));
        }
    }
}

fn field_of(page: &Page, declared: &Field, visitor: &Visitor, typed: &Typed, answer: &Answer) -> Markup {
    let (sheet, lang, name) = (&page.sheet, visitor.lang, declared.name.as_str());
    let heads = heads(sheet, name);
    let label = declared.label.get(lang);
    if is_open(&sheet.state, name) {
        return choose(page, declared, visitor, answer);
    }
    let stands = fields::text(&declared.kind, sheet.state.value(name), lang);
    let in_it = typed.touched(declared).unwrap_or(&stands);
    let choices = page.choices(declared, visitor);
    let input = Input { kind: &declared.kind, choices: &choices };
    let hint = format!("h.{name}");
    let mistake = answer.mistakes.get(name);
    let moved = answer.moved.contains(name);
    let id = format!("f.{name}");
    html! {
        @if declared.kind == FieldType::Codes {
            fieldset { legend { (label) } (fields::input(&input, &id, in_it, mistake.map(|_| hint.as_str()), lang)) }
        } @else {
            label for=(id) { (label) }
            (fields::input(&input, &id, in_it, mistake.map(|_| hint.as_str()), lang))
        }
        input type="hidden" name={ "w." (name) } value=(stands);
        @if let Some(mistake) = mistake { p.late id=(hint) { (mistake.text(lang)) } }
        @if moved {
            p.late { (lang.pick("Người khác vừa ghi: ", "Somebody else has just written: "))
                @for head in heads { (page.labels.told(sheet.record.kind.as_str(), name, head, lang).text) }
                (lang.pick(". Lưu lần nữa sẽ ghi đè.", ". Saving again replaces it."))
            }
        }
        @for head in heads { p.said { (by(sheet, head.device, head.at.0)) } }
    }
}

/// Two values that stand beside each other: who said which, and one is picked.
fn choose(page: &Page, declared: &Field, visitor: &Visitor, answer: &Answer) -> Markup {
    let (sheet, lang, name) = (&page.sheet, visitor.lang, declared.name.as_str());
    let values = page.labels.values(sheet.record.kind.as_str(), &sheet.state, name, lang);
    html! {
        fieldset.disagree {
            legend { (declared.label.get(lang)) }
            p { (lang.pick("Hai thiết bị ghi khác nhau. Giá trị nào đúng?", "Two devices disagree. Which is right?")) }
            @if let Some(mistake) = answer.mistakes.get(name) { p.late { (mistake.text(lang)) } }
            @if answer.moved.contains(name) { p.late { (lang.pick("Giá trị vừa đổi. Hãy chọn lại.", "It has just changed. Choose again.")) } }
            @for told in &values {
                label.check {
                    input type="radio" name={ "c." (name) } value=(told.change);
                    span { (told.text) " " small { (by(sheet, told.device, told.at)) } }
                }
            }
            label.check { input type="radio" name={ "c." (name) } value="" checked; (lang.pick("Chưa quyết định", "Not decided yet")) }
        }
    }
}

/// `Lý Thị Mai · 24/11/2026 15:04`.
fn by(sheet: &Sheet, device: DeviceId, at: u64) -> String {
    let author = sheet.authors.get(&device).map_or("–", String::as_str);
    format!("{author} · {}", layout::time(Some(at)))
}

/// Links to add below a record what its user may.
pub fn links(kinds: &[String], parent: Option<&RecordRef>, visitor: &Visitor) -> Markup {
    html! {
        @if !kinds.is_empty() {
            p.row.actions { @for kind in kinds {
                @let query = parent.map(|parent| format!("?parent={parent}")).unwrap_or_default();
                a href={ "/records/" (kind) "/new" (query) } { (visitor.lang.pick("Thêm: ", "Add: ")) (held::kind_of(kind, visitor)) }
            } }
        }
    }
}

/// The link to a record's form.
pub fn link(record: &RecordRef, visitor: &Visitor) -> Markup {
    html! { a.edit href={ "/records/" (record.kind) "/" (record.id) "/edit" } { (visitor.lang.pick("Sửa", "Correct")) } }
}

/// Puts a record back that was taken out.
pub fn restoring(row: &RecordRow, visitor: &Visitor) -> Markup {
    let changes: Vec<String> = row.state.heads_of(field::REMOVED).iter().map(ChangeId::to_string).collect();
    html! {
        form method="post" action={ "/records/" (row.kind()) "/" (row.reference.id) "/restore" } {
            input type="hidden" name={ "s." (field::REMOVED) } value=(changes.join(","));
            button.quiet { (visitor.lang.pick("Khôi phục", "Put back")) }
        }
    }
}

/// What was taken out below a record.
pub fn removed(rows: &[RecordRow], visitor: &Visitor) -> Markup {
    let list = html! { ul { @for row in rows { li {
        (held::kind_of(row.kind(), visitor)) ": " (facts::title(row, &[], visitor)) " – " (row.text(field::REMOVED))
        (restoring(row, visitor))
    } } } };
    layout::section(visitor.lang.pick("Đã gỡ bỏ", "Taken out"), rows.len(), &list)
}
